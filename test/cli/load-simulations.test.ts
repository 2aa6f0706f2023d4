import { fileURLToPath } from 'node:url'
import { simulation } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { loadSimulations, simulationsIn } from '../../src/cli/load-simulations.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
const start = () => Promise.reject(new Error('never started'))
const one = simulation({ name: 'one', start })
const two = simulation({ name: 'two', start })

test('finds every simulation of a file once, whatever else it exports', async () => {
  const loaded = await loadSimulations(fixture('passing.sim.mjs'))
  expect(loaded.ok && [...loaded.simulations.keys()]).toEqual(['first', 'second'])
  const others = { again: one, nothing: null, missing: undefined, a: 1, b: 'x', make: () => one }
  const found = simulationsIn('f', { one, two, ...others })
  expect(found.ok && [...found.simulations]).toEqual([
    ['one', one],
    ['two', two],
  ])
})

test('refuses two of one name, none at all, and those of another copy of the package', () => {
  const again = simulation({ name: 'one', start })
  class Simulation {}
  expect(simulationsIn('f', { one, again })).toMatchObject({
    message: 'Cannot use f: it exports two simulations named "one"',
  })
  expect(simulationsIn('f', { plain: {}, bare: Object.create(null) })).toMatchObject({
    message:
      'f is no simulation: it exports none, only plain, bare — export one with simulation(…)',
  })
  expect(simulationsIn('f', {})).toMatchObject({
    message: expect.stringContaining('it exports none, only nothing'),
  })
  expect(simulationsIn('f', { other: new Simulation() })).toMatchObject({
    message: expect.stringContaining('another copy of flotilla'),
  })
})

test('says why a file cannot be imported', async () => {
  expect(await loadSimulations(fixture('gone.sim.mjs'))).toMatchObject({
    ok: false,
    message: expect.stringMatching(/gone\.sim\.mjs cannot be imported: .*$/),
  })
  const broken = await loadSimulations(fixture('broken.sim.mjs'))
  expect(broken).toMatchObject({
    message: expect.stringMatching(/: Cannot read .* \(reading 'port'\) at file:\S+:\d+$/),
  })
  expect(await loadSimulations(fixture('uncompiled-import.sim.mjs'))).toMatchObject({
    message: expect.stringMatching(/tills\.ts'.* — compile with rewriteRelativeImportExtensions$/),
  })
})
