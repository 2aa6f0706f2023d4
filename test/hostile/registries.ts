/**
 * Positions in registries of both kinds.
 */
import {
  any,
  type Context,
  type DuplicateRegistry,
  duplicateRegistry,
  type UniqueRegistry,
  uniqueRegistry,
  variable,
} from 'flotilla'
import {
  type Accepts,
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aKey,
  aName,
  anyOf,
  anything,
  aPid,
  aSignal,
  emptyArray,
  noOptions,
  nothing,
  oneOf,
  optional,
  plainData,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, inside, type ProbeProtocol, type Stage } from './stage.ts'

type Give = Position['give']

function at(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { surface, argument, accepts, give }
}

/** A position whose call is made inside a handler. */
function within(
  surface: string,
  argument: string,
  accepts: Accepts,
  use: (stage: Stage, context: Context, value: never) => unknown,
): Position {
  const give: Give = (stage, value) => inside(stage, (context) => use(stage, context, value))
  return { surface, argument, accepts, give, isInside: true }
}

/** Small enough to be a pattern, and readable. */
const aPattern: Accepts = (value) => {
  try {
    return isSmall(value, { left: 1000 }, 0)
  } catch {
    return false
  }
}

function isSmall(value: unknown, parts: { left: number }, level: number): boolean {
  parts.left -= 1
  if (parts.left < 0 || level > 16) return false
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) {
    if (value.length > parts.left) return false
    return Array.from(value).every((item) => isSmall(item, parts, level + 1))
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return true
  return Reflect.ownKeys(value).every((name) => {
    if (Object.getOwnPropertyDescriptor(value, name)?.enumerable !== true) return true
    return isSmall(Reflect.get(value, name), parts, level + 1)
  })
}

/** A pattern that a key could fit. */
const aKeyPattern: Accepts = (value) => {
  try {
    return aPattern(value) && isOfKeys(value)
  } catch {
    return false
  }
}

function isOfKeys(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return Array.from(value).every(isOfKeys)
  return ['string', 'bigint', 'boolean'].includes(typeof value)
}

/** A plain object, of any realm, with plain data under texts. */
const aRecord: Accepts = (value) => {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
    const copy = { ...value }
    return Reflect.ownKeys(copy).every((name) => {
      return typeof name === 'string' && plainData(Reflect.get(copy, name))
    })
  } catch {
    return false
  }
}

/** A pid, or a via of any registry. */
const anAddress: Accepts = (value) => {
  try {
    const { registry, key } = Object(value)
    return (typeof registry === 'string' && aKey(key)) || aPid(value)
  } catch {
    return false
  }
}

type AnyRegistry = UniqueRegistry<string, ProbeProtocol> | DuplicateRegistry<string, ProbeProtocol>

