#!/usr/bin/env node
/**
 * `flotilla`, the command.
 *
 * Invariant: beside `worker.ts` the only file of the command line that touches the OS process.
 */
import { url } from 'node:inspector'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { runCommandLine } from './command-line.ts'
import { activeResourcesOf } from './left-behind.ts'
import { exitCodes } from './shell.ts'

const code = await runCommandLine({
  arguments: process.argv.slice(2),
  command: commandOf(process.argv[1] ?? ''),
  folder: process.cwd(),
  cores: availableParallelism(),
  readsTypeScript: Boolean(Reflect.get(process.features, 'typescript')),
  isDebugged: url() !== undefined,
  print: (line) => void process.stdout.write(`${line}\n`),
  say: (line) => void process.stderr.write(`${line}\n`),
  nowMs: () => performance.now(),
  cpuMs() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  activeResources: () => activeResourcesOf(process),
  onInterrupt(listener) {
    const signals = ['SIGINT', 'SIGTERM'] as const
    let isInterrupted = false
    const arrived = (): void => {
      if (isInterrupted) return
      isInterrupted = true
      listener()
    }
    for (const signal of signals) process.on(signal, arrived)
    return () => {
      // One press may come twice, from the terminal and from npm, and must not cut the report off.
      if (isInterrupted) return
      for (const signal of signals) process.off(signal, arrived)
    }
  },
})
process.exitCode = code
// What was interrupted may go on computing in this process, and nobody waits for it.
if (code === exitCodes.interrupted) process.exit()
// A run in this process, which a debugger brings, may have left what keeps it going for ever.
else process.stdout.write('', () => process.exit())

/** A package that is not installed, such as this one while it is worked on, has no command. */
function commandOf(program: string): string {
  const isInstalled = program.includes('node_modules')
  return isInstalled ? 'npx flotilla' : `node ${relative(process.cwd(), program)}`
}
