import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const fixtures = 'test/cli/fixtures'
const losing = `${fixtures}/losing.sim.mjs`
const passing = `${fixtures}/passing.sim.mjs`
const brief = ['--minutes', '0.05']

test('runs every seed of every simulation, and says what was never seen', async () => {
  const { code, out } = await sim('run', passing, '--seeds', '3', '--jobs', '2', ...brief)
  expect(code).toBe(0)
  expect(out).toMatch(/^6 runs of first, second: .* simulated hours per CPU minute\n/)
  expect(out).toContain('never seen in first: an echo is wrong\n')
  expect(out).not.toContain('an echo is right')
  expect(out).toMatch(/\nno failures\n$/)
})

test('gives the same hashes whatever the number of processes, and one JSON document', async () => {
  const line = ['run', passing, '--only', 'first', '--seeds', '4', '--json', ...brief]
  const one = await sim(...line, '--jobs', '1')
  const several = await sim(...line, '--jobs', '3')
  const hashes = [one, several].map(({ out }) =>
    JSON.parse(out).runs.map(({ seed, hash }: { seed: number; hash: string }) => [seed, hash]),
  )
  expect(hashes[0]).toHaveLength(4)
  expect(new Set(hashes[0]?.map(([, hash]: string[]) => hash)).size).toBe(4)
  expect(hashes[1]).toEqual(hashes[0])
})

test('finds a lost update; its lines bring it about again, as found and as small as it is', async () => {
  const found = await sim('run', losing, '--seeds', '60', '--jobs', '2', '--json', ...brief)
  expect(found.code).toBe(1)
  const [failure] = JSON.parse(found.out).failures
  expect(failure.failure).toMatchObject({ kind: 'check', subject: 'finally' })
  expect(failure.shrunk.drawn.clients).toHaveLength(2)
  expect(failure.shrunk.drawn.nodes).toBe(1)
  for (const { replay, hash } of [failure, failure.shrunk]) {
    const again = await shell(`${replay} --json`)
    expect(again.code).toBe(1)
    expect(JSON.parse(again.out)).toMatchObject({ hash, ok: false })
  }
})

test('explains a failure: what failed, how it was drawn, what led to it, how to run it', async () => {
  const { code, out, err } = await sim('run', losing, '--seeds', '60', '--no-shrink', ...brief)
  expect(code).toBe(1)
  expect(err).toMatch(/^failed: losing seed \d+: check finally, at [\d.]+ ms$/m)
  expect(out).toMatch(
    /^FAILED losing seed \d+: check finally, at [\d.]+ ms\n {2}of 3 visits \d count/,
  )
  expect(out).toMatch(/\n {2}schedule \w+, 0\.05 minutes, 2 nodes, 3 clients; \d+ events/)
  expect(out).toContain('\n  faults: jump 10 (')
  expect(out).toMatch(/\n {2}the last events:\n +\d+ +[\d.]+ ms {2}/)
  expect(out).toMatch(/\n\d+ of 60 failed\n$/)
  // What failed for the same reason is counted, and the end of a run that failed is not shown.
  expect(out.match(/^failed as well: losing check finally, seeds \d+, .*/gm)).toHaveLength(1)
  expect(err.match(/^failed: /gm)).toHaveLength(1)
  expect(out).toMatch(/\n {4}at .*\(test\/cli\/fixtures\/losing\.sim\.mjs:\d+:\d+\)\n {2}schedule/)
  expect(out).not.toContain('node_crashed')
  const [line = ''] = /node dist\/cli\/main\.js sim replay .*/.exec(out) ?? []
  const [, hash] = /\n {2}hash ([0-9a-f]+)\n/.exec(out) ?? []
  const again = await shell(line)
  expect(again.code).toBe(1)
  expect(again.out).toContain(`hash ${hash}`)
})

test('replays a run that passes, and shows what happened around a time', async () => {
  const line = ['replay', passing, '--only', 'first', '--seed', '1', ...brief]
  const whole = await sim(...line)
  expect(whole.code).toBe(0)
  expect(whole.out).toMatch(/^passed: first seed 1\n/)
  const around = await sim(...line, '--at', '1000')
  expect(around.out).toMatch(/^ {2}around 1000 ms:\n/)
  expect(around.out).toMatch(/ 1000\.000 ms {2}/)
})

