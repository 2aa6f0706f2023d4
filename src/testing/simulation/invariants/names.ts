/**
 * Invariants of names: I1, I2, I3 and I4.
 *
 * Invariant: a checker here knows the names that are held now and nothing of those that were.
 */
import { keyText, showKey } from '../../../core/key.ts'
import type { NameEvent, ProcessReference, SimulationEvent } from '../simulation-event.ts'
import type { HeldName, World } from '../world.ts'
import { declare, Groups, lifeOf, violated } from './violated.ts'

/**
 * I1: at every moment a unique name of a registry or fleet has one holder at most, and only its
 * holder gives it back.
 *
 * Source: Elixir `Registry`, keys `:unique`.
 */
export const oneHolderPerName = declare('I1', 'a unique name has one holder at most', () => {
  const holders = new Groups<string, ProcessReference>()
  return {
    on(event) {
      switch (event.kind) {
        case 'name_taken': {
          if (!event.isUnique) return
          const [life, name] = [lifeOf(event), nameOf(event)]
          const holder = holders.get(life, name)
          if (holder !== undefined) {
            violated(`${event.process} took the name ${shown(event)} while ${holder} held it`)
          }
          holders.set(life, name, event.process)
          return
        }
        case 'name_freed': {
          if (!event.isUnique) return
          const [life, name] = [lifeOf(event), nameOf(event)]
          const holder = holders.get(life, name)
          if (holder !== event.process) {
            violated(`${event.process} gave back ${shown(event)}, held by ${holder ?? 'nobody'}`)
          }
          holders.delete(life, name)
          return
        }
        case 'node_starting':
          holders.drop(lifeOf({ node: event.node, life: event.life - 1 }))
      }
    },
  }
})

/** So often, in milliseconds of the time of the world, whole tables are looked at. */
const lookEveryMs = 1000

/**
 * I2: whoever has ended is found by no name: from the step of its end on, no registry or fleet
 * holds it, and nobody takes a name who does not live.
 *
 * Not for look-ups of the user's code, which the feed does not tell of: use `History`.
 */
export const noNameOfTheDead = declare('I2', 'nobody who has ended is found by a name', () => {
  const living = new Set<ProcessReference>()
  /** Names are taken just before `process_starting`: these have still to prove that they live. */
  const unproven = new Set<ProcessReference>()
  let nextLookMs = 0
  return {
    on(event, world) {
      switch (event.kind) {
        case 'process_starting':
          living.add(event.process)
          unproven.delete(event.process)
          return
        case 'name_taken':
          if (!living.has(event.process)) unproven.add(event.process)
          return
        case 'process_ended':
          living.delete(event.process)
          return
        case 'process_gone':
          if (event.traces.names > 0) violated(`${event.process} has ended and holds names`)
          return
        case 'handler_began':
          for (const process of unproven) violated(`${process} took a name and does not live`)
          if (event.atMs < nextLookMs) return
          nextLookMs = event.atMs + lookEveryMs
          for (const { names, dead } of deadNames(world)) violated(`${dead} is dead: ${names}`)
      }
    },
  }
})

/**
 * I3: a name is given back before its next holder begins, so that a successor never finds it held
 * by its dead predecessor; the changes of a name alternate without a gap.
 */
export const freedBeforeTaken = declare('I3', 'a name is free before its next holder', () => {
  const holders = new Groups<string, ProcessReference>()
  return {
    on(event) {
      switch (event.kind) {
        case 'start_refused': {
          const { registry, key, holder } = event
          if (holder === undefined || registry === undefined || key === undefined) return
          const name = { registry, key }
          if (!event.isHolderAlive) violated(`a start found ${shown(name)} held by dead ${holder}`)
          const known = holders.get(lifeOf(event), nameOf(name))
          if (known !== holder) {
            violated(`a start found ${shown(name)} held by ${holder}, not ${known ?? 'nobody'}`)
          }
          return
        }
        case 'name_taken': {
          if (!event.isUnique) return
          const before = holders.get(lifeOf(event), nameOf(event))
          if (before !== undefined) {
            violated(`${event.process} begins as ${shown(event)} before ${before} gave it back`)
          }
          holders.set(lifeOf(event), nameOf(event), event.process)
          return
        }
        case 'name_freed':
          if (event.isUnique && !holders.delete(lifeOf(event), nameOf(event))) {
            violated(`${event.process} gave back ${shown(event)} a second time`)
          }
          return
        case 'node_starting':
          holders.drop(lifeOf({ node: event.node, life: event.life - 1 }))
      }
    },
  }
})

/**
 * I4: what a node says of its names at one instant is what all changes up to it come to, entries
 * with duplicate keys included.
 *
 * Not for look-ups of the user's code, which the feed does not tell of: record them with `History`
 * and judge them with `checkLinearizable`.
 */
export const namesFollowChanges = declare('I4', 'the names are what their changes come to', () => {
  /** By life of a node: how many entries of each kind. */
  const entries = new Groups<string, number>()
  const nextLookMs = new Map<string, number>()
  const change = (event: NameEvent, by: number): void => {
    const entry = entryOf({ ...event, isAlive: true })
    const count = (entries.get(lifeOf(event), entry) ?? 0) + by
    if (count < 0) violated(`an entry that was not there was taken away: ${shown(event)}`)
    if (count === 0) entries.delete(lifeOf(event), entry)
    else entries.set(lifeOf(event), entry, count)
  }
  return {
    on(event, world) {
      switch (event.kind) {
        case 'name_taken':
          change(event, 1)
          return
        case 'name_freed':
          change(event, -1)
          return
        case 'node_starting':
          entries.drop(lifeOf({ node: event.node, life: event.life - 1 }))
          return
        case 'handler_began': {
          if (event.atMs < (nextLookMs.get(event.node) ?? 0)) return
          nextLookMs.set(event.node, event.atMs + lookEveryMs)
          const node = world.node(event.node)
          if (node.life !== event.life || node.state === 'down') return
          compare(entries.of(lifeOf(event)), node.names())
        }
      }
    },
  }
})

/** The names that somebody dead holds. */
function deadNames(world: World): { readonly names: string; readonly dead: ProcessReference }[] {
  return world.nodes.flatMap((node) =>
    node
      .names()
      .filter(({ isAlive }) => !isAlive)
      .map((held) => ({ names: shown(held), dead: held.process })),
  )
}

function compare(expected: ReadonlyMap<string, number> | undefined, held: readonly HeldName[]) {
  const left = new Map(expected)
  for (const name of held) {
    const entry = entryOf(name)
    const count = left.get(entry)
    if (count === undefined) violated(`${name.process} is in a table without a change: ${entry}`)
    if (count === 1) left.delete(entry)
    else left.set(entry, count - 1)
  }
  for (const entry of left.keys()) violated(`an entry is gone without a change: ${entry}`)
}

function entryOf({ registry, key, process, isUnique }: HeldName): string {
  return `${process} ${isUnique ? 'unique' : 'duplicate'} ${registry} ${keyText(key)}`
}

type Name = Pick<Extract<SimulationEvent, { kind: 'name_taken' }>, 'registry' | 'key'>

function nameOf({ registry, key }: Name): string {
  return `${registry} ${keyText(key)}`
}

function shown({ registry, key }: Name): string {
  return `${registry} ${showKey(key)}`
}
