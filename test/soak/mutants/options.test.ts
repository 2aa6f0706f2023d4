import { expect, test } from 'vitest'
import { parseOptions } from '../../../soak/mutants/options.ts'

const standard = { only: [], seeds: 40, jobs: 1, list: undefined, task: 'try', json: false }

test('has a standard for everything', () => {
  expect(parseOptions([])).toEqual({ kind: 'run', options: standard })
})

test('reads every option', () => {
  const given = '--only a --only b --seeds 7 --jobs=2 --list x.json --json'.split(' ')
  expect(parseOptions(given)).toEqual({
    kind: 'run',
    options: { ...standard, only: ['a', 'b'], seeds: 7, jobs: 2, list: 'x.json', json: true },
  })
  expect(parseOptions(['--report'])).toMatchObject({ options: { task: 'report' } })
  expect(parseOptions(['--names'])).toMatchObject({ options: { task: 'names' } })
  expect(parseOptions(['-h', '--seeds', 'x'])).toEqual({ kind: 'help' })
})

test.each([
  ['--seeds', '0'],
  ['--seeds', '1e3'],
  ['--jobs', '65'],
  ['--seed', '1'],
  ['--report', '--only', 'a'],
  ['--report', '--list', 'x.json'],
  ['--report', '--names'],
])('refuses %s %s', (...given) => {
  expect(parseOptions(given)).toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/^Cannot read the options: .*\nTry --help$/s),
  })
})
