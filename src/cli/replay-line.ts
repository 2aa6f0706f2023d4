/**
 * The command that brings a run about again.
 *
 * Invariant: it names everything that decides the run, so that it depends on no default.
 */
import { relative } from 'node:path'
import type { SimulateOptions } from '../testing/simulation/simulation-run.ts'
import type { Shell } from './shell.ts'
import type { Target } from './task.ts'

/** From where a command is called, and how. */
export type CommandPlace = Pick<Shell, 'command' | 'folder'>

/** A run that can be brought about again, also one that came to no end. */
export interface RepeatableRun extends Target {
  readonly seed: number
  readonly options: SimulateOptions
  /** What was drawn for it, if that is known. */
  readonly drawn?: { readonly minutes: number }
}

/**
 * The command line that runs exactly this again, to be pasted into a shell.
 *
 * @param run or the report of one
 * @param from the current folder, and the command as it is called there
 */
export function replayLine(run: RepeatableRun, from: CommandPlace): string {
  const { file, name, seed, options } = run
  const minutes = run.drawn?.minutes ?? options.minutes ?? 1
  const parts = [
    `${from.command} sim replay`,
    quoted(relative(from.folder, file)),
    '--only',
    quoted(name),
  ]
  parts.push(`--seed ${seed} --minutes ${minutes}`)
  if (options.schedule !== undefined) parts.push(`--schedule ${options.schedule}`)
  if (options.nodes !== undefined) parts.push(`--nodes ${options.nodes}`)
  const { faults, onlyFaults, onlyClients } = options
  if (typeof faults === 'string') parts.push(`--faults ${faults}`)
  else if (faults !== undefined) parts.push('--faults', quoted(JSON.stringify(faults)))
  if (onlyFaults !== undefined) parts.push('--only-faults', quoted(JSON.stringify(onlyFaults)))
  if (onlyClients !== undefined) parts.push('--only-clients', quoted(JSON.stringify(onlyClients)))
  return parts.join(' ')
}

/** As one word for a shell. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
