/**
 * `sys`: looking into any process from outside, and holding it up.
 *
 * Invariant: everything here works on every kind of process, also on one that is suspended, goes
 * through its mailbox in order, is bounded in time, and never enters a handler. Source: OTP `sys`.
 */
export type { SystemEvent, SystemEventContent } from '../process/system-event.ts'
export {
  type Hook,
  type HookRefusal,
  type Installed,
  install,
  remove,
  type TraceOptions,
  trace,
} from './hooks.ts'
export type { SystemOptions } from './inquiry.ts'
export { type LogOptions, log, noDebug, type Statistics, statistics } from './recording.ts'
export { getState, getStatus, replaceState, type Status } from './state.ts'
export { resume, suspend } from './suspension.ts'
export type { Trace, TraceEvent, TraceGap } from './tracing.ts'
