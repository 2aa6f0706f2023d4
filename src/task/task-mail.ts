/**
 * The mailbox of a task: messages wait in the inbox of its process until its code asks for one.
 *
 * Invariant: the process takes messages exactly while a reader waits; otherwise it is busy with its
 * work, so the limit of the inbox holds. A reader settles once: with a message, when its time is
 * over, or by the end of the task.
 */
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { unheard } from '../process/attribution.ts'
import type { Message } from '../process/envelope.ts'
import type { Lease, Process } from '../process/process.ts'
import type { Expiring } from '../process/timers.ts'
import type { TaskMessage } from './task-context.ts'

/** The readers of one task. */
export class TaskMail implements Lease {
  readonly #process: Process
  readonly #readers = new Set<Reader>()

  constructor(process: Process) {
    this.#process = process
  }

  /** That of a task, made on first use. */
  static of(process: Process): TaskMail {
    if (process.state instanceof TaskMail) return process.state
    const mail = new TaskMail(process)
    process.state = mail
    process.extras.leases ??= new Set()
    process.extras.leases.add(mail)
    return mail
  }

  /** The oldest message, as soon as there is one. */
  next(timeoutMs: number | 'infinity'): Promise<TaskMessage | undefined> {
    const process = this.#process
    const reader = new Reader((late) => this.#expired(late))
    this.#readers.add(reader)
    if (timeoutMs !== 'infinity') process.node.timers.schedule(reader, timeoutMs)
    process.node.resume(process)
    return unheard(reader.promise)
  }

  /** Gives a message that has come to the reader that has waited longest. */
  hand(message: Message): void {
    const [reader] = this.#readers
    const shown = show(message)
    if (reader === undefined || shown === undefined) return
    this.#release(reader)
    reader.resolve(shown)
  }

  ownerEnded(reason: ExitReason): void {
    const exit = new Exit(reason, 'Receive')
    for (const reader of this.#readers) {
      this.#release(reader)
      reader.reject(exit)
    }
  }

  #expired(reader: Reader): void {
    this.#release(reader)
    reader.resolve(undefined)
  }

  #release(reader: Reader): void {
    const process = this.#process
    this.#readers.delete(reader)
    process.node.timers.cancel(reader)
    process.busy = this.#readers.size === 0
  }
}

/** Somebody in the task who waits for a message. */
class Reader implements Expiring {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly promise: Promise<TaskMessage | undefined>
  resolve: (message: TaskMessage | undefined) => void = ignore
  reject: (exit: Exit) => void = ignore
  readonly #onLate: (reader: Reader) => void

  constructor(onLate: (reader: Reader) => void) {
    this.#onLate = onLate
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  expire(): void {
    this.#onLate(this)
  }
}

/** A message as the task is shown it; a task has no calls and no casts. */
function show(message: Message): TaskMessage | undefined {
  if (message.kind === 'info') return { kind: 'message', message: message.payload }
  if (message.kind === 'call') return undefined
  if (message.down !== undefined) return { kind: 'down', down: message.down }
  if (message.signal !== undefined) return { kind: 'exit', signal: message.signal }
  return undefined
}
