import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../../soak/races/options.ts'

describe('parseOptions', () => {
  test('has a standard for everything but the seed', () => {
    expect(parseOptions([])).toEqual({
      kind: 'run',
      options: { operations: 100_000, seed: undefined, exhaustive: 'quick', json: false },
    })
  })

  test('reads every option', () => {
    const given = '--operations 1000000 --seed=7 --exhaustive full --json'.split(' ')
    expect(parseOptions(given)).toEqual({
      kind: 'run',
      options: { operations: 1_000_000, seed: 7, exhaustive: 'full', json: true },
    })
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
    expect(parseOptions(['--help', '--seed', '1'])).toEqual({ kind: 'help' })
  })

  test.each([
    ['--operations', '-1'],
    ['--operations', '1e6'],
    ['--operations', '1000000001'],
    ['--seed', '4294967296'],
    ['--seed', ''],
    ['--exhaustive', 'some'],
    ['--operation', '1'],
    ['--json', 'x'],
    ['--seed'],
    ['7'],
  ])('refuses %s %s as a whole', (...given) => {
    const parsed = parseOptions(given)
    expect(parsed).toMatchObject({ kind: 'refused' })
    expect(parsed.kind === 'refused' && parsed.message).toMatch(/^Cannot read .*\nTry --help$/s)
  })

  test('names every problem', () => {
    const parsed = parseOptions(['--seed', 'x', '--operations', 'y'])
    const message = parsed.kind === 'refused' ? parsed.message : ''
    expect(message).toContain('--operations is "y", want a whole number from 0 to 1000000000')
    expect(message).toContain('--seed is "x", want a whole number from 0 to 4294967295')
  })
})
