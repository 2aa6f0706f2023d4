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
export {
  ChildFailure,
  Exit,
  type ExitReason,
  exitCodes,
  type FailedCall,
  type Outcome,
} from './core/exit.ts'
export { hashKey } from './core/hash.ts'
export type { Key } from './core/key.ts'
export {
  any,
  type Bound,
  type Pattern,
  type Variable,
  variable,
  type Wildcard,
} from './core/pattern.ts'
export { formatPid, type Pid, samePid } from './core/pid.ts'
export type { Arguments, Protocol, SilentProtocol } from './core/protocol.ts'
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
export type { Alias, AliasMode } from './process/alias.ts'
export type { ExitRequest } from './process/dying.ts'
export type { Down, ExitSignal, Monitor } from './process/envelope.ts'
export { eventChannel, type FlotillaEvent, watchEvents } from './process/events.ts'
export type { Cancellable, Host } from './process/host.ts'
export { type Node, type NodeOptions, startNode } from './process/node.ts'
export type { StartMonitored, StartOptions } from './process/own-start.ts'
export type { Timer } from './process/owned-timer.ts'
export type { MonitorOptions, ProcessContext } from './process/process-context.ts'
export { type ProcessInfo, type ProcessStatus, processInfo } from './process/process-info.ts'
export {
  type NextAnswer,
  type NextOptions,
  type RequestCollection,
  requestCollection,
} from './process/request-collection.ts'
export { ended, exit, isAlive, whereis } from './process/signals.ts'
export type { NotStarted, Started, StartRefusal, StartTried } from './process/started.ts'
export type { NodeStatistics } from './process/statistics.ts'
export { type StopOptions, stopServer } from './process/stop-server.ts'
export { systemHost } from './process/system-host.ts'
export type { RegistryEvent, RegistryMessage } from './registry/changes.ts'
export {
  type DuplicateRegistry,
  type DuplicateRegistryOptions,
  duplicateRegistry,
  type RegisteredDuplicate,
} from './registry/duplicate-registry.ts'
export type {
  Entry,
  EntryFilter,
  Guard,
  KeyedEntry,
  LockOptions,
  MetaLookup,
  Registered,
  RegistrationRefusal,
  Registry,
  SelectSpec,
} from './registry/registry.ts'
export type { RegistryOptions } from './registry/registry-options.ts'
export type { Selector } from './registry/selection.ts'
export {
  type UniqueRegistry,
  type UniqueRegistryOptions,
  type Updated,
  uniqueRegistry,
} from './registry/unique-registry.ts'
export { type ChildOptions, child } from './supervisor/child.ts'
export type { ChildCounts, ChildInfo } from './supervisor/child-record.ts'
export type { DynamicLimits, MakeLimits } from './supervisor/dynamic-limits.ts'
export {
  type DynamicSupervisor,
  type DynamicSupervisorOptions,
  dynamicSupervisor,
} from './supervisor/dynamic-supervisor.ts'
export {
  type ChildUnder,
  type ExtendedChildSpec,
  extendedChild,
} from './supervisor/extended-child.ts'
export { countChildren, whichChildren } from './supervisor/inspect.ts'
export type { PartitionInfo } from './supervisor/partition-behaviour.ts'
export {
  type PartitionSupervisor,
  type PartitionSupervisorOptions,
  type ProtocolOfChild,
  partitionSupervisor,
} from './supervisor/partition-supervisor.ts'
export type {
  ChildDeleted,
  ChildIsNotStopped,
  ChildRestarted,
  ChildStarted,
  ChildStartRefusal,
  ChildTerminated,
} from './supervisor/started.ts'
export type { MakeChildren } from './supervisor/static-children.ts'
export {
  type StaticSupervisor,
  type SupervisorHandle,
  type SupervisorOptions,
  supervisor,
} from './supervisor/supervisor.ts'
export * as sys from './sys/sys.ts'
export { type Store, type Table, type TableOptions, table } from './table/table.ts'
export { asyncTask, completedTask, task } from './task/async-task.ts'
export {
  awaitMany,
  type OutcomesOf,
  type ResultsOf,
  type YieldManyOptions,
  yieldMany,
} from './task/await-many.ts'
export type { Items } from './task/stream-input.ts'
export type { StreamResult } from './task/stream-run.ts'
export type { ReceiveOptions, TaskContext, TaskMessage } from './task/task-context.ts'
export type { Delivered, Task } from './task/task-handle.ts'
export type {
  AsyncOptions,
  AsyncTaskOptions,
  TaskOptions,
  TaskWaitOptions,
  TaskWork,
} from './task/task-options.ts'
export type { StreamOptions, StreamWork } from './task/task-stream.ts'
export {
  type TaskStartOptions,
  type TaskSupervisor,
  type TaskSupervisorOptions,
  taskSupervisor,
} from './task/task-supervisor.ts'
