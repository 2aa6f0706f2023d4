/**
 * `flotilla/testing`: what fleets are tested with, ours and yours.
 */
export { type Driven, drive } from '../gen-server/drive.ts'
export type { FrameListener, Link, Transport } from '../process/transport.ts'
export {
  type Exploration,
  type ExploreOptions,
  explore,
  type Recording,
  replay,
  type Scenario,
} from './explore.ts'
export {
  type ExploringHost,
  type ExploringHostOptions,
  exploringHost,
  type ReactionOrder,
} from './exploring-host.ts'
export { History, type Invocation, type Operation } from './history.ts'
export { checkLinearizable, type Linearizability } from './linearizability.ts'
export type { Model } from './model.ts'
export { type Probe, type ProbeOptions, type ProbePattern, startProbe } from './probe.ts'
export { type ProbeCall, type ProbeCast, type ProbeEvent, ProbeTimeout } from './probe-events.ts'
export {
  fifoSchedule,
  type PriorityScheduleOptions,
  prioritySchedule,
  type RandomScheduleOptions,
  randomSchedule,
  replaySchedule,
  type Schedule,
} from './schedule.ts'
export { AlwaysViolated, always, reachable, sometimes } from './simulation/assertions.ts'
export {
  type ClientGroup,
  type Simulation,
  type SimulationDefinition,
  simulation,
} from './simulation/definition.ts'
export type { External } from './simulation/external.ts'
export {
  type FaultKind,
  type FaultRates,
  type FaultRecord,
  faultKinds,
} from './simulation/fault.ts'
export { InjectedFault } from './simulation/faulty-server.ts'
export type { Invariant, InvariantChecker } from './simulation/invariant.ts'
export { numbersAddUp } from './simulation/invariants/accounting.ts'
export { callsSettleOnce, nobodyIsServedLate } from './simulation/invariants/calls.ts'
export { errorsStayContained } from './simulation/invariants/containment.ts'
export {
  checkDeterminism,
  type DeterminismCheck,
  type Divergence,
} from './simulation/invariants/determinism.ts'
export { failedStartLeavesNothing } from './simulation/invariants/failed-start.ts'
export { mailboxesKeepTheirLimit } from './simulation/invariants/limits.ts'
export { endsAreToldOnce } from './simulation/invariants/monitors.ts'
export {
  freedBeforeTaken,
  namesFollowChanges,
  noNameOfTheDead,
  oneHolderPerName,
} from './simulation/invariants/names.ts'
export { messagesKeepTheirOrder } from './simulation/invariants/order.ts'
export { nothingIsLeftBehind } from './simulation/invariants/quiescence.ts'
export { givingUpIsFinal, restartIntensity } from './simulation/invariants/restarts.ts'
export { standardInvariants } from './simulation/invariants/standard.ts'
export { childrenFollowSupervisors } from './simulation/invariants/supervision.ts'
export { oneHandlerAtATime } from './simulation/invariants/turns.ts'
export type { NetworkOptions } from './simulation/network-options.ts'
export { SimulationEscape } from './simulation/refusals.ts'
export {
  type ShrinkOptions,
  type ShrunkSimulation,
  shrinkSimulation,
} from './simulation/shrink.ts'
export { simulate } from './simulation/simulate.ts'
export type {
  DownNotice,
  MessageKind,
  NodeResidue,
  ProcessReference,
  ProcessTraces,
  SimulationEvent,
} from './simulation/simulation-event.ts'
export type {
  DrawnOptions,
  ScheduleName,
  SimulateOptions,
  SimulationFailure,
  SimulationRun,
} from './simulation/simulation-run.ts'
export type {
  Client,
  HeldName,
  SimulatedNode,
  SimulationPhase,
  World,
} from './simulation/world.ts'
export type { Circumstances, Violation } from './violation.ts'
export { type VirtualHost, type VirtualHostOptions, virtualHost } from './virtual-host.ts'
