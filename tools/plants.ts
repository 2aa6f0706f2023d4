/**
 * Plants semantic bugs, one at a time, in a copy of this repository, and shows who catches them:
 * the recorded traces of OTP, and the tests.
 *
 * Usage: npm run conformance:plants [-- --json]
 * Exits with 1 if a bug is caught by neither, or if the copy without a bug does not pass.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { listAt, parseJson, textAt } from './json.ts'
import { isMain } from './main.ts'
import { type Bug, bugs, planted } from './plants/bugs.ts'

/** Who looks for a bug: a name, and the paths of its tests. */
const judges = {
  oracle: ['test/oracle'],
  tests: ['test/core', 'test/process', 'test/gen-server', 'test/supervisor', 'test/registry'],
} as const

type Judge = keyof typeof judges

interface Finding {
  readonly bug: string
  /** The names of the tests that failed, by judge. */
  readonly caughtBy: Readonly<Record<Judge, readonly string[]>>
}

function main(): void {
  const given = process.argv.slice(2)
  const unknown = given.filter((each) => each !== '--json')
  if (unknown.length > 0) {
    console.error(`Unknown option ${unknown.join(' ')} — the only one is --json`)
    process.exitCode = 2
    return
  }
  const copy = makeCopy(process.cwd())
  process.once('SIGINT', () => {
    rmSync(copy, { recursive: true, force: true })
    process.exit(130)
  })
  try {
    const none = judge(copy, 'no bug')
    const findings = none.sound ? bugs.map((bug) => tryBug(copy, bug)) : []
    print(none, findings, given.includes('--json'))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** What is in this folder and is no output of anything, with the same dependencies. */
function makeCopy(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'flotilla-plants-'))
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const { stdout } = spawnSync('git', list, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
  for (const path of stdout.split('\0').filter((each) => each !== '')) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path), { force: true })
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

function tryBug(copy: string, bug: Bug): Finding & { readonly sound: boolean } {
  const paths = [...new Set(bug.changes.map(({ path }) => path))]
  const kept = paths.map((path) => readFileSync(join(copy, path), 'utf8'))
  try {
    for (const change of bug.changes) {
      const path = join(copy, change.path)
      writeFileSync(path, planted(readFileSync(path, 'utf8'), change))
    }
    return judge(copy, bug.name)
  } finally {
    for (const [index, path] of paths.entries()) writeFileSync(join(copy, path), kept[index] ?? '')
  }
}

function judge(copy: string, name: string): Finding & { readonly sound: boolean } {
  console.error(`… ${name}`)
  const caughtBy = { oracle: failing(copy, 'oracle'), tests: failing(copy, 'tests') }
  return { bug: name, caughtBy, sound: caughtBy.oracle.length + caughtBy.tests.length === 0 }
}

/** The tests of a judge that fail in the copy; a run that says nothing at all fails as a whole. */
function failing(copy: string, who: Judge): readonly string[] {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const reporter = ['--reporter=json', `--outputFile=${report}`]
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const run = ['run', '--project', 'unit', '--bail=5', ...reporter, ...judges[who]]
  const { status } = spawnSync(process.execPath, [vitest, ...run], { cwd: copy, stdio: 'ignore' })
  const results = listAt(readReport(report), 'testResults')
  const failed = results
    .flatMap((file) => listAt(file, 'assertionResults'))
    .filter((test) => textAt(test, 'status') === 'failed')
    .map((test) => textAt(test, 'fullName'))
  return failed.length === 0 && status !== 0 ? ['the run as a whole'] : failed
}

function readReport(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch {
    // The run ended before it could write: told by its status.
    return undefined
  }
}

function print(none: Finding, findings: readonly Finding[], asJson: boolean): void {
  const sound = findings.length > 0
  const missed = findings.filter(({ caughtBy }) => isMissed(caughtBy))
  if (asJson) console.log(JSON.stringify({ withoutBug: none.caughtBy, findings }, undefined, 2))
  else if (!sound) console.log(`Without any bug these fail: ${named(none.caughtBy)}`)
  for (const { bug, caughtBy } of asJson ? [] : findings) {
    const verdict = isMissed(caughtBy) ? 'MISSED' : 'caught'
    console.log(`${verdict}  ${bug}`)
    for (const [who, names] of Object.entries(caughtBy)) {
      console.log(`          by ${who}: ${names.length === 0 ? 'not' : names[0]}`)
    }
  }
  if (!asJson && sound)
    console.log(`${findings.length - missed.length} caught, ${missed.length} missed`)
  process.exitCode = sound && missed.length === 0 ? 0 : 1
}

function isMissed({ oracle, tests }: Finding['caughtBy']): boolean {
  return oracle.length + tests.length === 0
}

function named({ oracle, tests }: Finding['caughtBy']): string {
  return [...oracle, ...tests].join('; ')
}

if (isMain(import.meta.url)) main()
