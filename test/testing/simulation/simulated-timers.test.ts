import { expect, test } from 'vitest'
import { SimulatedTimers } from '../../../src/testing/simulation/simulated-timers.ts'
import type { Surroundings } from '../../../src/testing/simulation/surroundings.ts'
import { VirtualClock } from '../../../src/testing/virtual-clock.ts'

function timersOf() {
  const clock = new VirtualClock(0)
  const errors: unknown[] = []
  const around: Surroundings = {
    isForeign: () => false,
    wallMs: () => clock.nowMs,
    monotonicMs: () => clock.nowMs,
    u32: () => 0,
    after: (delayMs, fire) => clock.after(delayMs, fire),
    unhandled: (error) => void errors.push(error),
    external: () => undefined,
    externalUsed: () => undefined,
    drawExternal: () => ({ fails: false, delayMs: 0 }),
    refused: () => undefined,
  }
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  const advance = (delayMs: number) => clock.advance(delayMs, settle)
  return { timers: new SimulatedTimers(around), clock, errors, advance }
}

test('fire after their delay, with their arguments', async () => {
  const { timers, clock, advance } = timersOf()
  const seen: unknown[] = []
  timers.setTimeout((...args: unknown[]) => seen.push([clock.nowMs, ...args]), 20, 'a', 1)
  timers.setTimeout(() => seen.push(clock.nowMs))
  timers.setImmediate(() => seen.push('at once'))
  await advance(30)
  expect(seen).toEqual(['at once', 1, [20, 'a', 1]])
})

test('repeat until they are stopped, be it by themselves', async () => {
  const { timers, clock, advance } = timersOf()
  const seen: number[] = []
  const timer = timers.setInterval(() => {
    seen.push(clock.nowMs)
    if (seen.length === 3) timers.clear(timer)
  }, 10)
  await advance(100)
  expect(seen).toEqual([10, 20, 30])
  expect(clock.pendingTimers).toBe(0)
})

test('begin anew, and behave like those of Node', async () => {
  const { timers, clock, advance } = timersOf()
  const seen: number[] = []
  const timer = timers.setTimeout(() => void seen.push(clock.nowMs), 10)
  await advance(5)
  timer.refresh()
  await advance(9)
  expect(seen).toEqual([])
  expect(timer.unref().hasRef()).toBe(false)
  await advance(1)
  expect(seen).toEqual([15])
  expect(timers.clear({})).toBe(false)
})

test('report what their callbacks throw, and refuse what is no callback', async () => {
  const { timers, errors, advance } = timersOf()
  const error = new Error('on purpose')
  timers.setTimeout(() => {
    throw error
  })
  await advance(10)
  expect(errors).toEqual([error])
  expect(() => timers.setTimeout('text')).toThrow(TypeError)
})

test('wait as promises do, and stop waiting when told', async () => {
  const { timers, advance } = timersOf()
  const aborter = new AbortController()
  const value = timers.wait(10, 'value')
  const given = timers.wait(10, 'value', { signal: aborter.signal })
  const outcome = given.catch((error: Error) => error.name)
  await advance(5)
  aborter.abort()
  await advance(5)
  expect(await value).toBe('value')
  expect(await outcome).toBe('AbortError')
})

test('abort a signal after a time', async () => {
  const { timers, advance } = timersOf()
  const signal = timers.abortAfter(50)
  await advance(49)
  expect(signal.aborted).toBe(false)
  await advance(1)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})
