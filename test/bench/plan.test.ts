import { describe, expect, test } from 'vitest'
import { curves } from '../../bench/plan/curves.ts'
import { allRows, groups, rowsOfRun, select } from '../../bench/plan.ts'
import type { Row } from '../../bench/row.ts'
import { callRow, measuredRow, runOf } from './runs.ts'

const full = { groups, only: undefined, scale: 'full', planted: false } as const
const ofGroup = (group: Row['group']) => allRows.filter((row) => row.group === group)

/** Row, figure and by how much Flotilla is to be better. */
function targetsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ id, metrics }) =>
    metrics.flatMap(({ figure, targets }) =>
      targets.map(({ of, atLeast }) => `${id} ${figure}: ${atLeast} ${of}`),
    ),
  )
}

describe('the plan', () => {
  test('has every target against the BEAM', () => {
    expect(targetsOf(ofGroup('beam'))).toEqual([
      'call-one nsPerOperation: 8 the BEAM',
      'call-pairs operationsPerSecond: 9 the BEAM',
      'call-random operationsPerSecond: 4 the BEAM',
      'cast-one operationsPerSecond: 3 the BEAM',
      'start-100k operationsPerSecond: 6 the BEAM',
      'start-1m operationsPerSecond: 8 the BEAM',
      'memory bytesPerWorker: 6 the BEAM',
      'lookup-1k nsPerOperation: 7 the BEAM',
      'lookup-100k nsPerOperation: 1.5 the BEAM',
      'lookup-1m nsPerOperation: 1.25 the BEAM',
      'restart p50Us: 20 the BEAM',
      'restart p99Us: 50 the BEAM',
      'crash-many operationsPerSecond: 80 the BEAM',
      'crash-many-64 operationsPerSecond: 5 the BEAM',
      'kill-down operationsPerSecond: 3 the BEAM',
      'stop-100k operationsPerSecond: 300 the BEAM',
      'rendezvous-4 usualNsPerOperation: 5 the BEAM',
      'rendezvous-64 usualNsPerOperation: 12 the BEAM',
      'rendezvous-1024 usualNsPerOperation: 15 the BEAM',
    ])
  })

  test('has the targets against the peers that are more than to be ahead', () => {
    expect(targetsOf(ofGroup('peers')).filter((each) => each.includes('mailbox'))).toEqual([
      'peers-start operationsPerSecond: 1.5 every mailbox',
      'peers-memory bytesPerWorker: 2 every mailbox',
      'ask-one nsPerOperation: 5 every mailbox',
      'ask-pairs operationsPerSecond: 1.5 every mailbox',
      'ask-random operationsPerSecond: 1.2 every mailbox',
    ])
  })

  test('has no id twice, and Flotilla first in each row', () => {
    expect(new Set(allRows.map(({ id }) => id)).size).toBe(allRows.length)
    expect(allRows.filter(({ entries }) => entries[0]?.arm !== 'flotilla')).toEqual([])
  })

  test('has no target against somebody who does not take part', () => {
    const absent = allRows.flatMap(({ id, entries, metrics }) =>
      metrics
        .flatMap(({ targets }) => targets)
        .filter(({ against }) => !entries.some(({ arm }) => against.includes(arm)))
        .map(({ of }) => `${id}: ${of}`),
    )
    expect(absent).toEqual([])
  })

  test('has a point of every curve at each size from 1 k to 1 M', () => {
    const points = ofGroup('curves').map(({ point }) => `${point?.curve} ${point?.at}`)
    const sizes = [1_000, 10_000, 100_000, 1_000_000]
    expect(points).toEqual(curves.flatMap(({ id }) => sizes.map((size) => `${id} ${size}`)))
  })
})

describe('a selection', () => {
  test('takes groups or single rows, and says sizes in titles', () => {
    const titles = select({ ...full, only: ['lookup-1k', 'start-1m'] }).map(({ title }) => title)
    expect(titles).toEqual(['start 1 M named, supervised workers', 'whereis among 1 k names'])
    expect(select({ ...full, groups: ['claims'] }).map(({ group }) => group)).not.toContain('beam')
  })

  test('that is quick does the same works at smaller sizes, each of them once', () => {
    const rows = select({ ...full, scale: 'quick' })
    expect(rows.map(({ id }) => id)).toEqual(select(full).map(({ id }) => id))
    expect(rows.filter(({ size, count }) => size > 50_000 || count > 100_000)).toEqual([])
    const works = rows
      .filter(({ group }) => group !== 'curves')
      .map(({ group, workload, size }) => `${group} ${workload} ${size}`)
    expect(works.filter((work, index) => works.indexOf(work) < index)).toEqual([])
  })

  test('with a planted loss takes the rows where there is time to lose, with the slowed arm', () => {
    const rows = select({ ...full, planted: true })
    const ids = rows.map(({ id }) => id)
    expect(ids).toContain('call-one')
    expect(ids).not.toContain('restart')
    expect(rows.every(({ entries }) => entries[1]?.arm === 'flotilla-slowed')).toBe(true)
  })
})

describe('a recorded run', () => {
  test('finds its rows in the plan', () => {
    const [row] = rowsOfRun(runOf(measuredRow({ flotilla: [1] })))
    expect(row?.row.metrics[0]?.targets[0]?.atLeast).toBe(8)
  })

  test('with a row that the plan has not is refused', () => {
    const old = { ...callRow, id: 'gone' }
    expect(() => rowsOfRun(runOf(measuredRow({ flotilla: [1] }, old)))).toThrow('no row gone')
  })
})
