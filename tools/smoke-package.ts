/**
 * Smoke test of what would be published: packs, installs into an empty project, uses it.
 *
 * Usage: node build/tools/smoke-package.js --report=file.json [--node=/path/to/another/node …]
 * The consumer (tools/smoke/consumer.ts) is compiled strictly and run on this Node and each other.
 * Writes its counts in the shape of vitest's JSON reporter, for count-tests.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilerPath } from './type-check.ts'

const unpackedBytesMax = 1_100_000
const runMillisecondsMax = 60_000
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare']
const dependencyLists = ['dependencies', 'optionalDependencies', 'bundleDependencies']

const repository = process.cwd()
const project = mkdtempSync(join(tmpdir(), 'flotilla-smoke-'))
const installed = join(project, 'node_modules/flotilla')

/** One check: throws what is wrong, or gives back a detail worth printing. */
interface SmokeCheck {
  readonly name: string
  readonly run: () => string
}

const packageChecks: readonly SmokeCheck[] = [
  { name: 'packs and installs into an empty project', run: install },
  { name: 'brings no other package along', run: expectAlone },
  { name: 'has no runtime dependency', run: () => expectAbsent(manifest(), dependencyLists) },
  { name: 'has no install script', run: () => expectAbsent(manifest().scripts, installScripts) },
  { name: `unpacks to less than ${unpackedBytesMax / 1000} kB`, run: expectSmall },
  { name: 'is code of plain letters, which Node reads faster', run: expectPlainLetters },
  { name: 'type-checks a consumer under strict', run: compileConsumer },
]

function main(): void {
  const runs = [process.execPath, ...options('--node=')].map((node) => ({
    name: `runs the consumer on ${node === process.execPath ? 'this Node' : node}`,
    run: () => `${run(node, ['--version'])}: ${run(node, ['out/consumer.js'])}`,
  }))
  const outcomes = [...packageChecks, ...runs].map(passes)
  rmSync(project, { recursive: true, force: true })
  const failed = outcomes.filter((passed) => !passed).length
  const report = {
    numPassedTests: outcomes.length - failed,
    numFailedTests: failed,
    success: failed === 0,
  }
  for (const path of options('--report=')) writeFileSync(path, JSON.stringify(report))
  process.exitCode = failed === 0 ? 0 : 1
}

function passes(check: SmokeCheck): boolean {
  try {
    const detail = check.run()
    console.log(`ok      ${check.name}${detail === '' ? '' : ` (${detail})`}`)
    return true
  } catch (error) {
    console.log(`FAILED  ${check.name}\n${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

function install(): string {
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  run('npm', ['pack', '--pack-destination', project], repository)
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack made no tarball')
  // Offline proves that nothing has to be fetched.
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`])
  return tarball
}

function expectAlone(): string {
  const packages = readdirSync(join(project, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  )
  if (packages.join() !== 'flotilla') throw new Error(`installed ${packages.join(', ')}`)
  return ''
}

function expectAbsent(record: object | undefined, names: readonly string[]): string {
  const present = names.filter((name) => record !== undefined && name in record)
  if (present.length > 0) throw new Error(`package.json has ${present.join(', ')}`)
  return ''
}

function expectSmall(): string {
  const bytes = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(installed, path)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)
  if (bytes >= unpackedBytesMax) throw new Error(`unpacks to ${bytes} bytes`)
  return `${Math.round(bytes / 1000)} kB`
}

function expectPlainLetters(): string {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  const code = files.filter((path) => path.endsWith('.js'))
  const others = code.filter((path) =>
    /[^\0-\x7f]/.test(readFileSync(join(installed, path), 'utf8')),
  )
  if (others.length > 0) throw new Error(`there are other letters in ${others.join(', ')}`)
  return `${code.length} files`
}

function compileConsumer(): string {
  cpSync(join(repository, 'tools/smoke'), project, { recursive: true })
  const types = join(repository, 'node_modules/@types')
  run(process.execPath, [compilerPath(), '-p', 'tsconfig.json', '--typeRoots', types])
  return ''
}

function manifest(): { readonly scripts?: object } {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
}

/** Runs a program to its end and gives what it printed; throws that when it fails or hangs. */
function run(program: string, given: readonly string[], cwd: string = project): string {
  const { status, stdout, stderr, error } = spawnSync(program, given, {
    cwd,
    encoding: 'utf8',
    timeout: runMillisecondsMax,
    env: { ...process.env, npm_config_loglevel: 'error' },
  })
  if (status === 0) return stdout.trim()
  throw new Error(`${program} ${given.join(' ')}\n${stdout}${stderr}${error?.message ?? ''}`)
}

function options(prefix: string): string[] {
  return process.argv
    .filter((each) => each.startsWith(prefix))
    .map((each) => each.slice(prefix.length))
}

main()
