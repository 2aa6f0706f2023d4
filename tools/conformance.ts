/**
 * Conformance: every behaviour of docs/conformance/catalogue.md holds by a test that carries its
 * id, or docs/semantics.md lists it as different, with a test of what happens instead.
 *
 * Usage: npm run conformance [-- --verbose | --json] [--run]
 * --verbose lists every line with its tests, --json prints the table for programs, --run runs the
 * tests that carry ids and counts only what passed. Exits with 1 if anything is to be put right.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readCatalogue } from './conformance/catalogue.ts'
import { readClaims } from './conformance/claims.ts'
import { readDifferences } from './conformance/differences.ts'
import { fullTextOf, summaryOf } from './conformance/print.ts'
import { type Table, tableOf } from './conformance/table.ts'
import { proven } from './conformance/verdicts.ts'
import { isMain } from './main.ts'
import { formatProblem, inReadingOrder, type Problem } from './problem.ts'

const options = ['--verbose', '--json', '--run']
const reportPath = 'build/conformance.json'

/** Reports what neither holds nor is listed as different, and every claim that is wrong. */
export function checkConformance(root: string): readonly Problem[] {
  return readTable(root).problems
}

/** The whole table; `run` gives the report of a run that decides which claims count. */
export function readTable(root: string, run?: (paths: readonly string[]) => string): Table {
  const catalogue = readCatalogue(root)
  const differences = readDifferences(root)
  const claims = readClaims(root)
  if (run === undefined) return tableOf({ catalogue, differences, claims })
  const paths = [...new Set(claims.map(({ path }) => path))]
  const verdicts = proven(claims, run(paths))
  const table = tableOf({ catalogue, differences, claims: verdicts.claims })
  return { ...table, problems: [...table.problems, ...verdicts.problems] }
}

function main(): void {
  const given = process.argv.slice(2)
  const unknown = given.filter((each) => !options.includes(each))
  if (unknown.length > 0) {
    console.error(`Unknown option ${unknown.join(' ')} — known are ${options.join(', ')}`)
    process.exitCode = 2
    return
  }
  const root = process.cwd()
  const table = readTable(root, given.includes('--run') ? runTests(root) : undefined)
  if (given.includes('--json')) console.log(JSON.stringify(table, undefined, 2))
  else {
    if (given.includes('--verbose')) console.log(`${fullTextOf(table)}\n`)
    console.log(summaryOf(table))
  }
  for (const problem of inReadingOrder(table.problems)) console.error(formatProblem(problem))
  process.exitCode = table.problems.length === 0 ? 0 : 1
}

function runTests(root: string): (paths: readonly string[]) => string {
  return (paths) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const report = join(root, reportPath)
    mkdirSync(join(root, 'build'), { recursive: true })
    rmSync(report, { force: true })
    const given = ['run', '--reporter=json', `--outputFile=${report}`, ...paths]
    spawnSync(process.execPath, [vitest, ...given], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    try {
      return readFileSync(report, 'utf8')
    } catch {
      // A run that wrote no report has shown nothing.
      return ''
    }
  }
}

if (isMain(import.meta.url)) main()
