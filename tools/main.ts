/** The thin shell around a check: runs it over the working directory and sets the exit code. */
import { pathToFileURL } from 'node:url'
import { type Check, formatProblem, inReadingOrder } from './problem.ts'

/** Runs `check` if the module at `moduleUrl` is the program that was started. */
export function runAsMain(moduleUrl: string, check: Check): void {
  if (!isMain(moduleUrl)) return
  const problems = inReadingOrder(check(process.cwd()))
  for (const problem of problems) console.error(formatProblem(problem))
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Whether the module at `moduleUrl` is the program that was started. */
export function isMain(moduleUrl: string): boolean {
  const program = process.argv[1]
  return program !== undefined && moduleUrl === pathToFileURL(program).href
}
