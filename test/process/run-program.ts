/**
 * Runs a program of `fixtures` on its own, against the built package.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** How a program ended, and what it said. */
export interface Ran {
  readonly exitCode: number | null
  /** What it printed: one value of JSON a line. */
  readonly printed: readonly any[]
  readonly complaints: string
}

/** Starts a program and waits until it has ended by itself; a test that gives up kills it. */
export async function runProgram(name: string, ...args: string[]): Promise<Ran> {
  const path = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
  const program = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void program.kill('SIGKILL'))
  let output = ''
  let complaints = ''
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const [exitCode] = await once(program, 'close')
  const printed = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { exitCode, printed, complaints }
}
