import { describe, expect, it } from 'vitest'
import { checkArrows } from '../../tools/check-arrows.ts'
import { noAllowances, plant, summary } from './plant.ts'

function check(files: Readonly<Record<string, string>>): string[] {
  return summary(checkArrows(plant(files), noAllowances))
}

describe('arrows between folders of src', () => {
  it('accepts imports of the own folder and of every folder below', () => {
    const problems = check({
      'src/core/exit.ts': "import type { Pid } from './pid.ts'\nexport type A = Pid",
      'src/process/node.ts': "import { setup } from '../core/exit.ts'\nimport 'node:events'",
      'src/fleet/fleet.ts': "export * from '../table/table.ts'",
      'src/testing/probe.ts': "import '../cluster/cluster.ts'",
      'src/index.ts': "export * from './fleet/fleet.ts'",
    })
    expect(problems).toEqual([])
  })

  it.each([
    ["import { a } from '../fleet/a.ts'", 'an import'],
    ["import type { A } from '../fleet/a.ts'", 'a type import'],
    ["export * from '../fleet/a.ts'", 'a re-export'],
    ["export { a } from '../fleet/a.ts'", 'a named re-export'],
    ["const a = await import('../fleet/a.ts')", 'a dynamic import'],
    ["export type A = import('../fleet/a.ts').A", 'an import type'],
  ])('refuses %s: %s to a folder above', (text) => {
    expect(check({ 'src/process/a.ts': text })).toEqual([
      'src/process/a.ts:1 process imports fleet against the arrows',
    ])
  })

  it('refuses imports of testing, of the entry point, and from testing past cluster', () => {
    const problems = check({
      'src/fleet/a.ts': "import '../testing/probe.ts'",
      'src/index.ts': "export * from './testing/index.ts'",
      'src/process/a.ts': "import '../index.ts'",
      'src/testing/a.ts': "import '../observe/a.ts'",
      'src/cli/a.ts': "import '../dashboard/a.ts'",
    })
    expect(problems).toEqual([
      'src/cli/a.ts:1 cli imports dashboard against the arrows',
      'src/fleet/a.ts:1 fleet imports testing against the arrows',
      'src/index.ts:1 src/index.ts imports testing against the arrows',
      'src/process/a.ts:1 process imports src/index.ts against the arrows',
      'src/testing/a.ts:1 testing imports observe against the arrows',
    ])
  })

  it('lets only the command line import testing', () => {
    const text = "import '../testing/simulation/simulate.ts'"
    expect(check({ 'src/cli/a.ts': text })).toEqual([])
    expect(check({ 'src/dashboard/a.ts': text })).toHaveLength(1)
    expect(check({ 'src/testing/a.ts': "import '../cli/a.ts'" })).toHaveLength(1)
  })

  it('lets only the loader of the command line import what users name', () => {
    const text = 'import(name)'
    expect(check({ 'src/cli/load-simulations.ts': text })).toEqual([])
    expect(check({ 'src/cli/a.ts': text })).toEqual(['src/cli/a.ts:1 imports a computed module'])
  })

  it('refuses folders without a place in the order', () => {
    expect(check({ 'src/utils/a.ts': 'export {}' })).toEqual([
      'src/utils/a.ts:1 folder src/utils has no place in the order',
    ])
  })

  it('refuses dependencies and computed modules', () => {
    const problems = check({ 'src/fleet/a.ts': "import 'lodash'\nimport(name)" })
    expect(problems).toEqual([
      "src/fleet/a.ts:1 imports 'lodash'",
      'src/fleet/a.ts:2 imports a computed module',
    ])
  })

  it('reports a file that cannot be parsed', () => {
    expect(check({ 'src/fleet/a.ts': 'export const = 1' })[0]).toContain('cannot be parsed')
  })
})

