/**
 * Programs of Node as child processes, each with a time limit.
 *
 * Invariant: when the promise resolves the process has ended.
 */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** Where and how long a program runs. */
export interface ProgramOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Milliseconds; left out: as long as it takes. */
  readonly limitMs?: number
}

/** How it ended. */
export interface Finished {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly wasTooLong: boolean
}

/** Runs a program of Node to its end. @throws AbortError if the signal ends it */
export async function runProgram(
  line: readonly string[],
  { cwd, signal, limitMs }: ProgramOptions,
): Promise<Finished> {
  signal.throwIfAborted()
  const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs)
  const child = spawn(process.execPath, [...line], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A mutant that spins does not hear of gentler signals.
    killSignal: 'SIGKILL',
    signal: limit === undefined ? signal : AbortSignal.any([signal, limit]),
  })
  child.on('error', () => undefined)
  const closed = new Promise((resolve) => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  await closed
  signal.throwIfAborted()
  return { code: child.exitCode, stdout, stderr, wasTooLong: limit?.aborted === true }
}
