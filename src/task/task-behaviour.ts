/**
 * A process that does one piece of work and ends.
 *
 * Invariant: the work begins in a turn of its own and runs once; whoever listens hears one outcome,
 * before anybody hears of the end of the process. Nothing of the work is kept by a task that is
 * over. Source: Elixir `Task`.
 */
import { Exit, type ExitReason, endingOf, normal, type Outcome } from '../core/exit.ts'
import { push } from '../core/inbox.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import { quote } from '../core/show.ts'
import { enter, leave } from '../process/current.ts'
import { end } from '../process/dying.ts'
import { type Message, Note } from '../process/envelope.ts'
import { callersWith } from '../process/origins.ts'
import {
  type Behaviour,
  type InitResult,
  isRunning,
  type Lease,
  type Process,
} from '../process/process.ts'
import { OwnTaskContext, type TaskContext } from './task-context.ts'
import { TaskMail } from './task-mail.ts'

const nothing: ReadonlySet<string> = new Set()
const nobody: readonly Pid[] = Object.freeze([])

/** Who wants to hear of one task. */
export interface TaskListener {
  started(process: Process): void
  /** What the work came to, once; nothing of the user may run in it. */
  over(outcome: Outcome<unknown>): void
}

/** What a task does, and for whom. */
export interface TaskAssignment {
  /** Names it in reports: that of the function, or one of the user's. */
  readonly label: string
  readonly work: (context: TaskContext) => unknown
  readonly callers: readonly Pid[]
  readonly listener: TaskListener | undefined
  /** Begins only when whoever asked has the answer, if that comes by a promise. */
  readonly isPatient?: boolean
}

/** One task at work. */
export class TaskBehaviour implements Behaviour, Lease {
  readonly label: string
  readonly maxMailboxSize = 1024
  readonly calls = nothing
  readonly casts = nothing
  callers: readonly Pid[]
  #work: ((context: TaskContext) => unknown) | undefined
  #listener: TaskListener | undefined
  #pid: Pid | undefined = undefined
  readonly #isPatient: boolean

  constructor({ label, work, callers, listener, isPatient = false }: TaskAssignment) {
    this.label = label
    this.callers = callers
    this.#work = work
    this.#listener = listener
    this.#isPatient = isPatient
  }

  init(process: Process): InitResult {
    this.#pid = process.pid
    process.extras.leases ??= new Set()
    process.extras.leases.add(this)
    push(process, new Note('own', 'begin', undefined))
    if (this.#isPatient) {
      const { node } = process
      process.busy = true
      // Reactions of promises, however deep, have run when the event loop comes round.
      node.host.scheduler.yieldThen(() => {
        if (process.alive) node.resume(process)
      })
    }
    return isRunning
  }

  /** The process has ended: tells so, unless the work had come to something. */
  ownerEnded(reason: ExitReason): void {
    this.#tell(() => {
      return { ok: false, exit: new Exit(reason, `Task ${nameTask(this.label, this.#pid)}`) }
    })
    // Whoever keeps the pid must not keep what the work held, nor a row of callers without end.
    this.#work = undefined
    this.callers = nobody
  }

  receive(process: Process, message: Message): void {
    if (message.kind === 'own') this.#begin(process)
    else TaskMail.of(process).hand(message)
  }

  terminate(process: Process, reason: ExitReason): void {
    end(process, reason)
  }

  #begin(process: Process): void {
    process.busy = true
    process.node.scheduler.letGo(process)
    const work = this.#work
    const before = enter(process)
    let result: unknown
    try {
      result = work?.(new OwnTaskContext(process, this.callers))
    } catch (error) {
      this.#failed(process, error)
      return
    } finally {
      leave(before)
    }
    if (mayBeAwaited(result)) void this.#await(process, result)
    else this.#finish(process, result)
  }

  async #await(process: Process, result: unknown): Promise<void> {
    let value: unknown
    try {
      value = await result
    } catch (error) {
      this.#failed(process, error)
      return
    }
    this.#finish(process, value)
  }

  /** Of a process that has ended meanwhile nobody listens any more. */
  #finish(process: Process, value: unknown): void {
    this.#tell(() => ({ ok: true, value }))
    end(process, normal)
  }

  #failed(process: Process, error: unknown): void {
    end(process, endingOf(error))
  }

  #tell(make: () => Outcome<unknown>): void {
    const listener = this.#listener
    this.#listener = undefined
    listener?.over(make())
  }
}

/** A task in messages. */
export function nameTask(label: string, pid: Pid | undefined): string {
  return pid === undefined ? quote(label, 80) : `${quote(label, 80)} ${formatPid(pid)}`
}

function mayBeAwaited(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

/** On whose behalf that runs which `caller` starts; nobody's for code outside any process. */
export function callersFrom(caller: Process | undefined): readonly Pid[] {
  return caller === undefined ? nobody : Object.freeze(callersWith(caller))
}
