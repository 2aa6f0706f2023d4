import { ArgumentError } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../src/testing/virtual-clock.ts'

describe('a virtual clock', () => {
  test('settles before the first timer and after each, so that what they cause comes first', async () => {
    const clock = new VirtualClock(0)
    const log: string[] = []
    clock.after(2, () => log.push('two'))
    clock.after(1, () => {
      log.push('one')
      clock.after(0, () => log.push('set by one'))
    })
    await clock.advance(2, async () => void log.push('settled'))
    expect(log).toEqual(['settled', 'one', 'settled', 'set by one', 'settled', 'two', 'settled'])
    expect([clock.nowMs, clock.pendingTimers]).toEqual([2, 0])
  })

  test('shows the time of the timer that fires', async () => {
    const clock = new VirtualClock(1000)
    const seen: number[] = []
    for (const delayMs of [5, 3]) {
      clock.after(delayMs, () => seen.push(clock.monotonicMs(), clock.wallMs()))
    }
    await clock.advance(10, async () => undefined)
    expect(seen).toEqual([3, 1003, 5, 1005])
  })

  test('stands still if settling fails', async () => {
    const clock = new VirtualClock(0)
    clock.after(1, () => undefined)
    await expect(clock.advance(5, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect([clock.nowMs, clock.pendingTimers]).toEqual([0, 1])
  })

  test.each([-1, Number.NaN, '1'])('refuses a timer after %s', (delayMs) => {
    const clock = new VirtualClock(0)
    const set = () => clock.after(delayMs as number, () => undefined)
    expect(set).toThrow(expect.toSatisfy(ArgumentError.is))
    expect(clock.pendingTimers).toBe(0)
  })
})