/** The positions that registries of both kinds have. */
function common(surface: string, of: (stage: Stage) => AnyRegistry): Position[] {
  const own = (method: string, argument: string, accepts: Accepts, give: Give): Position =>
    at(`${surface}.${method}`, argument, accepts, give)
  const aimed = (
    method: string,
    argument: string,
    accepts: Accepts,
    use: (registry: AnyRegistry, context: Context, value: never) => unknown,
  ): Position =>
    within(`${surface}.${method}`, argument, accepts, (stage, context, v) =>
      use(of(stage), context, v),
    )
  return [
    own('register', 'context', nothing, (stage, v) => of(stage).register(v, 'k')),
    aimed('register', 'key', aKey, (registry, context, v) => {
      const registered = registry.register(context, v)
      if (registered.ok) registry.unregister(context, v)
    }),
    aimed('register', 'value', plainData, (registry, context, v) => {
      Reflect.apply(registry.register, registry, [context, 'k', v])
      registry.unregister(context, 'k')
    }),
    own('unregister', 'context', nothing, (stage, v) => of(stage).unregister(v, 'k')),
    aimed('unregister', 'key', aKey, (registry, context, v) => registry.unregister(context, v)),
    own('unregisterMatch', 'context', nothing, (stage, v) => {
      return of(stage).unregisterMatch(v, 'k', {})
    }),
    aimed('unregisterMatch', 'key', aKey, (registry, context, v) => {
      return registry.unregisterMatch(context, v, {})
    }),
    aimed('unregisterMatch', 'filter', noOptions, (registry, context, v) => {
      return registry.unregisterMatch(context, 'k', v)
    }),
    aimed('unregisterMatch', 'filter.value', aPattern, (registry, context, v) => {
      return registry.unregisterMatch(context, 'k', { value: v })
    }),
    aimed('unregisterMatch', 'filter.where', optional(aFunction), (registry, context, v) => {
      return registry.unregisterMatch(context, 'k', { where: v })
    }),
    own('lookup', 'key', aKey, (stage, v) => of(stage).lookup(v)),
    own('values', 'key', aKey, (stage, v) => of(stage).values(v, stage.probe)),
    own('values', 'pid', aPidHere, (stage, v) => of(stage).values('k', v)),
    own('keys', 'pid', aPidHere, (stage, v) => of(stage).keys(v)),
    ...['match', 'countMatch'].flatMap((method) => {
      const use = (stage: Stage, ...given: readonly unknown[]): unknown => {
        const registry = of(stage)
        return Reflect.apply(Reflect.get(registry, method), registry, given)
      }
      return [
        own(method, 'key', aKey, (stage, v) => use(stage, v, any)),
        own(method, 'pattern', aPattern, (stage, v) => use(stage, 'k', v)),
        own(method, 'where', optional(aFunction), (stage, v) => use(stage, 'k', any, v)),
      ]
    }),
    ...['selector', 'select', 'countSelect'].flatMap((method) => {
      const use = (stage: Stage, spec: unknown): unknown => {
        const registry = of(stage)
        return Reflect.apply(Reflect.get(registry, method), registry, [spec])
      }
      const several = method === 'selector' ? nothing : emptyArray
      return [
        own(method, 'spec', anyOf(noOptions, several), (stage, v) => use(stage, v)),
        own(method, 'spec.key', optional(aKeyPattern), (stage, v) => use(stage, { key: v })),
        own(method, 'spec.value', aPattern, (stage, v) => use(stage, { value: v })),
        own(method, 'spec.pid', optional(aPidHere), (stage, v) => use(stage, { pid: v })),
        own(method, 'spec.where', optional(aFunction), (stage, v) => use(stage, { where: v })),
        own(method, 'spec.give', optional(aFunction), (stage, v) => use(stage, { give: v })),
      ]
    }),
    own('dispatch', 'key', aKey, (stage, v) => of(stage).dispatch(v, () => undefined)),
    own('dispatch', 'use', aFunction, (stage, v) => of(stage).dispatch('k', v)),
    own('meta', 'key', aKey, (stage, v) => of(stage).meta(v)),
    own('putMeta', 'key', aKey, (stage, v) => {
      of(stage).putMeta(v, 1)
      of(stage).deleteMeta(v)
    }),
    own('putMeta', 'value', plainData, (stage, v) => of(stage).putMeta('k', v)),
    own('deleteMeta', 'key', aKey, (stage, v) => of(stage).deleteMeta(v)),
    own('lock', 'key', aKey, (stage, v) => of(stage).lock(v, () => 1)),
    own('lock', 'work', nothing, (stage, v) => {
      // The hostile functions are hostile when they are called, too.
      return of(stage).lock('k', typeof v === 'function' ? disguise(1) : v)
    }),
    own('lock', 'options', optional(noOptions), (stage, v) => of(stage).lock('k', () => 1, v)),
    own('lock', 'options.timeoutMs', anyOf(optional(aDuration), oneOf('infinity')), (stage, v) => {
      return of(stage).lock('k', () => 1, { timeoutMs: v })
    }),
    own('lock', 'options.signal', optional(aSignal), (stage, v) => {
      return of(stage).lock('k', () => 1, { signal: v })
    }),
    own('lock', 'options.owner', optional(nothing), (stage, v) => {
      return of(stage).lock('k', () => 1, { owner: v })
    }),
    own('watch', 'listener', aFunction, (stage, v) => of(stage).watch(v).stop()),
    own('count', 'an argument too many', anything, (stage, v) => {
      return Reflect.apply(of(stage).count, of(stage), [v])
    }),
  ]
}

