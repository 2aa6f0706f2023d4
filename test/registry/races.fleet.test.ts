/**
 * Races of other registries that users reported in public, as `races.test.ts`: those of workers
 * that are moved, restarted or replaced.
 */
import {
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  isAlive,
  next,
  type Pid,
  reply,
  startNode,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import type { ExploringHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { client, inEveryOrder, onStage, type PuppetNames, present } from './every-order.ts'

// derekkraan/horde issue 207. For the cluster: the workers of a node that is removed.
describe('several processes from one', () => {
  test('do not come of a keeper that is lost while many ask for the worker', async () => {
    const runs = await inEveryOrder(async (host) => {
      const { crew, roll, keeper, ensure, node } = await sail(host)
      await ensure()
      const ask = () => ensure().catch(() => undefined)
      await Promise.all([
        client(host, 'kills the keeper', () => kill(keeper())),
        client(host, 'asks', ask),
        client(host, 'asks too', ask),
      ])
      await host.advance(10_000)
      expect(roll.overlaps).toBe(0)
      expect(roll.living).toHaveLength(1)
      expect(roll.living).toEqual([crew.whereis('x')])
      await node.stop()
    })
    expect(runs).toBeGreaterThan(10)
  })

  test('do not come of another node that has workers of the same keys and stops', async () => {
    const runs = await inEveryOrder(async (host) => {
      const [one, other] = [await sail(host, 'one'), await sail(host, 'other')]
      await Promise.all([one.ensure(), other.ensure()])
      const before = one.crew.whereis('x')
      const look = (): void => expect(one.crew.whereis('x')).toBe(before)
      await Promise.all([
        client(host, 'stops', () => other.node.stop()),
        client(host, 'asks', () => one.ensure(), look),
        client(host, 'asks there', () => other.ensure().catch(() => undefined)),
      ])
      await host.advance(10_000)
      look()
      expect([one.roll.living, other.roll.living]).toEqual([[before], []])
      expect([one.roll.overlaps, other.roll.overlaps]).toEqual([0, 0])
      await one.node.stop()
    })
    expect(runs).toBeGreaterThan(10)
  })
})

// derekkraan/horde issue 186. For the cluster: a process that was on the losing side.
describe('a process that vanishes', () => {
  test('does not: whoever ends, in whatever order, the wanted worker comes back', async () => {
    const runs = await inEveryOrder(async (host) => {
      const { crew, roll, keeper, ensure, node } = await sail(host)
      await ensure()
      const killWorker = (): void => kill(crew.whereis('x'))
      await Promise.all([
        client(host, 'kills the worker', killWorker, killWorker),
        client(host, 'kills the keeper', () => kill(keeper())),
      ])
      await host.advance(30_000)
      expect(roll.overlaps).toBe(0)
      expect(roll.living).toHaveLength(1)
      expect(roll.living).toEqual([crew.whereis('x')])
      expect(await crew.call('x', 'key')).toBe('x')
      await node.stop()
    })
    expect(runs).toBeGreaterThan(5)
  })
})

// derekkraan/horde issue 116.
describe('a second node', () => {
  test('takes nothing from the entries of the first, not even by starting the same handle', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, puppet }) => {
        const holder = await puppet({ name: names.via('x') })
        const own: PuppetNames = uniqueRegistry({ name: 'names' })
        const treeOf = (registry: PuppetNames) => {
          return supervisor({ name: 'second', strategy: 'one_for_one' }, [registry])
        }
        const look = (): void => expect([names.whereis('x'), names.count()]).toEqual([holder, 1])
        await Promise.all([
          client(host, 'joins', async () => {
            const node = await startNode(treeOf(own), { name: 'second', host })
            expect([own.whereis('x'), own.count()]).toEqual([undefined, 0])
            await node.stop()
          }),
          client(host, 'joins with the same', async () => {
            const failed = await startNode(treeOf(names), { name: 'third', host }).catch(firstCause)
            expect(failed).toMatchObject({ code: argumentCodes.already_started })
          }),
          client(host, 'looks', look, look, look),
        ])
        look()
      }),
    )
    expect(runs).toBeGreaterThan(10)
  })
})

// derekkraan/horde issue 188. For the cluster: a hand-off from one node to another.
describe('a hand-off', () => {
  test('has the name led to the predecessor until its end, and to the successor from then on', async () => {
    const runs = await inEveryOrder(async (host) => {
      const names: PuppetNames = uniqueRegistry({ name: 'names' })
      const workers = dynamicSupervisor({ name: 'workers' })
      const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, workers])
      const node = await startNode(tree, { name: 'race', host })
      const roll = new Roll()
      const spec = child(Slow, { roll, host }, { name: names.via('x') })
      const first = await workers.startChild(spec)
      if (!first.ok) throw new Error('not started')
      const look = (): void => expect(present(names.whereis('x'))).toEqual(roll.living)
      const start = async (): Promise<void> => {
        const started = await workers.startChild(spec)
        look()
        if (!started.ok) expect(started.reason.kind).toBe('already_started')
      }
      await Promise.all([
        client(host, 'hands off', () => workers.terminateChild(first.pid), start),
        client(host, 'looks', look, look, look),
        client(host, 'starts', start),
      ])
      expect([roll.living.length, roll.overlaps]).toEqual([1, 0])
      expect(isAlive(first.pid)).toBe(false)
      await node.stop()
    })
    expect(runs).toBeGreaterThan(5)
  })
})

