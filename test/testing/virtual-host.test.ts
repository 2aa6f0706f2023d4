import fc from 'fast-check'
import {
  ArgumentError,
  child,
  defineServer,
  dynamicSupervisor,
  later,
  reply,
  startNode,
  tryCall,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

describe('advance', () => {
  test('fires timers in the order in which they are due, the older of equals first', async () => {
    const delays = fc.array(fc.nat({ max: 20 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(delays, async (delaysMs) => {
        const host = virtualHost()
        const fired: [delayMs: number, index: number, nowMs: number][] = []
        for (const [index, delayMs] of delaysMs.entries()) {
          host.clock.after(delayMs, () => fired.push([delayMs, index, host.nowMs]))
        }
        await host.advance(20)
        const expected = delaysMs.map((delayMs, index) => [delayMs, index, delayMs] as const)
        expect(fired).toEqual(expected.toSorted((one, other) => one[0] - other[0]))
      }),
      { numRuns: 25 },
    )
  })

  test('moves time by exactly as much as it is told', async () => {
    const host = virtualHost({ wallMs: 1000 })
    await host.advance(1.5)
    await host.advance(0)
    expect([host.nowMs, host.clock.monotonicMs(), host.clock.wallMs()]).toEqual([1.5, 1.5, 1001.5])
  })

  test('leaves timers alone that are due later', async () => {
    const host = virtualHost()
    const fired: string[] = []
    host.clock.after(10, () => fired.push('ten'))
    await host.advance(9)
    expect([fired, host.pendingTimers]).toEqual([[], 1])
    await host.advance(1)
    expect([fired, host.pendingTimers]).toEqual([['ten'], 0])
  })

  test('fires what is due now when it is told to move by nothing', async () => {
    const host = virtualHost()
    const fired: string[] = []
    host.clock.after(0, () => fired.push('at once'))
    expect(fired).toEqual([])
    await host.advance(0)
    expect(fired).toEqual(['at once'])
  })

  test('fires timers that were set by timers on its way', async () => {
    const host = virtualHost()
    const firedAtMs: number[] = []
    const again = (): void => {
      firedAtMs.push(host.nowMs)
      host.clock.after(10, again)
    }
    host.clock.after(10, again)
    await host.advance(35)
    expect([firedAtMs, host.nowMs, host.pendingTimers]).toEqual([[10, 20, 30], 35, 1])
  })

  test('lets everything that a timer causes run before the next timer fires', async () => {
    const host = virtualHost()
    const order: string[] = []
    host.clock.after(1, () => {
      chain(host, 5, () => order.push('caused by the first'))
    })
    host.clock.after(2, () => order.push('second'))
    chain(host, 5, () => order.push('there before'))
    await host.advance(2)
    expect(order).toEqual(['there before', 'caused by the first', 'second'])
  })

  test('never fires what was cancelled, and cancelling twice does nothing', async () => {
    const host = virtualHost()
    const fired: string[] = []
    const timer = host.clock.after(5, () => fired.push('cancelled'))
    host.clock.after(6, () => fired.push('kept'))
    timer.cancel()
    timer.cancel()
    expect(host.pendingTimers).toBe(1)
    await host.advance(10)
    timer.cancel()
    expect(fired).toEqual(['kept'])
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined])(
    'refuses to move by %s',
    async (delayMs) => {
      const host = virtualHost()
      await expect(host.advance(delayMs as number)).rejects.toSatisfy(ArgumentError.is)
      expect(host.nowMs).toBe(0)
    },
  )
})

describe('settle', () => {
  test('waits for everything that goes on without time', async () => {
    const host = virtualHost()
    const done: string[] = []
    chain(host, 50, () => done.push('chain'))
    void Promise.resolve()
      .then(() => undefined)
      .then(() => chain(host, 3, () => done.push('after promises')))
    await host.settle()
    expect(done.toSorted()).toEqual(['after promises', 'chain'])
  })

  test('waits also for what begins in the next turn of the event loop', async () => {
    const host = virtualHost()
    const done: string[] = []
    const settled = host.settle()
    setImmediate(() => chain(host, 2, () => done.push('late')))
    await settled
    expect(done).toEqual(['late'])
  })

  test('fires no timer', async () => {
    const host = virtualHost()
    host.clock.after(0, () => expect.unreachable('time did not move'))
    await host.settle()
    expect(host.pendingTimers).toBe(1)
  })
})

describe('scheduler', () => {
  test('runs soon before anything that yields', async () => {
    const host = virtualHost()
    const order: string[] = []
    host.scheduler.yieldThen(() => order.push('yielded'))
    host.scheduler.soon?.(() => order.push('soon'))
    order.push('present code')
    await host.settle()
    expect(order).toEqual(['present code', 'soon', 'yielded'])
  })
})

describe('random', () => {
  const draw = (host: VirtualHost) => Array.from({ length: 20 }, () => host.random.u32())

  test('gives the same numbers for the same seed', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    fc.assert(
      fc.property(seeds, (seed) => {
        const numbers = draw(virtualHost({ seed }))
        expect(draw(virtualHost({ seed }))).toEqual(numbers)
        for (const drawn of numbers) expect(drawn >>> 0).toBe(drawn)
      }),
    )
  })

  test('gives other numbers for another seed, and spreads them over all 32 bits', () => {
    const first = draw(virtualHost({ seed: 1 }))
    expect(draw(virtualHost())).toEqual(first)
    expect(draw(virtualHost({ seed: 2 }))).not.toEqual(first)
    expect(new Set(first).size).toBe(first.length)
    const seen = { everSet: 0, everClear: 0 }
    for (const drawn of first) {
      seen.everSet |= drawn
      seen.everClear |= ~drawn
    }
    expect(seen).toEqual({ everSet: -1, everClear: -1 })
  })
})

describe('virtualHost', () => {
  test.each([
    [{ seed: -1 }, 'FLOTILLA_INVALID_OPTION'],
    [{ seed: 2 ** 32 }, 'FLOTILLA_INVALID_OPTION'],
    [{ wallMs: Number.NaN }, 'FLOTILLA_INVALID_OPTION'],
    [{ sed: 1 }, 'FLOTILLA_UNKNOWN_OPTION'],
    [null, 'FLOTILLA_INVALID_ARGUMENT'],
  ])('refuses %j', (options, code) => {
    expect(() => virtualHost(options as object)).toThrow(expect.objectContaining({ code }))
  })

  test('gives a node its time: a call times out when told, not before', async () => {
    const host = virtualHost()
    const workers = dynamicSupervisor({ name: 'workers' })
    await using _node = await startNode(workers, { host })
    const started = await workers.startChild(child(silent, undefined))
    if (!started.ok) throw new Error(started.reason.kind)
    const outcomes: unknown[] = []
    const asked = tryCall(started.pid, 'ask', undefined, { timeoutMs: 5000 })
    void asked.then((outcome) => outcomes.push(outcome))
    await host.advance(4999)
    expect(outcomes).toEqual([])
    await host.advance(1)
    expect(outcomes).toMatchObject([{ exit: { reason: { kind: 'timeout', afterMs: 5000 } } }])
  })

  test('gives a node the same incarnation and order in every run', async () => {
    const runs = [await oneRun(7), await oneRun(7), await oneRun(8)]
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]).not.toEqual(runs[2])
  })
})

const silent = defineServer({
  name: 'silent',
  init: () => 0,
  calls: {
    ask: (state, _: undefined, context) => later(context.replyPort<void>(), state),
    self: (state, _: undefined, context) => reply(context.self, state),
  },
})

async function oneRun(seed: number): Promise<unknown> {
  const host = virtualHost({ seed })
  const workers = dynamicSupervisor({ name: 'workers' })
  await using _node = await startNode(workers, { host })
  const started = [1, 2, 3].map(() => workers.startChild(child(silent, undefined)))
  return (await Promise.all(started)).map((one) => (one.ok ? { ...one.pid } : one.reason.kind))
}

/** Calls `done` after so many turns, alternating between the two ways to wait. */
function chain(host: VirtualHost, turns: number, done: () => void): void {
  const { soon, yieldThen } = host.scheduler
  if (turns === 0) done()
  else if (turns % 2 === 0) yieldThen(() => chain(host, turns - 1, done))
  else soon?.(() => chain(host, turns - 1, done))
}
