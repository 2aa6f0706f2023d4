import { type Context, call, cast, exit, isAlive, type Timer } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { type Puppet, stage } from './stage.ts'

describe('a timer of a process', () => {
  test('casts to its process once, not before its time [PROC-072]', async () => {
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

  test('may be set to a time: it fires then and not before, or at once if that has passed [PROC-072]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await host.advance(1000)
    const setAt = (timeMs: number) => {
      return call(pid, 'run', (context) => context.at(context.nowMs() + timeMs, 'note', timeMs))
    }
    await setAt(10)
    await setAt(-10)
    await call(pid, 'run', (context) => context.at(0, 'note', 'long past'))
    await host.advance(0)
    expect(log).toEqual([-10, 'long past'])
    await host.advance(9)
    expect(log).toHaveLength(2)
    await host.advance(1)
    expect(log.slice(2)).toEqual([10])
    await host.advance(1000)
    expect(log).toHaveLength(3)
  })

  test('fires in the order of the times, not of the setting [PROC-073]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    for (const delayMs of [30, 10, 20, 10]) await set(pid, delayMs, delayMs)
    await host.advance(30)
    expect(log).toEqual([10, 10, 20, 30])
  })

  test('of 0 is a timer still: a message sent right after overtakes it [PROC-074]', async () => {
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

  test('is cancelled once, and tells when it was too late [PROC-075] [differs: PROC-075]', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const [early, late] = [await set(pid, 10, 'early'), await set(pid, 5, 'late')]
    expect([early.cancel(), early.cancel()]).toEqual([true, false])
    await host.advance(10)
    expect(late.cancel()).toBe(false)
    expect([log, node.statistics().deadlines, host.pendingTimers]).toEqual([['late'], 0, 0])
  })

  test('tells how long it has left, then and when it is cancelled [PROC-075, PROC-076]', async () => {
    const { puppet, host } = await stage()
    const pid = await puppet()
    const [timer, cancelled] = [await set(pid, 10, 'tick'), await set(pid, 10, 'never')]
    expect(timer.leftMs()).toBe(10)
    await host.advance(4)
    expect([timer.leftMs(), cancelled.leftMs(), cancelled.cancel()]).toEqual([6, 6, true])
    expect([cancelled.leftMs(), cancelled.cancel()]).toEqual([undefined, false])
    await host.advance(6)
    expect([timer.leftMs(), timer.cancel()]).toEqual([undefined, false])
    const doomed = await set(pid, 10, 'never')
    exit(pid, 'kill')
    expect(doomed.leftMs()).toBeUndefined()
  })

  // A message in the inbox stays there.
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

  test('dies with its process, also when set by code that goes on after the end [PROC-077]', async () => {
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

  test('may be longer than 2^31 ms [PROC-079]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await set(pid, 2 ** 31, 'tick')
    await host.advance(2 ** 31 - 1)
    expect(log).toEqual([])
    await host.advance(1)
    expect(log).toEqual(['tick'])
  })

  test('comes by tens of thousands at once, with cancels mixed in [PROC-081]', async () => {
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

  test('that comes by tens of thousands leaves room for others in between [PROC-081]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [pid, other] = [await puppet(log), await puppet()]
    const count = 20_000
    await call(pid, 'run', (context) => {
      for (let index = 0; index < count; index += 1) context.after(7, 'note', index)
    })
    const handled: number[] = []
    await call(other, 'run', (context) => {
      context.after(7, 'work', () => handled.push(log.length))
    })
    await host.advance(7)
    expect([log.length, handled.length]).toEqual([count, 1])
    expect(handled[0]).toBeLessThan(count / 2)
  })
})

async function set(pid: Puppet, delayMs: number, word: unknown): Promise<Timer> {
  return (await call(pid, 'run', (context) => context.after(delayMs, 'note', word))) as Timer
}
