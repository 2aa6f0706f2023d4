/**
 * An arm's end of the contract with the runner: one task in, one line of JSON out.
 *
 * Invariant: nothing but the answer is written to stdout, and what an answer says was completed has
 * been counted by the work itself.
 */

/** What the runner asks an arm to do. */
export interface Task {
  readonly workload: string
  /** How big the thing is that is worked on, such as the number of workers. */
  readonly size: number
  /** How many operations are measured, or samples taken. */
  readonly count: number
  /** Plants a loss by 2: the measured interval contains the work twice, counted once. */
  readonly slow: boolean
}

/** What was measured. */
export interface Measured {
  readonly intended: number
  /** What the work has shown to have happened; the runner refuses a row where they differ. */
  readonly completed: number
  readonly figures: Readonly<Record<string, number>>
}

/** The answer of an arm that has no such thing. */
export interface Lacking {
  /** Why, in a few words. */
  readonly lacks: string
}

/** What an arm answers. */
export type Answer = Measured | Lacking

/** Sets up, warms up, measures once. */
export type Workload = (task: Task) => Promise<Answer>

/** What an arm can be asked for, by id. */
export type Workloads = Readonly<Record<string, Workload>>

/** An interval of the monotonic clock, and what was done in it. */
export interface Interval {
  readonly completed: number
  readonly nanoseconds: number
}

/** A task that cannot be understood: the runner and the arm do not fit together. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
}

/** Reads the task of the command line, works, prints the answer and ends the OS process. */
export async function runArm(workloads: Workloads): Promise<void> {
  try {
    const answer = { ...(await answerTo(workloads, process.argv[2])), spans: spansMeasured() }
    // Some rivals keep timers for ever, so the end of the work has to be the end of the process.
    process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
  } catch (error) {
    const isTask = error instanceof TaskError
    const text = isTask ? error.message : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`${text}\n`, () => process.exit(isTask ? 2 : 1))
  }
}

/** Does what a task asks for. @throws TaskError if it is none, or nothing this arm has heard of */
export async function answerTo(workloads: Workloads, given: string | undefined): Promise<Answer> {
  const task = readTask(given)
  const workload = Object.hasOwn(workloads, task.workload) ? workloads[task.workload] : undefined
  if (workload === undefined) {
    const known = Object.keys(workloads).join(', ')
    throw new TaskError(`Cannot do the workload "${task.workload}": there are ${known}`)
  }
  return workload(task)
}

/** @throws TaskError */
export function readTask(given: string | undefined): Task {
  const wanted = 'want {"workload": text, "size": n, "count": n, "slow": true or false}'
  let task: unknown
  try {
    task = JSON.parse(given ?? '')
  } catch {
    throw new TaskError(`Cannot read the task ${JSON.stringify(given ?? '')}: ${wanted}`)
  }
  if (!isTask(task)) throw new TaskError(`Cannot do the task ${JSON.stringify(task)}: ${wanted}`)
  return task
}

/**
 * Measures work; with `slow` it is done twice and counted once.
 *
 * @param work does all of it and gives the operations it has seen completed; `pass` is 0, and 1 the
 * second time
 */
export async function timed(
  task: Task,
  work: (pass: number) => number | Promise<number>,
): Promise<Interval> {
  let completed = Number.POSITIVE_INFINITY
  const beganAt = nowNs()
  for (let pass = 0; pass < passesOf(task); pass += 1) {
    completed = Math.min(completed, await work(pass))
  }
  const endedAt = nowNs()
  noteSpan(beganAt, endedAt)
  return { completed, nanoseconds: endedAt - beganAt }
}

const spanName = 'measured'

/** Notes what of the time was the measurement, for whoever looks at a profile of this process. */
export function noteSpan(beganAtNs: number, endedAtNs: number): void {
  performance.measure(spanName, { start: beganAtNs / 1e6, end: endedAtNs / 1e6 })
}

/** The spans noted, in microseconds of the clock that profiles have. */
function spansMeasured(): { readonly fromUs: number; readonly toUs: number }[] {
  const originUs = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000
  return performance.getEntriesByName(spanName).map(({ startTime, duration }) => {
    const fromUs = originUs + startTime * 1000
    return { fromUs, toUs: fromUs + duration * 1000 }
  })
}

/** How often the work is done. */
export function passesOf({ slow }: Task): number {
  return slow ? 2 : 1
}

/** The monotonic clock, in nanoseconds. */
export function nowNs(): number {
  return performance.now() * 1e6
}

/** The answer of work that is told by how long one operation takes. */
export function perOperation(intended: number, { completed, nanoseconds }: Interval): Measured {
  return { intended, completed, figures: { nsPerOperation: nanoseconds / intended } }
}

/** The answer of work that is told by how many operations go into a second. */
export function perSecond(intended: number, { completed, nanoseconds }: Interval): Measured {
  return { intended, completed, figures: { operationsPerSecond: (intended / nanoseconds) * 1e9 } }
}

/** Leaves no garbage of what came before to the measurement; needs `--expose-gc` to do anything. */
export function collectGarbage(): void {
  globalThis.gc?.()
}

/** Bytes that are alive on the heap or held by it. @throws Error without `--expose-gc` */
export function liveBytes(): number {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Cannot measure memory: run node with --expose-gc')
  // What the first leaves to weak references and finalisers is gone after the second.
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function isTask(value: unknown): value is Task {
  return (
    typeof value === 'object' &&
    value !== null &&
    'workload' in value &&
    typeof value.workload === 'string' &&
    'size' in value &&
    isCount(value.size) &&
    'count' in value &&
    isCount(value.count) &&
    'slow' in value &&
    typeof value.slow === 'boolean'
  )
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
