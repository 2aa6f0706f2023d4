import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../bench/outcome.ts'
import { type Measure, measureRows, type Rounds } from '../../bench/rounds.ts'
import type { Row, Task } from '../../bench/row.ts'
import type { RowResult } from '../../bench/run.ts'
import { callRow, measured } from './runs.ts'

/** Notes every turn, and answers with as many nanoseconds as turns were taken. */
function taking(turns: string[], answer: (arm: string) => Outcome = () => measured(1)): Measure {
  return async (arm, _task, row) => {
    turns.push(`${row.id} ${arm}`)
    return answer(arm)
  }
}

function rounds(measure: Measure, more: Partial<Rounds> = {}): Rounds {
  return {
    measure,
    rounds: 2,
    roundsMax: 2,
    wantsMore: () => false,
    signal: new AbortController().signal,
    measured: () => undefined,
    observe: () => undefined,
    currentLoad: () => 0.25,
    ...more,
  }
}

const kinds = ([row]: readonly RowResult[]) =>
  row?.arms.map(({ arm, outcomes }) => [arm, ...outcomes.map(({ kind }) => kind)])

describe('the arms of a row', () => {
  test('take turns, A B C A B C, one row after the other', async () => {
    const turns: string[] = []
    const other: Row = { ...callRow, id: 'other', entries: [{ arm: 'flotilla' }, { arm: 'nact' }] }
    await measureRows([callRow, other], rounds(taking(turns)))
    expect(turns).toEqual([
      'call-one flotilla',
      'call-one beam',
      'call-one beam-2',
      'call-one flotilla',
      'call-one beam',
      'call-one beam-2',
      'other flotilla',
      'other nact',
      'other flotilla',
      'other nact',
    ])
  })

  test('take no more turns than the row allows, though the run asks for more', async () => {
    const turns: string[] = []
    const [result] = await measureRows(
      [{ ...callRow, roundsMax: 3 }],
      rounds(taking(turns), { rounds: 5, roundsMax: 9, wantsMore: () => true }),
    )
    expect(result?.loads).toHaveLength(3)
    expect(turns.filter((turn) => turn === 'call-one flotilla')).toHaveLength(3)
  })

  test('do as much as the row says, or as little as their entry says', async () => {
    const tasks: Task[] = []
    const entries: Row['entries'] = [{ arm: 'flotilla-slowed' }, { arm: 'nact', size: 7, count: 9 }]
    const [result] = await measureRows(
      [{ ...callRow, entries }],
      rounds(
        async (_arm, task) => {
          tasks.push(task)
          return measured(1)
        },
        { rounds: 1, roundsMax: 1 },
      ),
    )
    expect(tasks).toEqual([
      { workload: 'call-one', size: 1, count: 100, slow: true },
      { workload: 'call-one', size: 7, count: 9, slow: false },
    ])
    expect(result?.arms[1]).toMatchObject({ size: 7, count: 9 })
  })

  test('that lack the thing, are missing or fail are asked no second time', async () => {
    const turns: string[] = []
    const answers: Record<string, Outcome> = {
      beam: { kind: 'missing', how: 'install it' },
      'beam-2': { kind: 'failed', message: 'broken' },
    }
    const results = await measureRows(
      [callRow],
      rounds(taking(turns, (arm) => answers[arm] ?? measured(1))),
    )
    expect(kinds(results)).toEqual([
      ['flotilla', 'measured', 'measured'],
      ['beam', 'missing'],
      ['beam-2', 'failed'],
    ])
  })

  test('that do not tell the figure of the row have failed', async () => {
    const nothing: Outcome = { kind: 'measured', intended: 1, completed: 1, figures: { other: 1 } }
    const results = await measureRows([callRow], rounds(taking([], () => nothing)))
    expect(results[0]?.arms[0]?.outcomes).toEqual([
      { kind: 'failed', message: 'told no nsPerOperation, but other' },
    ])
  })
})

describe('more rounds', () => {
  test('are measured while a target is not decided, up to a bound', async () => {
    const turns: string[] = []
    const row: Row = { ...callRow, entries: [{ arm: 'flotilla' }] }
    const seen: number[] = []
    const wantsMore = (_row: Row, { arms }: RowResult): boolean => {
      seen.push(arms[0]?.outcomes.length ?? 0)
      return true
    }
    await measureRows([row], rounds(taking(turns), { roundsMax: 4, wantsMore }))
    expect(turns).toHaveLength(4)
    expect(seen).toEqual([2, 3])
  })

  test('are left out as soon as it is decided', async () => {
    const turns: string[] = []
    await measureRows([callRow], rounds(taking(turns), { roundsMax: 9 }))
    expect(turns).toHaveLength(6)
  })
})

describe('an interrupted run', () => {
  test('gives what was measured by then, and forgets what it cut short', async () => {
    const stopping = new AbortController()
    const turns: string[] = []
    const measure: Measure = async (arm) => {
      turns.push(arm)
      if (turns.length < 5) return measured(1)
      stopping.abort()
      return { kind: 'failed', message: 'interrupted' }
    }
    const results = await measureRows(
      [callRow, { ...callRow, id: 'never' }],
      rounds(measure, { signal: stopping.signal }),
    )
    expect(turns).toEqual(['flotilla', 'beam', 'beam-2', 'flotilla', 'beam'])
    expect(results.map(({ id }) => id)).toEqual(['call-one'])
    expect(kinds(results)).toEqual([
      ['flotilla', 'measured', 'measured'],
      ['beam', 'measured'],
      ['beam-2', 'measured'],
    ])
  })
})
