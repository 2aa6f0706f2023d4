/**
 * Waits that could never end, found before they begin.
 *
 * Invariant: only what is certain is refused: each process of a cycle waits, in the very handler
 * that is running (or in the start that is under way), for what the one before it is about to do.
 */
import type { ExitReason } from '../core/exit.ts'
import { OwnStart } from './own-start.ts'
import type { Process } from './process.ts'

/**
 * The refusal of a wait that could never end: for oneself, or for a process that itself waits for
 * what the caller is about to answer.
 */
export function cycleOf(caller: Process, target: Process): ExitReason | undefined {
  if (caller === target) return isInHandler(caller) ? { kind: 'calling_self' } : undefined
  let asker = waiterFor(caller)
  if (asker === undefined) return undefined
  // Nearly every call closes no cycle: nothing is put into words before one is found.
  const waiters = [caller]
  while (asker !== undefined) {
    waiters.push(asker)
    if (asker === target) return { kind: 'calling_self', cycle: inWords(waiters) }
    // Waits that are not seen as they begin could close a cycle that this one is no part of.
    if (waiters.length > caller.node.processes.size) return undefined
    asker = waiterFor(asker)
  }
  return undefined
}

/** Who waits for what this process does at the moment, if it certainly does. */
function waiterFor(process: Process): Process | undefined {
  const { handling } = process
  if (handling?.kind === 'call' || handling?.kind === 'system') {
    const asker = handling.caller
    if (asker === undefined || handling.settled) return undefined
    return isWaiting(asker) && asker.turn === handling.callerTurn ? asker : undefined
  }
  return process.phase === 'starting' ? starterOf(process) : undefined
}

function starterOf({ parent, record }: Process): Process | undefined {
  if (record instanceof OwnStart) {
    const { starter, starterTurn } = record
    return isWaiting(starter) && starter.turn === starterTurn ? starter : undefined
  }
  // A supervisor does one thing at a time; one that starts children side by side waits for none.
  const isAtIt = parent !== undefined && (isWaiting(parent) || parent.handling !== undefined)
  return isAtIt ? parent : undefined
}

function isWaiting(process: Process): boolean {
  return process.busy || process.phase === 'starting'
}

/** The way round, from the process that is called back to itself. */
function inWords(waiters: readonly Process[]): readonly string[] {
  const names = waiters.map((waiter) => waiter.describe()).reverse()
  return [...names, ...names.slice(0, 1)]
}

/** Code that a handler left behind (a timer, a socket) may well call its idle process. */
function isInHandler(process: Process): boolean {
  return process.handling !== undefined || process.phase !== 'running'
}
