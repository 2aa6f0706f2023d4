/**
 * One reading of a stream of tasks.
 *
 * Invariant: at most `maxConcurrency` tasks run, at most `maxBuffered` items are under way (running
 * or done and not handed out), and none is taken from the input before there is room for it. When
 * the reading is over, for whatever reason, no task of it runs. Source: Elixir
 * `Task.Supervisor.async_stream/4`.
 */

import type { Life } from '../core/child-spec.ts'
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason, killed, type Outcome } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { trust } from '../core/trust.ts'
import { runAs } from '../process/current.ts'
import { end } from '../process/dying.ts'
import { unlink } from '../process/links.ts'
import type { Lease, Process } from '../process/process.ts'
import type { Expiring } from '../process/timers.ts'
import { type InputSink, type Source, StreamInput } from './stream-input.ts'
import { callersFrom, nameTask, type TaskListener } from './task-behaviour.ts'
import { TaskChild } from './task-child.ts'
import type { TaskContext } from './task-context.ts'

/** What came of one item: the result of its task, or why there is none, and for which item. */
export type StreamResult<T, R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly exit: Exit; readonly input: T }

/** Starts a task of a stream; why it was not started, if it was not. */
export type StreamStarter = (child: TaskChild) => Promise<Exit | undefined>

/** How a stream works. */
export interface StreamPlan<T> {
  readonly label: string
  readonly work: (item: T, context: TaskContext) => unknown
  readonly source: Source<T>
  readonly start: StreamStarter
  readonly life: Life
  readonly isLinked: boolean
  readonly maxConcurrency: number
  readonly maxBuffered: number
  readonly isOrdered: boolean
  readonly timeoutMs: number | 'infinity'
  readonly onTimeout: 'exit' | 'kill_task'
}

/** One reading of a stream, by one consumer. */
export class StreamRun<T, R> implements InputSink<T>, Lease {
  readonly #plan: StreamPlan<T>
  readonly #consumer: Process | undefined
  readonly #input: StreamInput<T>
  readonly #running = new Map<number, StreamSlot<T, R>>()
  /** What is done and was not handed out, by the position of its item. */
  readonly #done = new Map<number, StreamResult<T, R>>()
  #started = 0
  #handedOut = 0
  #isClosed = false
  #failure: { readonly error: unknown } | undefined = undefined
  #wake: () => void = ignore

  constructor(plan: StreamPlan<T>, consumer: Process | undefined) {
    this.#plan = plan
    this.#consumer = consumer
    this.#input = new StreamInput(plan.source(), this)
    if (consumer === undefined) return
    consumer.extras.leases ??= new Set()
    consumer.extras.leases.add(this)
  }

