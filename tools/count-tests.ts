/**
 * The closing line of a CI run: how many tests passed and failed over several JSON reports; above
 * it the names of those that failed.
 *
 * Usage: node build/tools/count-tests.js [--checks=code] report.json=code …
 * where code is the exit code of the run that wrote the report, or of the checks that write none.
 * Invariant: what cannot be read counts as failed; the line never looks better than the run was.
 */
import { readFileSync } from 'node:fs'
import { listAt, numberAt, parseJson, textAt, valueAt } from './json.ts'
import { isMain } from './main.ts'

/** Tests that passed and tests, files or steps that failed. */
export interface Tally {
  readonly passed: number
  readonly failed: number
}

/** The counts of one report in the shape of vitest's JSON reporter; `text` undefined if missing. */
export function tallyOf(text: string | undefined, exitCode: string): Tally {
  const report = parseJson(text)
  const passed = numberAt(report, 'numPassedTests')
  const failedTests = numberAt(report, 'numFailedTests')
  if (passed === undefined || failedTests === undefined) return { passed: 0, failed: 1 }
  const failed = failedTests + filesThatFailedToLoad(report)
  if (failed > 0) return { passed, failed }
  // Such as an error thrown after the last test: nothing failed by name, yet the run did.
  return { passed, failed: valueAt(report, 'success') === true && exitCode === '0' ? 0 : 1 }
}

/** What failed by name in such a report, one line each, so that the end of a log says it. */
export function failuresOf(text: string | undefined): readonly string[] {
  return listAt(parseJson(text), 'testResults').flatMap((file) => {
    if (valueAt(file, 'status') !== 'failed') return []
    const tests = failedTestsOf(file).map((test) => `: ${textAt(test, 'fullName')}`)
    return (tests.length > 0 ? tests : ['']).map((test) => `${textAt(file, 'name')}${test}`)
  })
}

/** The line itself. */
export function closingLine(tallies: readonly Tally[]): string {
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0)
  return `${passed} passed, ${failed} failed`
}

/** A file that failed without a failed test never got as far as running one. */
function filesThatFailedToLoad(report: unknown): number {
  return listAt(report, 'testResults').filter((file) => {
    return valueAt(file, 'status') === 'failed' && failedTestsOf(file).length === 0
  }).length
}

function failedTestsOf(file: unknown): readonly unknown[] {
  return listAt(file, 'assertionResults').filter((test) => valueAt(test, 'status') === 'failed')
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // A step that wrote no report did not get that far: counted as failed by the caller.
    return undefined
  }
}

function main(): void {
  const tallies = process.argv.slice(2).map((given) => {
    const [name = '', exitCode = ''] = given.split('=')
    if (name === '--checks') return { passed: 0, failed: exitCode === '0' ? 0 : 1 }
    const text = readIfPresent(name)
    const tally = tallyOf(text, exitCode)
    if (tally.failed > 0)
      for (const line of [name, ...failuresOf(text)]) console.log(`failed  ${line}`)
    return tally
  })
  console.log(closingLine(tallies))
  process.exitCode = tallies.some(({ failed }) => failed > 0) ? 1 : 0
}

if (isMain(import.meta.url)) main()
