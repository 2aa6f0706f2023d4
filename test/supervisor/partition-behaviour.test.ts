import fc from 'fast-check'
import {
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  exit,
  next,
  partitionSupervisor,
  reply,
  type Strategy,
  startNode,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { codeOf, expectNothingLeft, run } from './running.ts'
import { failingAt, from, gate, part } from './worker.ts'

const Tally = defineServer({
  name: 'tally',
  init: (_partition: number) => 0,
  calls: { count: (state) => reply(state, state) },
  casts: { add: (state) => next(state + 1) },
})

function tallies(partitions: number, strategy: Strategy = 'one_for_one') {
  return partitionSupervisor({ name: 'tallies', partitions, strategy }, (partition) => {
    return child(Tally, partition)
  })
}

describe('resize', () => {
  test('to fewer stops the highest partitions, and keys find the rest [PSUP-022]', async () => {
    const parts = tallies(8)
    await run(parts)
    const [first, second] = [parts.whereis(0), parts.whereis(1)]
    expect(await parts.resize(2)).toBe(8)
    expect(parts.partitions()).toBe(2)
    expect(parts.countChildren()).toEqual({ specs: 8, active: 2, supervisors: 0, workers: 8 })
    expect([parts.whereis(0), parts.whereis(1)]).toEqual([first, second])
    expect([parts.whereis(2), parts.whereis(7), parts.whereis(-3)]).toEqual([first, second, second])
    expect(parts.whichChildren().map(({ pid }) => pid !== undefined)).toEqual(
      from(0, 7).map((partition) => partition < 2),
    )
  })

  test('back up starts them again with empty states; specs stay all the time [PSUP-023]', async () => {
    const parts = tallies(8)
    await run(parts)
    for (const partition of from(0, 7)) cast(parts.via(partition), 'add')
    expect(await parts.resize(4)).toBe(8)
    expect(await parts.resize(6)).toBe(4)
    expect(parts.countChildren()).toMatchObject({ specs: 8, active: 6 })
    expect(await parts.resize(8)).toBe(6)
    expect(parts.countChildren()).toMatchObject({ specs: 8, active: 8 })
    const counts = await Promise.all(from(0, 7).map((each) => call(parts.via(each), 'count')))
    expect(counts).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
  })

  test('to the present number changes nothing', async () => {
    const parts = tallies(3)
    await run(parts)
    const before = parts.whichChildren()
    expect(await parts.resize(3)).toBe(3)
    expect(parts.whichChildren()).toEqual(before)
  })

  test('above the number it was started with, or below zero, is refused at once [PSUP-025]', async () => {
    const parts = tallies(3)
    await run(parts)
    await parts.resize(1)
    for (const wrong of [4, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', undefined]) {
      const resize = () => parts.resize(wrong as number)
      expect(codeOf(resize)).toBe(argumentCodes.invalid_argument)
    }
    expect(parts.partitions()).toBe(1)
  })

  test('to none leaves no key a place to go, and says so', async () => {
    const parts = tallies(2)
    await run(parts)
    expect(await parts.resize(0)).toBe(2)
    expect(parts.countChildren()).toMatchObject({ specs: 2, active: 0 })
    const uses = [() => parts.whereis('key'), () => parts.at('key'), () => parts.partitionOf('key')]
    for (const use of uses) expect(use).toThrow('has no partitions now')
    expect(() => call(parts.via('key'), 'count')).toThrow('has no partitions now')
    expect(await parts.resize(1)).toBe(0)
    expect(await call(parts.via('key'), 'count')).toBe(0)
  })

  test('is over when the last one has stopped; meanwhile keys find the rest', async () => {
    const { wait, release } = gate()
    const parts = partitionSupervisor({ name: 'parts', partitions: 3 }, (partition) => {
      return part({ id: `p${partition}`, traps: partition > 0, terminate: wait })
    })
    const { host } = await run(parts)
    let isOver = false
    const resized = parts.resize(1).then(() => {
      isOver = true
    })
    await host.settle()
    expect([isOver, parts.partitions()]).toEqual([false, 1])
    expect(await call(parts.via(2), 'id')).toBe('p0')
    release()
    await resized
    expect(parts.countChildren().active).toBe(1)
  })

  test('is as if it had never been asked for if a partition does not start', async () => {
    const broken = failingAt(2)
    const parts = partitionSupervisor({ name: 'parts', partitions: 3 }, (partition) => {
      return part(partition === 2 ? { id: 'p2', init: broken.init } : { id: `p${partition}` })
    })
    await run(parts)
    await parts.resize(1)
    await expect(parts.resize(3)).rejects.toMatchObject({
      reason: { kind: 'shutdown', detail: { kind: 'failed_to_start_child', id: '2' } },
      cause: { message: 'poisoned' },
    })
    expect(parts.partitions()).toBe(1)
    expect(parts.countChildren()).toMatchObject({ specs: 3, active: 1 })
    expect(await parts.resize(3)).toBe(1)
    expect(parts.countChildren().active).toBe(3)
  })

  test('is forgotten when the supervisor is restarted', async () => {
    const parts = tallies(4)
    const { host } = await run(parts)
    await parts.resize(1)
    for (let count = 0; count < 4; count += 1) {
      exit(parts.whereis(0) ?? unreachable(), 'kill')
      await host.settle()
      if (count < 3) expect(parts.partitions()).toBe(1)
    }
    expect(() => parts.partitions()).toThrow('noproc')
  })
})

describe('a partition that crashes', () => {
  test('is started again under its id, and keys find it again [PSUP-016]', async () => {
    const parts = tallies(3)
    const { host } = await run(parts)
    const before = parts.whereis(1) ?? unreachable()
    exit(before, 'kill')
    expect(parts.whereis(1)).toBeUndefined()
    await host.settle()
    expect(parts.whereis(1)).toBeDefined()
    expect(parts.whereis(1)).not.toBe(before)
    expect(parts.whichChildren()[1]).toMatchObject({
      id: '1',
      partition: 1,
      pid: parts.whereis(1),
      type: 'worker',
    })
    expect(await call(parts.via(4), 'count')).toBe(0)
  })

  test.each<[Strategy | undefined, number]>([
    [undefined, 1],
    ['one_for_one', 1],
    ['one_for_all', 4],
    ['rest_for_one', 3],
  ])('takes others along as strategy %s says: %i in all [PSUP-015]', async (strategy, count) => {
    const parts = strategy === undefined ? tallies(4) : tallies(4, strategy)
    const { host } = await run(parts)
    const before = parts.whichChildren().map(({ pid }) => pid)
    exit(parts.whereis(1) ?? unreachable(), 'kill')
    await host.settle()
    const after = parts.whichChildren().map(({ pid }) => pid)
    expect(after.filter((pid) => !before.includes(pid))).toHaveLength(count)
  })

  test('more than three times in five seconds ends the supervisor [PSUP-015]', async () => {
    const parts = tallies(4)
    const { node, host } = await run(parts)
    for (const partition of [0, 1, 2]) {
      exit(parts.whereis(partition) ?? unreachable(), 'kill')
      await host.settle()
    }
    expect(parts.countChildren().active).toBe(4)
    exit(parts.whereis(3) ?? unreachable(), 'kill')
    expect((await node.ended).kind).toBe('shutdown')
  })

  test.each<Strategy>(['one_for_all', 'rest_for_one'])(
    'brings nobody back who was taken out of service: %s [PSUP-023]',
    async (strategy) => {
      const parts = tallies(6, strategy)
      const { host } = await run(parts)
      await parts.resize(3)
      exit(parts.whereis(0) ?? unreachable(), 'kill')
      await host.settle()
      expect(parts.countChildren()).toMatchObject({ specs: 6, active: 3 })
    },
  )
})

describe('any game of sizes and crashes', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('resize' as const), size: fc.nat(6) }),
    fc.record({ do: fc.constant('crash' as const), size: fc.nat(6) }),
  )
  const strategy = fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one')

  test('leaves exactly the partitions in service running, and every key one of them', async () => {
    await fc.assert(
      fc.asyncProperty(strategy, fc.array(step, { maxLength: 12 }), async (how, steps) => {
        const parts = partitionSupervisor(
          { name: 'parts', partitions: 6, strategy: how, maxRestarts: 1000 },
          (partition) => child(Tally, partition),
        )
        const host = virtualHost()
        const node = await startNode(parts, { host })
        let size = 6
        for (const { do: what, size: value } of steps) {
          if (what === 'resize') {
            expect(await parts.resize(value)).toBe(size)
            size = value
          } else if (size > 0) exit(parts.whereis(value) ?? unreachable(), 'kill')
          await host.settle()
          const up = parts.whichChildren().map(({ pid }) => typeof pid === 'object')
          expect(up).toEqual(from(0, 5).map((partition) => partition < size))
          if (size > 0) for (const key of from(0, 9)) expect(parts.whereis(key)).toBeDefined()
        }
        await node.stop()
        expectNothingLeft(node, host)
      }),
      { numRuns: 200 },
    )
  })
})

function unreachable(): never {
  throw new Error('unreachable')
}
