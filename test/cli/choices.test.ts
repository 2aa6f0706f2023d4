import { describe, expect, test } from 'vitest'
import { parseOne, parseRun } from '../../src/cli/choices.ts'

describe('flotilla sim run', () => {
  test('runs 100 seeds from 1 on in as many processes as there are cores', () => {
    expect(parseRun([], 3)).toEqual({
      kind: 'run',
      choices: {
        paths: [],
        only: undefined,
        seeds: 100,
        firstSeed: 1,
        options: {},
        jobs: 3,
        limitMs: 30_000,
        checksDeterminism: false,
        sameAs: undefined,
        maxShrinkRuns: 100,
        json: false,
      },
    })
  })

  test('takes every option', () => {
    const line =
      'a.sim.js b --seeds 5 --first-seed=9 --minutes 0.5 --schedule fifo --faults none --nodes 3 ' +
      '--only x --jobs 4 --same-as one.json --no-shrink --json'
    expect(parseRun(line.split(' '), 1)).toEqual({
      kind: 'run',
      choices: {
        paths: ['a.sim.js', 'b'],
        only: 'x',
        seeds: 5,
        firstSeed: 9,
        options: { minutes: 0.5, schedule: 'fifo', faults: 'none', nodes: 3 },
        jobs: 4,
        limitMs: 30_000,
        checksDeterminism: false,
        sameAs: 'one.json',
        maxShrinkRuns: 0,
        json: true,
      },
    })
  })

  test('takes the seeds to be run twice in the place of the others', () => {
    const parsed = parseRun(['--check-determinism', '7'], 1)
    expect(parsed).toMatchObject({ choices: { seeds: 7, checksDeterminism: true } })
    expect(parseRun(['--check-determinism', '7', '--seeds', '8'], 1)).toEqual({
      kind: 'refused',
      problems: ['--check-determinism says how many seeds: leave out --seeds'],
    })
    expect(parseRun(['--check-determinism', '7', '--same-as', 'x'], 1)).toEqual({
      kind: 'refused',
      problems: ['--check-determinism compares two runs of its own: leave out --same-as'],
    })
  })

  test.each([
    [['--seeds', '0'], '--seeds is "0", want a whole number from 1 to 4294967295'],
    [['--seeds', '1e3'], '--seeds is "1e3", want a whole number from 1 to 4294967295'],
    [['--seeds'], '--seeds wants a value'],
    [['--seeds='], '--seeds wants a value'],
    [['--minutes', '-1'], '--minutes is "-1", want a number such as 0.5'],
    [['--schedule', 'lifo'], '--schedule is "lifo", want random, priority or fifo'],
    [['--faults', '[]'], `--faults is "[]", want swarm, none, or rates such as '{"kill":30}'`],
    [['--limit-seconds', '0'], '--limit-seconds is "0", want a number such as 0.5'],
    [['--jobs', '0'], '--jobs is "0", want a whole number from 1 to 1024'],
    [['--json=1'], '--json takes no value'],
    [['--seed', '1'], 'there is no option --seed; did you mean --seeds?'],
    [['-x'], 'there is no option -x'],
    [
      ['--first-seed', '4294967295', '--seeds', '2'],
      'seeds are whole numbers up to 4294967295, so there are not so many',
    ],
  ])('refuses %j', (given, problem) => {
    expect(parseRun(given, 1)).toEqual({ kind: 'refused', problems: [problem] })
  })

  test('tells of every problem at once, and of none if help is wanted', () => {
    const given = ['--seeds', 'x', '--jbos', '2']
    expect(parseRun(given, 1)).toMatchObject({ problems: [/jbos/, /seeds/].map(matching) })
    expect(parseRun([...given, '--help'], 1)).toEqual({ kind: 'help' })
    expect(parseRun(['-h'], 1)).toEqual({ kind: 'help' })
  })
})

describe('flotilla sim replay and shrink', () => {
  test('take everything that decides a run', () => {
    const given = ['a.sim.js', '--seed', '7', '--minutes', '0.25', '--faults', '{"kill":30}']
    given.push('--only-faults', '["kill a 1"]', '--only-clients', '[]', '--nodes', '2')
    expect(parseOne('replay', [...given, '--at', '12.5'])).toMatchObject({
      kind: 'run',
      choices: {
        file: 'a.sim.js',
        atMs: 12.5,
        options: {
          seed: 7,
          minutes: 0.25,
          faults: { kill: 30 },
          onlyFaults: ['kill a 1'],
          onlyClients: [],
          nodes: 2,
        },
      },
    })
    expect(
      parseOne('shrink', ['a', '--seed', '0', '--max-runs', '3', '--limit-seconds', '2.5']),
    ).toMatchObject({
      choices: { maxShrinkRuns: 3, limitMs: 2500, options: { seed: 0 } },
    })
  })

  test.each([
    [['a.sim.js'], ['--seed is missing']],
    [['--seed', '1'], ['want one file, given none']],
    [['a', 'b', '--seed', '1'], ['want one file, given a, b']],
    [['a', '--seed', 'x'], ['--seed is "x", want a whole number from 0 to 4294967295']],
    [
      ['a', '--seed', '1', '--only-faults', 'kill'],
      [`--only-faults is "kill", want a list in JSON, such as '["kill a 1"]'`],
    ],
    [
      ['a', '--seed', '1', '--only-clients', '[1]'],
      [`--only-clients is "[1]", want a list in JSON, such as '["kill a 1"]'`],
    ],
  ])('refuse %j', (given, problems) => {
    expect(parseOne('replay', given)).toEqual({ kind: 'refused', problems })
  })

  test('know their own options alone', () => {
    expect(parseOne('replay', ['a', '--seed', '1', '--max-runs', '3'])).toMatchObject({
      kind: 'refused',
    })
    expect(parseOne('shrink', ['a', '--seed', '1', '--at', '3'])).toMatchObject({ kind: 'refused' })
  })
})

function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}
