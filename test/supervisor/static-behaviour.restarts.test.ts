import { call, cast, ended, exit, type Restart, type Strategy, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { comesBack, restartTable } from './restart-types.ts'
import { run } from './running.ts'
import { endings, failingAt, from, gate, part, pidOf, workerNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const
const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']

describe('the restart type of a child', () => {
  test.each(restartTable)(
    '%s, after %s [SUP-039, SUP-040, SUP-041, SUP-042]',
    async (restart, ending) => {
      const top = supervisor(one, [part({ id: 'a' }, { restart }), part({ id: 'b' })])
      const { host } = await run(top)
      const [before, sibling] = [pidOf(top, 'a'), pidOf(top, 'b')]
      endings[ending]?.(before)
      await host.settle()
      expect(pidOf(top, 'b')).toBe(sibling)
      const info = top.whichChildren().find((each) => each.id === 'a')
      if (comesBack[restart].includes(ending)) {
        expect(info?.pid).not.toEqual(before)
        expect(await call(pidOf(top, 'a'), 'id')).toBe('a')
      } else if (restart === 'transient') {
        expect(info).toEqual({ id: 'a', pid: undefined, type: 'worker', label: 'worker' })
        expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
      } else {
        expect(info).toBeUndefined()
        expect(top.countChildren().specs).toBe(1)
      }
    },
  )

  test('a restarted child has a new pid, the same argument and a fresh state [SUP-021, DSUP-034]', async () => {
    let lives = 0
    const init = () => {
      lives += 1
    }
    const top = supervisor(one, [part({ id: 'a', init })])
    const { host } = await run(top)
    const before = pidOf(top, 'a')
    exit(before, 'kill')
    await host.settle()
    expect(pidOf(top, 'a')).not.toEqual(before)
    expect([lives, await call(pidOf(top, 'a'), 'id')]).toEqual([2, 'a'])
  })
})

describe('a strategy at work', () => {
  test.each<[Strategy, string[], string[]]>([
    ['one_for_one', ['+b'], ['a', 'c', 'd']],
    ['one_for_all', ['-d', '-c', '-a', '+a', '+b', '+c', '+d'], []],
    ['rest_for_one', ['-d', '-c', '+b', '+c', '+d'], ['a']],
  ])('%s: %j [SUP-044, SUP-045, SUP-046]', async (strategy, expected, untouched) => {
    const { top, journal, host } = await runFour(strategy)
    const pids = new Map(['a', 'b', 'c', 'd'].map((id) => [id, pidOf(top, id)]))
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    expect(journal.map((line) => line.split(' ')[0])).toEqual(expected)
    const same = [...pids].filter(([id, pid]) => pidOf(top, id) === pid).map(([id]) => id)
    expect(same).toEqual(untouched)
  })

  // The next one stops only after the one before has said its last words.
  test.each<Strategy>(['one_for_all', 'rest_for_one'])(
    '%s waits for each stop [SUP-045, SUP-046]',
    async (strategy) => {
      const journal: string[] = []
      const { wait, release } = gate()
      const top = supervisor({ ...one, strategy }, [
        part({ id: 'a', journal }),
        part({ id: 'b', journal, traps: true }),
        part({ id: 'c', journal, traps: true, terminate: wait }),
      ])
      const { host } = await run(top)
      journal.length = 0
      exit(pidOf(top, 'a'), 'kill')
      await host.settle()
      expect(journal).toEqual(['-c shutdown'])
      release()
      await host.settle()
      expect(journal).toEqual(['-c shutdown', '-b shutdown', '+a', '+b', '+c'])
    },
  )

  test.each(strategies)(
    '%s leaves everybody alone when a transient child is done [SUP-050]',
    async (it) => {
      const { top, journal, host } = await runFour(it, 'transient')
      cast(pidOf(top, 'b'), 'stop', { kind: 'normal' })
      await host.settle()
      expect(journal).toEqual(['-b normal'])
    },
  )

  test.each<Strategy>(['one_for_all', 'rest_for_one'])(
    '%s does not bring a temporary bystander back, and lives on without it [SUP-047]',
    async (strategy) => {
      const top = supervisor({ ...one, strategy }, [
        part({ id: 'a' }),
        part({ id: 'bystander' }, { restart: 'temporary' }),
        part({ id: 'c' }),
      ])
      const { host } = await run(top)
      for (let count = 0; count < 2; count += 1) {
        exit(pidOf(top, 'a'), 'kill')
        await host.settle()
        expect(top.whichChildren().map((each) => each.id)).toEqual(['a', 'c'])
      }
    },
  )

  test('starts a transient sibling that was down along with its group [SUP-045]', async () => {
    const { top, journal, host } = await runFour('one_for_all', 'transient')
    cast(pidOf(top, 'b'), 'stop', { kind: 'normal' })
    await host.settle()
    exit(pidOf(top, 'd'), 'kill')
    await host.settle()
    expect(journal).toEqual(['-b normal', '-c shutdown', '-a shutdown', '+a', '+b', '+c', '+d'])
  })
})

describe('the budget of a supervisor', () => {
  test.each(strategies)(
    '%s: three restarts in five seconds, not four [SUP-003, SUP-053, SUP-054]',
    async (strategy) => {
      const journal: string[] = []
      const children = ['a', 'b'].map((id) => part({ id, journal, traps: true }))
      const top = supervisor({ ...one, strategy }, children)
      const { host, node } = await run(top)
      for (let count = 0; count < 3; count += 1) {
        exit(pidOf(top, 'a'), 'kill')
        await host.advance(1666)
      }
      journal.length = 0
      exit(pidOf(top, 'a'), 'kill')
      const detail = { kind: 'reached_max_restart_intensity', id: 'a', reason: { kind: 'killed' } }
      expect(await node.ended).toMatchObject({ kind: 'shutdown', detail })
      expect(journal).toEqual(['-b shutdown'])
    },
  )

  test('slides: restarts that are further apart than the window never end it [SUP-054, DSUP-044]', async () => {
    const top = supervisor({ ...one, maxRestarts: 1, maxSeconds: 1 }, [part({ id: 'a' })])
    const { host } = await run(top)
    for (let count = 0; count < 10; count += 1) {
      exit(pidOf(top, 'a'), 'kill')
      await host.advance(1001)
    }
    expect(top.countChildren().active).toBe(1)
  })

  test('is charged once for a group [SUP-051]', async () => {
    const { top, host } = await runFour('one_for_all')
    for (let count = 0; count < 3; count += 1) {
      exit(pidOf(top, 'b'), 'kill')
      await host.settle()
    }
    expect(top.countChildren().active).toBe(4)
  })

  test.each<[Restart, boolean]>([
    ['permanent', true],
    ['transient', false],
    ['temporary', false],
  ])(
    'used up below: the parent brings a %s supervisor back: %s [SUP-061, DSUP-048]',
    async (restart, isBack) => {
      const inner = supervisor({ ...one, name: 'inner', maxRestarts: 0, restart }, [
        part({ id: 'a' }),
      ])
      const top = supervisor(one, [part({ id: 'bystander' }), inner])
      const { host } = await run(top)
      const bystander = pidOf(top, 'bystander')
      const reason = ended(pidOf(top, 'inner'))
      exit(pidOf(inner, 'a'), 'kill')
      await host.settle()
      expect((await reason).kind).toBe('shutdown')
      expect(pidOf(top, 'bystander')).toBe(bystander)
      expect(top.countChildren().active).toBe(isBack ? 2 : 1)
    },
  )

  test('used up below: the parent goes by its own strategy for all of its children [SUP-061]', async () => {
    const journal: string[] = []
    const inner = supervisor({ ...one, name: 'inner', maxRestarts: 0 }, [part({ id: 'a' })])
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [
      part({ id: 'x', journal, traps: true }),
      inner,
      part({ id: 'y', journal, traps: true }),
    ])
    const { host } = await run(top)
    journal.length = 0
    exit(pidOf(inner, 'a'), 'kill')
    await host.settle()
    expect(journal).toEqual(['-y shutdown', '-x shutdown', '+x', '+y'])
    expect(inner.countChildren().active).toBe(1)
  })

  test('a leaf that crashes touches its own supervisor alone [SUP-061]', async () => {
    const inner = supervisor({ ...one, name: 'inner', strategy: 'one_for_all' }, [
      part({ id: 'a' }),
    ])
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [inner, part({ id: 'b' })])
    const { host } = await run(top)
    const before = [pidOf(top, 'inner'), pidOf(top, 'b')]
    exit(pidOf(inner, 'a'), 'kill')
    await host.settle()
    expect([pidOf(top, 'inner'), pidOf(top, 'b')]).toEqual(before)
  })
})

