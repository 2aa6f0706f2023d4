/**
 * Positions in what looks into a process from outside.
 */
import { isAlive, sys } from 'flotilla'
import {
  type Accepts,
  aCount,
  aDuration,
  aFunction,
  aName,
  anyOf,
  anything,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import type { Stage } from './stage.ts'

type Asked = (address: never, options: never) => Promise<unknown>

/** Every function of `sys`, with everything else right. */
const asking: Readonly<Record<string, Asked>> = {
  getState: sys.getState,
  getStatus: sys.getStatus,
  replaceState: (address, options) => sys.replaceState(address, () => 0, options),
  suspend: sys.suspend,
  resume: sys.resume,
  statistics: (address, options) => sys.statistics(address, 'on', options),
  log: (address, options) => sys.log(address, 'on', options),
  noDebug: sys.noDebug,
  install: (address, options) => sys.install(address, { id: 'h', hook: () => 0 }, options),
  remove: (address, options) => sys.remove(address, 'h', options),
  trace: (address, options) => sys.trace(address, () => undefined, options),
}

function at(surface: string, argument: string, accepts: Accepts, give: Position['give']): Position {
  return { surface: `sys.${surface}`, argument, accepts, give }
}

/** Everything as it was, so that the next value finds the same probe, and finds it alive. */
async function tidily(stage: Stage, asked: Promise<unknown>): Promise<unknown> {
  const [outcome] = await Promise.allSettled([asked])
  if (!isAlive(stage.probe)) throw new Error('the probe did not live through it')
  await sys.resume(stage.probe)
  await sys.noDebug(stage.probe)
  await sys.replaceState(stage.probe, () => 0)
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

/** As `at`, for a value with which something is asked of the probe. */
function asks(
  surface: string,
  argument: string,
  accepts: Accepts,
  ask: (stage: Stage, value: never) => Promise<unknown>,
): Position {
  // What is refused at once is refused outside of the promise.
  return at(surface, argument, accepts, (stage, value) => tidily(stage, ask(stage, value)))
}

const aTimeout = optional(anyOf(aDuration, oneOf('infinity')))
const aCommand = oneOf('on', 'off', 'get')

const common: readonly Position[] = Object.entries(asking).flatMap(([name, ask]) => [
  at(name, 'address', nothing, (_, v) => ask(v, undefined as never)),
  asks(name, 'options', optional(noOptions), ({ probe }, v) => ask(probe as never, v)),
  asks(name, 'options.timeoutMs', aTimeout, ({ probe }, v) => {
    return ask(probe as never, { timeoutMs: v } as never)
  }),
])

/** Every position of `sys`. */
export const looking: readonly Position[] = [
  ...common,
  asks('replaceState', 'replace', aFunction, ({ probe }, v) => sys.replaceState(probe, v)),
  asks('replaceState', 'new state', anything, ({ probe }, v) => sys.replaceState(probe, () => v)),
  asks('statistics', 'command', aCommand, ({ probe }, v) => sys.statistics(probe, v)),
  asks('log', 'command', aCommand, ({ probe }, v) => sys.log(probe, v)),
  asks('log', 'options.maxEvents', optional(aCount(1, 65_536)), ({ probe }, v) => {
    return sys.log(probe, 'on', { maxEvents: v })
  }),
  asks('install', 'hook', nothing, ({ probe }, v) => sys.install(probe, v)),
  asks('install', 'hook.id', aName, ({ probe }, v) => sys.install(probe, { id: v, hook: Boolean })),
  asks('install', 'hook.hook', aFunction, ({ probe }, v) =>
    sys.install(probe, { id: 'h', hook: v }),
  ),
  asks('remove', 'id', aName, ({ probe }, v) => sys.remove(probe, v)),
  asks('trace', 'listener', aFunction, ({ probe }, v) => sys.trace(probe, v)),
  asks('trace', 'options.maxWaiting', optional(aCount(1, 1_000_000)), ({ probe }, v) => {
    return sys.trace(probe, () => undefined, { maxWaiting: v })
  }),
  {
    ...asks('trace', 'stop: an argument too many', anything, async ({ probe }, v) => {
      const trace = await sys.trace(probe, () => undefined)
      return Reflect.apply(trace.stop, trace, [v])
    }),
    surface: 'Trace.stop',
  },
]
