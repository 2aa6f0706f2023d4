import { call, child, defineServer, dynamicSupervisor, reply, startNode } from 'flotilla'
import { type ExploringHost, exploringHost, replaySchedule } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

describe('an exploring host', () => {
  test('lets clients go one at a time, and each do all it does before the next', async () => {
    const host = exploringHost()
    const log: string[] = []
    const client = async (name: string): Promise<void> => {
      await host.turn(name)
      log.push(`${name} begins`)
      await null
      await Promise.resolve()
      log.push(`${name} ends`)
    }
    await Promise.all([client('a'), client('b')])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  test('asks its schedule only where several could go on, and says who they are', async () => {
    const asked: string[][] = []
    const host = exploringHost({
      schedule: {
        choose(count, nameAt) {
          asked.push(Array.from({ length: count }, (_, index) => nameAt(index)))
          return count - 1
        },
      },
    })
    const order: string[] = []
    const names = ['x', 'y', 'z']
    await Promise.all(names.map((name) => host.turn(name).then(() => order.push(name))))
    expect(asked).toEqual([
      ['client x', 'client y', 'client z'],
      ['client x', 'client y'],
    ])
    expect([order, host.choices]).toEqual([
      ['z', 'y', 'x'],
      [2, 1],
    ])
  })

  test('does again what it did when its choices are replayed', async () => {
    const order = async (host: ExploringHost): Promise<string> => {
      let order = ''
      const names = [...'abcdef']
      await Promise.all(names.map((name) => host.turn(name).then(() => (order += name))))
      return order
    }
    const one = exploringHost({ schedule: replaySchedule([3, 2, 0, 1, 0]) })
    const first = await order(one)
    expect(await order(exploringHost({ schedule: replaySchedule(one.choices) }))).toBe(first)
    expect([first, one.choices]).toEqual(['dcaebf', [3, 2, 0, 1, 0]])
  })

  test('ends a turn of the node when nothing else can go on, so that time-outs are set', async () => {
    const host = exploringHost()
    const children = dynamicSupervisor({ name: 'children' })
    await using _node = await startNode(children, { host })
    const started = await children.startChild(child(silent, undefined))
    if (!started.ok) throw new Error(started.reason.kind)
    const failed = call(started.pid, 'ask', undefined, { timeoutMs: 50 }).catch((error) => error)
    expect(host.pendingTimers).toBe(0)
    await host.settle()
    expect(host.pendingTimers).toBe(1)
    await host.advance(50)
    expect(await failed).toMatchObject({ reason: { kind: 'timeout', afterMs: 50 } })
    expect(host.nowMs).toBe(50)
  })

  test('settles at once where there is nothing to do, and after everything where there is', async () => {
    const host = exploringHost()
    await host.settle()
    const log: string[] = []
    host.scheduler.yieldThen(() => log.push('later'))
    host.scheduler.soon?.(() => {
      log.push('soon')
      host.scheduler.soon?.(() => log.push('and then'))
    })
    void host.turn('client').then(() => log.push('client'))
    await host.settle()
    expect(log).toEqual(['soon', 'and then', 'client', 'later'])
  })

  test('takes no turn of the event loop', async () => {
    const host = exploringHost()
    let loops = 0
    const immediate = setImmediate(() => {
      loops += 1
    })
    for (let count = 0; count < 1000; count += 1) await host.turn('x')
    await host.settle()
    expect(loops).toBe(0)
    clearImmediate(immediate)
  })

  test.each([
    ['a choice of nobody', () => 7, 'the schedule chose 7 of 2'],
    ['no number', () => 'x' as never, 'the schedule chose x of 2'],
    [
      'an error',
      () => {
        throw new Error('out of choices')
      },
      'out of choices',
    ],
  ])('tells whoever settles that its schedule gave %s', async (_, choose, message) => {
    const host = exploringHost({ schedule: { choose } })
    const going = Promise.all([host.turn('a'), host.turn('b')])
    await expect(host.settle()).rejects.toThrow(message)
    await expect(host.advance(1)).rejects.toThrow(message)
    await going
  })

  test('draws the numbers of its seed', () => {
    const one = exploringHost({ seed: 4 }).random.u32()
    expect(exploringHost({ seed: 4 }).random.u32()).toBe(one)
    expect(exploringHost().random.u32()).not.toBe(one)
  })

  test.each([
    [{ schedule: {} }, 'FLOTILLA_INVALID_OPTION'],
    [{ schedule: null }, 'FLOTILLA_INVALID_OPTION'],
    [{ reactions: 'second' }, 'FLOTILLA_INVALID_OPTION'],
    [{ seed: 0.5 }, 'FLOTILLA_INVALID_OPTION'],
    [{ wallMs: -1 }, 'FLOTILLA_INVALID_OPTION'],
    [{ schedules: 1 }, 'FLOTILLA_UNKNOWN_OPTION'],
    [7, 'FLOTILLA_INVALID_ARGUMENT'],
  ])('refuses %j', (options, code) => {
    expect(() => exploringHost(options as never)).toThrow(expect.objectContaining({ code }))
  })

  test('refuses a client without a name', () => {
    expect(() => exploringHost().turn('')).toThrow('Cannot wait for a turn: the name is ""')
  })
})

const silent = defineServer({
  name: 'silent',
  init: () => 0,
  calls: {
    ask: async (state) => {
      await new Promise(() => undefined)
      return reply(1, state)
    },
  },
})
