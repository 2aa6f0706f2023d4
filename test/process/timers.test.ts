import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Expiring, type OpenCall, Timers } from '../../src/process/timers.ts'

describe('deadlines behind one timer of the host', () => {
  test('expire in the order of their times, the older first among equals', () => {
    const { timers, clock, log } = setUp()
    timers.schedule(entry(log, 'late'), 30)
    timers.schedule(entry(log, 'first'), 10)
    timers.schedule(entry(log, 'second'), 10)
    expect(clock.armed).toHaveLength(1)
    clock.move(29)
    expect(log).toEqual(['first', 'second'])
    clock.move(1)
    expect(log).toEqual(['first', 'second', 'late'])
    expect([timers.size, clock.armed]).toEqual([0, []])
  })

  test('arm the host for the earliest alone, and again when an earlier one comes', () => {
    const { timers, clock, log } = setUp()
    timers.schedule(entry(log, 'b'), 100)
    expect(clock.armed).toEqual([100])
    timers.schedule(entry(log, 'c'), 200)
    expect(clock.armed).toEqual([100])
    timers.schedule(entry(log, 'a'), 50)
    expect(clock.armed).toEqual([50])
  })

  test('have so long left until they are due, nothing when they are late, and then no more', () => {
    const { timers, clock, log } = setUp()
    const one = entry(log, 'one')
    expect(timers.leftMs(one)).toBeUndefined()
    timers.schedule(one, 10)
    clock.nowMs += 4
    expect(timers.leftMs(one)).toBe(6)
    // The thread was busy: it should have fired.
    clock.nowMs += 7
    expect(timers.leftMs(one)).toBe(0)
    clock.fireAll()
    expect([timers.leftMs(one), log]).toEqual([undefined, ['one']])
  })

  test('free the host when the last of them is cancelled', () => {
    const { timers, clock, log } = setUp()
    const [one, other] = [entry(log, 'one'), entry(log, 'other')]
    timers.schedule(one, 10)
    timers.schedule(other, 20)
    expect(timers.cancel(one)).toBe(true)
    expect(timers.cancel(one)).toBe(false)
    expect(clock.armed).toHaveLength(1)
    expect(timers.cancel(other)).toBe(true)
    expect([clock.armed, timers.size]).toEqual([[], 0])
    clock.move(100)
    expect(log).toEqual([])
  })

  test('wait longer than a timer of Node can, in several steps [PROC-079]', () => {
    const { timers, clock, log } = setUp()
    const longMs = 3 * 2 ** 31
    timers.schedule(entry(log, 'long'), longMs)
    expect(clock.armed).toEqual([2 ** 31 - 1])
    clock.move(longMs - 1)
    expect(log).toEqual([])
    clock.move(1)
    expect(log).toEqual(['long'])
    expect(clock.longest).toBeLessThan(2 ** 31)
  })

  test('are not lost when the host fires a little early', () => {
    const { timers, clock, log } = setUp()
    timers.schedule(entry(log, 'x'), 10)
    clock.nowMs += 9.5
    clock.fireAll()
    expect([log, clock.armed.length]).toEqual([[], 1])
    clock.move(0.5)
    expect(log).toEqual(['x'])
  })

  test('scheduled while others expire have their turn, also at once', () => {
    const { timers, clock, log } = setUp()
    const chain = (left: number): Expiring => ({
      ...blank(),
      expire() {
        log.push(`left ${left}`)
        if (left > 0) timers.schedule(chain(left - 1), 0)
      },
    })
    timers.schedule(chain(2), 5)
    clock.move(5)
    expect(log).toEqual(['left 2', 'left 1', 'left 0'])
  })

  test('of which many are due at once wait after a while for the next turn, in their order', () => {
    const { timers, clock, log, turns } = setUp()
    const slow = (word: string): Expiring => ({
      ...blank(),
      expire() {
        log.push(word)
        clock.nowMs += 0.05
      },
    })
    const words = Array.from({ length: 100 }, (_, index) => `due ${index}`)
    for (const word of words) timers.schedule(slow(word), 5)
    clock.move(5)
    expect(log.length).toBeLessThan(50)
    timers.schedule(slow('due later'), 0)
    expect([clock.armed, turns.length]).toEqual([[], 1])
    while (turns.length > 0) turns.shift()?.()
    expect(log).toEqual([...words, 'due later'])
    expect([timers.size, clock.armed]).toEqual([0, []])
  })

  test('that are dropped while others wait for the next turn leave nothing armed', () => {
    const { timers, clock, log, turns } = setUp()
    for (let index = 0; index < 16; index += 1) {
      timers.schedule({ ...blank(), expire: () => clock.move(1) }, 5)
    }
    timers.schedule(entry(log, 'dropped'), 5)
    clock.move(5)
    timers.clear()
    for (const turn of turns) turn()
    expect([log, timers.size, clock.armed]).toEqual([[], 0, []])
  })

  test('are all dropped by clear', () => {
    const { timers, clock, log } = setUp()
    timers.schedule(entry(log, 'x'), 10)
    timers.watch(openCall(log, { timeoutMs: 5 }))
    timers.clear()
    timers.endTurn()
    expect([timers.size, clock.armed]).toEqual([0, []])
  })
})

