import { describe, expect, test } from 'vitest'
import { parseOptions, usage } from '../../../soak/fleet/options.ts'

describe('parseOptions', () => {
  test('has a standard for everything but the seed', () => {
    expect(parseOptions([])).toEqual({
      kind: 'run',
      options: {
        ...{ level: 'S0', task: 'run', minutes: undefined, workers: undefined },
        ...{ callsPerSecond: undefined, endsPerSecond: undefined, seed: undefined },
        ...{ plant: undefined, measureCeiling: false, rounds: 3, collects: true, json: false },
        ...{ report: undefined, output: 'build/soak-runs' },
      },
    })
  })

  test('reads every option', () => {
    const given = [
      '--level S2 --minutes 0.5 --workers 10 --calls 20 --ends 0 --measure-ceiling',
      '--plant ghost-name --seed 7 --no-collect --output o --report r --json',
    ]
    expect(parseOptions(given.join(' ').split(' '))).toEqual({
      kind: 'run',
      options: {
        ...{ level: 'S2', task: 'run', minutes: 0.5, workers: 10 },
        ...{ callsPerSecond: 20, endsPerSecond: 0, seed: 7, plant: 'ghost-name' },
        ...{ measureCeiling: true, rounds: 3, collects: false, json: true },
        ...{ report: 'r', output: 'o' },
      },
    })
    const comparing = parseOptions(['--compare-elixir', '--rounds', '5'])
    expect(comparing).toMatchObject({ options: { task: 'compare', rounds: 5 } })
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
  })

  test.each([
    [['--level', 'S3'], '--level is "S3", want S0, S1, S2'],
    [['--minutes', '0'], '--minutes is "0", want a number from 0.02 to 10000'],
    [['--minutes', '1e3'], '--minutes is "1e3"'],
    [['--workers', '0.5'], '--workers is "0.5", want a whole number from 1 to 1000000'],
    [['--calls', '-1'], '--calls'],
    [['--ends', '100001'], '--ends is "100001"'],
    [['--seed', '4294967296'], '--seed is "4294967296"'],
    [['--plant', 'rose'], '--plant is "rose", want ghost-name, timer-leak, lost-reply'],
    [['--rounds', '3'], '--rounds is for --compare-elixir'],
    [['--compare-elixir', '--plant', 'lost-reply'], '--plant is for a run alone'],
    [['--levels', 'S0'], "'--levels'"],
    [['S0'], "'S0'"],
  ])('refuses %j', (given, said) => {
    const parsed = parseOptions(given)
    const message = parsed.kind === 'refused' ? parsed.message : ''
    expect(message).toContain('Cannot read the options: ')
    expect(message).toContain(said)
    expect(message).toMatch(/\nTry --help$/)
  })
})

test('the help names every option and every exit code', () => {
  for (const name of ['level', 'minutes', 'plant', 'compare-elixir', 'rounds', 'measure-ceiling']) {
    expect(usage).toContain(`--${name}`)
  }
  expect(usage).toContain('130 if interrupted')
  expect(Math.max(...usage.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
})
