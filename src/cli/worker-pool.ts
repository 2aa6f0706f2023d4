/**
 * Processes that simulate: each does one task at a time, and those that wait are done in order.
 *
 * Invariant: every task is answered, also if the process that does it ends; after `close` no
 * process of the pool is left.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { trust } from '../core/trust.ts'
import type { Task, TaskAnswer } from './task.ts'

interface Waiting {
  readonly task: Task
  readonly answer: (answer: TaskAnswer) => void
}

/** Some processes that simulate. */
export class WorkerPool {
  readonly #size: number
  readonly #program: URL
  readonly #waiting: Waiting[] = []
  readonly #busy = new Map<ChildProcess, Waiting>()
  readonly #idle: ChildProcess[] = []
  #isClosed = false

  /**
   * @param size how many processes at most, from 1 on
   * @param program what they run
   */
  constructor(size: number, program: URL = new URL('./worker.js', import.meta.url)) {
    this.#size = size
    this.#program = program
  }

  /** Has a task done; an end of the process is an answer, too. */
  perform(task: Task): Promise<TaskAnswer> {
    return new Promise((answer) => {
      this.#waiting.push({ task, answer })
      this.#go()
    })
  }

  /** Ends every process at once; what is not done is answered with `stopped`. */
  close(): void {
    this.#isClosed = true
    for (const worker of [...this.#idle, ...this.#busy.keys()]) worker.kill('SIGKILL')
    for (const { answer } of [...this.#busy.values(), ...this.#waiting]) {
      answer({ kind: 'stopped' })
    }
    this.#waiting.length = 0
    this.#idle.length = 0
    this.#busy.clear()
  }

  #go(): void {
    while (this.#idle.length > 0 || this.#busy.size < this.#size) {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) return
      if (this.#isClosed) {
        waiting.answer({ kind: 'stopped' })
        continue
      }
      const worker = this.#idle.pop() ?? this.#start()
      this.#busy.set(worker, waiting)
      worker.send(waiting.task)
    }
  }

  #start(): ChildProcess {
    // Its output is not ours: what the code of users prints must not get into our results.
    const worker = fork(this.#program, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    worker.on('message', (answer) => this.#answered(worker, trust(answer)))
    worker.on('error', (error) => this.#lost(worker, error.message))
    worker.on('exit', (code, signal) => {
      this.#lost(worker, signal === null ? `it ended with code ${code}` : `it ended by ${signal}`)
    })
    return worker
  }

  #answered(worker: ChildProcess, answer: TaskAnswer): void {
    const waiting = this.#busy.get(worker)
    if (waiting === undefined) return
    this.#busy.delete(worker)
    this.#idle.push(worker)
    waiting.answer(answer)
    this.#go()
  }

  #lost(worker: ChildProcess, message: string): void {
    const index = this.#idle.indexOf(worker)
    if (index >= 0) this.#idle.splice(index, 1)
    const waiting = this.#busy.get(worker)
    this.#busy.delete(worker)
    waiting?.answer({ kind: 'died', message })
    this.#go()
  }
}
