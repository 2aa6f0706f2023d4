/**
 * Work of servers that nothing seems to go on with: a handler, an `init` or last words that await
 * a promise, while no timer is set that will wake them.
 *
 * Invariant: work that a timer will go on with is not among it. Somebody else may still go on with
 * what is, so it is told of only when nobody did for a long time.
 */
import type { Envelope } from '../../process/envelope.ts'
import { OwnedTimer } from '../../process/owned-timer.ts'
import type { Process } from '../../process/process.ts'
import { NodeHost } from './node-host.ts'

interface Work {
  readonly process: Process
  readonly phase: Process['phase']
  readonly handling: Envelope | undefined
}

/** The work that waited at some time. */
export class WorkInHand {
  #works: readonly Work[]

  /** @param processes that may be at work now */
  constructor(processes: readonly Process[]) {
    this.#works = processes.filter(waits).map((process) => {
      const { phase, handling } = process
      return { process, phase, handling }
    })
  }

  /** Whether somebody has gone on with all of it. */
  get isDone(): boolean {
    if (this.#works.length > 0) this.#works = this.#works.filter(isLeft)
    return this.#works.length === 0
  }

  /**
   * What is left, such as `cast "tick" of counter a/12`.
   *
   * @param nameOf gives the reference of a process
   */
  describe(nameOf: (process: Process) => string): string[] {
    return this.#works
      .filter(isLeft)
      .map(({ process }) => `${partOf(process)} of ${process.behaviour.label} ${nameOf(process)}`)
  }
}

function isLeft({ process, phase, handling }: Work): boolean {
  return process.phase === phase && process.handling === handling && waits(process)
}

/** Whether code of a user is under way, and no timer of its own will wake it. */
function waits(process: Process): boolean {
  if (process.behaviour.keepsState !== true) return false
  const isAtWork = process.phase === 'running' ? process.handling !== undefined : process.alive
  return isAtWork && !isAsleep(process)
}

function isAsleep(process: Process): boolean {
  const { host } = process.node
  if (host instanceof NodeHost && host.hasCodeTimer(process)) return true
  // A message to itself wakes nobody who is at work.
  const waker = process.extrasIfAny?.timers?.find((timer) => !(timer instanceof OwnedTimer))
  return waker !== undefined
}

function partOf(process: Process): string {
  if (process.phase === 'starting') return 'init'
  return process.phase === 'terminating' ? 'terminate' : (process.lastMessage ?? 'a handler')
}
