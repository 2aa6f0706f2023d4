/**
 * What every program of this repository does around its work: it tells about itself, refuses what
 * it does not understand, and ends with the exit code of its work.
 *
 * Invariant: a refusal is one text on stderr and exit code 2, and nothing else has been done.
 */
import { onInterrupt } from './interrupts.ts'

/** What becomes of a command line. */
export type CommandLine<Options> =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string }

/** A program: what it prints for `--help`, how it reads its command line, and its work. */
export interface Program<Options> {
  readonly usage: string
  readonly parse: (given: readonly string[]) => CommandLine<Options>
  /** Gives the exit code. */
  readonly main: (options: Options) => Promise<number>
}

/** Runs a program with the command line of the OS process. */
export async function runProgram<Options>({ usage, parse, main }: Program<Options>): Promise<void> {
  const parsed = parse(process.argv.slice(2))
  switch (parsed.kind) {
    case 'help':
      process.stdout.write(usage)
      break
    case 'refused':
      process.stderr.write(`${parsed.message}\n`)
      process.exitCode = 2
      break
    case 'run':
      process.exitCode = await main(parsed.options)
  }
}

/**
 * Runs work that Ctrl-C and SIGTERM stop in order; a second one ends the OS process at once, with
 * 130. Only for work that lets the event loop come round: other work would not hear of it.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController()
  const stop = (): void => {
    process.stderr.write('Stopping in order; once more to stop at once\n')
    stopping.abort()
  }
  using _interrupts = onInterrupt(process, stop, () => process.exit(130))
  // Awaited here, so that interrupts are heard for as long as it runs.
  return await work(stopping.signal)
}