test('shrinks a run that fails, and refuses one that passes', async () => {
  const found = await sim('run', losing, '--seeds', '60', '--no-shrink', '--json', ...brief)
  const [{ seed }] = JSON.parse(found.out).failures
  const shrunk = await sim('shrink', losing, '--seed', `${seed}`, ...brief)
  expect(shrunk.code).toBe(1)
  expect(shrunk.out).toMatch(/--only-clients '\["visitor \d","visitor \d"\]'/)
  expect(shrunk.out).toMatch(/the smallest of \d+ runs\n$/)
  const refused = await sim('shrink', passing, '--only', 'first', '--seed', '1', ...brief)
  expect([refused.code, refused.out]).toEqual([2, ''])
  expect(refused.err).toContain('the run of seed 1 does not fail')
})

test('fails a run that leaves a real timer behind, and no run after it', async () => {
  const line = ['run', `${fixtures}/leaving.sim.mjs`, '--seeds', '4', '--jobs', '1', '--json']
  const { code, out } = await sim(...line, '--no-shrink', ...brief)
  expect(code).toBe(1)
  const { runs, failures } = JSON.parse(out)
  expect(runs.map(({ ok }: { ok: boolean }) => ok)).toEqual([false, true, false, true])
  expect(failures[0].failure).toMatchObject({ kind: 'refused', subject: 'Timeout' })
  expect(failures[0].timeline.length).toBeGreaterThan(0)
})

test('charges no run under a debugger with the output of its process', async () => {
  const line = ['sim', 'replay', `${fixtures}/talking.sim.mjs`, '--seed', '1', ...brief]
  const { code, out } = await run(process.execPath, ['--inspect=0', 'dist/cli/main.js', ...line])
  expect(code).toBe(0)
  expect(out).toContain('hello\npassed: talking seed 1\n')
})

test('ends under a debugger whatever the run has left', async () => {
  const line = ['sim', 'replay', `${fixtures}/leaving.sim.mjs`, '--seed', '1', ...brief]
  const { code, out } = await run(process.execPath, ['--inspect=0', 'dist/cli/main.js', ...line])
  expect(code).toBe(1)
  expect(out).toContain('FAILED leaving seed 1: refused Timeout')
})

test('compares the runs with those of an earlier command', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-same-as-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'one.json')
  const line = ['run', passing, '--only', 'first', '--seeds', '3', ...brief]
  const { out } = await sim(...line, '--json')
  writeFileSync(path, out)
  const same = await sim(...line, '--same-as', path)
  expect(same.code).toBe(0)
  expect(same.out).toContain(`the same hashes as in ${path}\n`)
  const [{ hash }] = JSON.parse(out).runs
  writeFileSync(path, out.replaceAll(hash, 'another'))
  const other = await sim(...line, '--same-as', path)
  expect(other.code).toBe(1)
  expect(other.out).toContain(`first seed 1: another then and ${hash} now\n`)
  const refused = await sim(...line, '--minutes', '0.06', '--same-as', path)
  expect([refused.code, refused.out]).toEqual([2, ''])
})

test('compares two runs of each seed', async () => {
  const { code, out } = await sim('run', passing, '--check-determinism', '2', ...brief)
  expect([code, out]).toEqual([0, '4 runs, each twice: the same hash every time\n'])
})

test('reports a run that took its process along, and goes on', async () => {
  const { code, out } = await sim('run', `${fixtures}/dying.sim.mjs`, '--seeds', '2')
  expect(code).toBe(1)
  expect(out).toContain('LOST dying seed 1: it ended with code 3\n')
  expect(out).toMatch(/\n2 of 2 failed\n$/)
})

