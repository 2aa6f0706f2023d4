/**
 * Every hostile value in every position of everything public.
 *
 * Invariant: what is not right is refused with an ArgumentError that has a documented code and says
 * what was tried, and leaves no trace in the node; nothing else is ever thrown, and nothing hangs.
 */
import fc from 'fast-check'
import * as flotilla from 'flotilla'
import * as testing from 'flotilla/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exploring } from './exploring.ts'
import { handles } from './handles.ts'
import { type HostileValue, hostileValues } from './hostile-values.ts'
import { looking } from './looking.ts'
import { makers } from './makers.ts'
import { messages } from './messages.ts'
import { type Fate, faultOf, type Position, tryOut } from './position.ts'
import { probing } from './probing.ts'
import { processes } from './processes.ts'
import { registries } from './registries.ts'
import { simulating } from './simulating.ts'
import { openStage, type Stage } from './stage.ts'
import { supervisors } from './supervisors.ts'
import { tasks } from './tasks.ts'

const positions: readonly Position[] = [
  ...makers,
  ...messages,
  ...looking,
  ...exploring,
  ...simulating,
  ...probing,
  ...handles,
  ...processes,
  ...registries,
  ...supervisors,
  ...tasks,
]
const positionByName = new Map(positions.map((position) => [nameOf(position), position]))
const valueByLabel = new Map(hostileValues.map((value) => [value.label, value]))
let stage: Stage
let probe: testing.Probe

beforeAll(async () => {
  stage = await openStage()
  probe = await testing.startProbe(stage.node)
})

afterAll(() => stage.node.stop())

