import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findFiles } from '../../src/cli/find-files.ts'

const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function plant(...paths: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-cli-'))
  folders.push(folder)
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
  return folder
}

function find(folder: string, given: string[], readsTypeScript = false) {
  const found = findFiles(given, { folder, readsTypeScript })
  if (!found.ok) return found.message
  return found.files.map((file) => file.slice(folder.length + 1))
}

test('finds what is built, in order, and looks neither into packages nor into hidden folders', () => {
  const folder = plant(
    ...['b/c.sim.mjs', 'b/a.sim.js', 'z.sim.js', 'a.sim.ts', 'sim.js', 'x.test.js'],
    ...['node_modules/p/a.sim.js', '.hidden/a.sim.js'],
  )
  expect(find(folder, [], true)).toEqual(['z.sim.js', 'b/a.sim.js', 'b/c.sim.mjs'])
  expect(find(folder, ['b', 'b/a.sim.js'])).toEqual(['b/a.sim.js', 'b/c.sim.mjs'])
})

test('takes sources where nothing is built and Node can read them', () => {
  const folder = plant('a.sim.ts', 'b/c.sim.mts')
  expect(find(folder, [], true)).toEqual(['a.sim.ts', 'b/c.sim.mts'])
  expect(find(folder, [])).toContain('This Node cannot import a.sim.ts — compile it with tsc')
  expect(find(folder, ['a.sim.ts'], true)).toEqual(['a.sim.ts'])
  expect(find(folder, ['a.sim.ts'])).toContain('This Node cannot import a.sim.ts')
})

test('takes a file of any name if it is given, and refuses one that is not there', () => {
  const folder = plant('other.js', 'package.json')
  expect(find(folder, [])).toContain('There is no *.sim.js or *.sim.mjs in the current folder')
  expect(find(folder, ['package.json'])).toBe(
    'package.json is no simulation: it is no module of JavaScript — export one with simulation(…)',
  )
  expect(find(folder, ['other.js'])).toEqual(['other.js'])
  expect(find(folder, ['gone.js'])).toBe('There is no file or folder gone.js')
})