describe('calls', () => {
  test('that are settled are let go before the turn ends, and none of the others', () => {
    const { timers, clock, log } = setUp()
    const open = Array.from({ length: 10 }, () => openCall(log, { timeoutMs: 5 }))
    for (const call of open) timers.watch(call)
    const settled = Array.from({ length: 1000 }, () =>
      openCall(log, { timeoutMs: 5, settled: true }),
    )
    for (const call of settled) timers.watch(call)
    expect(timers.openCount).toBeLessThan(100)
    timers.endTurn()
    expect([timers.size, timers.openCount]).toEqual([10, 0])
    clock.move(5)
    expect(log).toHaveLength(10)
  })

  test('get a deadline at the end of the turn, and only those still open', () => {
    const { timers, clock, log } = setUp()
    timers.watch(openCall(log, { timeoutMs: 5 }))
    timers.watch(openCall(log, { timeoutMs: 5, settled: true }))
    timers.watch(openCall(log, { timeoutMs: 'infinity' }))
    expect([timers.size, clock.armed]).toEqual([0, []])
    timers.endTurn()
    expect([timers.size, clock.armed]).toEqual([1, [5]])
    timers.endTurn()
    expect(timers.size).toBe(1)
    clock.move(5)
    expect(log).toEqual(['expired'])
  })
})

test('any mix of deadlines and cancels expires exactly what is left, in order of time [PROC-073, PROC-081]', () => {
  const step = fc.record({ delayMs: fc.nat(50), cancels: fc.boolean(), moveMs: fc.nat(10) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { timers, clock } = setUp()
      const expired: { dueMs: number; number: number }[] = []
      const expected = new Map<number, number>()
      const entries: Expiring[] = []
      for (const [number, { delayMs, cancels, moveMs }] of steps.entries()) {
        const dueMs = clock.nowMs + delayMs
        const made: Expiring = { ...blank(), expire: () => expired.push({ dueMs, number }) }
        entries.push(made)
        timers.schedule(made, delayMs)
        expected.set(number, dueMs)
        const victim = Math.floor(number / 2)
        const other = entries[victim]
        if (cancels && other !== undefined && timers.cancel(other)) expected.delete(victim)
        clock.move(moveMs)
      }
      clock.move(100)
      expect(new Set(expired.map((one) => one.number))).toEqual(new Set(expected.keys()))
      expect(expired).toHaveLength(expected.size)
      const times = expired.map((one) => one.dueMs)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
      expect([timers.size, clock.armed]).toEqual([0, []])
    }),
  )
})

function blank() {
  return { dueMs: 0, sequence: 0, heapIndex: -1 }
}

function entry(log: string[], word: string): Expiring {
  return { ...blank(), expire: () => void log.push(word) }
}

function openCall(
  log: string[],
  call: { timeoutMs: number | 'infinity'; settled?: boolean },
): OpenCall {
  return { ...entry(log, 'expired'), settled: call.settled ?? false, timeoutMs: call.timeoutMs }
}

function setUp() {
  const clock = new HandClock()
  const turns: (() => void)[] = []
  const scheduler = { yieldThen: (run: () => void): void => void turns.push(run) }
  return { timers: new Timers({ clock, scheduler }), clock, turns, log: [] as string[] }
}

/** A clock in hand that shows which timers are armed. */
class HandClock {
  nowMs = 0
  longest = 0
  #timers: { delayMs: number; dueMs: number; fire: () => void }[] = []

  get armed(): number[] {
    return this.#timers.map((timer) => timer.delayMs)
  }

  monotonicMs = (): number => this.nowMs
  wallMs = (): number => this.nowMs
  after = (delayMs: number, fire: () => void) => {
    const timer = { delayMs, dueMs: this.nowMs + delayMs, fire }
    this.longest = Math.max(this.longest, delayMs)
    this.#timers.push(timer)
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
      },
    }
  }

  move(byMs: number): void {
    const untilMs = this.nowMs + byMs
    for (;;) {
      const [next] = this.#timers.toSorted((one, other) => one.dueMs - other.dueMs)
      if (next === undefined || next.dueMs > untilMs) break
      this.nowMs = next.dueMs
      this.#timers = this.#timers.filter((other) => other !== next)
      next.fire()
    }
    this.nowMs = untilMs
  }

  fireAll(): void {
    const due = this.#timers
    this.#timers = []
    for (const timer of due) timer.fire()
  }
}
