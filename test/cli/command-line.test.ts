import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.ts'
import { shellOf } from './shells.ts'

async function run(...given: string[]) {
  const { shell, printed, said } = shellOf(given)
  return { code: await runCommandLine(shell), out: printed.join('\n'), err: said.join('\n') }
}

test.each([
  [['--help'], 'Usage: flotilla <command>'],
  [['-h'], 'Usage: flotilla <command>'],
  [['help'], 'Usage: flotilla <command>'],
  [['sim', '--help'], 'Usage: flotilla sim replay <file>'],
  [['sim', 'run', '--help'], '--check-determinism N'],
  [['sim', 'replay', '--help'], '--only-faults JSON'],
  [['sim', 'shrink', '-h'], '--max-runs N'],
])('%j prints what it takes', async (given, part) => {
  const { code, out, err } = await run(...given)
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain(part)
})

test('prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await run('--version')).toEqual({ code: 0, out: version, err: '' })
})

test.each([
  [[], 'Say what to do'],
  [['sim'], 'flotilla sim run, replay or shrink'],
  [['sin'], 'There is no command sin; did you mean sim?'],
  [['sim', 'rnu'], 'There is no command rnu; did you mean run?'],
  [['sim', 'dashboard'], 'There is no command dashboard\n'],
  [['sim', 'run', '--seeds', '-1'], 'Cannot read the options: --seeds is "-1"'],
  [['sim', 'run', 'nowhere'], 'There is no file or folder nowhere'],
  [['sim', 'replay'], 'Try flotilla sim replay --help'],
  [['sim', 'replay', 'nowhere', '--seed', '1'], 'There is no file or folder nowhere'],
])('%j is refused with code 2', async (given, part) => {
  const { code, out, err } = await run(...given)
  expect([code, out]).toEqual([2, ''])
  expect(`${err}\n`).toContain(part)
})
