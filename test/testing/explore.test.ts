import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  later,
  next,
  type Pid,
  reply,
  startNode,
} from 'flotilla'
import { type ExploringHost, explore, replay, type Scenario } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

describe('explore', () => {
  // Three clients with three, two and two steps: 7! / (3! 2! 2!) orders.
  test('runs every order of the steps of clients exactly once', async () => {
    const orders: string[] = []
    const outcome = await explore(async (host) => {
      let order = ''
      const steps = async (name: string, count: number): Promise<void> => {
        for (let step = 0; step < count; step += 1) {
          await host.turn(name)
          order += name
        }
      }
      await Promise.all([steps('a', 3), steps('b', 2), steps('c', 2)])
      orders.push(order)
    })
    expect(outcome).toEqual({ ok: true, runs: 210, complete: true })
    expect(new Set(orders).size).toBe(210)
  })

  test('runs every order of the messages of processes exactly once', async () => {
    const orders: string[] = []
    const outcome = await explore(
      withWriters(async (writers, log, host) => {
        for (const index of [0, 0, 1, 1, 2]) {
          const writer = writers[index]
          if (writer !== undefined) cast(writer, 'write', index)
        }
        await host.settle()
        orders.push(log.join(''))
      }),
    )
    expect(outcome).toEqual({ ok: true, runs: 30, complete: true })
    expect(new Set(orders).size).toBe(30)
  })

  test('lets clients and processes interleave', async () => {
    const orders = new Set<string>()
    const outcome = await explore(
      withWriters(async ([writer], log, host) => {
        const asking = async (): Promise<void> => {
          for (const name of ['x', 'y']) {
            await host.turn(name)
            log.push(name)
            if (writer !== undefined) cast(writer, 'write', name.toUpperCase())
          }
        }
        await asking()
        await host.settle()
        orders.add(log.join(''))
      }),
    )
    expect(outcome).toMatchObject({ ok: true, complete: true })
    expect([...orders].sort()).toEqual(['xXyY', 'xyXY'])
  })

  test('with chosen reactions also lets messages pass what comes after an await', async () => {
    const seen = { first: new Set<string>(), chosen: new Set<string>() }
    for (const reactions of ['first', 'chosen'] as const) {
      const outcome = await explore(
        withWriters(async ([one, other], log, host) => {
          if (one === undefined || other === undefined) return
          void call(one, 'ask').then(() => log.push('reaction'))
          cast(other, 'write', 'b')
          await host.settle()
          seen[reactions].add(log.join(' '))
        }),
        { reactions },
      )
      expect(outcome).toMatchObject({ ok: true, complete: true })
    }
    expect([...seen.first].sort()).toEqual(['asked reaction b', 'b asked reaction'])
    expect([...seen.chosen].sort()).toEqual([
      'asked b reaction',
      'asked reaction b',
      'b asked reaction',
    ])
  })

  test.each(['all', 'random', 'priority'] as const)(
    'finds with %s orders what first come first served never shows, and replays it',
    async (orders) => {
      const scenario = lostUpdate()
      expect(await explore(scenario, { maxRuns: 1 })).toMatchObject({ ok: true, runs: 1 })
      const outcome = await explore(scenario, { orders, maxRuns: 500, seed: 3 })
      if (outcome.ok) throw new Error('not found')
      expect(outcome.error).toEqual(new Error('an update was lost'))
      await expect(replay(scenario, outcome.recording)).rejects.toThrow('an update was lost')
      const again = await explore(scenario, { orders, maxRuns: 500, seed: 3 })
      expect(again).toEqual(outcome)
    },
  )

  test('stops at its limit and says that it is not complete', async () => {
    const limited = await explore(counting(4), { maxRuns: 23 })
    expect(limited).toEqual({ ok: true, runs: 23, complete: false })
    expect(await explore(counting(4), { maxRuns: 24 })).toMatchObject({ complete: true })
    expect(await explore(counting(4), { orders: 'random', maxRuns: 50 })).toEqual({
      ...{ ok: true, runs: 50, complete: false },
    })
  })

  test('gives random numbers by the seed: other ones in each random run, the same in all', async () => {
    const drawn = async (orders: 'all' | 'random'): Promise<number> => {
      const numbers = new Set<number>()
      const scenario: Scenario = async (host) => {
        numbers.add(host.random.u32())
        await counting(3)(host)
      }
      await explore(scenario, { orders, maxRuns: 6, seed: 9 })
      return numbers.size
    }
    expect([await drawn('all'), await drawn('random')]).toEqual([1, 6])
  })

  test('says that a scenario waits for what never comes', async () => {
    const stuck: Scenario = () => new Promise(() => undefined)
    const outcome = await explore(stuck)
    expect(outcome).toMatchObject({ ok: false, runs: 1 })
    expect(String(!outcome.ok && outcome.error)).toContain('The scenario waits for ever')
  })

  test('says so also where it is one order of many that never ends', async () => {
    const scenario = withWriters(async ([one, other], log, host) => {
      if (one === undefined || other === undefined) return
      cast(one, 'write', 'first')
      cast(other, 'write', 'second')
      await host.settle()
      if (log[0] === 'second') await new Promise(() => undefined)
    })
    expect(await explore(scenario)).toMatchObject({ ok: false, runs: 2 })
  })

  test('lets time pass when it is told', async () => {
    const outcome = await explore(
      withWriters(async ([one], _log, host) => {
        if (one === undefined) return
        const failed = call(one, 'silence', undefined, { timeoutMs: 5 }).catch((error) => error)
        await host.advance(5)
        expect(await failed).toMatchObject({ reason: { kind: 'timeout' } })
      }),
    )
    expect(outcome).toMatchObject({ ok: true, complete: true })
  })

  test('refuses to go on with a scenario that does not do the same twice', async () => {
    let runs = 0
    const fickle: Scenario = async (host) => {
      runs += 1
      await counting(runs === 2 ? 3 : 2)(host)
    }
    await expect(explore(fickle)).rejects.toThrow('The scenario is not deterministic')
    let others = 0
    const shorter: Scenario = async (host) => {
      others += 1
      if (others === 1) await counting(2)(host)
    }
    await expect(explore(shorter)).rejects.toThrow('there were 1 decisions, then 0')
  })

  test.each<[unknown, object | null | undefined, string]>([
    [undefined, {}, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), null, 'FLOTILLA_INVALID_ARGUMENT'],
    [counting(2), { maxRuns: 0 }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { orders: 'any' }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { seed: -1 }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { reactions: 'last' }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { maxChangePoints: 0.5 }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { run: 1 }, 'FLOTILLA_UNKNOWN_OPTION'],
  ])('refuses %o with %j', async (scenario, options, code) => {
    await expect(explore(scenario as Scenario, options as object)).rejects.toThrow(
      expect.objectContaining({ code }),
    )
  })
})

