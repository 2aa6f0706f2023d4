/**
 * I5: a start that failed leaves nothing.
 */
import type { ProcessReference, ProcessTraces } from '../simulation-event.ts'
import { declare, violated } from './violated.ts'

/**
 * I5: a start that fails leaves every table as it was: no name, timer, monitor, link, alias or
 * message of it stays, and nobody who was not linked to it notices.
 *
 * Source: OTP `proc_lib:start_link/3`.
 */
export const failedStartLeavesNothing = declare('I5', 'a failed start leaves nothing', () => {
  /** The names of those whose start is under way. */
  const starting = new Map<ProcessReference, number>()
  const failed = new Set<ProcessReference>()
  return {
    on(event) {
      switch (event.kind) {
        case 'name_taken':
          starting.set(event.process, (starting.get(event.process) ?? 0) + 1)
          return
        case 'name_freed': {
          const names = starting.get(event.process)
          if (names !== undefined) starting.set(event.process, names - 1)
          return
        }
        case 'process_started':
          starting.delete(event.process)
          return
        case 'process_ended':
          if (event.wasStarting) failed.add(event.process)
          else starting.delete(event.process)
          return
        case 'process_gone': {
          if (!failed.delete(event.process)) return
          const names = starting.get(event.process) ?? 0
          starting.delete(event.process)
          if (names > 0) violated(`the start of ${event.process} failed and left ${names} names`)
          const left = tracesLeft(event.traces)
          if (left !== '') violated(`the start of ${event.process} failed and left ${left}`)
        }
      }
    },
  }
})

/** What is left, in words; empty if nothing is. */
export function tracesLeft(traces: ProcessTraces): string {
  return Object.entries(traces)
    .filter(([, count]) => count !== 0)
    .map(([table, count]) => `${count} ${table}`)
    .join(', ')
}
