/**
 * Registries with a fault planted on purpose: what the checks must find.
 */
import type { Pid } from 'flotilla'
import type { Plant } from '../../soak/races/world.ts'

/** Remembers whom it found, and shows them once more when they are gone. */
export const staleRead: Plant = (names) => {
  const lastSeen = new Map<string, Pid<any> | undefined>()
  return {
    ...delegate(names),
    whereis(key) {
      const found = names.whereis(key)
      const before = lastSeen.get(key)
      lastSeen.set(key, found)
      return found ?? before
    },
    lookup(key) {
      const pid = names.whereis(key) ?? lastSeen.get(key)
      return pid === undefined ? [] : [{ pid, value: undefined }]
    },
  }
}

/** Forgets to free what was registered by hand when its holder ends: gproc issue 47. */
export const lostRelease: Plant = (names) => {
  const holders = new Map<string, Pid<any>>()
  return {
    ...delegate(names),
    register(context, key) {
      const stale = holders.get(key)
      if (stale !== undefined)
        return { ok: false, reason: { kind: 'already_registered', pid: stale } }
      const registered = names.register(context, key)
      if (registered.ok) holders.set(key, context.self)
      return registered
    },
    unregister(context, key) {
      const isGone = names.unregister(context, key)
      if (isGone) holders.delete(key)
      return isGone
    },
  }
}

/** Tells everybody that asks that the name is theirs. */
export const doubleHolder: Plant = (names) => ({
  ...delegate(names),
  register(context, key) {
    names.register(context, key)
    return { ok: true }
  },
})

/** Gives a name up whoever asks. */
export const strangerUnregisters: Plant = (names) => {
  const contexts = new Map<string, Parameters<typeof names.unregister>[0]>()
  return {
    ...delegate(names),
    register(context, key) {
      const registered = names.register(context, key)
      if (registered.ok) contexts.set(key, context)
      return registered
    },
    unregister(context, key) {
      const holder = contexts.get(key)
      return names.unregister(holder ?? context, key)
    },
  }
}

/** Runs work under a lock at once, whoever else has the lock. */
export const openLock: Plant = (names) => ({
  ...delegate(names),
  lock: async (_key, work) => work(),
})

/** The methods of a registry, which is no plain object. */
function delegate(names: Parameters<Plant>[0]): ReturnType<Plant> {
  return {
    via: (key) => names.via(key),
    whereis: (key) => names.whereis(key),
    lookup: (key) => names.lookup(key),
    register: (context, key) => names.register(context, key),
    unregister: (context, key) => names.unregister(context, key),
    lock: (key, work, options) => names.lock(key, work, options),
  }
}

/** Shows whoever is looked up as an entry, but nobody by name: gproc issue 20. */
export const disagreement: Plant = (names) => ({ ...delegate(names), whereis: () => undefined })
