/**
 * One command that proves a change: every check in order, stopping at the first that fails.
 *
 * Usage: npm run ok [-- --without-tests]
 * Each step says its name and how long it took; only a failing one shows its output.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { checkArrows } from './check-arrows.ts'
import { checkDocs } from './check-docs.ts'
import { checkErrors } from './check-errors.ts'
import { checkGuarantees } from './check-guarantees.ts'
import { checkSize } from './check-size.ts'
import { checkConformance } from './conformance.ts'
import { type Check, formatProblem, inReadingOrder } from './problem.ts'

interface Step {
  readonly name: string
  /** Does the work; gives what went wrong, or an empty string. */
  readonly run: () => string
}

const root = process.cwd()
const packFolder = 'build/pack'

/** The cheap ones first; from the build on, the package has to compile. */
const checks: readonly Step[] = [
  { name: 'format', run: () => command('biome', 'check', '--linter-enabled=false') },
  { name: 'lint', run: () => command('biome', 'lint', '--error-on-warnings') },
  { name: 'arrows', run: () => report(checkArrows) },
  { name: 'house numbers', run: () => report(checkSize) },
  { name: 'error codes', run: () => report(checkErrors) },
  { name: 'guarantees', run: () => report(checkGuarantees) },
  { name: 'conformance', run: () => report(checkConformance) },
  { name: 'build', run: () => command('npm', 'run', 'build') },
  { name: 'types and misuse proofs', run: () => command('tsc', '-p', 'tsconfig.json') },
  { name: 'unused code', run: () => command('knip') },
  { name: 'package', run: checkPackage },
  { name: 'docs', run: () => report(checkDocs) },
]

const tests: Step = { name: 'tests', run: () => command('npm', 'test') }

function main(): void {
  const unknown = process.argv.slice(2).filter((each) => each !== '--without-tests')
  if (unknown.length > 0) {
    console.error(`Unknown option ${unknown.join(' ')} — only --without-tests is known`)
    process.exitCode = 2
    return
  }
  const steps = process.argv.includes('--without-tests') ? checks : [...checks, tests]
  for (const step of steps) {
    const started = performance.now()
    process.stdout.write(`${step.name.padEnd(26)}`)
    const failure = step.run()
    const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6)
    console.log(`${seconds} s  ${failure === '' ? 'ok' : 'FAILED'}`)
    if (failure !== '') {
      console.error(`\n${failure}\n\nnot ok: ${step.name} failed`)
      process.exitCode = 1
      return
    }
  }
  console.log('ok')
}

function report(check: Check): string {
  return inReadingOrder(check(root)).map(formatProblem).join('\n')
}

/** Looks at the package as it would be published, not at the folder it is made from. */
function checkPackage(): string {
  rmSync(packFolder, { recursive: true, force: true })
  mkdirSync(packFolder, { recursive: true })
  const packed = command('npm', 'pack', '--ignore-scripts', '--pack-destination', packFolder)
  const tarball = readdirSync(packFolder).find((name) => name.endsWith('.tgz'))
  if (tarball === undefined) return `npm pack made no tarball\n${packed}`
  const path = join(packFolder, tarball)
  return command('publint', path, '--strict') || command('attw', path, '--profile', 'esm-only')
}

/** Runs a program; gives everything it printed if it failed, or an empty string. */
function command(program: string, ...given: readonly string[]): string {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const { status, stdout, stderr, error } = spawnSync(program, given, {
    cwd: root,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return ''
  const said = `${stdout}${stderr}${error?.message ?? ''}`.trim()
  return said === '' ? `${program} ${given.join(' ')} exited with ${status}` : said
}

main()
