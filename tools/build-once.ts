/**
 * Test set-up: builds what the tests start as child processes, once for the whole run.
 *
 * A build with type errors still leaves programs to run, and a broken build makes their tests fail
 * by themselves; so this only says what it saw. `npm run ok` is where type errors are refused.
 */
import { formatProblem } from './problem.ts'
import { typeCheck } from './type-check.ts'

const projects = ['tsconfig.build.json', 'tsconfig.declarations.json', 'tsconfig.programs.json']

/** Called by vitest before the first test of the `programs` project. */
export function setup(): void {
  const problems = projects.flatMap((project) => typeCheck(process.cwd(), project))
  for (const problem of problems) console.error(formatProblem(problem))
}
