import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { differenceLine, differences, readEarlier } from '../../src/cli/same-as.ts'

const run = { file: '/here/a.sim.js', name: 'a', seed: 1, hash: 'x' }
const line = { ...run, ok: true, events: 1, virtualMs: 1, cpuMs: 1 }

function read(text: string, options: Parameters<typeof readEarlier>[2] = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-same-as-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'one.json'), text)
  return readEarlier('one.json', folder, options)
}

test('reads the runs of a document, whose path begins at the folder', () => {
  const document = { options: { minutes: 2 }, runs: [run] }
  expect(read(JSON.stringify(document), { minutes: 2 })).toEqual({ ok: true, runs: [run] })
})

test.each([
  'no JSON',
  'null',
  '{}',
  '{"runs":[{}]}',
  JSON.stringify({ options: {}, runs: [{ ...run, seed: '1' }] }),
])('refuses what is no such document: %s', (text) => {
  const message = 'Cannot read one.json: want what flotilla sim run --json prints'
  expect(read(text)).toEqual({ ok: false, message })
})

test('refuses a file that is not there', () => {
  expect(readEarlier('nowhere.json', '/nowhere', {})).toMatchObject({ ok: false })
})

test('refuses runs that had other options', () => {
  const document = JSON.stringify({ options: { minutes: 2 }, runs: [run] })
  expect(read(document, { minutes: 3 })).toEqual({
    ok: false,
    message: 'The runs of one.json had the options {"minutes":2}, and these have {"minutes":3}',
  })
})

test('finds no difference between the same runs, in any order and folder', () => {
  const other = { ...line, seed: 2 }
  const moved = { ...line, file: '/there/a.sim.js' }
  expect(differences([run, { ...run, seed: 2 }], [other, moved])).toEqual([])
})

test('finds another hash, a run that is new and one that is missing', () => {
  const now = [
    { ...line, hash: 'y' },
    { ...line, seed: 3 },
    { ...line, file: '/here/b.sim.js' },
  ]
  const found = differences([run, { ...run, seed: 2 }], now)
  expect(found.map(differenceLine)).toEqual([
    'a seed 1: x then and y now',
    'a seed 3: not run then and x now',
    'a seed 1: not run then and x now',
    'a seed 2: x then and not run now',
  ])
})