describe('replay', () => {
  test('resolves where the scenario has been mended', async () => {
    const outcome = await explore(lostUpdate())
    if (outcome.ok) throw new Error('not found')
    await replay(async () => undefined, outcome.recording)
  })

  test('tells of a recording that does not fit', async () => {
    const recording = { choices: [7], seed: 1, reactions: 'first' } as const
    await expect(replay(counting(2), recording)).rejects.toThrow('choice 1 of the schedule is 7')
  })

  test.each<[unknown, unknown, string]>([
    [1, { choices: [], seed: 1, reactions: 'first' }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), undefined, 'FLOTILLA_INVALID_ARGUMENT'],
    [counting(2), { choices: 1, seed: 1, reactions: 'first' }, 'FLOTILLA_INVALID_ARGUMENT'],
    [counting(2), { choices: [], reactions: 'first' }, 'FLOTILLA_INVALID_OPTION'],
    [counting(2), { choices: [], seed: 1 }, 'FLOTILLA_INVALID_OPTION'],
  ])('refuses %o and %j', async (scenario, recording, code) => {
    await expect(replay(scenario as Scenario, recording as never)).rejects.toThrow(
      expect.objectContaining({ code }),
    )
  })
})

/** So many clients with one step each. */
function counting(clients: number): Scenario {
  return async (host) => {
    const names = Array.from({ length: clients }, (_, index) => `client ${index}`)
    await Promise.all(names.map((name) => host.turn(name)))
  }
}

/** Three clients add one to a number that they read before: right if each is done in one go. */
function lostUpdate(): Scenario {
  return async (host) => {
    let total = 0
    const increment = async (name: string): Promise<void> => {
      await host.turn(name)
      const read = total
      if (name !== 'careless') {
        total = read + 1
        return
      }
      await host.turn(name)
      total = read + 1
    }
    // The careless one goes last, when the others are done: first come first served shows nothing.
    const others = Promise.all([increment('a'), increment('b')])
    await Promise.all([others, host.turn('careless').then(() => increment('careless'))])
    if (total !== 3) throw new Error('an update was lost')
  }
}

type Writers = readonly Pid<any>[]

/** A node with three writers, which is stopped in the end. */
function withWriters(
  play: (writers: Writers, log: unknown[], host: ExploringHost) => Promise<void>,
): Scenario {
  return async (host) => {
    const children = dynamicSupervisor({ name: 'children' })
    const node = await startNode(children, { host })
    const log: unknown[] = []
    const writers: Pid<any>[] = []
    for (let count = 0; count < 3; count += 1) {
      const started = await children.startChild(child(Writer, log, { restart: 'temporary' }))
      if (started.ok) writers.push(started.pid)
    }
    await play(writers, log, host)
    await node.stop()
  }
}

const Writer = defineServer({
  name: 'writer',
  init: (log: unknown[]) => log,
  calls: {
    ask: (log) => {
      log.push('asked')
      return reply('answer', log)
    },
    silence: (log, _: undefined, context) => later(context.replyPort<void>(), log),
  },
  casts: {
    write: (log, word: unknown) => {
      log.push(word)
      return next(log)
    },
  },
})