/** Outside of any process a pid that is data leads nowhere. */
const aPidHere: Accepts = (value) => aPid(value) && nothing(value)

const unique: readonly Position[] = [
  ...common('UniqueRegistry', (stage) => stage.users),
  at('UniqueRegistry.via', 'key', aKey, (stage, v) => stage.users.via(v)),
  at('UniqueRegistry.via', 'value', plainData, (stage, v) => stage.users.via('k', v)),
  at('UniqueRegistry.whereis', 'key', aKey, (stage, v) => stage.users.whereis(v)),
  at('UniqueRegistry.updateValue', 'context', nothing, (stage, v) => {
    return stage.users.updateValue(v, 'k', (old) => old)
  }),
  within('UniqueRegistry.updateValue', 'key', aKey, (stage, context, v) => {
    return stage.users.updateValue(context, v, (old) => old)
  }),
  within('UniqueRegistry.updateValue', 'update', aFunction, (stage, context, v) => {
    return stage.users.updateValue(context, 'k', v)
  }),
  within('UniqueRegistry.updateValue', 'a new value', plainData, (stage, context, v) => {
    stage.users.register(context, 'k')
    try {
      return stage.users.updateValue(context, 'k', () => v)
    } finally {
      stage.users.unregister(context, 'k')
    }
  }),
  at('Watch.stop', 'an argument too many', anything, (stage, v) => {
    const watch = stage.users.watch(() => undefined)
    return Reflect.apply(watch.stop, watch, [v])
  }),
]

/** Not in the types: refused whatever they are given. */
const absent: readonly Position[] = ['via', 'updateValue'].map((method) => {
  return at(`DuplicateRegistry.${method}`, 'anything', nothing, (stage, v) => {
    return Reflect.apply(Reflect.get(stage.groups, method), stage.groups, [v])
  })
})

const given: Readonly<Record<string, Accepts>> = {
  name: aName,
  maxNames: optional(aCount(1, 14_000_000)),
  maxLocks: optional(aCount(1, 2 ** 24)),
  listeners: optional(emptyArray),
  meta: optional(aRecord),
  values: optional(oneOf('freeze', 'share')),
  partitions: optional(aCount(1, 1024)),
  compressed: optional(aBoolean),
}

function making(surface: string, make: (options: never) => unknown): Position[] {
  const pure = (argument: string, accepts: Accepts, give: Give): Position => {
    return { surface, argument, accepts, give, isPure: true }
  }
  return [
    pure('options', nothing, (_, v) => make(v)),
    ...Object.entries(given).map(([option, accepts]) => {
      return pure(`options.${option}`, accepts, (_, value) => {
        return make(disguise({ name: 'x', [option]: value }))
      })
    }),
    pure('options.listeners[0]', anAddress, (_, v) =>
      make(disguise({ name: 'x', listeners: [v] })),
    ),
    pure('options.meta.x', plainData, (_, v) => make(disguise({ name: 'x', meta: { x: v } }))),
  ]
}

/** Every position of registries. */
export const registries: readonly Position[] = [
  ...unique,
  ...common('DuplicateRegistry', (stage) => stage.groups),
  ...absent,
  ...making('uniqueRegistry', (options) => uniqueRegistry(options)),
  ...making('duplicateRegistry', (options) => duplicateRegistry(options)),
  {
    ...at('uniqueRegistry', 'options.initialValue', plainData, (_, v) => {
      return uniqueRegistry({ name: 'x', initialValue: v })
    }),
    isPure: true,
  },
  {
    ...at(
      'variable',
      'name',
      (v) => typeof v === 'string' && v !== '',
      (_, v) => variable(v),
    ),
    isPure: true,
  },
]