describe('every position', () => {
  test.each([...positionByName])(
    '%s refuses what is not right there and nothing else',
    async (_name, position) => {
      const problems: string[] = []
      for (const value of hostileValues) problems.push(...(await problemsOf(position, value)))
      expect(problems).toEqual([])
    },
  )

  test.each([...positionByName])(
    '%s reads no part of what it refuses twice',
    async (_name, position) => {
      await position.prepare?.(stage)
      const { value, readsOf } = counting()
      const fate = await tryOut(stage, position, value)
      if (fate.kind === 'refused') expect(readsOf().filter(([, reads]) => reads > 1)).toEqual([])
      else expect(position.accepts(value)).toBe(true)
    },
  )

  test('answers any sequence of any values at all', async () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withSparseArray: true })
    const listed = fc.record({ label: fc.constantFrom(...valueByLabel.keys()) })
    const value = fc.oneof(listed, fc.record({ made: anything }))
    const step = fc.record({ where: fc.constantFrom(...positionByName.keys()), value })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const problems: string[] = []
        for (const { where, value } of steps) {
          problems.push(...(await problemsOf(positionOf(where), hostileOf(value))))
        }
        expect(problems).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

function nameOf({ surface, argument }: Position): string {
  return `${surface}: ${argument}`
}

function positionOf(name: string): Position {
  const position = positionByName.get(name)
  if (position === undefined) throw new Error(`no position ${name}`)
  return position
}

function hostileOf(chosen: { readonly label: string } | { readonly made: unknown }): HostileValue {
  if ('made' in chosen) return { label: 'a value of fast-check', make: () => chosen.made }
  const value = valueByLabel.get(chosen.label)
  if (value === undefined) throw new Error(`no value ${chosen.label}`)
  return value
}

/** The parts of everything that has parts, each counting how often it is read. */
function counting() {
  const parts = {
    ...{ registry: 'nowhere', key: 'x', node: 'stage', serial: -1, incarnation: -1 },
    ...{ kind: 'timeout', afterMs: '5', id: 'x', name: 'x', strategy: 'one_for_one' },
    ...{ aborted: false, addEventListener: 1, removeEventListener: 1, send: 1 },
    ...{ clock: {}, random: {}, scheduler: {}, length: 1, 0: 'x', timeoutMs: 5, flush: 1 },
  }
  const reads = new Map<string, number>()
  const value = {}
  for (const [property, part] of Object.entries(parts)) {
    const get = (): unknown => {
      reads.set(property, (reads.get(property) ?? 0) + 1)
      return part
    }
    Object.defineProperty(value, property, { get, enumerable: true })
  }
  return { value, readsOf: () => [...reads] }
}

/** What is wrong with the fate of a value, as texts for people. */
async function problemsOf(position: Position, { label, make, fickle }: HostileValue) {
  await position.prepare?.(stage)
  const before = stage.node.statistics()
  const value = make()
  const isRight = position.accepts(value)
  const fate = await tryOut(stage, position, value)
  const isSettled = fate.kind !== 'other error' && fate.kind !== 'hung'
  const problems = fickle === true && isSettled ? [] : verdict(fate, isRight)
  if (fate.kind === 'refused') {
    const fault = faultOf(fate.error)
    if (fault !== undefined) problems.push(fault)
    const trace = traceOf(before, position)
    if (trace !== undefined) problems.push(trace)
  }
  return problems.map((problem) => `${nameOf(position)} ← ${label}: ${problem}`)
}

function verdict(fate: Fate, isRight: boolean): string[] {
  switch (fate.kind) {
    case 'accepted':
      return isRight ? [] : ['it was accepted']
    case 'refused':
      return isRight ? [`it was refused: ${messageOf(fate.error)}`] : []
    case 'exit':
      return isRight ? [] : [`the call failed instead of being refused: ${fate.exit.message}`]
    case 'other error':
      return [`it threw ${messageOf(fate.error)}`]
    case 'hung':
      return ['nothing came of it']
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : typeof error
}

/** What a refused value changed in the node. */
function traceOf(before: flotilla.NodeStatistics, position: Position): string | undefined {
  const after = stage.node.statistics()
  const expected = position.isInside === true ? { ...before, sent: after.sent } : before
  if (JSON.stringify(after) === JSON.stringify(expected)) return undefined
  return `it left a trace: ${JSON.stringify(before)} became ${JSON.stringify(after)}`
}

describe('the list of positions', () => {
  test('names each position and each value once', () => {
    expect(positionByName.size).toBe(positions.length)
    expect(valueByLabel.size).toBe(hostileValues.length)
  })

  test('covers every export that can be called', () => {
    const covered = new Set(positions.map(({ surface }) => surface.split('.')[0]))
    const callable = Object.entries({ ...flotilla, ...testing })
      .filter(([, value]) => typeof value === 'function')
      .map(([name]) => name)
    expect(callable.length).toBeGreaterThan(30)
    expect(callable.filter((name) => !covered.has(name))).toEqual([])
  })

  test('covers every method of every handle', () => {
    const covered = new Set(positions.map(({ surface }) => surface))
    const missing = Object.entries(handlesOf(stage)).flatMap(([handle, value]) =>
      methodsOf(value)
        .map((method) => `${handle}.${method}`)
        .filter((surface) => !covered.has(surface)),
    )
    expect(missing).toEqual([])
  })
})

function handlesOf(open: Stage): Readonly<Record<string, object>> {
  const { node, root, dynamic, parts, users, games, rows, host } = open
  const driven = testing.drive(flotilla.defineServer({ name: 'x', init: () => 0 }), undefined)
  return {
    Node: node,
    StaticSupervisor: root,
    PartitionSupervisor: parts,
    DynamicSupervisor: dynamic,
    TaskSupervisor: open.tasks,
    Task: flotilla.completedTask(1),
    UniqueRegistry: users,
    DuplicateRegistry: open.groups,
    Fleet: games,
    Table: rows,
    VirtualHost: host,
    ExploringHost: testing.exploringHost(),
    History: new testing.History(),
    Watch: users.watch(() => undefined),
    Driven: driven,
    Probe: probe,
    sys: flotilla.sys,
  }
}

/** Public functions: own ones and those of its classes, without what only the runtime calls. */
function methodsOf(handle: object): string[] {
  const names: string[] = []
  // A namespace has no class.
  for (let owner = handle; owner !== Object.prototype && owner !== null; ) {
    names.push(...Object.getOwnPropertyNames(owner))
    owner = Object.getPrototypeOf(owner)
  }
  const internal = ['constructor', 'release', 'rowCount']
  return [...new Set(names)].filter((name) => {
    return typeof Reflect.get(handle, name) === 'function' && !internal.includes(name)
  })
}
