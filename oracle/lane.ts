/**
 * One lane of a run, in a thread of its own: generates programs, runs and judges them.
 *
 * Started by lanes.ts, which says which programs; a lane answers each order with one verdict.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { NoElixir } from './beam.ts'
import { generate } from './generate/generate.ts'
import { type Comparison, Judge } from './judge.ts'

/** What a lane is started with. */
export interface LaneStart {
  readonly elixir: string
  readonly seed: number
}

/** The numbers of the programs to run next. */
export interface Order {
  readonly first: number
  readonly count: number
}

/** A program on which the two sides differ, shrunk. */
export interface Difference extends Comparison {
  /** Its number in the run, before it was shrunk. */
  readonly number: number
}

/** What a lane says. */
export type LaneReport =
  | { readonly kind: 'ready'; readonly versions: string }
  | { readonly kind: 'no elixir'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly order: Order | undefined }
  | {
      readonly kind: 'judged'
      readonly order: Order
      readonly explained: number
      readonly differences: readonly Difference[]
    }

const start: LaneStart = workerData
// A failed call is an Error; nobody reads the stacks of hundreds of thousands of them.
Error.stackTraceLimit = 0

try {
  await serve(await Judge.start(start.elixir))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof NoElixir) report({ kind: 'no elixir', message })
  else report({ kind: 'failed', message, order: undefined })
}

async function serve(judge: Judge): Promise<void> {
  let last: Promise<void> = Promise.resolve()
  parentPort?.on('message', (order: Order | undefined) => {
    // One after the other: Flotilla's side of two orders would only wait for each other.
    last = last.then(async () => {
      if (order !== undefined) await carryOut(judge, order)
      else {
        await judge.stop()
        parentPort?.close()
      }
    })
  })
  report({ kind: 'ready', versions: judge.versions })
}

async function carryOut(judge: Judge, order: Order): Promise<void> {
  try {
    const { first, count } = order
    const programs = Array.from({ length: count }, (_, index) =>
      generate(start.seed, first + index),
    )
    const { explained, different } = await judge.judge(programs)
    const differences: Difference[] = []
    for (const comparison of different) {
      const number = first + programs.indexOf(comparison.program)
      differences.push({ number, ...(await judge.shrink(comparison)) })
    }
    report({ kind: 'judged', order, explained, differences })
  } catch (error) {
    report({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
      order,
    })
  }
}

function report(what: LaneReport): void {
  parentPort?.postMessage(what)
}
