/**
 * Positions in what defines and runs simulations.
 */
import {
  AlwaysViolated,
  always,
  checkDeterminism,
  faultKinds,
  InjectedFault,
  reachable,
  restartIntensity,
  SimulationEscape,
  shrinkSimulation,
  simulate,
  simulation,
  sometimes,
} from 'flotilla/testing'
import {
  type Accepts,
  aCount,
  aDuration,
  aFunction,
  aName,
  anyOf,
  anything,
  aPositiveNumber,
  emptyArray,
  handlers,
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

const start = () => Promise.reject(new Error('nothing is started here'))
const shortest = { name: 'nothing', start } as const
const define = (options: object) => simulation(disguise({ ...shortest, ...options }))
/** It fails at once, since its node does not start. */
const failing = simulation({ ...shortest, faults: 'none' })
const run = (options: object) => simulate(failing, disguise({ seed: 1, minutes: 1, ...options }))

const faults = (value: unknown): boolean => oneOf('swarm', 'none')(value) || noOptions(value)
const minutes: Accepts = (value) => typeof value === 'number' && value > 0 && value <= 1e6

const defined: Readonly<Record<string, Accepts>> = {
  name: aName,
  nodes: optional(aCount(1, 26)),
  start: aFunction,
  memory: optional(aFunction),
  clients: optional(handlers),
  faults: optional(faults),
  withoutFaults: optional(emptyArray),
  invariants: optional(emptyArray),
  withoutInvariants: optional(emptyArray),
  finally: optional(aFunction),
  network: optional(noOptions),
  externals: optional(noOptions),
  settleMs: optional(aDuration),
}

const ran: Readonly<Record<string, Accepts>> = {
  seed: aCount(0, 2 ** 32 - 1),
  minutes: optional(minutes),
  schedule: optional(oneOf('random', 'priority', 'fifo')),
  faults: optional(faults),
  onlyFaults: optional(emptyArray),
  nodes: optional(aCount(1, 26)),
  onlyClients: optional(emptyArray),
  timelineLength: optional(aCount(0, 20_000)),
}

/** Two durations, the least first. */
const aPair: Accepts = (value) => {
  try {
    if (!Array.isArray(value) || value.length !== 2) return false
    const [least, most] = [...value]
    return aDuration(least) && aDuration(most) && least <= most
  } catch {
    return false
  }
}
const share: Accepts = (value) => typeof value === 'number' && value >= 0 && value <= 1
const external = { implementation: () => undefined }

/** Every position of the simulator. */
export const simulating: readonly Position[] = [
  at('simulation', 'definition', nothing, (v) => simulation(v)),
  ...Object.entries(defined).map(([option, accepts]) =>
    at('simulation', `definition.${option}`, accepts, (v) => define({ [option]: v })),
  ),
  at('simulation', 'definition.clients.c', aFunction, (v) => define({ clients: { c: v } })),
  at('simulation', 'definition.clients.c.run', aFunction, (v) => {
    return define({ clients: { c: { run: v } } })
  }),
  at('simulation', 'definition.clients.c.count', optional(aCount(1, 10_000)), (v) => {
    return define({ clients: { c: { run: start, count: v } } })
  }),
  at('simulation', 'definition.faults.loss', optional(share), (v) =>
    define({ faults: { loss: v } }),
  ),
  at('simulation', 'definition.withoutFaults[0]', oneOf(...faultKinds), (v) =>
    define({ withoutFaults: [v] }),
  ),
  at('simulation', 'definition.invariants[0]', nothing, (v) => define({ invariants: [v] })),
  at('simulation', 'definition.withoutInvariants[0]', nothing, (v) =>
    define({ withoutInvariants: [v] }),
  ),
  at('simulation', 'definition.externals.x', nothing, (v) => define({ externals: { x: v } })),
  at('simulation', 'definition.externals.x.implementation', aFunction, (v) => {
    return define({ externals: { x: { implementation: v } } })
  }),
  at('simulation', 'definition.externals.x.latencyMs', optional(anyOf(aDuration, aPair)), (v) => {
    return define({ externals: { x: { ...external, latencyMs: v } } })
  }),
  at('simulation', 'definition.externals.x.failureRate', optional(share), (v) => {
    return define({ externals: { x: { ...external, failureRate: v } } })
  }),
  at(
    'simulation',
    'definition.externals.x.style',
    optional(oneOf('promise', 'sync', 'callback')),
    (v) => define({ externals: { x: { ...external, style: v } } }),
  ),
  at('simulation', 'definition.network.delayMs', optional(aPair), (v) => {
    return define({ network: { delayMs: v } })
  }),
  at('simulation', 'definition.network.promises', optional(oneOf('order', 'nothing')), (v) => {
    return define({ network: { promises: v } })
  }),
  at('simulation', 'definition.network.linkTimeoutMs', optional(aDuration), (v) => {
    return define({ network: { linkTimeoutMs: v } })
  }),
  at(
    'simulation',
    'definition.network.maxQueuedBytes',
    optional(aCount(1, Number.MAX_SAFE_INTEGER)),
    (v) => define({ network: { maxQueuedBytes: v } }),
  ),
  at('simulate', 'simulation', nothing, (v) => simulate(v, { seed: 1 })),
  at('simulate', 'options', nothing, (v) => simulate(failing, v)),
  ...Object.entries(ran).map(([option, accepts]) =>
    at('simulate', `options.${option}`, accepts, (v) => run({ [option]: v })),
  ),
  at('shrinkSimulation', 'simulation', nothing, (v) => shrinkSimulation(v, { seed: 1 })),
  at('shrinkSimulation', 'options', nothing, (v) => shrinkSimulation(failing, v)),
  at('shrinkSimulation', 'limits', optional(noOptions), (v) => {
    return shrinkSimulation(failing, { seed: 1 }, v)
  }),
  at(
    'shrinkSimulation',
    'limits.maxRuns',
    optional(aCount(1, Number.MAX_SAFE_INTEGER)),
    (maxRuns) => shrinkSimulation(failing, { seed: 1 }, { maxRuns }),
  ),
  at('checkDeterminism', 'simulation', nothing, (v) => checkDeterminism(v, { seed: 1 })),
  at('checkDeterminism', 'options', nothing, (v) => checkDeterminism(failing, v)),
  at('restartIntensity', 'limits', noOptions, (v) => restartIntensity(v)),
  at('restartIntensity', 'limits.top', noOptions, (v) => restartIntensity({ top: v })),
  at('restartIntensity', 'limits.top.maxRestarts', optional(aCount(0, 1_000_000)), (v) => {
    return restartIntensity({ top: { maxRestarts: v } })
  }),
  at('restartIntensity', 'limits.top.maxSeconds', optional(aPositiveNumber), (v) => {
    return restartIntensity({ top: { maxSeconds: v } })
  }),
  at('always', 'message', anything, (v) => always(true, v)),
  at('sometimes', 'name', aName, (v) => sometimes(v)),
  at('sometimes', 'condition', anything, (v) => sometimes('it happens', v)),
  at('reachable', 'name', aName, (v) => reachable(v)),
  at('AlwaysViolated', 'message', anything, () => new AlwaysViolated('x')),
  at('InjectedFault', 'fault', anything, () => new InjectedFault('x')),
  at('SimulationEscape', 'refused', anything, () => new SimulationEscape('x', 'y')),
]
