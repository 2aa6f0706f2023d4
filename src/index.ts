/**
 * The public vocabulary.
 */
export { ArgumentError, argumentCodes } from './core/argument-error.ts'
export type {
  ChildSpec,
  ChildType,
  Intensity,
  LifeOptions,
  Restart,
  Shutdown,
} from './core/child-spec.ts'
export { ChildFailure, Exit, type ExitReason, exitCodes, type Outcome } from './core/exit.ts'
export { hashKey } from './core/hash.ts'
export type { Key } from './core/key.ts'
export { formatPid, type Pid, samePid } from './core/pid.ts'
export type { Arguments, Protocol } from './core/protocol.ts'
export { pickShard, rankShards } from './core/rendezvous.ts'
export type { AutoShutdown, Strategy } from './core/supervision.ts'
export type { FleetCounts } from './fleet/desired-set.ts'
export { type Fleet, type FleetOptions, fleet } from './fleet/fleet.ts'
export { type CallOptions, call, cast, send, tryCall } from './gen-server/call.ts'
export type { Context } from './gen-server/context.ts'
export { defineServer, type ServerLife } from './gen-server/define-server.ts'
export { type Driven, drive } from './gen-server/drive.ts'
export type {
  CallHandler,
  CallStep,
  CastHandler,
  CastStep,
  MaybePromise,
  ProtocolOf,
  Server,
} from './gen-server/protocol.ts'
export {
  type Ignore,
  ignore,
  type Later,
  later,
  type Next,
  next,
  type Reply,
  type ReplyPort,
  reply,
  type StepOptions,
  type Stop,
  stop,
} from './gen-server/steps.ts'
export type { Address, Via } from './process/address.ts'
export type { ExitRequest } from './process/dying.ts'
export type { Down, ExitSignal, Monitor } from './process/envelope.ts'
export { eventChannel, type FlotillaEvent, watchEvents } from './process/events.ts'
export type { Cancellable, Host } from './process/host.ts'
export { type Node, type NodeOptions, startNode } from './process/node.ts'
export type { Timer } from './process/owned-timer.ts'
export type { ProcessContext } from './process/process-context.ts'
export { ended, exit, isAlive } from './process/signals.ts'
export type { NodeStatistics } from './process/statistics.ts'
export { systemHost } from './process/system-host.ts'
export type { RegistryEvent } from './registry/name-service.ts'
export {
  type Entry,
  type UniqueRegistry,
  type UniqueRegistryOptions,
  uniqueRegistry,
} from './registry/unique-registry.ts'
export { type ChildOptions, child } from './supervisor/child.ts'
export type { ChildCounts, ChildInfo } from './supervisor/child-record.ts'
export {
  type DynamicSupervisor,
  type DynamicSupervisorOptions,
  dynamicSupervisor,
} from './supervisor/dynamic-supervisor.ts'
export type { Started, StartRefusal } from './supervisor/started.ts'
export {
  type SupervisorHandle,
  type SupervisorOptions,
  supervisor,
} from './supervisor/supervisor.ts'
export { type Store, type Table, type TableOptions, table } from './table/table.ts'
