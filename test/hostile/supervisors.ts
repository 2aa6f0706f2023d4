/**
 * Positions in what stands above others: supervisors of every kind, and what looks into them.
 */
import {
  child,
  countChildren,
  dynamicSupervisor,
  extendedChild,
  partitionSupervisor,
  supervisor,
  whichChildren,
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
  aPositiveNumber,
  emptyArray,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, Probe, type Stage } from './stage.ts'

type Give = Position['give']

function at(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { surface, argument, accepts, give }
}

function pure(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { ...at(surface, argument, accepts, give), isPure: true }
}

/** One position for each option, all of them given to the same function. */
function optionsOf(
  surface: string,
  accepted: Readonly<Record<string, Accepts>>,
  make: (options: object) => unknown,
): Position[] {
  return Object.entries(accepted).map(([option, accepts]) => {
    return pure(surface, `options.${option}`, accepts, (_, value) => make({ [option]: value }))
  })
}

/** Methods without parameters ignore what they are given. */
function bare(
  surface: string,
  names: readonly string[],
  handleOf: (stage: Stage) => object,
): Position[] {
  return names.map((name) => {
    return at(`${surface}.${name}`, 'an argument too many', anything, (stage, value) => {
      const handle = handleOf(stage)
      const method: unknown = Reflect.get(handle, name)
      return typeof method === 'function' ? Reflect.apply(method, handle, [value]) : method
    })
  })
}

const aText: Accepts = (value) => typeof value === 'string'
const aShutdown = optional(anyOf(aDuration, oneOf('kill', 'infinity')))
const life = {
  restart: optional(oneOf('permanent', 'transient', 'temporary')),
  shutdownMs: aShutdown,
  significant: optional(oneOf(false)),
}
const intensity = {
  maxRestarts: optional(aCount(0, 1_000_000)),
  maxSeconds: optional(aPositiveNumber),
}
const one = 'one_for_one'
const aStrategy = oneOf('one_for_one', 'one_for_all', 'rest_for_one')

const makers: readonly Position[] = [
  pure('supervisor', 'options', nothing, (_, v) => supervisor(v, [])),
  ...optionsOf(
    'supervisor',
    {
      name: aName,
      strategy: aStrategy,
      autoShutdown: optional(oneOf('never', 'any_significant', 'all_significant')),
      registerAs: optional(nothing),
      ...life,
      ...intensity,
    },
    (options) => supervisor(disguise({ name: 'x', strategy: one, ...options }), []),
  ),
  pure('supervisor', 'children', anyOf(emptyArray, aFunction), (_, v) => {
    return supervisor({ name: 'x', strategy: one }, v)
  }),
  pure('supervisor', 'children[1]', nothing, (_, v) => {
    return supervisor({ name: 'x', strategy: one }, [child(Probe, 0), v])
  }),
  pure('dynamicSupervisor', 'options', nothing, (_, v) => dynamicSupervisor(v)),
  ...optionsOf(
    'dynamicSupervisor',
    {
      name: aName,
      maxChildren: optional(aCount(0, 2 ** 24)),
      extraArguments: optional(aShortArray),
      init: optional(aFunction),
      registerAs: optional(nothing),
      ...life,
      ...intensity,
    },
    (options) => dynamicSupervisor(disguise({ name: 'x', ...options })),
  ),
  pure('partitionSupervisor', 'options', nothing, (_, v) => {
    return partitionSupervisor(v, () => child(Probe, 0))
  }),
  ...optionsOf(
    'partitionSupervisor',
    {
      name: aName,
      partitions: optional(aCount(1, 2 ** 16)),
      strategy: optional(aStrategy),
      registerAs: optional(nothing),
      ...life,
      ...intensity,
    },
    (options) => {
      return partitionSupervisor(disguise({ name: 'x', ...options }), () => child(Probe, 0))
    },
  ),
  // A function is called at once, and whatever it throws is its own.
  pure('partitionSupervisor', 'makeChild', aFunction, (_, v) => {
    return typeof v === 'function' ? undefined : partitionSupervisor({ name: 'x' }, v)
  }),
  pure('partitionSupervisor', 'the child of a partition', nothing, (_, v) => {
    return partitionSupervisor({ name: 'x' }, () => v)
  }),
  pure('extendedChild', 'server', nothing, (_, v) => extendedChild(v, disguise(0))),
  pure('extendedChild', 'arg', anything, (_, v) => extendedChild(disguise(Probe), v)),
  pure('extendedChild', 'options', optional(noOptions), (_, v) => {
    return extendedChild(disguise(Probe), disguise(0), v)
  }),
  ...optionsOf(
    'extendedChild',
    {
      ...life,
      name: optional(nothing),
      id: optional(aName),
      significant: optional(aBoolean),
    },
    (options) => {
      const given = { restart: 'transient', ...options }
      return extendedChild(disguise(Probe), disguise(0), disguise(given))
    },
  ),
]

function aShortArray(value: unknown): boolean {
  try {
    return Array.isArray(value) && value.length < 256 && Array.from(value).length < 256
  } catch {
    return false
  }
}

const requests: readonly Position[] = [
  ...bare('StaticSupervisor', ['countChildren', 'whichChildren'], (stage) => stage.root),
  at('StaticSupervisor.startChild', 'spec', nothing, (stage, v) => stage.root.startChild(v)),
  at('StaticSupervisor.terminateChild', 'id', aText, (stage, v) => stage.root.terminateChild(v)),
  at('StaticSupervisor.restartChild', 'id', aText, (stage, v) => stage.root.restartChild(v)),
  at('StaticSupervisor.deleteChild', 'id', aText, (stage, v) => stage.root.deleteChild(v)),
  at('StaticSupervisor.child', 'id', aText, (stage, v) => stage.root.child(v)),
  ...bare('DynamicSupervisor', ['countChildren', 'whichChildren'], (stage) => stage.dynamic),
  at('DynamicSupervisor.startChild', 'spec', nothing, (stage, v) => stage.dynamic.startChild(v)),
  at('DynamicSupervisor.startChild', 'arg of the spec', anything, (stage, v) => {
    return stage.dynamic.startChild(child(Probe, v, { restart: 'temporary' }))
  }),
  at('DynamicSupervisor.terminateChild', 'pid', nothing, (stage, v) => {
    return stage.dynamic.terminateChild(v)
  }),
  at('whichChildren', 'address', nothing, (_, v) => whichChildren(v)),
  at('countChildren', 'address', nothing, (_, v) => countChildren(v)),
]

/** Some sizes are right, and must not take the partitions away from what is tried out next. */
const prepare = (stage: Stage): Promise<number> => stage.parts.resize(2)

const partitions: readonly Position[] = [
  ...bare(
    'PartitionSupervisor',
    ['countChildren', 'whichChildren', 'partitions'],
    (stage) => stage.parts,
  ),
  at('PartitionSupervisor.via', 'key', aKey, (stage, v) => stage.parts.via(v)),
  {
    ...at('PartitionSupervisor.whereis', 'key', aKey, (stage, v) => stage.parts.whereis(v)),
    prepare,
  },
  { ...at('PartitionSupervisor.at', 'key', aKey, (stage, v) => stage.parts.at(v)), prepare },
  {
    ...at('PartitionSupervisor.partitionOf', 'key', aKey, (stage, v) => {
      return stage.parts.partitionOf(v)
    }),
    prepare,
  },
  at('PartitionSupervisor.resize', 'partitions', aCount(0, 2), (stage, v) => {
    return stage.parts.resize(v)
  }),
]

/** Every position of supervisors. */
export const supervisors: readonly Position[] = [...makers, ...requests, ...partitions]
