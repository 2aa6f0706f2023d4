/**
 * The same workload here and on Elixir, in turn: A-B-A-B, so that what else the machine does falls
 * on both.
 *
 * Invariant: each run has the machine to itself, as far as this program is concerned; nothing is
 * compared that was interrupted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { text } from 'node:stream/consumers'
import type { Options } from './options.ts'
import { type Side, sideOfElixir, sideOfFlotilla } from './side.ts'
import { type Comparison, comparisonsOf, tableOf } from './side-by-side.ts'
import type { Load } from './workload.ts'

/** Elixir could not be started at all. */
export class NoElixir extends Error {
  override readonly name = 'NoElixir'
}

/** Where things are, and who is told. */
export interface Surroundings {
  /** The soak itself, built. */
  readonly program: string
  readonly workloadFile: string
  /** The folder above `elixir/soak.exs`. */
  readonly sources: string
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** What came of it. */
export interface Compared {
  readonly text: string
  readonly json: string
  readonly interrupted: boolean
}

/**
 * Runs both sides in turn.
 *
 * @throws NoElixir (as a rejection) if there is none
 * @throws Error (as a rejection) if a run ends without figures
 */
export async function compare(
  options: Options,
  load: Load,
  surroundings: Surroundings,
): Promise<Compared> {
  const { level, rounds, seed = 1 } = options
  const { signal, say } = surroundings
  const flotilla: Side[] = []
  const elixir: Side[] = []
  const loads: number[] = []
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    loads.push(Math.round((loadavg()[0] ?? 0) * 100) / 100)
    say(`round ${round + 1} of ${rounds}: Elixir, then Flotilla, ${load.seconds} s each`)
    const run = { level, load, seed: seed + round }
    const theirs = await runElixir(surroundings, run)
    if (theirs === undefined) break
    const ours = await runFlotilla(
      surroundings,
      { level, load, seed: seed + round },
      options.output,
    )
    if (ours === undefined) break
    elixir.push(theirs)
    flotilla.push(ours)
  }
  const comparisons = flotilla.length === 0 ? [] : comparisonsOf(flotilla, elixir)
  const figures = { level, load, loads, flotilla, elixir, comparisons }
  return {
    text: textOf(comparisons, figures),
    json: `${JSON.stringify(figures, undefined, 2)}\n`,
    interrupted: signal.aborted,
  }
}

interface Figures {
  readonly level: string
  readonly load: Load
  /** The load of the machine at the beginning of each round. */
  readonly loads: readonly number[]
  readonly flotilla: readonly Side[]
  readonly elixir: readonly Side[]
}

function textOf(comparisons: readonly Comparison[], figures: Figures): string {
  const { level, load, loads, flotilla, elixir } = figures
  if (comparisons.length === 0) return 'No round was finished.\n'
  const { workers, callsPerSecond, endsPerSecond, seconds } = load
  return [
    `${level}: ${workers} workers, ${callsPerSecond} calls/s, ${endsPerSecond} ends/s, ` +
      `${seconds} s`,
    `${flotilla[0]?.version} on one thread, ${elixir[0]?.version} on all schedulers;`,
    `load of the machine when the rounds began: ${loads.join(', ')}`,
    '',
    tableOf(comparisons, flotilla.length),
  ].join('\n')
}

interface Run {
  readonly level: string
  readonly load: Load
  readonly seed: number
}

/** Nothing if it was interrupted. */
type Interruptible = Promise<Side | undefined>

async function runElixir({ sources, workloadFile, signal }: Surroundings, run: Run): Interruptible {
  const script = `${sources}elixir/soak.exs`
  // Idle schedulers sleep, so that the cpu of an operation is that of an operation.
  const given = ['--erl', '+sbwt none +sbwtdcpu none +sbwtdio none', script, workloadFile]
  const printed = await output(
    'elixir',
    [...given, run.level, JSON.stringify(run.load), `${run.seed}`],
    signal,
  )
  return signal.aborted ? undefined : sideOfElixir(printed.trim().split('\n').at(-1) ?? '')
}

async function runFlotilla(
  { program, signal }: Surroundings,
  { level, load, seed }: Run,
  folder: string,
): Interruptible {
  const given = {
    level,
    minutes: load.seconds / 60,
    workers: load.workers,
    calls: load.callsPerSecond,
    ends: load.endsPerSecond,
    seed,
    output: folder,
  }
  const options = Object.entries(given).map(([name, value]) => `--${name}=${value}`)
  const printed = await output(
    process.execPath,
    [program, ...options, '--no-collect', '--json'],
    signal,
  )
  return signal.aborted ? undefined : sideOfFlotilla(printed)
}

/** Runs a program and gives what it printed; a run that ends red has figures as well. */
async function output(
  command: string,
  given: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(command, [...given], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const started = once(child, 'spawn')
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  try {
    await started.catch((error) => {
      throw command === 'elixir' ? new NoElixir(error.message) : error
    })
    const closed = once(child, 'close')
    const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
    await closed
    if (printed.trim() === '' && !signal.aborted) {
      throw new Error(`${command} printed nothing; it complained: ${complaints.slice(-500)}`)
    }
    return printed
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
