/**
 * Positions in what tries out orders of events and checks histories.
 */
import {
  checkLinearizable,
  explore,
  exploringHost,
  fifoSchedule,
  History,
  prioritySchedule,
  randomSchedule,
  replay,
  replaySchedule,
} from 'flotilla/testing'
import {
  type Accepts,
  aCount,
  aDuration,
  aFunction,
  aKey,
  aName,
  anything,
  emptyArray,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise } from './stage.ts'

type Give = (value: never) => unknown

function at(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { surface, argument, accepts, give: (_, value) => give(value), isPure: true }
}

function optionsOf(
  surface: string,
  accepted: Readonly<Record<string, Accepts>>,
  make: (options: object) => unknown,
): Position[] {
  return Object.entries(accepted).map(([option, accepts]) => {
    return at(surface, `options.${option}`, accepts, (value) => make({ [option]: value }))
  })
}

const seed = aCount(0, 2 ** 32 - 1)
const reactions = oneOf('first', 'chosen')
const aChoice = aCount(0, Number.MAX_SAFE_INTEGER)
const choices: Accepts = (value) => {
  try {
    return Array.isArray(value) && Array.from(value.slice(0, 9)).every(aChoice)
  } catch {
    return false
  }
}
const idle = async (): Promise<void> => undefined
const recording = { choices: [], seed: 1, reactions: 'first' } as const

const runs: readonly Position[] = [
  at('explore', 'scenario', aFunction, (v) => explore(v, { maxRuns: 2 })),
  at('explore', 'options', optional(noOptions), (v) => explore(idle, v)),
  ...optionsOf(
    'explore',
    {
      orders: optional(oneOf('all', 'random', 'priority')),
      maxRuns: optional(aCount(1, Number.MAX_SAFE_INTEGER)),
      seed: optional(seed),
      reactions: optional(reactions),
      maxChangePoints: optional(aCount(0, 100)),
    },
    (options) => explore(idle, disguise(options)),
  ),
  at('replay', 'scenario', nothing, (v) => {
    // What a function does when it is run is its own affair.
    return replay(typeof v === 'function' ? disguise(1) : v, recording)
  }),
  at('replay', 'recording', nothing, (v) => replay(idle, v)),
  ...optionsOf('replay', { choices, seed, reactions }, (options) => {
    return replay(idle, disguise({ ...recording, ...options }))
  }),
]

const hosts: readonly Position[] = [
  at('exploringHost', 'options', optional(noOptions), (v) => exploringHost(v)),
  ...optionsOf(
    'exploringHost',
    {
      seed: optional(seed),
      wallMs: optional(aDuration),
      schedule: optional(nothing),
      reactions: optional(reactions),
    },
    (options) => exploringHost(disguise(options)),
  ),
  at('exploringHost', 'options.schedule.choose', aFunction, (v) => {
    return exploringHost({ schedule: { choose: v } })
  }),
  at('ExploringHost.advance', 'delayMs', aDuration, (v) => exploringHost().advance(v)),
  at('ExploringHost.turn', 'client', aName, (v) => exploringHost().turn(v)),
  at('ExploringHost.settle', 'an argument too many', anything, (v) => {
    const host = exploringHost()
    return Reflect.apply(host.settle, host, [v])
  }),
  at('fifoSchedule', 'an argument too many', anything, (v) => Reflect.apply(fifoSchedule, v, [v])),
  at('randomSchedule', 'options', nothing, (v) => randomSchedule(v)),
  ...optionsOf('randomSchedule', { seed }, (options) => randomSchedule(disguise(options))),
  at('prioritySchedule', 'options', nothing, (v) => prioritySchedule(v)),
  ...optionsOf(
    'prioritySchedule',
    {
      seed,
      changePoints: optional(aCount(0, 1000)),
      decisions: optional(aCount(1, 2 ** 32 - 1)),
    },
    (options) => prioritySchedule(disguise({ seed: 1, ...options })),
  ),
  at('replaySchedule', 'choices', choices, (v) => replaySchedule(v)),
  at('replaySchedule', 'choices[1]', aCount(0, Number.MAX_SAFE_INTEGER), (v) =>
    replaySchedule([0, v]),
  ),
]

const model = { initial: 0, next: () => [0] }
const operation = { process: 'p', operation: 'x', argument: 0, result: 0 }
const aText: Accepts = (value) => typeof value === 'string'
const aTime: Accepts = (value) => typeof value === 'number' && Number.isFinite(value)

const histories: readonly Position[] = [
  at('checkLinearizable', 'history', emptyArray, (v) => checkLinearizable(v, model)),
  at('checkLinearizable', 'history[0]', nothing, (v) => checkLinearizable([v], model)),
  ...Object.entries({ process: aText, operation: aText, argument: anything, result: anything }).map(
    ([part, accepts]) => {
      return at('checkLinearizable', `history[0].${part}`, accepts, (v) => {
        return checkLinearizable([{ ...operation, invokedAt: 1, returnedAt: 2, [part]: v }], model)
      })
    },
  ),
  at('checkLinearizable', 'history[0].invokedAt', aTime, (v) => {
    return checkLinearizable([{ ...operation, invokedAt: v, returnedAt: undefined }], model)
  }),
  at(
    'checkLinearizable',
    'history[0].returnedAt',
    optional((v) => aTime(v) && Number(v) >= 1),
    (v) => checkLinearizable([{ ...operation, invokedAt: 1, returnedAt: v }], model),
  ),
  at('checkLinearizable', 'model', nothing, (v) => checkLinearizable([], v)),
  ...optionsOf(
    'checkLinearizable',
    { initial: aKey, next: aFunction, objectOf: optional(aFunction) },
    (options) => checkLinearizable([], disguise({ ...model, ...options })),
  ),
  at('History', 'an argument too many', anything, (v) => Reflect.construct(History, [v])),
  at('History.invoke', 'invocation', nothing, (v) => new History().invoke(v)),
  ...Object.entries({ process: aText, operation: aText, argument: anything }).map(
    ([part, accepts]) => {
      return at('History.invoke', `invocation.${part}`, accepts, (v) => {
        return new History().invoke({ ...operation, [part]: v })
      })
    },
  ),
  at('History.invoke', 'invokedAt', optional(oneOf(1)), (v) => {
    const history = new History()
    history.tick()
    return history.invoke(operation, v)
  }),
  at('History.tick', 'an argument too many', anything, (v) => {
    const history = new History()
    return Reflect.apply(history.tick, history, [v])
  }),
]

/** Every position of what explores and checks. */
export const exploring: readonly Position[] = [...runs, ...hosts, ...histories]
