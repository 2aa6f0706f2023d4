/** Asking the TypeScript compiler about a project, with its answer as problems. */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Problem } from './problem.ts'

/** Where the compiler's program is: the one this repository builds with. */
export function compilerPath(): string {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  return join(dirname(manifest), 'bin', 'tsc')
}

/** Type-checks the project at `root`/`project` and reports each error. */
export function typeCheck(root: string, project: string): Problem[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compilerPath(), '--pretty', 'false', '-p', project],
    { cwd: root, encoding: 'utf8' },
  )
  if (status === 0) return []
  const problems = stdout.split('\n').flatMap((text) => parseError(text))
  if (problems.length > 0) return problems
  const message = `cannot be compiled: ${stdout}${stderr}`.trim()
  return [{ path: project, line: 1, message, wanted: 'a project that compiles' }]
}

/** `path(line,column): error TS1234: message`. */
function parseError(text: string): Problem[] {
  const found = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/.exec(text)
  if (found === null) return []
  const [, path = '', line = '1', code = '', message = ''] = found
  return [{ path, line: Number(line), message: `${code} ${message}`, wanted: 'code that compiles' }]
}