describe('a restart that fails', () => {
  test.each(strategies)(
    '%s tries until the budget is used up, then gives up [SUP-055]',
    async (strategy) => {
      const journal: string[] = []
      const broken = failingAt(...from(2, 100))
      const top = supervisor({ ...one, strategy, maxRestarts: 5 }, [
        part({ id: 'a', init: broken.init }),
        part({ id: 'b', journal, traps: true }),
      ])
      const { node, host } = await run(top)
      exit(pidOf(top, 'a'), 'kill')
      expect((await node.ended).kind).toBe('shutdown')
      expect([broken.tries(), host.nowMs]).toEqual([1 + 5, 0])
      expect(journal).toEqual(['+b', '-b shutdown'])
    },
  )

  test.each(strategies)('%s goes on where it stopped once a try succeeds', async (strategy) => {
    const top = supervisor({ ...one, strategy }, [
      part({ id: 'a' }),
      part({ id: 'b', init: failingAt(2, 3).init }),
      part({ id: 'c' }),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    expect(top.countChildren()).toEqual({ specs: 3, active: 3, supervisors: 0, workers: 3 })
  })

  test('leaves the supervisor answering: the child shows as restarting [SUP-058, DSUP-037]', async () => {
    const { wait, release } = gate()
    const broken = failingAt(2)
    const init = () => {
      broken.init()
      return broken.tries() === 3 ? wait() : undefined
    }
    const top = supervisor(one, [part({ id: 'a', init }), part({ id: 'b' })])
    const { host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    const between = { id: 'a', pid: 'restarting', type: 'worker', label: 'worker' }
    expect(top.whichChildren()[0]).toEqual(between)
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
    release()
    await host.settle()
    expect(top.countChildren().active).toBe(2)
  })

  test('does not keep the supervisor from stopping, and its name is free after [SUP-060]', async () => {
    const names = workerNames()
    const broken = failingAt(...from(2, 2000))
    const top = supervisor({ ...one, maxRestarts: 1_000_000 }, [
      names,
      part({ id: 'a', init: broken.init }, { name: names.via('a') }),
    ])
    const { node } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    await node.stop()
    expect(broken.tries()).toBeLessThan(2000)
    expect(node.statistics().rows).toEqual({})
  })

  // Nobody runs without those it was started after.
  test('is not tried any more once an earlier sibling has to be tried first [SUP-046]', async () => {
    const journal: string[] = []
    const top = supervisor({ ...one, strategy: 'rest_for_one', maxRestarts: 10 }, [
      part({ id: 'a', journal, init: failingAt(2).init }),
      part({ id: 'b', journal, init: failingAt(2).init }),
      part({ id: 'c', journal }),
    ])
    const { host } = await run(top)
    journal.length = 0
    exit(pidOf(top, 'b'), 'kill')
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(journal).toEqual(['+b', '+a', '+a', '+b', '+c'])
  })

  // The trapping child of a killed supervisor still has its name.
  test('because the name is still held ends in giving up [VIA-004]', async () => {
    const names = workerNames()
    const slow = { id: 'slow', traps: true, terminate: gate().wait }
    const inner = supervisor({ ...one, name: 'inner' }, [part(slow, { name: names.via('x') })])
    const top = supervisor(one, [names, inner])
    const { node, host } = await run(top)
    exit(pidOf(top, 'inner'), 'kill')
    await host.settle()
    expect(await node.ended).toMatchObject({
      kind: 'shutdown',
      detail: { kind: 'reached_max_restart_intensity', id: 'inner' },
    })
  })
})

describe('significant children', () => {
  const significant = { significant: true } as const

  test('any_significant: the end of a temporary one ends the supervisor [SUP-075, SUP-080]', async () => {
    const journal: string[] = []
    const top = supervisor({ ...one, autoShutdown: 'any_significant' }, [
      part({ id: 'a', journal, traps: true }),
      part({ id: 'b' }, { ...significant, restart: 'temporary' }),
      part({ id: 'c', journal, traps: true }),
    ])
    const { node } = await run(top)
    exit(pidOf(top, 'b'), 'kill')
    expect(await node.ended).toEqual({ kind: 'shutdown' })
    expect(journal.slice(2)).toEqual(['-c shutdown', '-a shutdown'])
  })

  test('any_significant: a transient one is restarted after a crash [SUP-076]', async () => {
    const top = supervisor({ ...one, autoShutdown: 'any_significant' }, [
      part({ id: 'a' }, { ...significant, restart: 'transient' }),
    ])
    const { node, host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    cast(pidOf(top, 'a'), 'stop', { kind: 'normal' })
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })

  test('are the only ones that count [SUP-078]', async () => {
    const top = supervisor({ ...one, autoShutdown: 'any_significant' }, [
      part({ id: 'a' }, { restart: 'temporary' }),
      part({ id: 'b' }, { restart: 'transient' }),
      part({ id: 'c' }, { ...significant, restart: 'transient' }),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    cast(pidOf(top, 'b'), 'stop', { kind: 'normal' })
    await host.settle()
    expect(top.countChildren().active).toBe(1)
  })

  test('all_significant: the last one ends the supervisor', async () => {
    const kind = { ...significant, restart: 'transient' } as const
    const top = supervisor({ ...one, autoShutdown: 'all_significant' }, [
      part({ id: 'a' }, kind),
      part({ id: 'b' }, kind),
      part({ id: 'c' }),
    ])
    const { node, host } = await run(top)
    cast(pidOf(top, 'a'), 'stop', { kind: 'normal' })
    await host.settle()
    expect(top.countChildren().active).toBe(2)
    cast(pidOf(top, 'b'), 'stop', { kind: 'shutdown' })
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })

  test('all_significant: one that is about to be tried again is not gone', async () => {
    const kind = { ...significant, restart: 'transient' } as const
    const top = supervisor({ ...one, autoShutdown: 'all_significant' }, [
      part({ id: 'a', init: failingAt(2).init }, kind),
      part({ id: 'b' }, kind),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    exit(pidOf(top, 'b'), 'shutdown')
    await host.settle()
    expect(await call(pidOf(top, 'a'), 'id')).toBe('a')
  })

  test.each([true, false])(
    'a supervisor that ended so, itself significant: %s [SUP-080]',
    async (cascades) => {
      const leaf = part({ id: 'leaf' }, { ...significant, restart: 'temporary' })
      const inner = supervisor(
        {
          ...one,
          name: 'inner',
          autoShutdown: 'any_significant',
          restart: 'transient',
          significant: cascades,
        },
        [leaf],
      )
      const top = supervisor({ ...one, autoShutdown: 'any_significant' }, [
        inner,
        part({ id: 'b' }),
      ])
      const { node, host } = await run(top)
      exit(pidOf(inner, 'leaf'), 'kill')
      await host.settle()
      if (cascades) expect(await node.ended).toEqual({ kind: 'shutdown' })
      else expect(top.countChildren().active).toBe(1)
    },
  )
})

async function runFour(strategy: Strategy, restart: Restart = 'permanent') {
  const journal: string[] = []
  const children = ['a', 'b', 'c', 'd'].map((id) => part({ id, journal, traps: true }, { restart }))
  const top = supervisor({ ...one, strategy }, children)
  const { host } = await run(top)
  journal.length = 0
  return { top, journal, host }
}
