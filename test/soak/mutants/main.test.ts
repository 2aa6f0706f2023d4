import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const source = 'src/process/links.ts'

/** Starts the program with a folder of its own for temporary files. */
function start(...given: string[]) {
  const temporary = mkdtempSync(join(tmpdir(), 'flotilla-mutants-test-'))
  const child = spawn(process.execPath, ['build/soak/mutants/main.js', ...given], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(temporary, { recursive: true, force: true })
  })
  return { child, temporary, closed: once(child, 'close') }
}

async function run(...given: string[]) {
  const { child, temporary, closed } = start(...given)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr, left: readdirSync(temporary) }
}

/** A list of one mutant, in a file. */
function listOf(before: string, after: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-mutants-list-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'list.json')
  const changes = [{ path: source, before, after }]
  writeFileSync(path, JSON.stringify([{ id: 'given', bug: 'given', targets: ['I14'], changes }]))
  return path
}

test('a planted bug is killed by the invariant it breaks, and the source stays as it was', async () => {
  const before = readFileSync(join(root, source), 'utf8')
  const { code, stdout, left } = await run('--only', 'link-one-sided', '--seeds', '1', '--json')
  const document = JSON.parse(stdout)
  expect(document.baseline).toMatchObject([{ mutant: { id: 'none' } }])
  expect(document.trials).toMatchObject([{ kill: { kind: 'invariant', by: 'I14', seeds: 1 } }])
  expect(code).toBe(0)
  expect(readFileSync(join(root, source), 'utf8')).toBe(before)
  expect(left).toEqual([])
})

test('a change that does no harm survives, and the exit code is 1', async () => {
  const list = listOf('  if (left === right) return\n', '  if (right === left) return\n')
  const { code, stdout, stderr } = await run('--list', list, '--seeds', '1')
  expect(stdout).toBe('0 of 1 mutants killed\n  given was not found: given\n')
  expect(stderr).toContain('SURVIVED  given (I14)')
  expect(code).toBe(1)
})

test('a mutant that does not fit the source is an error, and nothing is tried', async () => {
  const { code, stdout, stderr } = await run('--list', listOf('no such text', ''))
  expect(stderr).toMatch(/^given: src\/process\/links\.ts has 0 places like "no such text"\n$/)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})

test('a mutant that does not compile is an error', async () => {
  const list = listOf('  if (left === right) return\n', '  if (left === right return\n')
  const { code, stderr, left } = await run('--list', list, '--seeds', '1')
  expect(stderr).toContain('given does not compile')
  expect(code).toBe(2)
  expect(left).toEqual([])
})

test('unknown mutants, files that are no list and wrong options are refused', async () => {
  const unknown = await run('--only', 'nothing')
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no mutant nothing') })
  const noList = await run('--list', 'package.json')
  expect(noList).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Cannot read package/) })
  expect(await run('--seeds', 'x')).toMatchObject({ code: 2, stdout: '' })
})

test('Ctrl-C ends it with 130 and leaves no copy', async () => {
  const { child, temporary, closed } = start('--seeds', '1000')
  child.stdout.resume()
  child.stderr.resume()
  const folder = watch(temporary)
  await once(folder, 'change')
  folder.close()
  expect(readdirSync(temporary)).toHaveLength(1)
  child.kill('SIGINT')
  expect(await closed).toEqual([130, null])
  expect(readdirSync(temporary)).toEqual([])
})
