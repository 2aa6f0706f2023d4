import { describe, expect, test } from 'vitest'
import { commandText, parseOptions, usage } from '../../bench/options.ts'

describe('the command line', () => {
  test('measures everything but the curves when it says nothing', () => {
    expect(parseOptions([])).toEqual({
      kind: 'run',
      options: {
        selection: {
          groups: ['beam', 'peers', 'claims'],
          only: undefined,
          scale: 'full',
          planted: false,
        },
        rounds: undefined,
        from: [],
        record: undefined,
        profile: undefined,
        explain: false,
        node: undefined,
        json: false,
        check: false,
        page: false,
        floors: false,
      },
    })
  })

  test('may say all of it', () => {
    const flags = ['--json', '--check', '--page', '--floors']
    const given = [
      '--only=call-one,memory',
      '--quick',
      '--rounds',
      '7',
      '--plant',
      'slow',
      ...flags,
    ]
    expect(parseOptions(given)).toEqual({
      kind: 'run',
      options: {
        selection: {
          groups: ['beam', 'peers'],
          only: ['call-one', 'memory'],
          scale: 'quick',
          planted: true,
        },
        rounds: 7,
        from: [],
        record: undefined,
        profile: undefined,
        explain: false,
        node: undefined,
        json: true,
        check: true,
        page: true,
        floors: true,
      },
    })
    expect(parseOptions(['--from', 'run.json'])).toMatchObject({ options: { from: ['run.json'] } })
    const two = ['--from', 'a.json', '--from', 'b.json']
    expect(parseOptions(two)).toMatchObject({ options: { from: ['a.json', 'b.json'] } })
    expect(parseOptions(['--explain', '--node', '/a/node'])).toMatchObject({
      options: { explain: true, node: '/a/node' },
    })
    expect(parseOptions(['--record', 'run.json'])).toMatchObject({
      options: { record: 'run.json' },
    })
    expect(parseOptions(['--profile', 'call-one'])).toMatchObject({
      options: { profile: 'call-one' },
    })
    expect(parseOptions(['-h'])).toEqual({ kind: 'help' })
  })

  test.each([
    [['--group', 'peers'], ['peers']],
    [
      ['--group', 'peers', '--curves'],
      ['peers', 'curves'],
    ],
    [['--group', 'curves', '--curves'], ['curves']],
    [['--curves'], ['beam', 'peers', 'claims', 'curves']],
    [['--quick'], ['beam', 'peers']],
    [['--quick', '--group', 'claims'], ['claims']],
    [
      ['--group', 'all'],
      ['beam', 'peers', 'claims', 'curves'],
    ],
  ])('%o takes the groups %o', (given, groups) => {
    expect(parseOptions(given)).toMatchObject({ options: { selection: { groups } } })
  })

  test.each([
    ['--rounds 0', 'want a whole number from 1 to 99'],
    ['--rounds 1e1', '"1e1"'],
    ['--group erlang', '--group is "erlang", want beam, peers, claims, curves or all'],
    ['--only call-one,nothing', '--only has "nothing"'],
    ['--plant fast', '--plant is "fast", want slow'],
    ['--only call-one --group beam', '--only does not go together with --group'],
    ['--from run.json --quick --rounds 3', '--from does not go together with --rounds or --quick'],
    ['--from run.json --explain', '--from does not go together with --explain'],
    ['--profile call-one --page', '--profile does not go together with --page'],
    ['--profile nothing', '--profile has "nothing"'],
    ['--unknown', '--unknown'],
    ['stray', 'stray'],
  ])('refuses %s', (line, said) => {
    const parsed = parseOptions(line.split(' '))
    expect(parsed).toMatchObject({ kind: 'refused' })
    expect(parsed.kind === 'refused' && parsed.message).toContain(said)
  })

  test('lists the rows and fits a terminal', () => {
    expect(usage).toContain(' crash-many-64,')
    expect(Math.max(...usage.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(100)
  })
})

describe('the command as it is written down', () => {
  test('is what one types', () => {
    expect(commandText([])).toBe('npm run bench')
    expect(commandText(['--only', 'call-one', '--record', 'runs/run.json'])).toBe(
      'npm run bench -- --only call-one --record runs/run.json',
    )
  })

  test('names no folder of the machine that it was given on', () => {
    expect(commandText(['--record', '/home/me/run.json', '--node=/opt/node/bin/node'])).toBe(
      'npm run bench -- --record run.json --node=node',
    )
  })
})
