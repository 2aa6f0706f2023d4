import {
  child,
  defineServer,
  dynamicSupervisor,
  ended,
  fleet,
  isAlive,
  type Pid,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, stage } from './stage.ts'

const timeout = { kind: 'timeout', afterMs: 50 } as const

describe('startTimeoutMs', () => {
  test('fails a start whose init takes longer, and leaves nothing behind [GS-014]', async () => {
    const { puppet, names, host, node } = await stage()
    for (const options of [{}, { link: false }, { monitor: true }]) {
      const log: unknown[] = []
      const starter = await puppet(log)
      await inside(starter, (context) => context.trapExits(true))
      const before = node.statistics().processes
      const reached: string[] = []
      const slow = defineServer({
        name: 'slow',
        init: async (_: undefined, context) => {
          await context.sleep(1000)
          reached.push('the end of init')
        },
        terminate: () => void reached.push('terminate'),
      })
      const spec = child(slow, undefined, { name: names.via('slow'), startTimeoutMs: 50 })
      const starting = inside(starter, (context) => context.start(spec, options))
      await host.advance(49)
      const pid = names.whereis('slow')
      expect(pid).toBeDefined()
      const over = ended(pid as Pid)
      await host.advance(1)
      expect(names.whereis('slow')).toBeUndefined()
      const outcome = await starting
      expect(outcome).toMatchObject({
        ok: false,
        reason: { kind: 'init_failed', exit: { reason: timeout } },
      })
      expect(await over).toEqual({ kind: 'killed' })
      await host.advance(2000)
      expect([log, reached, isAlive(starter)]).toEqual([[], [], true])
      expect(node.statistics()).toMatchObject({ processes: before, deadlines: 0, monitors: 0 })
      expect(host.pendingTimers).toBe(0)
    }
  })

  test('does not touch a start that is in time, and leaves no timer [GS-014]', async () => {
    const { start, host, node } = await stage()
    for (const isLate of [false, true]) {
      const go = gate()
      const timely = defineServer({
        name: 'timely',
        init: () => (isLate ? go.opened.then(() => 1) : 1),
      })
      const starting = start(timely, undefined, { startTimeoutMs: 50 })
      await host.advance(isLate ? 49 : 0)
      go.open()
      const pid = await starting
      expect([node.statistics().deadlines, host.pendingTimers]).toEqual([0, 0])
      await host.advance(100)
      expect(isAlive(pid)).toBe(true)
    }
  })

  test('counts what init does before its first await, too', async () => {
    const host = virtualHost()
    let jumpMs = 0
    // A clock that goes on while the code runs, as that of the real world does.
    const clock = { ...host.clock, monotonicMs: () => host.clock.monotonicMs() + jumpMs }
    const workers = dynamicSupervisor({ name: 'workers' })
    const node = await startNode(workers, { host: { ...host, clock }, name: 'busy' })
    onTestFinished(() => node.stop())
    const outcomes: unknown[] = []
    for (const isAsync of [false, true]) {
      for (const takesMs of [50, 51]) {
        const busy = defineServer({
          name: 'busy',
          init: () => {
            jumpMs += takesMs
            if (isAsync && takesMs > 50) return Promise.reject(new Error('of no interest'))
            return isAsync ? Promise.resolve(0) : 0
          },
        })
        const started = await workers.startChild(child(busy, undefined, { startTimeoutMs: 50 }))
        outcomes.push(started.ok || started.reason)
      }
    }
    const late = defineServer({
      name: 'late',
      init: async (_: undefined, context) => {
        jumpMs += 30
        await context.sleep(25)
      },
    })
    const starting = workers.startChild(child(late, undefined, { startTimeoutMs: 50 }))
    await host.advance(30)
    const started = await starting
    outcomes.push(started.ok || started.reason)
    const failed = { kind: 'init_failed', exit: { reason: timeout } }
    expect(outcomes).toMatchObject([true, failed, true, failed, failed])
    expect(workers.countChildren().active).toBe(2)
    expect(node.statistics().deadlines).toBe(0)
  })

  test('of a child that ends otherwise in its init gives that reason', async () => {
    const { start, host, node } = await stage()
    const raising = defineServer({
      name: 'raising',
      init: async (_: undefined, context) => {
        await context.sleep(10)
        throw new Error('boom')
      },
    })
    const failing = start(raising, undefined, { startTimeoutMs: 50 }).catch((error) => error)
    await host.advance(10)
    expect(String(await failing)).toContain('init_failed')
    expect(node.statistics().deadlines).toBe(0)
  })

  test('is infinity unless given', async () => {
    const { start, host } = await stage()
    const go = gate()
    const patient = defineServer({ name: 'patient', init: () => go.opened.then(() => 0) })
    for (const options of [{}, { startTimeoutMs: 'infinity' as const }]) {
      const starting = start(patient, undefined, options)
      await host.advance(1e9)
      go.open()
      expect(isAlive(await starting)).toBe(true)
    }
  })

  test('fails the start of a supervisor with the child to blame', async () => {
    const host = virtualHost()
    const hanging = defineServer({ name: 'hanging', init: () => new Promise(() => undefined) })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [
      child(hanging, undefined, { startTimeoutMs: 50 }),
    ])
    const starting = startNode(tree, { host, name: 'late' }).catch((error) => error)
    await host.advance(50)
    expect(await starting).toMatchObject({
      reason: { kind: 'shutdown', detail: { id: 'hanging', reason: timeout } },
    })
    expect(host.pendingTimers).toBe(0)
  })

  test('of a fleet is that of each worker', async () => {
    const host = virtualHost()
    const slow = defineServer({
      name: 'slow',
      init: async (takesMs: number, context) => {
        await context.sleep(takesMs)
      },
    })
    const crew = fleet(slow, { name: 'crew', key: (takesMs) => takesMs, startTimeoutMs: 50 })
    const node = await startNode(crew, { host, name: 'crewed' })
    onTestFinished(() => node.stop())
    const starting = Promise.all([crew.start(49), crew.start(51)])
    await host.advance(60)
    expect(await starting).toMatchObject([
      { ok: true },
      { ok: false, reason: { kind: 'init_failed', exit: { reason: timeout } } },
    ])
    expect([crew.whereis(51), crew.counts()]).toMatchObject([undefined, { desired: 1 }])
  })

  test('is refused for what is no duration', () => {
    const server = defineServer({ name: 'any', init: () => 0 })
    for (const wrong of [-1, '5', Number.NaN, null]) {
      const startTimeoutMs = wrong as never
      expect(() => child(server, undefined, { startTimeoutMs })).toThrow(/option "startTimeoutMs"/)
      expect(() => fleet(server, { name: 'x', key: () => 'k', startTimeoutMs })).toThrow(
        /option "startTimeoutMs"/,
      )
    }
  })
})
