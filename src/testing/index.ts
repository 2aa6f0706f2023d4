/**
 * `flotilla/testing`: what fleets are tested with, ours and yours.
 */
export { type Driven, drive } from '../gen-server/drive.ts'
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
export {
  fifoSchedule,
  type PriorityScheduleOptions,
  prioritySchedule,
  type RandomScheduleOptions,
  randomSchedule,
  replaySchedule,
  type Schedule,
} from './schedule.ts'
export type { Circumstances, Violation } from './violation.ts'
export { type VirtualHost, type VirtualHostOptions, virtualHost } from './virtual-host.ts'
