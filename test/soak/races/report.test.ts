import { expect, test } from 'vitest'
import {
  findingOf,
  type Report,
  randomLine,
  roundFinding,
  tierLine,
  verdictText,
} from '../../../soak/races/report.ts'

const program = [{ kind: 'process', steps: [{ kind: 'look', key: 'a' }] }] as const
const recording = { choices: [1, 0], seed: 1, reactions: 'first' } as const
const base: Report = {
  ...{ seed: 5, node: 'v20.0.0', seconds: 1.25, exhaustive: [] },
  ...{ random: { rounds: 1, operations: 2 }, findings: [] },
}

test('a line about a tier says what was cut short, if anything', () => {
  const count = { name: 'locks', programs: 2000, complete: 2000, interleavings: 12, operations: 3 }
  expect(tierLine(count)).toMatch(/^locks +2,000 programs, 12 interleavings, 3 operations$/)
  expect(tierLine({ ...count, complete: 1997 })).toMatch(/operations, 3 cut short$/)
  expect(randomLine({ rounds: 1200, operations: 90_000 })).toMatch(
    /1,200 rounds, 90,000 operations/,
  )
})

test('the verdict says that nothing was found only if nothing was', () => {
  expect(verdictText(base)).toBe('no violation in 1.3 s, seed 5\n')
  const round = roundFinding({ seed: 77, error: new Error('stale') })
  const order = findingOf({ program, recording, error: new Error('double') })
  const text = verdictText({ ...base, findings: [round, order] })
  expect(text).not.toContain('no violation')
  expect(text).toContain('--exhaustive none --operations 1 --seed 77')
  expect(text).toContain('Error: double\nchoices 1 0')
  expect(text.endsWith('2 found in 1.3 s, seed 5\n')).toBe(true)
  expect(order.program).toBe('process: look a')
})