describe('built-in modules', () => {
  it('refuses every one in core', () => {
    expect(check({ 'src/core/a.ts': "import 'node:util'" })).toEqual([
      "src/core/a.ts:1 imports 'node:util'",
    ])
  })

  it('lets only their one file have async_hooks and diagnostics_channel', () => {
    const text = "import 'node:async_hooks'\nimport 'node:diagnostics_channel'"
    const problems = check({
      'src/process/attribution.ts': "import 'node:async_hooks'",
      'src/process/events.ts': "import 'node:diagnostics_channel'",
      'src/process/other.ts': text,
    })
    expect(problems).toEqual([
      "src/process/other.ts:1 imports 'node:async_hooks'",
      "src/process/other.ts:2 imports 'node:diagnostics_channel'",
    ])
  })

  it('lets only the system host have timers, clocks and randomness', () => {
    const text = "import 'node:timers/promises'\nimport 'perf_hooks'\nimport 'node:crypto'"
    const problems = check({ 'src/process/system-host.ts': text, 'src/shard/a.ts': text })
    expect(problems).toEqual([
      "src/shard/a.ts:1 imports 'node:timers/promises'",
      "src/shard/a.ts:2 imports 'perf_hooks'",
      "src/shard/a.ts:3 imports 'node:crypto'",
    ])
  })
})

describe('globals', () => {
  it.each([
    ['Date.now()', 'Date.now'],
    ['new Date()', 'Date'],
    ['Math.random()', 'Math.random'],
    ['Math[name]', 'Math'],
    ['performance.now()', 'performance.now'],
    ['setTimeout(f, 1)', 'setTimeout'],
    ['setInterval(f, 1)', 'setInterval'],
    ['setImmediate(f)', 'setImmediate'],
    ['queueMicrotask(f)', 'queueMicrotask'],
    ['process.nextTick(f)', 'process.nextTick'],
    ['crypto.randomUUID()', 'crypto.randomUUID'],
    ['AbortSignal.timeout(5)', 'AbortSignal.timeout'],
    ['globalThis.setTimeout', 'globalThis.setTimeout'],
    ['new WeakRef(value)', 'WeakRef'],
    ['new FinalizationRegistry(f)', 'FinalizationRegistry'],
    ['({ Date })', 'Date'],
  ])('refuses %s outside of the system host', (expression, name) => {
    const text = `export const made = () => ${expression}`
    const problems = check({ 'src/fleet/a.ts': text, 'src/process/system-host.ts': text })
    expect(problems).toEqual([`src/fleet/a.ts:1 uses ${name}`])
  })

  it('refuses anything asynchronous in core, even as a type', () => {
    const text = [
      'export type Later = Promise<number>',
      'export async function wait() {}',
      'export const done = Promise.resolve()',
      'console.log(1)',
    ].join('\n')
    expect(check({ 'src/core/a.ts': text })).toEqual([
      'src/core/a.ts:1 uses Promise',
      'src/core/a.ts:3 uses Promise.resolve',
      'src/core/a.ts:4 uses console.log',
      'src/core/a.ts:2 is asynchronous',
    ])
    expect(check({ 'src/process/a.ts': text })).toEqual([])
  })

  it('lets testing have clocks, but not the OS process', () => {
    const problems = check({ 'src/testing/a.ts': 'Date.now()\nprocess.exit(1)' })
    expect(problems).toEqual(['src/testing/a.ts:2 uses process.exit'])
  })

  it('does not mistake own names for globals', () => {
    const text = [
      "import { type Date, performance } from './b.ts'",
      'export function use(process: Date, { setTimeout }: Clock): void {',
      '  process.Date = performance.now + setTimeout',
      '  const { crypto: own, process: { crypto } } = process',
      '  for (const queueMicrotask of own) queueMicrotask(crypto)',
      '}',
      'export type Mapped<WeakRef> = { [performance in WeakRef]: performance }',
      'export type Inner<T> = T extends Array<infer Date> ? Date : never',
      'interface Clock { Date: number; setTimeout(process: string): void }',
      'class Thing { #Date = 1; process(): void {} }',
      'try { use() } catch (process) { process.Date }',
      'export const table = { Date: Math.max(1, 2), crypto: 1 }',
    ].join('\n')
    expect(check({ 'src/process/a.ts': text })).toEqual([])
  })
})

