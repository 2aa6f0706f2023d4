import { expect, test } from 'vitest'
import { nearest, suggestion } from '../../src/cli/nearest.ts'

const known = ['run', 'replay', 'shrink', '--seeds', '--first-seed']

test.each([
  ['rum', 'run'],
  ['reply', 'replay'],
  ['shirnk', 'shrink'],
  ['--seed', '--seeds'],
  ['--frist-seed', '--first-seed'],
])('takes %s for %s', (given, meant) => {
  expect(nearest(given, known)).toBe(meant)
})

test.each(['', 'dashboard', 'x'.repeat(100_000)])('takes %.20s for nothing', (given) => {
  expect(nearest(given, ['replay', 'shrink'])).toBeUndefined()
})

test('asks whether a near name was meant, and nothing if there is none', () => {
  expect(suggestion('rnu', known)).toBe('; did you mean run?')
  expect(suggestion('dashboard', known)).toBe('')
})
