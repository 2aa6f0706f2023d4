import { describe, expect, test } from 'vitest'
import { comparisonsOf, tableOf } from '../../../soak/fleet/side-by-side.ts'
import { side } from './sides.ts'

const ghosts = [40, 36, 44].map((deadAfterEnd) => side({ deadAfterEnd }))
const rows = comparisonsOf(
  [20, 21, 19].map((cpuMicrosecondsPerOperation) => side({ cpuMicrosecondsPerOperation })),
  ghosts,
)

describe('a comparison', () => {
  test('goes by the medians of both sides, and less is better', () => {
    expect(rows.find(({ title }) => title.startsWith('dead pids in look-ups right'))).toEqual({
      title: 'dead pids in look-ups right after an end',
      unit: '%',
      flotilla: { median: 0, min: 0, max: 0 },
      elixir: { median: 40, min: 36, max: 44 },
      better: 'Flotilla',
    })
    expect(rows.find(({ title }) => title === 'cpu of an operation')?.better).toBe('Elixir')
  })

  test('of rounds that lie within each other names nobody', () => {
    const ours = [10, 12, 14].map((startMs) => side({ startMs }))
    const theirs = [11, 13, 15].map((startMs) => side({ startMs }))
    const starts = comparisonsOf(ours, theirs).find(({ title }) => title.startsWith('start'))
    expect(starts?.better).toBe('neither')
  })

  test('of equal figures names nobody', () => {
    const others = rows.filter(({ better }) => better === 'neither')
    expect(others).toHaveLength(rows.length - 2)
  })
})

test('the table has a line for each figure and says where Elixir is better', () => {
  const lines = tableOf(rows, 3).split('\n')
  expect(lines).toHaveLength(rows.length + 5)
  expect(lines[0]).toMatch(/^ +Flotilla +Elixir +better$/)
  expect(lines[1]).toMatch(/right after an end, % +0 +40 \(36 to 44\) +Flotilla$/)
  expect(lines.at(-3)).toBe('Medians of 3 rounds, in turn; in brackets the least and the most.')
  expect(lines.at(-2)).toBe('Elixir is better in: cpu of an operation.')
})

test('it says so if Elixir is better in nothing', () => {
  const text = tableOf(comparisonsOf([side()], [side()]), 1)
  expect(text).toContain('Elixir is better in none of these.')
})
