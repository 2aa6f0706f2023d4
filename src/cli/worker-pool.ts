/**
 * Processes that simulate: each does one task at a time, and those that wait are done in order.
 *
 * Invariant: every task is answered, also if the process that does it ends; after `close` no
 * process of the pool is left.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { trust } from '../core/trust.ts'
import { lastWordsAt } from './last-words.ts'
import type { Task, TaskAnswer } from './task.ts'

/** The processes of a pool. */
export interface PoolOptions {
  /** How many at most, from 1 on. */
  readonly size: number
  /** How long one may hold its thread up before it is ended, in milliseconds. */
  readonly limitMs: number
  /** What becomes of what the code of users prints; default `ignore`. */
  readonly output?: 'ignore' | 'inherit'
  /** What they run. */
  readonly program?: URL
}

interface Waiting {
  readonly task: Task
  readonly answer: (answer: TaskAnswer) => void
}

/** Some processes that simulate. */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #waiting: Waiting[] = []
  readonly #busy = new Map<ChildProcess, Waiting>()
  readonly #idle: ChildProcess[] = []
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
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
    while (this.#idle.length > 0 || this.#busy.size < this.#options.size) {
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
    const { limitMs, output = 'ignore' } = this.#options
    const { program = new URL('./worker.js', import.meta.url) } = this.#options
    const worker = fork(program, [`${limitMs}`], {
      serialization: 'advanced',
      stdio: ['ignore', output, 'inherit', 'ipc', 'pipe'],
    })
    let lastWords = ''
    worker.stdio[lastWordsAt]?.on('data', (part) => {
      lastWords += part
    })
    worker.on('message', (answer) => this.#answered(worker, trust(answer)))
    worker.on('error', (error) => this.#lost(worker, { kind: 'died', message: error.message }))
    worker.on('close', (code, signal) => {
      const end = signal === null ? `it ended with code ${code}` : `it ended by ${signal}`
      this.#lost(worker, hungAnswer(lastWords, limitMs) ?? { kind: 'died', message: end })
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

  #lost(worker: ChildProcess, answer: TaskAnswer): void {
    const index = this.#idle.indexOf(worker)
    if (index >= 0) this.#idle.splice(index, 1)
    const waiting = this.#busy.get(worker)
    this.#busy.delete(worker)
    waiting?.answer(answer)
    this.#go()
  }
}

/** Of a process that its watchdog has ended: that says where its code was. */
function hungAnswer(lastWords: string, limitMs: number): TaskAnswer | undefined {
  if (lastWords === '') return undefined
  const where = lastWords.trimEnd().split('\n').slice(1)
  const from = where.length === 0 ? '' : ', from'
  return {
    kind: 'hung',
    message: `its code did not come back for ${limitMs / 1000} s${from}`,
    where,
  }
}