test('ends a run that does not come back, says where it is and how to run it again', async () => {
  const hanging = `${fixtures}/hanging.sim.mjs`
  const limit = ['--limit-seconds', '2', ...brief]
  const found = await sim('run', hanging, '--seeds', '50', '--jobs', '1', ...limit)
  expect(found.code).toBe(1)
  expect(found.out).toMatch(/^LOST hanging seed 1: its code did not come back for 2 s, from\n/)
  expect(found.out).toMatch(/^ {4}at waitForSomebody \(.*hanging\.sim\.mjs:15:\d+\)$/m)
  expect(found.out).toContain('\nthe other seeds of hanging were left out\n')
  const [line = ''] = /node dist\/cli\/main\.js sim replay .*/.exec(found.out) ?? []
  expect(line).toContain(`${hanging} --only hanging --seed 1 --minutes 0.05`)
  const again = await shell(`${line} --limit-seconds 2`)
  expect(again.code).toBe(1)
  expect(again.out).toMatch(/^ {4}at waitForSomebody \(/m)
  const json = await sim('run', hanging, '--seeds', '1', '--json', ...limit)
  expect(JSON.parse(json.out)).toMatchObject({
    ok: false,
    lost: [
      {
        name: 'hanging',
        seed: 1,
        where: [
          expect.stringContaining('waitForS'),
          expect.any(String),
          expect.any(String),
          expect.any(String),
          expect.any(String),
        ],
        replay: line,
      },
    ],
  })
})

test('shows what the code of a user prints when it is replayed, but not among JSON', async () => {
  const line = ['replay', `${fixtures}/talking.sim.mjs`, '--seed', '1', ...brief]
  expect((await sim(...line)).out).toMatch(/^hello\npassed: talking seed 1\n/)
  const json = await sim(...line, '--json')
  expect(JSON.parse(json.out)).toMatchObject({ ok: true })
})

test('refuses a file whose import does not come to an end', async () => {
  const given = [`${fixtures}/endless.sim.mjs`, '--limit-seconds', '0.5']
  const { code, out, err } = await sim('run', ...given)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(
    /^\S+endless\.sim\.mjs is no simulation: its import takes longer than 0\.5 s — export .*\n$/,
  )
})

test('says in one line why a file is no simulation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const unreadable = join(folder, 'unreadable.mjs')
  writeFileSync(unreadable, 'export const a = ;')
  for (const [file, why] of [
    ['package.json', 'it is no module of JavaScript'],
    [`${fixtures}/empty.sim.mjs`, 'it exports none, only nothing'],
    [
      `${fixtures}/broken.sim.mjs`,
      "cannot be imported: Cannot read properties of undefined (reading 'port') at ",
    ],
    [unreadable, `; node --check ${unreadable} shows where`],
    ['node_modules/vitest/LICENSE.md', 'it is no module of JavaScript'],
    ['tools/smoke-package.ts', 'This Node cannot import'],
  ] as const) {
    if (why.startsWith('This') && Reflect.get(process.features, 'typescript')) continue
    for (const command of [['run'], ['replay', '--seed', '1']]) {
      const { code, out, err } = await sim(...command, file)
      expect([code, out]).toEqual([2, ''])
      expect(err).toContain(why)
      expect(err.split('\n')).toHaveLength(2)
    }
  }
})

test.each([
  [['run', `${fixtures}/empty.sim.mjs`], 'is no simulation: it exports none'],
  [['run', passing, '--only', 'frist'], 'did you mean first?'],
  [['run', passing, '--faults', '{"fire":1}'], 'fire'],
  [['run', passing, '--minutes', '0'], 'minutes'],
  [['replay', passing, '--seed', '1'], 'has several simulations, say --only first or second'],
])('refuses %j with code 2', async (given, part) => {
  const { code, out, err } = await sim(...given)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(part)
})

test('stops at once after Ctrl-C, leaves no process and tells of what was done', async () => {
  const child = spawnIn(process.execPath, [
    'dist/cli/main.js',
    'sim',
    'run',
    losing,
    ...brief,
    '--seeds',
    '1000000',
  ])
  const closed = once(child, 'close')
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
    if (err.includes('failed: ')) child.kill('SIGINT')
  })
  const out = await text(child.stdout)
  // It comes when every process that shares the stream has ended, those that simulate included.
  const [code] = await closed
  expect(code).toBe(130)
  expect(out).toContain('interrupted: what follows is not all\n')
  expect(out).toMatch(/\n\d+ of \d+ failed\n$/)
})

function spawnIn(command: string, given: readonly string[]) {
  const child = spawn(command, given, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function run(command: string, given: readonly string[]) {
  const child = spawnIn(command, given)
  const closed = once(child, 'close')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, out, err }
}

function sim(...given: string[]) {
  return run(process.execPath, ['dist/cli/main.js', 'sim', ...given])
}

/** A line as it was printed, with the Node of this test. */
function shell(line: string) {
  return run('sh', ['-c', line.replace(/^node/, `'${process.execPath}'`)])
}
