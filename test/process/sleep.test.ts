import { call, cast, child, defineServer, exit, isAlive, stopServer } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { inside, type Puppet, stage } from './stage.ts'

describe('sleep', () => {
  test('waits by the clock of the node, not a moment less [PROC-066]', async () => {
    const { puppet, host, node } = await stage()
    const pid = await puppet()
    const woken = sleeper(pid, 50)
    await host.advance(49)
    expect([woken.isOver, node.statistics().deadlines]).toEqual([false, 1])
    await host.advance(1)
    expect([woken.isOver, node.statistics().deadlines]).toEqual([true, 0])
  })

  test('leaves nothing behind in its process, however often', async () => {
    const { puppet, host } = await stage()
    const pid = await puppet()
    const done = inside(pid, async (context) => {
      for (let count = 0; count < 100; count += 1) await context.sleep(1)
    })
    await host.advance(100)
    await done
    expect(LocalPid.processOf(pid)?.extrasIfAny?.timers?.size).toBe(0)
  })

  test('of no time lets the others have a turn and needs no time to pass [PROC-066]', async () => {
    const { puppet, host } = await stage()
    const log: string[] = []
    const [pid, other] = [await puppet(), await puppet(log)]
    await inside(pid, async (context) => {
      cast(other, 'note', 'had its turn')
      await context.sleep(0)
      log.push('woken')
    })
    expect(log).toEqual(['had its turn', 'woken'])
    expect([host.nowMs, host.pendingTimers]).toEqual([0, 0])
  })

  test('may be longer than 2^32 ms [PROC-066]', async () => {
    const { puppet, host } = await stage()
    const durationMs = 2 ** 32 + 5000
    const woken = sleeper(await puppet(), durationMs)
    await host.advance(durationMs - 1)
    expect(woken.isOver).toBe(false)
    await host.advance(1)
    expect(woken.isOver).toBe(true)
  })

  test('never goes on if what is due at the same time ends its process', async () => {
    const { puppet, host, node } = await stage()
    const starter = await puppet()
    let goesOn = false
    const slow = defineServer({
      name: 'slow',
      init: async (_: undefined, context) => {
        await context.sleep(100)
        goesOn = true
      },
    })
    const spec = child(slow, undefined, { startTimeoutMs: 100 })
    const starting = inside(starter, (context) => context.start(spec))
    await host.advance(100)
    expect(await starting).toMatchObject({ reason: { exit: { reason: { kind: 'timeout' } } } })
    await host.settle()
    expect([goesOn, node.statistics().deadlines]).toEqual([false, 0])
  })

  test('for ever costs nothing, and the process can be looked at and ended [PROC-066]', async () => {
    const { puppet, host, node } = await stage()
    const pid = await puppet()
    const woken = sleeper(pid, 'infinity')
    await host.advance(2 ** 40)
    expect([woken.isOver, isAlive(pid), host.pendingTimers]).toEqual([false, true, 0])
    expect(node.statistics().deadlines).toBe(0)
    exit(pid, 'shutdown')
    await host.settle()
    expect([woken.isOver, isAlive(pid)]).toEqual([false, false])
  })

  test('ends with its process: the code after it never runs and no timer is left', async () => {
    const { puppet, host, node } = await stage()
    for (const durationMs of [0, 50]) {
      const pid = await puppet()
      const woken = sleeper(pid, durationMs)
      await Promise.resolve()
      exit(pid, 'kill')
      expect([node.statistics().deadlines, host.pendingTimers]).toEqual([0, 0])
      await host.advance(100)
      expect(woken.isOver).toBe(false)
    }
  })

  test('holds the mailbox: what comes meanwhile is handled after it, a stop too', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    sleeper(pid, 50)
    cast(pid, 'note', 'meanwhile')
    const stopping = stopServer(pid)
    await host.advance(49)
    expect(log).toEqual([])
    await host.advance(1)
    await stopping
    expect(log).toEqual(['meanwhile', { terminate: { kind: 'normal' } }])
  })

  test('is refused for what is no duration', async () => {
    const { puppet } = await stage()
    for (const wrong of [-1, Number.NaN, '5', undefined, 2 ** 53, Number.POSITIVE_INFINITY]) {
      const pid = await puppet()
      await expect(
        call(pid, 'run', (context) => context.sleep(wrong as never)),
      ).rejects.toMatchObject({ cause: { code: 'FLOTILLA_INVALID_OPTION' } })
    }
  })
})

/** Lets a puppet sleep in a handler, and tells whether it has gone on after it. */
function sleeper(pid: Puppet, durationMs: number | 'infinity') {
  const woken = { isOver: false }
  cast(pid, 'work', async (context) => {
    await context.sleep(durationMs)
    woken.isOver = true
  })
  return woken
}
