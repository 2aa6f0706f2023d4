/**
 * What becomes of the result of a task.
 *
 * Invariant: a task is dealt with once. The first of `await`, `yield`, `shutdown`, `ignore` and the
 * delivery as a cast that gets the outcome, or gives it up, is the last: a later one is told
 * `noproc`, and a late outcome goes nowhere. Source: Elixir `Task`.
 */
import type { Shutdown } from '../core/child-spec.ts'
import { Exit, killed, type Outcome } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { end, signalExit } from '../process/dying.ts'
import { unlink } from '../process/links.ts'
import { watchEnd } from '../process/monitors.ts'
import type { Process } from '../process/process.ts'
import { KillTimer } from '../process/stopping.ts'
import type { Timers } from '../process/timers.ts'
import { nameTask, type TaskListener } from './task-behaviour.ts'
import { checkOwner } from './task-options.ts'
import { type Awaitable, type Wait, waitFor } from './wait.ts'

/** One task that was started for its result. */
export class PendingTask implements TaskListener, Awaitable {
  pid: Pid | undefined = undefined
  readonly owner: Process | undefined
  readonly #label: string
  readonly #deliver: ((outcome: Outcome<unknown>) => void) | undefined
  #process: Process | undefined = undefined
  #phase: 'open' | 'over' | 'dealt_with' = 'open'
  #outcome: Outcome<unknown> | undefined = undefined
  readonly #waits = new Set<Wait>()

  /** @param deliver takes the outcome if nobody waits when the task is over; else it is kept */
  constructor(
    label: string,
    owner: Process | undefined,
    deliver: ((outcome: Outcome<unknown>) => void) | undefined,
  ) {
    this.owner = owner
    this.#label = label
    this.#deliver = deliver
  }

  /** Who waits when the present code does. @throws ArgumentError FLOTILLA_WRONG_PROCESS */
  checkOwner(attempted: string): Process | undefined {
    return checkOwner(attempted, this.owner, this.name)
  }

  /** The task in messages. */
  get name(): string {
    return `task ${nameTask(this.#label, this.pid)}`
  }

  get timers(): Timers | undefined {
    return this.#process?.node.timers
  }

  started(process: Process): void {
    this.#process = process
    this.pid = process.pid
  }

  over(outcome: Outcome<unknown>): void {
    if (this.#phase !== 'open') return
    this.#phase = 'dealt_with'
    const [first, ...others] = this.#takeWaits()
    if (first !== undefined) {
      first.take(this, outcome)
      this.#refuse(others)
    } else if (this.#deliver !== undefined) this.#deliver(outcome)
    else {
      this.#phase = 'over'
      this.#outcome = outcome
    }
  }

  /** Ends the task; what it came to, unless it was stopped as asked. */
  async stop(
    shutdownMs: Shutdown,
    waiter: Process | undefined,
  ): Promise<Outcome<unknown> | undefined> {
    const waiting = waitFor([this], { waiter, timeoutMs: 'infinity', isAllOrNothing: false })
    if (this.#phase === 'open') this.#sendStop(shutdownMs)
    const { outcomes } = await waiting
    const outcome = outcomes.get(this)
    return isStop(outcome, shutdownMs) ? undefined : outcome
  }

  /** Lets the task go on by itself; what it had come to, if anything. */
  giveUp(): Outcome<unknown> | undefined {
    const outcome = this.#outcome
    this.#unlink()
    this.discard()
    return outcome
  }

  join(wait: Wait): void {
    if (this.#phase === 'open') {
      this.#waits.add(wait)
      return
    }
    const outcome = this.#outcome ?? this.#gone()
    this.discard()
    wait.take(this, outcome)
  }

  leave(wait: Wait): void {
    this.#waits.delete(wait)
  }

  discard(): void {
    this.#phase = 'dealt_with'
    this.#outcome = undefined
    this.#refuse(this.#takeWaits())
  }

  #takeWaits(): Wait[] {
    const waits = [...this.#waits]
    this.#waits.clear()
    return waits
  }

  #refuse(waits: readonly Wait[]): void {
    for (const wait of waits) wait.take(this, this.#gone())
  }

  /** Ends the task, or asks it to end within its time. */
  #sendStop(shutdownMs: Shutdown): void {
    const process = this.#process
    const { owner } = this
    if (process === undefined) return
    this.#unlink()
    if (shutdownMs === 'kill') end(process, killed)
    else signalExit(process, owner?.pid ?? process.node.outside, 'shutdown')
    if (!process.alive || typeof shutdownMs !== 'number') return
    const { timers } = process.node
    const limit = new KillTimer(process)
    timers.schedule(limit, shutdownMs)
    // It stands whatever becomes of the owner meanwhile.
    watchEnd(process, () => timers.cancel(limit))
  }

  #unlink(): void {
    const { owner } = this
    if (owner !== undefined && this.#process !== undefined) unlink(owner, this.#process)
  }

  #gone(): Outcome<never> {
    const reason = { kind: 'noproc', address: this.name } as const
    return { ok: false, exit: new Exit(reason, 'Use of a task that was dealt with') }
  }
}

/** The exit of a wait whose time is over. */
export function lateExit(attempted: string, timeoutMs: number | 'infinity'): Exit {
  const afterMs = timeoutMs === 'infinity' ? Number.POSITIVE_INFINITY : timeoutMs
  return new Exit({ kind: 'timeout', afterMs }, attempted)
}

/** Whether a task ended as one does that is told to stop so. */
function isStop(outcome: Outcome<unknown> | undefined, shutdownMs: Shutdown): boolean {
  if (outcome === undefined || outcome.ok) return false
  const { reason } = outcome.exit
  if (shutdownMs === 'kill') return reason.kind === 'killed'
  return reason.kind === 'shutdown' && reason.detail === undefined
}
