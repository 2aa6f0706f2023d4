/**
 * The checks find what is wrong: faults planted in a registry, and in one written in a hurry.
 */
import {
  type ChildSpec,
  child,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  exit,
  type Pid,
  startNode,
} from 'flotilla'
import { checkLinearizable, explore, History, type Model, type Scenario } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { type Families, families, runStretch } from '../../soak/races/exhaustive.ts'
import { runRandom, runRound } from '../../soak/races/random.ts'
import type { Plant } from '../../soak/races/world.ts'
import * as faults from './faulty-names.ts'
import { registerIn, type Table, ToyRegistry } from './toy-registry.ts'

const planted: [string, Plant, keyof Families, number, string][] = [
  ['a stale read', faults.staleRead, 'byStart', 2, 'look'],
  ['a disagreement of two ways to look', faults.disagreement, 'byHand', 1, 'look'],
  ['a lost release', faults.lostRelease, 'byHand', 3, 'register'],
  ['a second holder', faults.doubleHolder, 'byHand', 2, 'register'],
  ['a name given up by a stranger', faults.strangerUnregisters, 'byHand', 2, 'unregister'],
  ['a lock that is open', faults.openLock, 'locks', 2, 'acquire'],
]

describe('a planted fault', () => {
  test.each(planted)(
    '%s is found by the exhaustive tier in a program as small as can be',
    async (_, plant, family, stepsMax, operation) => {
      const sound = await runStretch({ family: families[family], stepsMax })
      expect(sound.finding).toBeUndefined()
      const smaller = { family: families[family], stepsMax: stepsMax - 1 }
      expect((await runStretch(smaller, { plant })).finding).toBeUndefined()
      const { finding } = await runStretch({ family: families[family], stepsMax }, { plant })
      expect(String(finding?.error)).toContain(`RaceFound: ${operation}({`)
      expect(String(finding?.error)).toContain('which no order of the operations of [')
    },
  )

  test.each(planted)('%s is found by the random tier, and again by its seed', async (_, plant) => {
    const { finding } = await runRandom({ operations: 20_000, seed: 1, plant })
    if (finding === undefined) throw new Error('not found')
    await expect(runRound(finding.seed, plant)).rejects.toThrow(String(finding.error).slice(11, 80))
    expect(await runRound(finding.seed)).toBeGreaterThan(0)
  })
})

describe('a registry that frees names by message', () => {
  test('shows nobody dead as long as first comes first served', async () => {
    expect(await explore(lookAfterKill, { maxRuns: 1 })).toMatchObject({ ok: true, runs: 1 })
  })

  test.each(['all', 'random', 'priority'] as const)(
    'is found to show a dead process by %s orders',
    async (orders) => {
      const outcome = await explore(lookAfterKill, { orders, maxRuns: 300 })
      if (outcome.ok) throw new Error('not found')
      expect(String(outcome.error)).toMatch(/look\(\) by client gave back [1-9]/)
      expect(String(outcome.error)).toContain('When it was called, the state was 0')
    },
  )
})

/** A client registers a worker, kills it and looks the name up. */
const lookAfterKill: Scenario = async (host) => {
  const children = dynamicSupervisor({ name: 'children' })
  const node = await startNode(children, { host })
  const table: Table = new Map()
  const registry = await startUnder(children, child(ToyRegistry, table))
  const worker = await startUnder(children, child(Idle, undefined, { restart: 'temporary' }))
  const history = new History<undefined, number>()
  const step = (operation: string, work: () => number): void => {
    history.invoke({ process: 'client', operation, argument: undefined })(work())
  }
  const registered = history.invoke({
    process: 'client',
    operation: 'register',
    argument: undefined,
  })
  expect(await registerIn(registry, 'x', worker)).toBe(true)
  registered(worker.serial)
  await host.turn('client')
  step('kill', () => {
    exit(worker, 'kill')
    return worker.serial
  })
  await host.turn('client')
  step('look', () => table.get('x')?.pid.serial ?? 0)
  await node.stop()
  const verdict = checkLinearizable(history.operations, oneName)
  if (!verdict.ok) throw new Error(verdict.violation.message)
}

/** One name that is registered once, and free again when its holder has been killed. */
const oneName: Model<number> = {
  initial: 0,
  next(holder, { operation, result }) {
    if (operation === 'register') return holder === 0 ? [Number(result)] : []
    if (operation === 'kill') return [holder === result ? 0 : holder]
    return result === holder ? [holder] : []
  },
}

const Idle = defineServer({ name: 'idle', init: () => 0 })

async function startUnder(children: DynamicSupervisor, spec: ChildSpec<any>): Promise<Pid<any>> {
  const started = await children.startChild(spec)
  if (started.ok) return started.pid
  throw new Error(started.reason.kind)
}
