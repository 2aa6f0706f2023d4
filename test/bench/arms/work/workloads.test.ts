import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, answerTo, type Task, type Workloads } from '../../../../bench/arms/arm.ts'
import type { Actor } from '../../../../bench/arms/floor/actor.ts'
import { openFloor } from '../../../../bench/arms/floor/fleet.ts'
import { floorWorkloads } from '../../../../bench/arms/floor/workloads.ts'
import { openFleet } from '../../../../bench/arms/flotilla/fleet.ts'
import { flotillaWorkloads } from '../../../../bench/arms/flotilla/workloads.ts'
import type { Fleet } from '../../../../bench/arms/work/fleet.ts'
import { rendezvousWorkloads } from '../../../../bench/arms/work/names.ts'
import { fleetWorkloads } from '../../../../bench/arms/work/workloads.ts'
import { everyNth, floorWith } from './fleets.ts'

const size = 70
const count = 130

/** Those need an OS process of their own: see contract.test.ts. */
const ownProcess = ['responsive', 'import-time', 'feed']

beforeAll(() => {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
})

describe.each([
  ['Flotilla', flotillaWorkloads],
  ['the floor', floorWorkloads],
])('%s', (_arm, workloads) => {
  test.each(Object.keys(workloads).filter((id) => !ownProcess.includes(id)))(
    'completes all that is intended of %s, and has a figure for it',
    async (workload) => {
      const answer = measured(await answerOf(workloads, { workload }))
      expect(answer.intended).toBeGreaterThan(0)
      expect(answer.completed).toBe(answer.intended)
      const figures = Object.values(answer.figures)
      expect(figures.length).toBeGreaterThan(0)
      expect(figures.every(Number.isFinite)).toBe(true)
    },
  )
})

describe('an arm that does not do the work is seen to', () => {
  test.each<[string, string, (fleet: Fleet<Actor>) => Partial<Fleet<Actor>>]>([
    ['call-one', 'gives the answer of another worker', () => ({ ask: async () => 'user-x' })],
    ['call-pairs', 'gives the answer of another worker', () => ({ ask: async () => 'user-1' })],
    ['call-random', 'gives the answer of another worker', () => ({ ask: async () => 'user-1' })],
    ['cast-one', 'loses casts', losingCasts],
    ['start', 'starts only some workers', losingStarts],
    ['memory', 'starts only some workers', losingStarts],
    ['ready', 'starts only some workers', losingStarts],
    [
      'lookup',
      'finds the worker of another name',
      (fleet) => {
        const isWrong = everyNth(101)
        return { whereis: (key) => fleet.whereis(isWrong() ? 'user-0' : key) }
      },
    ],
    ['restart', 'goes on with the old count', agedWorkers],
    ['crash-to-available', 'goes on with the old count', agedWorkers],
    ['crash-many', 'has killed nobody', () => ({ kill: () => undefined })],
    [
      'kill-down',
      'reports too little',
      (fleet) => ({
        async watch(watched) {
          const watch = await fleet.watch(watched)
          return { ...watch, reported: watch.reported.then((heard) => heard - 1) }
        },
      }),
    ],
    ['stop-fleet', 'leaves its workers running', () => ({ stopWorkers: async () => undefined })],
    ['idle-cpu', 'has lost its workers', losingStarts],
  ])('in %s when it %s', async (workload, _how, change) => {
    const answer = measured(await answerOf(fleetWorkloads(floorWith(change)), { workload }))
    expect(answer.completed).toBeLessThan(answer.intended)
  })

  test.each<[string, (places: readonly string[]) => (key: string) => string]>([
    ['always the same place', (places) => () => places[0] ?? ''],
    ['a place that does not exist', () => () => 'node-x'],
    [
      'another place each time',
      (places) => {
        let next = 0
        return () => places[next++ % places.length] ?? ''
      },
    ],
  ])('in rendezvous when it picks %s', async (_how, makePick) => {
    const answer = await answerOf(rendezvousWorkloads(makePick), {
      workload: 'rendezvous',
      size: 4,
    })
    expect(measured(answer).completed).toBeLessThan(count)
  })
})

describe('the planted loss', () => {
  test.each<[string, keyof Fleet<Actor>, number]>([
    ['call-one', 'ask', count],
    ['call-pairs', 'ask', count],
    ['call-random', 'ask', count],
    ['cast-one', 'tell', count],
    ['start', 'start', size],
    ['memory', 'start', size],
    ['ready', 'start', size],
    ['lookup', 'whereis', count],
    ['restart', 'kill', count],
    ['crash-to-available', 'crash', count],
    ['crash-many', 'kill', size],
    ['kill-down', 'kill', count],
    ['stop-fleet', 'stopWorkers', 1],
    ['idle-cpu', 'start', size],
  ])('makes %s do its work once more and count it once', async (workload, method, once) => {
    const plain = await usesOf({ workload, slow: false }, method)
    const slowed = await usesOf({ workload, slow: true }, method)
    expect(slowed.uses - plain.uses).toBe(once)
    expect(slowed.completed).toBe(plain.completed)
  })
})

test('many supervisors share the workers of Flotilla evenly, and all are back after a crash', async () => {
  const fleet = await openFleet({ supervisors: 8 })
  for (let index = 0; index < 16; index += 1) await fleet.start(`user-${index}`)
  expect(fleet.names()).toBe(16)
  await fleet.stopWorkers()
  expect(fleet.names()).toBe(0)
  await fleet.close()
  expect(fleet.rowsLeft()).toBe(0)
})

async function answerOf(workloads: Workloads, task: Partial<Task>): Promise<Answer> {
  return answerTo(workloads, JSON.stringify({ workload: '', size, count, slow: false, ...task }))
}

function measured(answer: Answer) {
  if ('lacks' in answer) throw new Error(`lacks: ${answer.lacks}`)
  return answer
}

/** How often a method of the fleet is used in a workload. */
async function usesOf(task: Partial<Task>, method: keyof Fleet<Actor>) {
  let uses = 0
  const open = async (shape?: Parameters<typeof openFloor>[0]) =>
    new Proxy(await openFloor(shape), {
      get(fleet, name, receiver) {
        if (name === method) uses += 1
        return Reflect.get(fleet, name, receiver)
      },
    })
  const { completed } = measured(await answerOf(fleetWorkloads(open), task))
  return { uses, completed }
}

function losingCasts(fleet: Fleet<Actor>): Partial<Fleet<Actor>> {
  const isLost = everyNth(100)
  return { tell: (key) => (isLost() ? undefined : fleet.tell(key)) }
}

/** Every tenth start comes to nothing, and asking for such a worker gives no right answer. */
function losingStarts(fleet: Fleet<Actor>): Partial<Fleet<Actor>> {
  const isLost = everyNth(10)
  return {
    start: async (key) => (isLost() ? undefined : fleet.start(key)),
    add: async (key) => (fleet.whereis(key) === undefined ? 0 : fleet.add(key)),
  }
}

/** As if the worker had never been away. */
function agedWorkers(fleet: Fleet<Actor>): Partial<Fleet<Actor>> {
  return { add: async (key) => (await fleet.add(key)) + 1 }
}
