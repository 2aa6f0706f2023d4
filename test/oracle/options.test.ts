import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../oracle/options.ts'

describe('the command line', () => {
  test('compares 20,000 programs of a seed by chance when it says nothing', () => {
    expect(parseOptions([])).toEqual({
      kind: 'run',
      options: {
        task: 'compare',
        programs: 20_000,
        seed: undefined,
        differences: 1,
        json: false,
        report: undefined,
      },
    })
  })

  test('may say all of it', () => {
    const given = ['--programs', '5', '--seed=7', '--differences', '3', '--json', '--report=x.json']
    expect(parseOptions(given)).toEqual({
      kind: 'run',
      options: {
        task: 'compare',
        programs: 5,
        seed: 7,
        differences: 3,
        json: true,
        report: 'x.json',
      },
    })
    expect(parseOptions(['--record'])).toMatchObject({ options: { task: 'record' } })
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
  })

  test.each([
    ['--programs', '0', 'want a whole number from 1 to 100000000'],
    ['--programs', '1e3', '"1e3"'],
    ['--seed', '4294967296', 'from 0 to 4294967295'],
    ['--seed', '-1', '--seed'],
    ['--unknown', '1', '--unknown'],
    ['stray', '', 'stray'],
  ])('refuses %s %s', (name, value, said) => {
    const parsed = parseOptions([name, value].filter((each) => each !== ''))
    expect(parsed).toMatchObject({ kind: 'refused' })
    expect(parsed.kind === 'refused' && parsed.message).toContain(said)
  })
})
