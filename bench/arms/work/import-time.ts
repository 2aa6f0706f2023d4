/**
 * How long it takes to load a package, in an OS process that has loaded nothing yet.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Measured, passesOf, type Task, type Workloads } from '../arm.ts'

const run = promisify(execFile)

/**
 * The workload of imports.
 *
 * @param specifier the package, as a program of this folder would import it
 */
export function importWorkloads(specifier: string): Workloads {
  return { 'import-time': (task) => importTime(task, import.meta.resolve(specifier)) }
}

async function importTime(task: Task, url: string): Promise<Measured> {
  // Another copy of a module is another address.
  const urls = Array.from({ length: passesOf(task) }, (_, pass) => `${url}?${pass}`)
  const source = `const beganAt = performance.now(); let found = 0
    for (const url of ${JSON.stringify(urls)}) found = Object.keys(await import(url)).length
    console.log(JSON.stringify({ found, milliseconds: performance.now() - beganAt }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source])
  const { found, milliseconds } = JSON.parse(stdout)
  return { intended: 1, completed: found > 0 ? 1 : 0, figures: { milliseconds } }
}
