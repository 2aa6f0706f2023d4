/**
 * Where a process comes from: who started it, who started that one, and on whose behalf it runs.
 *
 * Invariant: what is known of the dead is bounded: nobody is remembered beyond one who ended before
 * the process that it started, and callers are at most `callersMax`.
 * Source: OTP `proc_lib`, `$ancestors`; Elixir `Task`, `$callers`.
 */
import type { Pid } from '../core/pid.ts'
import type { Process } from './process.ts'

/** So many callers are remembered; those farther away are forgotten. */
const callersMax = 64

/** Who started it: a supervisor, or another process that did so itself. */
export function starterOf(process: Process): Process | undefined {
  return process.extrasIfAny?.starter ?? process.parent
}

/** Who started it, who started that one, and so on. */
export function ancestorsOf(process: Process): Pid[] {
  const ancestors: Pid[] = []
  for (let above = starterOf(process); above !== undefined; above = starterOf(above)) {
    ancestors.push(above.pid)
  }
  return ancestors
}

/** On whose behalf it runs, nearest first; nobody's, unless its behaviour says so. */
export function callersOf(process: Process): readonly Pid[] {
  return process.behaviour.callers ?? []
}

/** The callers of what `caller` starts to work on its own behalf, for its `Behaviour`. */
export function callersWith(caller: Process): readonly Pid[] {
  return [caller.pid, ...callersOf(caller).slice(0, callersMax - 1)]
}
