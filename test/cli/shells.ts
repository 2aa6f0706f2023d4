/** An OS process for commands that is none: keeps what they print. */
import type { Shell } from '../../src/cli/shell.ts'

/** A shell with what was printed and said. */
export function shellOf(given: readonly string[], parts: Partial<Shell> = {}) {
  const printed: string[] = []
  const said: string[] = []
  const shell: Shell = {
    arguments: given,
    command: 'npx flotilla',
    folder: process.cwd(),
    cores: 2,
    readsTypeScript: false,
    isDebugged: false,
    print: (line) => void printed.push(line),
    say: (line) => void said.push(line),
    nowMs: () => 0,
    cpuMs: () => 0,
    activeResources: () => [],
    onInterrupt: () => () => undefined,
    ...parts,
  }
  return { shell, printed, said }
}