  /** The processes of its tasks, which end with the consumer. */
  get dependants(): Process[] {
    return Array.from(this.#running.values(), (slot) => slot.process ?? []).flat()
  }

  /** Whether every item has been taken and handed out. */
  get isOver(): boolean {
    return this.#input.isOver && this.#running.size === 0 && this.#done.size === 0
  }

  /** Takes items from the input as long as there is room for them. */
  fill(): void {
    while (this.#failure === undefined && this.#input.isIdle && this.#hasRoom()) this.#input.pull()
  }

  /** The result that is to be handed out next, if it is there. @throws what ended the stream */
  take(): StreamResult<T, R> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error
    const [first] = this.#done.keys()
    const position = this.#plan.isOrdered ? this.#handedOut : first
    if (position === undefined) return undefined
    const result = this.#done.get(position)
    if (result === undefined) return undefined
    this.#done.delete(position)
    this.#handedOut += 1
    return result
  }

  /** Resolves when something has happened. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /** Ends the reading: no task runs when this returns, and no item is wanted any more. */
  close(): Promise<void> {
    this.#stop()
    return this.#input.close()
  }

  item(item: T): void {
    const plan = this.#plan
    const consumer = this.#consumer
    const position = this.#started
    this.#started += 1
    const slot = new StreamSlot(this, { position, input: item, consumer })
    this.#running.set(position, slot)
    const child = new TaskChild(plan.life, {
      label: plan.label,
      work: (context) => plan.work(item, context),
      callers: callersFrom(consumer),
      owner: consumer,
      isLinked: plan.isLinked,
      listener: slot,
    })
    plan.start(child).then(
      (refusal) => {
        if (refusal !== undefined) this.failed(refusal)
      },
      (error) => this.failed(error),
    )
    this.#wake()
  }

  ended(): void {
    this.#wake()
  }

  failed(error: unknown): void {
    this.#failure ??= { error }
    this.#wake()
  }

  /** A task runs; one that comes too late does not run for long. */
  slotStarted(slot: StreamSlot<T, R>): void {
    const { timeoutMs } = this.#plan
    if (this.#isClosed) slot.stop()
    else if (timeoutMs !== 'infinity') slot.process?.node.timers.schedule(slot, timeoutMs)
  }

  /** A task is over. */
  slotOver(slot: StreamSlot<T, R>, outcome: Outcome<unknown>): void {
    const { position, input } = slot.place
    this.#running.delete(position)
    // Its result tells of it; a second word by the link would fill the mailbox of the reader.
    if (outcome.ok || this.#consumer?.trapping) slot.unlink()
    const { timeoutMs, onTimeout, label } = this.#plan
    if (outcome.ok) this.#done.set(position, trust(outcome))
    else if (!slot.isLate || timeoutMs === 'infinity') {
      this.#done.set(position, { ok: false, exit: outcome.exit, input })
    } else {
      const what = `Task ${nameTask(label, slot.process?.pid)} of a stream`
      const exit = new Exit({ kind: 'timeout', afterMs: timeoutMs }, what)
      if (onTimeout === 'exit') this.failed(exit)
      else this.#done.set(position, { ok: false, exit, input })
    }
    this.#wake()
  }

  ownerEnded(reason: ExitReason): void {
    this.#isClosed = true
    this.failed(new Exit(reason, 'Stream of tasks'))
    // The input is code of the user, for which this is not the time.
    this.#consumer?.node.later(() => {
      runAs(this.#consumer, () => void this.close().catch(ignore))
    })
  }

  #stop(): void {
    this.#isClosed = true
    this.#consumer?.extrasIfAny?.leases?.delete(this)
    for (const slot of [...this.#running.values()]) slot.stop()
  }

  #hasRoom(): boolean {
    const { maxConcurrency, maxBuffered } = this.#plan
    if (this.#started - this.#handedOut >= maxBuffered) return false
    return this.#running.size + this.#ready(maxConcurrency) < maxConcurrency
  }

  /** How many results could be handed out at once, up to `most`. */
  #ready(most: number): number {
    if (!this.#plan.isOrdered) return this.#done.size
    let count = 0
    while (count < most && this.#done.has(this.#handedOut + count)) count += 1
    return count
  }
}

/** Where a task stands in its stream. */
export interface StreamPlace<T> {
  readonly position: number
  readonly input: T
  readonly consumer: Process | undefined
}

/** The place of one task of a stream. */
export class StreamSlot<T, R> implements TaskListener, Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly place: StreamPlace<T>
  process: Process | undefined = undefined
  isLate = false
  readonly #run: StreamRun<T, R>

  constructor(run: StreamRun<T, R>, place: StreamPlace<T>) {
    this.#run = run
    this.place = place
  }

  started(process: Process): void {
    this.process = process
    this.#run.slotStarted(this)
  }

  over(outcome: Outcome<unknown>): void {
    this.process?.node.timers.cancel(this)
    this.#run.slotOver(this, outcome)
  }

  expire(): void {
    this.isLate = true
    this.stop()
  }

  /** Kills the task; its consumer goes on. */
  stop(): void {
    const { process } = this
    if (process === undefined) return
    this.unlink()
    end(process, killed)
  }

  /** The end of the task is no concern of the consumer's any more. */
  unlink(): void {
    const { process } = this
    const { consumer } = this.place
    if (process !== undefined && consumer !== undefined) unlink(consumer, process)
  }
}