// dapr/dapr issue 9514.
describe('an evicted actor that goes on beside its successor', () => {
  test('changes nothing any more: neither names nor rows nor messages are its own', async () => {
    let wentOn = 0
    const runs = await inEveryOrder(
      async (host) => {
        const names: PuppetNames = uniqueRegistry({ name: 'names' })
        const rows = table<string, number>({ name: 'rows' })
        let isEvictedAtWork = false
        const Actor = defineServer({
          name: 'actor',
          init: () => 0,
          casts: {
            work: async (state, _: undefined, context) => {
              await host.turn(`work of ${context.self.serial}`)
              const isDead = !isAlive(context.self)
              if (isDead) isEvictedAtWork = true
              rows.save('writer', context.self.serial)
              names.unregister(context, 'x')
              names.register(context, isDead ? 'late' : 'x')
              cast(names.via('witness'), 'hear', context.self.serial)
              return next(state)
            },
          },
        })
        const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [
          names,
          rows,
          child(Witness, [], { name: names.via('witness'), shutdownMs: 'kill' }),
          child(Actor, undefined, { name: names.via('x'), shutdownMs: 'kill' }),
        ])
        const node = await startNode(tree, { name: 'race', host })
        const evicted = names.whereis('x') ?? unreachable()
        cast(evicted, 'work')
        await client(
          host,
          'evicts',
          () => exit(evicted, 'kill'),
          () => cast(names.via('x'), 'work'),
        )
        await host.settle()
        const successor = names.whereis('x') ?? unreachable()
        const heard = await call(names.via('witness'), 'all')
        expect(names.whereis('late')).toBeUndefined()
        expect(isAlive(successor)).toBe(true)
        if (isEvictedAtWork) {
          wentOn += 1
          expect(heard).not.toContain(evicted.serial)
          expect(rows.load('writer')).not.toBe(evicted.serial)
        }
        await node.stop()
      },
      { reactions: 'chosen' },
    )
    expect(runs).toBeGreaterThan(10)
    // In these it went on after its end.
    expect(wentOn).toBeGreaterThan(5)
  })
})

/** Who was started, and whether anybody was while the one before still lived. */
class Roll {
  readonly #pids: Pid[] = []
  #overlaps = 0

  begin(pid: Pid): void {
    this.#overlaps += this.living.length
    this.#pids.push(pid)
  }

  get living(): Pid[] {
    return this.#pids.filter(isAlive)
  }

  get overlaps(): number {
    return this.#overlaps
  }
}

interface Berth {
  readonly key: string
  readonly roll: Roll
}

/** A fleet on a node of its own, its roll, and how to reach its keeper. */
async function sail(host: ExploringHost, name = 'race') {
  const roll = new Roll()
  const crew = fleet(Sailor, { name: 'crew', key: ({ key }: Berth) => key })
  const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [crew])
  const node = await startNode(tree, { name, host })
  const keeper = (): Pid | undefined => {
    const [info] = tree.whichChildren()
    return info?.pid === 'restarting' ? undefined : info?.pid
  }
  const ensure = () => crew.ensure({ key: 'x', roll })
  return { crew, roll, node, keeper, ensure }
}

const Sailor = defineServer({
  name: 'sailor',
  init: ({ key, roll }: Berth, { self }) => {
    roll.begin(self)
    return key
  },
  calls: { key: (key) => reply(key, key) },
})

/** Takes its time to end. */
const Slow = defineServer({
  name: 'slow',
  init: (plan: { readonly roll: Roll; readonly host: ExploringHost }, context) => {
    context.trapExits(true)
    plan.roll.begin(context.self)
    return plan
  },
  terminate: ({ host }, _reason, { self }) => host.turn(`end of ${self.serial}`),
})

const Witness = defineServer({
  name: 'witness',
  init: (heard: readonly number[]) => heard,
  calls: { all: (heard) => reply(heard, heard) },
  casts: { hear: (heard, serial: number) => next([...heard, serial]) },
})

function kill(pid: Pid | undefined): void {
  if (pid !== undefined) exit(pid, 'kill')
}

/** The innermost cause of a start that failed. */
function firstCause(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? firstCause(error.cause) : error
}

function unreachable(): never {
  throw new Error('unreachable')
}
