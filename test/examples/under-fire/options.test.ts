import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseOptions, usage } from '../../../examples/under-fire/options.ts'

const defaults = {
  users: 10_000,
  games: 200,
  seconds: 30,
  killsPerSecond: 100,
  seed: undefined,
  json: false,
}

describe('parseOptions', () => {
  it('takes the defaults when nothing is given', () => {
    expect(parseOptions([])).toEqual({ kind: 'run', options: defaults })
  })

  it('reads every option, in any order and with either form of a value', () => {
    const given = '--seed 7 --json --users=50 --games 4 --seconds 1.5 --kills-per-second=20'
    expect(parseOptions(given.split(' '))).toEqual({
      kind: 'run',
      options: { users: 50, games: 4, seconds: 1.5, killsPerSecond: 20, seed: 7, json: true },
    })
  })

  it('takes the limits themselves', () => {
    const lowest = '--users 1 --games 1 --seconds 0.1 --kills-per-second 0 --seed 0'.split(' ')
    const highest = [
      ...['--users', '200000', '--games', '10000', '--seconds', '86400'],
      ...['--kills-per-second', '10000', '--seed', '4294967295'],
    ]
    expect(parseOptions(lowest).kind).toBe('run')
    expect(parseOptions(highest).kind).toBe('run')
  })

  it('shows the help whatever else is given', () => {
    expect(parseOptions(['--help'])).toEqual({ kind: 'help' })
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
    expect(parseOptions(['--users', 'many', '--help'])).toEqual({ kind: 'help' })
  })

  it.each([
    ['--user', '5', 'there is no option "--user", perhaps --users was meant'],
    ['--kill-per-seconds', '5', 'perhaps --kills-per-second was meant'],
    ['--JSON', '', 'there is no option "--JSON", perhaps --json was meant'],
    ['--sede', '5', 'perhaps --seed was meant'],
    ['-u', '5', 'there is no option "-u"'],
    ['--no-json', '', 'there is no option "--no-json"'],
    ['--__proto__', '5', 'there is no option "--__proto__"'],
    ['--constructor', '5', 'there is no option "--constructor"'],
  ])('refuses %s, which is no option, and says which is near', (...[flag, value, said]) => {
    expect(messageOf([flag, ...(value === '' ? [] : [value])])).toContain(said)
  })

  it.each([
    ...['-5', '0', '200001', '1e99', '1e3', '0x10', 'NaN', 'Infinity', '-Infinity', '5.5', ''],
    ...[
      ' 5',
      '5 ',
      '５',
      '10,000',
      '10_000',
      'true',
      'null',
      '99999999999999999999',
      '+5',
      '--json',
    ],
  ])('refuses "%s" users and says what was given and what is wanted', (value) => {
    const message = messageOf(['--users', value])
    expect(message).toContain('Cannot read the options: --users is "')
    expect(message).toContain('want a whole number from 1 to 200000')
  })

  it.each([
    ['--seconds', '0', 'from 0.1 to 86400'],
    ['--seconds', '86400.1', 'from 0.1 to 86400'],
    ['--kills-per-second', '10001', 'from 0 to 10000'],
    ['--seed', '4294967296', 'from 0 to 4294967295'],
    ['--seed', '1.5', 'a whole number'],
    ['--games', '0', 'from 1 to 10000'],
  ])('refuses %s %s', (...[flag, value, said]) => {
    expect(messageOf([flag, value])).toContain(said)
  })

  it('refuses a number without its value, and a flag with one', () => {
    expect(messageOf(['--users'])).toContain('--users has no value')
    expect(messageOf(['--json=yes'])).toContain('--json takes no value, got "yes"')
  })

  it('refuses an option given twice, since nobody could say which counts', () => {
    expect(messageOf(['--users', '5', '--users', '6'])).toContain('--users given twice')
  })

  it('refuses what is not an option', () => {
    expect(messageOf(['users', '5'])).toContain('unexpected "users"')
    expect(messageOf(['--', '--json'])).toContain('unexpected "--json"')
  })

  it('names every problem, each on a line, and where help is', () => {
    const lines = messageOf(['--users', '-1', '--gamse', '4', '--seconds', 'x']).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines.at(-1)).toBe('Try --help')
  })

  it('cuts what is long and spells what a terminal would act on', () => {
    const message = messageOf(['--users', `\u001b[31m${'9'.repeat(5000)}`])
    expect(message).toContain('"\\u{1b}[31m99')
    expect(message).toContain('(5005 characters)')
    expect(message.length).toBeLessThan(300)
  })

  it('never throws and never takes half of a command line', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom('--users', '--seed', '--json', '--users=', '--', '-', '--=', '5', '-5'),
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (given) => {
        const parsed = parseOptions(given)
        if (parsed.kind === 'run') expect(parsed.options.users).toBeGreaterThan(0)
        if (parsed.kind === 'refused') expect(parsed.message).toMatch(/^Cannot read the options: /)
      }),
    )
  })
})

describe('usage', () => {
  it('names every option and every exit code', () => {
    for (const name of ['users', 'games', 'seconds', 'kills-per-second', 'seed', 'json', 'help']) {
      expect(usage).toContain(`--${name}`)
    }
    expect(usage).toContain('0 if every invariant held, 1 if one broke, 2 for wrong options')
  })

  it('fits on a terminal', () => {
    for (const line of usage.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
  })
})

function messageOf(given: readonly string[]): string {
  const parsed = parseOptions(given)
  if (parsed.kind !== 'refused') throw new Error(`${given.join(' ')} was not refused`)
  return parsed.message
}
