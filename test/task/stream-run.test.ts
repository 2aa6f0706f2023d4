import fc from 'fast-check'
import { exit, isAlive, type StreamOptions, type StreamResult, type TaskContext } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { failureOf, forever, gate, inside, openWorkshop, set } from './workshop.ts'

type Result = IteratorResult<StreamResult<number, number>, unknown>

/** The numbers from 0 on, and how many have been asked for. */
function counted(limit = Number.POSITIVE_INFINITY) {
  const input = { pulled: 0, closed: 0 }
  function* numbers() {
    try {
      while (input.pulled < limit) {
        input.pulled += 1
        yield input.pulled - 1
      }
    } finally {
      input.closed += 1
    }
  }
  return Object.assign(input, { items: numbers() })
}

describe('a reading of a stream', () => {
  test('takes an item when there is room for its task, and never before', async () => {
    const { tasks, host } = await openWorkshop()
    const input = counted(10)
    const gates = Array.from({ length: 10 }, () => gate<number>())
    const work = (index: number) => gates[index]?.opened ?? 0
    const stream = tasks.asyncStreamNolink(input.items, work, { maxConcurrency: 2 })
    const reader = stream[Symbol.asyncIterator]()
    await host.settle()
    expect(input.pulled).toBe(0)
    const first = reader.next()
    await host.settle()
    expect(input.pulled).toBe(2)
    gates[0]?.open(0)
    expect(await first).toMatchObject({ value: { value: 0 } })
    gates[1]?.open(1)
    await host.settle()
    expect([input.pulled, tasks.children().length]).toEqual([2, 0])
    expect(await reader.next()).toMatchObject({ value: { value: 1 } })
    expect(input.pulled).toBe(3)
    await reader.return?.()
    expect(input.closed).toBe(1)
  })

  test('goes on behind a slow first item, up to maxBuffered items', async () => {
    const { tasks, host } = await openWorkshop()
    const input = counted()
    const { opened, open } = gate<number>()
    const stream = tasks.asyncStreamNolink(input.items, (x) => (x === 0 ? opened : x), {
      maxConcurrency: 2,
      maxBuffered: 6,
    })
    const reader = stream[Symbol.asyncIterator]()
    const first = reader.next()
    await host.settle()
    expect(input.pulled).toBe(6)
    expect(tasks.children()).toHaveLength(1)
    open(0)
    expect(await first).toMatchObject({ value: { value: 0 } })
    for (const value of [1, 2, 3]) expect(await reader.next()).toMatchObject({ value: { value } })
    expect(input.pulled).toBeLessThanOrEqual(10)
    await reader.return?.()
  })

  test('by default has at most 1,024 items under way', async () => {
    const { tasks, host } = await openWorkshop()
    const input = counted()
    const stream = tasks.asyncStreamNolink(input.items, (x) => (x === 0 ? forever() : x))
    const reader = stream[Symbol.asyncIterator]()
    void reader.next()
    await host.settle()
    expect(input.pulled).toBe(1024)
    expect(tasks.children()).toHaveLength(1)
    for (const pid of tasks.children()) exit(pid, 'kill')
    await reader.return?.()
  })

  test('without order is not ahead of a slow reader by more than maxConcurrency', async () => {
    const { tasks, host } = await openWorkshop()
    const input = counted()
    const options = { ordered: false, maxConcurrency: 3 }
    const reader = tasks.asyncStreamNolink(input.items, (x) => x, options)[Symbol.asyncIterator]()
    for (let taken = 1; taken <= 20; taken += 1) {
      await reader.next()
      await host.settle()
      expect(input.pulled).toBeLessThanOrEqual(taken + 3)
    }
    await reader.return?.()
  })

  test('hands out what is done while an asynchronous input owes an item', async () => {
    const { tasks, host } = await openWorkshop()
    const { opened, open } = gate()
    async function* slow() {
      yield 1
      await opened
      yield 2
    }
    const reader = tasks.asyncStreamNolink(slow(), (x) => x)[Symbol.asyncIterator]()
    expect(await reader.next()).toMatchObject({ value: { value: 1 } })
    const second = reader.next()
    open()
    await host.settle()
    expect(await second).toMatchObject({ value: { value: 2 } })
    expect(await reader.next()).toMatchObject({ done: true })
    expect(await reader.next()).toMatchObject({ done: true })
  })

  test('may be asked for several results at once', async () => {
    const { tasks } = await openWorkshop()
    const reader = tasks.asyncStreamNolink([1, 2], async (x) => x)[Symbol.asyncIterator]()
    const results: Result[] = await Promise.all([reader.next(), reader.next(), reader.next()])
    expect(results).toMatchObject([
      { value: { value: 1 } },
      { value: { value: 2 } },
      { done: true },
    ])
  })

  test('kills a task whose start was under way when it was left', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const ran: number[] = []
    const gone = await inside(asker, async () => {
      const input = counted()
      const stream = tasks.asyncStream(input.items, (x) => ran.push(x), { maxConcurrency: 4 })
      const reader = stream[Symbol.asyncIterator]()
      const first = reader.next()
      exit(asker, 'kill')
      return failureOf(first)
    }).catch(() => 'the reader is gone')
    await host.settle()
    expect(gone).toBe('the reader is gone')
    expect(ran).toEqual([])
    expect(tasks.children()).toEqual([])
  })

  test('kills a task that its supervisor starts only after the reader has left', async () => {
    const { tasks, host } = await openWorkshop()
    const ran: number[] = []
    const stubborn = await tasks.startChild(
      async (context) => {
        context.trapExits(true)
        await forever()
      },
      { shutdownMs: 100 },
    )
    if (!stubborn.ok) throw new Error('it did not start')
    const stream = tasks.asyncStreamNolink([0, 1, 2, 3, 4], (x) => ran.push(x), {
      maxConcurrency: 3,
    })
    const reader = stream[Symbol.asyncIterator]()
    await reader.next()
    await host.settle()
    expect(ran).toEqual([0, 1, 2])
    // From here on the supervisor is busy, and what is to be started waits.
    const terminating = tasks.terminateChild(stubborn.pid)
    await host.settle()
    await reader.next()
    await reader.return?.()
    await host.advance(100)
    expect(await terminating).toBe(true)
    expect(ran).toEqual([0, 1, 2])
    expect(tasks.children()).toEqual([])
  })

  test('takes no more from its input when it has failed', async () => {
    const { tasks, host } = await openWorkshop()
    const input = counted()
    const options = { maxConcurrency: 1, timeoutMs: 10 }
    const reader = tasks.asyncStreamNolink(input.items, forever, options)[Symbol.asyncIterator]()
    const failing = failureOf(reader.next())
    await host.advance(10)
    expect(await failing).toMatchObject({ reason: { kind: 'timeout' } })
    expect([input.pulled, input.closed]).toEqual([1, 1])
  })

  test('says what went wrong first', async () => {
    const { tasks, host } = await openWorkshop()
    const options = { timeoutMs: 10 }
    const reader = tasks.asyncStreamNolink([1, 2], forever, options)[Symbol.asyncIterator]()
    const failing = failureOf(reader.next())
    await host.settle()
    const [first] = tasks.children()
    await host.advance(10)
    expect(String(await failing)).toContain(`Task "forever" ${first} of a stream`)
  })

  test('closes its input also when its reader ends between two results', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const input = counted()
    set(asker, async () => {
      for await (const _ of tasks.asyncStreamNolink(input.items, (x) => x)) await forever()
    })
    await host.settle()
    expect([input.pulled, input.closed]).toEqual([8, 0])
    exit(asker, 'kill')
    await host.settle()
    expect(input.closed).toBe(1)
  })

  test('leaves nothing with the process that has read it', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    await inside(asker, async () => {
      for (let count = 0; count < 10; count += 1) {
        for await (const _ of tasks.asyncStreamNolink([1, 2, 3], (x) => x))
          if (count % 2 === 0) break
      }
    })
    expect(LocalPid.processOf(asker)?.extrasIfAny?.leases?.size).toBe(0)
  })

  test('of which a task was killed by somebody else shows that', async () => {
    const { tasks, host } = await openWorkshop()
    const reader = tasks.asyncStreamNolink([7], forever)[Symbol.asyncIterator]()
    const first = reader.next()
    await host.settle()
    for (const pid of tasks.children()) exit(pid, 'kill')
    const { value } = await first
    expect(value).toMatchObject({ ok: false, input: 7, exit: { reason: { kind: 'killed' } } })
  })

  test('says what ended it when closing the input fails as well', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const items = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          throw new Error('cannot close')
        },
      }),
    }
    const seeing = inside(asker, async () => {
      const late = tasks.asyncStreamNolink(items, forever, { timeoutMs: 0 })
      const left = tasks.asyncStreamNolink(items, (x) => x)
      const leave = async () => {
        for await (const _ of left) break
      }
      return [await failureOf(late[Symbol.asyncIterator]().next()), await failureOf(leave())]
    })
    await host.advance(0)
    expect(await seeing).toMatchObject([
      { reason: { kind: 'timeout' } },
      { message: 'cannot close' },
    ])
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })

  // Prints its seed and the failing example; give both to fc.assert to see it again.
  test('has one result per item, in order if asked, within its limits, whatever happens', async () => {
    const { tasks, host, node } = await openWorkshop()
    const item = fc.record({ ms: fc.nat(60).filter((ms) => ms !== 50), fails: fc.boolean() })
    const choices = fc.record({
      maxConcurrency: fc.integer({ min: 1, max: 5 }),
      spare: fc.nat(5),
      ordered: fc.boolean(),
      isAsync: fc.boolean(),
      readerMs: fc.nat(40),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 12 }), choices, async (items, chosen) => {
        const { maxConcurrency, spare, ordered } = chosen
        const seen = { running: 0, most: 0, pulled: 0, given: 0, ahead: 0 }
        const options: StreamOptions = {
          ...{ maxConcurrency, maxBuffered: maxConcurrency + spare, ordered },
          ...{ timeoutMs: 50, onTimeout: 'kill_task' },
        }
        function* source() {
          for (const index of items.keys()) {
            seen.pulled += 1
            seen.ahead = Math.max(seen.ahead, seen.pulled - seen.given)
            yield index
          }
        }
        async function* asyncSource() {
          yield* source()
        }
        const work = async (index: number, context: TaskContext) => {
          const { ms = 0, fails = false } = items[index] ?? {}
          seen.running += 1
          seen.most = Math.max(seen.most, seen.running)
          context.signal.addEventListener('abort', () => {
            seen.running -= 1
          })
          await context.receive({ timeoutMs: ms })
          if (fails) throw new Error(String(index))
          return index
        }
        const input = chosen.isAsync ? asyncSource() : source()
        const results: number[] = []
        const outcomes = new Map<number, string>()
        const reading = (async () => {
          for await (const result of tasks.asyncStreamNolink(input, work, options)) {
            seen.given += 1
            const index = result.ok ? result.value : result.input
            results.push(index)
            outcomes.set(index, result.ok ? 'ok' : result.exit.reason.kind)
            await new Promise<void>((resolve) => host.clock.after(chosen.readerMs, resolve))
          }
        })()
        await host.advance(2000)
        await reading
        const wanted = items.map(({ ms, fails }) => (ms > 50 ? 'timeout' : fails ? 'crash' : 'ok'))
        expect([...outcomes].sort(([a], [b]) => a - b)).toEqual([...wanted.entries()])
        if (ordered) expect(results).toEqual([...items.keys()])
        expect(results.length).toBe(items.length)
        expect(seen.most).toBeLessThanOrEqual(maxConcurrency)
        expect(seen.ahead).toBeLessThanOrEqual(maxConcurrency + spare)
        expect(tasks.children()).toEqual([])
        expect(node.statistics().deadlines).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
