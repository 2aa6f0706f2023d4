/**
 * The command that brings a run about again.
 *
 * Invariant: it names everything that decides the run, so that it depends on no default.
 */
import { relative } from 'node:path'
import type { Shell } from './shell.ts'
import type { RunReport } from './task.ts'

/** From where a command is called, and how. */
export type CommandPlace = Pick<Shell, 'command' | 'folder'>

/**
 * The command line that runs exactly this again, to be pasted into a shell.
 *
 * @param report of the run
 * @param from the current folder, and the command as it is called there
 */
export function replayLine(report: RunReport, from: CommandPlace): string {
  const { file, name, seed, drawn, options } = report
  const parts = [
    `${from.command} sim replay`,
    quoted(relative(from.folder, file)),
    '--only',
    quoted(name),
  ]
  parts.push(`--seed ${seed} --minutes ${drawn.minutes}`)
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
