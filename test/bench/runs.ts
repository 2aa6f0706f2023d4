/**
 * Rows, results and runs for the tests of the benchmark.
 */
import type { MeasuredRow } from '../../bench/judge.ts'
import type { ArmResult, Outcome } from '../../bench/outcome.ts'
import type { ArmId, Metric, Row } from '../../bench/row.ts'
import type { Run } from '../../bench/run.ts'

export const perOperation: Metric = {
  figure: 'nsPerOperation',
  unit: 'ns',
  better: 'less',
  targets: [{ of: 'the BEAM', against: ['beam', 'beam-2'], atLeast: 8 }],
}

export const callRow: Row = {
  id: 'call-one',
  group: 'beam',
  title: 'call by via',
  workload: 'call-one',
  size: 1,
  count: 100,
  entries: [{ arm: 'flotilla' }, { arm: 'beam' }, { arm: 'beam-2' }],
  metrics: [perOperation],
  isPlantable: true,
  isJudged: true,
  nodeFlags: [],
}

export function measured(nsPerOperation: number, completed = 100): Outcome {
  return { kind: 'measured', intended: 100, completed, figures: { nsPerOperation } }
}

export function armResult(arm: ArmId, ...outcomes: readonly Outcome[]): ArmResult {
  return { arm, size: 1, count: 100, outcomes }
}

/** Nanoseconds of each arm by rounds, as a measured row. */
export function measuredRow(
  figures: Partial<Record<ArmId, readonly number[]>>,
  row: Row = callRow,
): MeasuredRow {
  const ids: readonly ArmId[] = [
    'flotilla',
    'flotilla-slowed',
    'flotilla-uncharged',
    'floor',
    'beam',
    'beam-2',
    'nact',
  ]
  const arms = ids.flatMap((id) => {
    const rounds = figures[id]
    return rounds === undefined ? [] : [armResult(id, ...rounds.map((ns) => measured(ns)))]
  })
  return { row, result: { id: row.id, loads: [0.5], arms } }
}

export function runOf(...rows: readonly MeasuredRow[]): Run {
  return {
    format: 'flotilla-bench-1',
    began: '2026-11-22T18:00:00.000Z',
    ended: '2026-11-22T18:30:00.000Z',
    interrupted: false,
    scale: 'full',
    planted: false,
    commands: ['npm run bench -- --page'],
    machine: {
      processor: 'Some Processor',
      processors: 2,
      memoryBytes: 8 * 2 ** 30,
      system: 'Linux 6.1',
      node: 'v20.20.2',
      v8: '11.3',
      elixir: 'Elixir 1.14.0, OTP 25 [erts-13.1.5]',
      flotilla: '0.1.0',
      commit: '0123456789ab',
      peers: { nact: '7.6.2' },
    },
    rows: rows.map(({ result }) => result),
    explanations: [],
  }
}
