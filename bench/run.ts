/**
 * A run as it is kept: every figure of every round, where and when it was made.
 *
 * Invariant: medians, ratios and verdicts are not kept; they follow from this and the plan.
 */
import {
  DecodeError,
  type Decoder,
  flag,
  list,
  number,
  oneOf,
  parseAs,
  record,
  refuse,
  table,
  text,
} from './decode.ts'
import type { Explanation } from './explain.ts'
import type { Machine } from './machine.ts'
import type { ArmResult, Outcome } from './outcome.ts'
import { armIdOf } from './plan/arms.ts'
import type { Scale } from './plan.ts'
import type { ArmId } from './row.ts'

/** What was measured of a row. */
export interface RowResult {
  readonly id: string
  /** How many OS processes wanted to run, before each round. */
  readonly loads: readonly number[]
  readonly arms: readonly ArmResult[]
}

/** A run of the benchmark. */
export interface Run {
  readonly format: 'flotilla-bench-1'
  /** When it began and ended, in ISO 8601. */
  readonly began: string
  readonly ended: string
  /** Whether it was stopped before its end. */
  readonly interrupted: boolean
  readonly scale: Scale
  readonly planted: boolean
  /** What it was made by: one command, or one for each time that it was gone on with. */
  readonly commands: readonly string[]
  readonly machine: Machine
  readonly rows: readonly RowResult[]
  /** Profiles of rows, in the order in which they were made. */
  readonly explanations: readonly Explanation[]
}

/** Reads a recorded run. @throws DecodeError */
export function readRun(source: string, from: string): Run {
  const run = parseAs(runDecoder, source, from)
  const twice = run.rows.find(({ id }, index) => run.rows.findIndex((row) => row.id === id) < index)
  if (twice !== undefined) throw new DecodeError(`Cannot read ${from}: it has ${twice.id} twice`)
  return run
}

const armId: Decoder<ArmId> = (value, at) =>
  armIdOf(text(value, at)) ?? refuse(value, at, 'the id of an arm')

const outcome: Decoder<Outcome> = (value, at) => {
  const { kind } = record({ kind: oneOf(['measured', 'lacks', 'missing', 'failed']) })(value, at)
  switch (kind) {
    case 'measured':
      return { kind, ...measured(value, at) }
    case 'lacks':
      return { kind, ...record({ why: text })(value, at) }
    case 'missing':
      return { kind, ...record({ how: text })(value, at) }
    case 'failed':
      return { kind, ...record({ message: text })(value, at) }
  }
}

const measured = record({ intended: number, completed: number, figures: table(number) })
const armResult = record({ arm: armId, size: number, count: number, outcomes: list(outcome) })
const rowResult = record({ id: text, loads: list(number), arms: list(armResult) })
const machine: Decoder<Machine> = record({
  processor: text,
  processors: number,
  memoryBytes: number,
  system: text,
  node: text,
  v8: text,
  elixir: text,
  flotilla: text,
  commit: text,
  peers: table(text),
})

const bucket = record({ name: text, share: number })
const explanation = record({ row: text, sampledMs: number, buckets: list(bucket) })
/** Runs are recorded without profiles, too. */
const explanations: Decoder<Explanation[]> = (value, at) =>
  value === undefined ? [] : list(explanation)(value, at)

const runDecoder: Decoder<Run> = record({
  format: oneOf(['flotilla-bench-1']),
  began: text,
  ended: text,
  interrupted: flag,
  scale: oneOf(['full', 'quick']),
  planted: flag,
  commands: list(text),
  machine,
  rows: list(rowResult),
  explanations,
})
