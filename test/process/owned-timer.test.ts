import { type Context, call, cast, exit, isAlive, type Timer } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { type Puppet, stage } from './stage.ts'

describe('a timer of a process', () => {
  // PROC-072
  test('casts to its process once, not before its time', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await set(pid, 10, 'tick')
    await host.advance(9)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['tick'])
    await host.advance(1000)
    expect(log).toEqual(['tick'])
  })

  // PROC-073
  test('fires in the order of the times, not of the setting', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    for (const delayMs of [30, 10, 20, 10]) await set(pid, delayMs, delayMs)
    await host.advance(30)
    expect(log).toEqual([10, 10, 20, 30])
  })

  // PROC-074
  test('of 0 is a timer still: a message sent right after overtakes it', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await call(pid, 'run', (context) => {
      context.after(0, 'note', 'timer')
      cast(context.self, 'note', 'message')
    })
    await host.advance(0)
    expect(log).toEqual(['message', 'timer'])
  })

  // PROC-075
  test('is cancelled once, and tells when it was too late', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const [early, late] = [await set(pid, 10, 'early'), await set(pid, 5, 'late')]
    expect([early.cancel(), early.cancel()]).toEqual([true, false])
    await host.advance(10)
    expect(late.cancel()).toBe(false)
    expect([log, node.statistics().deadlines, host.pendingTimers]).toEqual([['late'], 0, 0])
  })

  // Edge note 14: a message in the inbox stays there
  test('cancelled after it fired leaves its message in the mailbox', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const timer = await set(pid, 5, 'tick')
    let release: () => void = () => undefined
    const busy = call(
      pid,
      'runAsync',
      () =>
        new Promise<void>((resolve) => {
          release = resolve
        }),
    )
    await host.advance(5)
    expect(timer.cancel()).toBe(false)
    release()
    await busy
    await host.settle()
    expect(log).toEqual(['tick'])
  })

  // PROC-077
  test('dies with its process, also when set by code that goes on after the end', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const timer = await set(pid, 5, 'tick')
    const kept: Context[] = []
    await call(pid, 'run', (context) => kept.push(context))
    exit(pid, 'kill')
    expect(timer.cancel()).toBe(false)
    expect(kept[0]?.after(1, 'note', 'ghost').cancel()).toBe(false)
    expect([node.statistics().deadlines, host.pendingTimers]).toEqual([0, 0])
    await host.advance(10)
    expect(log).toEqual([])
  })

  // PROC-079
  test('may be longer than 2^31 ms', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await set(pid, 2 ** 31, 'tick')
    await host.advance(2 ** 31 - 1)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['tick'])
  })

  // PROC-081
  test('comes by tens of thousands at once, with cancels mixed in', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const count = 20_000
    await call(pid, 'run', (context) => {
      const timers = Array.from({ length: count }, (_, index) => context.after(7, 'note', index))
      for (const [index, timer] of timers.entries()) if (index % 2 === 0) timer.cancel()
    })
    expect(node.statistics().deadlines).toBe(count / 2)
    await host.advance(7)
    expect(log).toEqual(Array.from({ length: count / 2 }, (_, index) => index * 2 + 1))
    expect(isAlive(pid)).toBe(true)
  })
})

async function set(pid: Puppet, delayMs: number, word: unknown): Promise<Timer> {
  return (await call(pid, 'run', (context) => context.after(delayMs, 'note', word))) as Timer
}
