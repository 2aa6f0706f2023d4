/**
 * The commands, by name.
 *
 * Invariant: an exit code is 0 if all is well, 1 if something failed, 2 if the command line was not
 * understood and 130 after an interrupt; what is printed on standard output is the result.
 */
import { readFileSync } from 'node:fs'
import { type Parsed, parseOne, parseRun } from './choices.ts'
import { commandUsage, simUsage, usage } from './help.ts'
import { suggestion } from './nearest.ts'
import { replayOne, shrinkOne } from './run-one.ts'
import { runSeeds } from './run-seeds.ts'
import { exitCodes, type Shell } from './shell.ts'

/**
 * Does what a command line says.
 *
 * @param shell the OS process, its arguments included
 * @returns the exit code
 */
export async function runCommandLine(shell: Shell): Promise<number> {
  const [command, ...rest] = shell.arguments
  switch (command) {
    case undefined:
      return refused(shell, 'Say what to do', usage)
    case '--help':
    case '-h':
    case 'help':
      return printed(shell, usage)
    case '--version':
      return printed(shell, versionText())
    case 'sim':
      return await simulateBy(rest, shell)
    default:
      return unknown(shell, command, ['sim', '--help', '--version'])
  }
}

const simCommands = Object.keys(commandUsage)

async function simulateBy(given: readonly string[], shell: Shell): Promise<number> {
  const [command, ...rest] = given
  switch (command) {
    case undefined:
      return refused(shell, 'Say what to do: flotilla sim run, replay or shrink', simUsage)
    case '--help':
    case '-h':
      return printed(shell, simUsage)
    case 'run':
      return await carriedOut(shell, {
        name: 'run',
        parsed: parseRun(rest, shell.cores),
        run: (choices) => runSeeds(choices, shell),
      })
    case 'replay':
      return await carriedOut(shell, {
        name: 'replay',
        parsed: parseOne('replay', rest),
        run: (choices) => replayOne(choices, shell),
      })
    case 'shrink':
      return await carriedOut(shell, {
        name: 'shrink',
        parsed: parseOne('shrink', rest),
        run: (choices) => shrinkOne(choices, shell),
      })
    default:
      return unknown(shell, command, simCommands)
  }
}

interface Command<C> {
  readonly name: keyof typeof commandUsage
  readonly parsed: Parsed<C>
  readonly run: (choices: C) => Promise<number>
}

async function carriedOut<C>(shell: Shell, { name, parsed, run }: Command<C>): Promise<number> {
  switch (parsed.kind) {
    case 'help':
      return printed(shell, commandUsage[name])
    case 'refused': {
      const lines = parsed.problems.map((problem) => `Cannot read the options: ${problem}`)
      return refused(shell, lines.join('\n'), `Try flotilla sim ${name} --help`)
    }
    case 'run':
      return await run(parsed.choices)
  }
}

function printed(shell: Shell, text: string): number {
  shell.print(text.trimEnd())
  return exitCodes.ok
}

function refused(shell: Shell, problem: string, more: string): number {
  shell.say(`${problem}\n${more.trimEnd()}`)
  return exitCodes.refused
}

function unknown(shell: Shell, given: string, known: readonly string[]): number {
  const problem = `There is no command ${given}${suggestion(given, known)}`
  return refused(shell, problem, 'Try flotilla --help')
}

function versionText(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return String(Reflect.get(Object(manifest), 'version'))
}
