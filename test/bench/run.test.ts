import { describe, expect, test } from 'vitest'
import { runJson } from '../../bench/report/json.ts'
import { readRun } from '../../bench/run.ts'
import { armResult, callRow, measured, measuredRow, runOf } from './runs.ts'

const rows = [
  {
    row: callRow,
    result: {
      id: callRow.id,
      loads: [0.1, 0.2],
      arms: [
        armResult('flotilla', measured(100), measured(110, 99)),
        armResult('beam', { kind: 'missing', how: 'install it' }),
        armResult('beam-2', { kind: 'failed', message: 'broken' }),
        armResult('nact', { kind: 'lacks', why: 'has no names' }),
      ],
    },
  },
]

describe('a recorded run', () => {
  test('is read as it was written, and what followed from it is left behind', () => {
    const run = runOf(...rows)
    const written = runJson(run, rows)
    expect(written).toContain('"judgements"')
    expect(readRun(written, 'run.json')).toEqual(run)
  })

  test.each([
    ['flotilla-bench-1', 'flotilla-bench-0', 'run.json.format: it is "flotilla-bench-0"'],
    ['"arm": "nact"', '"arm": "akka"', 'run.json.rows[0].arms[3].arm: it is "akka"'],
    ['"kind": "missing"', '"kind": "gone"', 'rows[0].arms[1].outcomes[0].kind: it is "gone"'],
    ['"completed": 99', '"completed": null', 'outcomes[1].completed: it is null, want a number'],
    ['"node": ', '"nodes": ', 'run.json.machine.node: it is nothing, want a text'],
    ['{', '', 'it is no JSON'],
  ])('with %s turned into %s is refused', (sound, broken, said) => {
    const written = runJson(runOf(...rows), rows).replace(sound, broken)
    expect(() => readRun(written, 'run.json')).toThrow(said)
  })

  test('with a row twice is refused: its figures would be of two runs', () => {
    const row = measuredRow({ flotilla: [100] })
    const written = runJson(runOf(row, row), [row, row])
    expect(() => readRun(written, 'run.json')).toThrow('it has call-one twice')
  })
})