describe('module-level state', () => {
  it('refuses what can change at the top level of a module', () => {
    const text = 'let count = 0\nexport const seen = new Map()\nconst list: string[] = []'
    expect(check({ 'src/fleet/a.ts': text })).toEqual([
      'src/fleet/a.ts:1 keeps mutable state at module level',
      'src/fleet/a.ts:2 keeps mutable state at module level',
      'src/fleet/a.ts:3 keeps mutable state at module level',
    ])
  })

  it('accepts constants, and mutable names inside of functions', () => {
    const text = [
      "const names = new Set(['a'])",
      'const nothing: ReadonlySet<string> = new Set()',
      'const none: readonly string[] = []',
      'export function f() { let a = names; return a }',
    ].join('\n')
    expect(check({ 'src/fleet/a.ts': text })).toEqual([])
  })

  it('accepts an excused file, and reports an excuse that is not needed', () => {
    const root = plant({ 'src/process/current.ts': 'let current' })
    const moduleState = { 'src/process/current.ts': 'why', 'src/process/gone.ts': 'why' }
    expect(summary(checkArrows(root, { ...noAllowances, moduleState }))).toEqual([
      "tools/house-allowances.ts:1 moduleState: 'src/process/gone.ts' excuses nothing",
    ])
  })
})

describe('the globals of the OS process', () => {
  it('are for an excused file as well, and an excuse that is not needed is reported', () => {
    const root = plant({ 'src/testing/globals.ts': 'process.on; globalThis.x' })
    const ambient = { 'src/testing/globals.ts': 'why', 'src/testing/gone.ts': 'why' }
    expect(checkArrows(root, noAllowances)).toHaveLength(2)
    expect(summary(checkArrows(root, { ...noAllowances, ambient }))).toEqual([
      "tools/house-allowances.ts:1 ambient: 'src/testing/gone.ts' excuses nothing",
    ])
  })
})

describe('programs', () => {
  it('import the package by name, built-in modules and their own files', () => {
    const text =
      "import 'flotilla'\nimport 'flotilla/testing'\nimport 'node:fs'\nimport '../b/c.ts'"
    expect(check({ 'examples/a/main.ts': text })).toEqual([])
  })

  it('import the libraries that their folder may, which no other folder may', () => {
    const text = "import 'nact'"
    expect(check({ 'bench/a.ts': text })).toEqual([])
    expect(check({ 'examples/a/main.ts': text })).toEqual(["examples/a/main.ts:1 imports 'nact'"])
  })

  it('import the game of the examples if they are simulations of it', () => {
    const text = "import '../../examples/a.ts'"
    expect(check({ 'soak/simulation/a.ts': text })).toEqual([])
    expect(check({ 'bench/b/a.ts': text })).toHaveLength(1)
  })

  it('import what programs have in common, which the examples do not', () => {
    const text = "import '../programs/command-line.ts'"
    for (const folder of ['bench', 'oracle', 'soak']) {
      expect(check({ [`${folder}/a.ts`]: text })).toEqual([])
    }
    expect(check({ 'examples/a.ts': text })).toHaveLength(1)
  })

  it('import nothing else', () => {
    const text = "import '../../src/index.ts'\nimport 'flotilla/core'\nimport '../../bench/a.ts'"
    expect(check({ 'examples/a/main.ts': text })).toEqual([
      "examples/a/main.ts:1 imports '../../src/index.ts'",
      "examples/a/main.ts:2 imports 'flotilla/core'",
      "examples/a/main.ts:3 imports '../../bench/a.ts'",
    ])
  })
})
