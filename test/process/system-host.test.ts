import { type EventEmitter, once } from 'node:events'
import { availableParallelism } from 'node:os'
import { type Cancellable, systemHost } from 'flotilla'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const kinds = ['unhandledRejection', 'uncaughtException'] as const
type Kind = (typeof kinds)[number]

describe('clock', () => {
  test('has a monotonic time that never goes back and the time of day', () => {
    const { clock } = systemHost()
    const times = Array.from({ length: 100 }, () => clock.monotonicMs())
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    const before = Date.now()
    const wallMs = clock.wallMs()
    expect(wallMs).toBeGreaterThanOrEqual(before)
    expect(wallMs).toBeLessThanOrEqual(Date.now())
  })

  test('fires once, and not before a fraction of a millisecond is over', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let fired = 0
    systemHost().clock.after(1.2, () => {
      fired += 1
    })
    vi.advanceTimersByTime(1)
    expect(fired).toBe(0)
    vi.advanceTimersByTime(10)
    expect(fired).toBe(1)
  })

  test('fires no timer that was cancelled, and cancelling twice does nothing', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const timer = systemHost().clock.after(5, () => expect.unreachable('cancelled'))
    expect(vi.getTimerCount()).toBe(1)
    timer.cancel()
    timer.cancel()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(10)
  })

  test('fires in real time', async () => {
    const { clock } = systemHost()
    const startMs = clock.monotonicMs()
    await new Promise<void>((resolve) => clock.after(5, resolve))
    // Node counts whole milliseconds from the start of a turn, so up to one may be missing.
    expect(clock.monotonicMs() - startMs).toBeGreaterThan(3)
  })
})

describe('random', () => {
  test('gives unsigned integers of 32 bits', () => {
    const { random } = systemHost()
    const drawn = Array.from({ length: 1000 }, () => random.u32())
    for (const number of drawn) expect(number >>> 0).toBe(number)
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 31)
    expect(new Set(drawn).size).toBeGreaterThan(990)
  })
})

describe('scheduler', () => {
  test('runs soon when the present code is done, and yields to the event loop', async () => {
    const { scheduler } = systemHost()
    const order: string[] = []
    const yielded = new Promise<void>((resolve) => {
      setImmediate(() => order.push('event loop'))
      scheduler.yieldThen(() => {
        order.push('yielded')
        resolve()
      })
    })
    scheduler.soon?.(() => order.push('soon'))
    scheduler.soon?.(() => order.push('as soon'))
    order.push('present code')
    await yielded
    expect(order).toEqual(['present code', 'soon', 'as soon', 'event loop', 'yielded'])
  })
})

describe('parallelism', () => {
  test('is how much the machine can run at the same time', () => {
    expect(systemHost().parallelism?.()).toBe(availableParallelism())
  })
})

describe('warn', () => {
  test('is a warning of the OS process with a name of its own', async () => {
    const warned = once(process, 'warning')
    systemHost().warn?.('Node "test" is over')
    const [warning] = await warned
    expect(warning).toMatchObject({ name: 'FlotillaWarning', message: 'Node "test" is over' })
  })
})

// What becomes of the OS process is shown by programs, in escapes.test.ts.
describe('escapes', () => {
  test.each(kinds)('offers each error of %s to every node until one takes it', (kind) => {
    const asked: [who: string, error: unknown][] = []
    const before = listenersFor(kind)
    const first = captureWith((error) => asked.push(['first', error]) > 100)
    const second = captureWith((error) => asked.push(['second', error]) > 0)
    captureWith((error) => asked.push(['third', error]) > 0)
    emitPast(before, kind, 'oops')
    expect(asked).toEqual([
      ['first', 'oops'],
      ['second', 'oops'],
    ])
    first.cancel()
    asked.length = 0
    emitPast(before, kind, 'again')
    expect(asked).toEqual([['second', 'again']])
    second.cancel()
  })

  test.each(kinds)('leaves no listener of %s behind', (kind) => {
    const before = listenersFor(kind)
    const captured = captureWith(() => true)
    expect(listenersFor(kind)).toHaveLength(before.length + 1)
    captured.cancel()
    captured.cancel()
    expect(listenersFor(kind)).toEqual(before)
  })
})

function captureWith(onEscape: (error: unknown) => boolean): Cancellable {
  const captured = systemHost().escapes?.capture(onEscape)
  if (captured === undefined) throw new Error('the host captures nothing')
  onTestFinished(() => captured.cancel())
  return captured
}

/** As the OS process would, but past those who listened before: the test runner does so, too. */
function emitPast(others: readonly unknown[], kind: Kind, error: unknown): void {
  for (const listener of listenersFor(kind)) if (!others.includes(listener)) listener(error)
}

function listenersFor(kind: Kind): ((error: unknown) => void)[] {
  // The overloads of `process.listeners` take one kind at a time.
  return (process as EventEmitter).listeners(kind) as ((error: unknown) => void)[]
}
