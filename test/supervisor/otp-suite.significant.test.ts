/**
 * The cases of supervisor_SUITE about significant children (significant_temporary,
 * significant_transient, nonsignificant_*, significant_bystander, significant_escalation), under
 * every strategy, and what falls between them.
 */
import {
  type AutoShutdown,
  type ChildOptions,
  cast,
  child,
  defineServer,
  exit,
  ignore,
  isAlive,
  type Restart,
  type Strategy,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { comesBack, restartTable } from './restart-types.ts'
import { run } from './running.ts'
import { watchedBy } from './watched.ts'
import {
  breakable,
  endings,
  gate,
  idsOf,
  looking,
  ok,
  part,
  pidOf,
  refused,
  startedBy,
  type WorkerProtocol,
} from './worker.ts'

type Mode = Exclude<AutoShutdown, 'never'>

const modes: readonly Mode[] = ['any_significant', 'all_significant']
const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const both = modes.flatMap((mode) => strategies.map((strategy) => [mode, strategy] as const))
const groups = both.filter(([, strategy]) => strategy !== 'one_for_one')
const mortal = restartTable.filter(([restart]) => restart !== 'permanent')
const gone = { kind: 'shutdown' }

describe.each(both)('%s, %s', (autoShutdown, strategy) => {
  // significant_temporary, significant_transient
  test.each(mortal)('a significant %s child that ends by %s', async (restart, ending) => {
    const { top, node, host, journal } = await runThree({ autoShutdown, strategy }, restart)
    endings[ending]?.(pidOf(top, 'b'))
    await host.settle()
    if (comesBack[restart].includes(ending)) {
      expect(top.countChildren().active).toBe(3)
      expect(await top.terminateChild('a')).toEqual(ok)
    } else {
      expect(await node.ended).toEqual(gone)
      expect(journal.filter((line) => line !== '-b')).toEqual(['-c', '-a'])
    }
  })

  // nonsignificant_temporary, nonsignificant_transient
  test.each(mortal)('any other %s child that ends by %s', async (restart, ending) => {
    const { top, host } = await runThree({ autoShutdown, strategy }, 'transient')
    await startedBy(top.startChild(part({ id: 'd' }, { restart })))
    endings[ending]?.(pidOf(top, 'd'))
    await host.settle()
    expect(isAlive(pidOf(top, 'b'))).toBe(true)
  })

  test('one that is stopped and deleted by hand ends nothing', async () => {
    const { top, host } = await runThree({ autoShutdown, strategy }, 'transient')
    expect(await top.terminateChild('b')).toEqual(ok)
    expect(await top.deleteChild('b')).toEqual(ok)
    await host.settle()
    expect(idsOf(top).join('')).toBe('ac')
    expect(top.countChildren().active).toBe(2)
  })

  test('one that dies while it is being stopped by hand ends nothing', async () => {
    const { top, host } = await runThree({ autoShutdown, strategy }, 'temporary')
    const terminated = top.terminateChild('b')
    exit(pidOf(top, 'b'), 'kill')
    expect(await terminated).toEqual(ok)
    await host.settle()
    expect(idsOf(top).join('')).toBe('ac')
  })

  test('one that is started again by hand counts again', async () => {
    const { top, node } = await runThree({ autoShutdown, strategy }, 'transient')
    await top.terminateChild('b')
    expect((await top.restartChild('b')).ok).toBe(true)
    cast(pidOf(top, 'b'), 'stop', { kind: 'normal' })
    expect(await node.ended).toEqual(gone)
  })

  test('one that is added while it runs counts like the others', async () => {
    const top = supervisor({ name: 'top', autoShutdown, strategy }, [part({ id: 'a' })])
    const { node } = await run(top)
    const kind = { restart: 'temporary', significant: true } as const
    cast(await startedBy(top.startChild(part({ id: 'b' }, kind))), 'crash', 'boom')
    expect(await node.ended).toEqual(gone)
  })

  test('one that declines to come back ends nothing', async () => {
    const Shy = defineServer({
      name: 'shy',
      init: (lives: { count: number }) => {
        lives.count += 1
        return lives.count === 2 ? ignore() : lives
      },
    })
    const kind = { restart: 'transient', significant: true, id: 'shy' } as const
    const shy = child(Shy, { count: 0 }, kind)
    const top = supervisor({ name: 'top', autoShutdown, strategy }, [shy, part({ id: 'a' })])
    const { host } = await run(top)
    exit(pidOf(top, 'shy'), 'kill')
    await host.settle()
    expect(top.child('shy')?.pid).toBeUndefined()
    expect(isAlive(pidOf(top, 'a'))).toBe(true)
  })

  test('one whose restarts fail ends the supervisor by the budget alone', async () => {
    const b = breakable()
    const { top, node } = await runThree({ autoShutdown, strategy }, 'transient', b.init)
    exit(pidOf(top, 'b'), 'kill')
    expect(await node.ended).toMatchObject({ detail: { kind: 'reached_max_restart_intensity' } })
    expect(b.tries()).toBe(4)
  })

  test('whoever asks afterwards hears of the end', async () => {
    const { top, host } = await runThree({ autoShutdown, strategy }, 'temporary')
    exit(pidOf(top, 'b'), 'kill')
    const asked = Promise.allSettled([top.startChild(part({ id: 'd' })), top.terminateChild('a')])
    await host.settle()
    expect((await asked).map((each) => each.status)).toEqual(['rejected', 'rejected'])
  })
})

describe.each(groups)('%s, %s, restarting a group', (autoShutdown, strategy) => {
  // significant_bystander
  test.each<Restart>(['transient', 'temporary'])(
    'a significant %s bystander goes down with it and ends nothing',
    async (restart) => {
      const { top, host } = await runThree({ autoShutdown, strategy }, restart)
      exit(pidOf(top, 'a'), 'kill')
      await host.settle()
      expect(idsOf(top).join('')).toBe(restart === 'transient' ? 'abc' : 'ac')
      expect(top.countChildren().active).toBe(restart === 'transient' ? 3 : 2)
    },
  )

  test('a bystander that dies by itself before its turn to stop ends nothing', async () => {
    const opened = gate()
    const journal: string[] = []
    const watched = watchedBy(journal)
    const top = supervisor({ name: 'top', autoShutdown, strategy }, [
      watched('a'),
      watched('b', {}, { restart: 'temporary', significant: true }),
      watched('c', { terminate: opened.wait }),
    ])
    const { host } = await run(top)
    const bystander = pidOf(top, 'b')
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    exit(bystander, 'kill')
    opened.release()
    await host.settle()
    expect(journal.slice(3)).toEqual(['-c', '+a', '+c'])
    expect(idsOf(top).join('')).toBe('ac')
  })
})

describe('all_significant', () => {
  test.each(strategies)('%s: ends with the last one, whatever the others died of', async (it) => {
    const { top, host, node, journal } = await runPair(it)
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    cast(pidOf(top, 'a'), 'stop', { kind: 'normal' })
    await host.settle()
    expect(isAlive(pidOf(top, 'b'))).toBe(true)
    journal.length = 0
    cast(pidOf(top, 'b'), 'stop', { kind: 'shutdown', detail: 'done' })
    expect(await node.ended).toEqual(gone)
    expect(journal).toEqual(['-b', '-c'])
  })

  test.each(strategies)('%s: does not wait for one that was stopped by hand', async (strategy) => {
    const { top, host, node } = await runPair(strategy)
    await top.terminateChild('b')
    await host.settle()
    cast(pidOf(top, 'a'), 'stop', { kind: 'normal' })
    expect(await node.ended).toEqual(gone)
  })

  test('stays if the last one is stopped by hand', async () => {
    const { top, host } = await runPair('one_for_one')
    cast(pidOf(top, 'a'), 'stop', { kind: 'normal' })
    await host.settle()
    expect(await top.terminateChild('b')).toEqual(ok)
    await host.settle()
    expect(top.countChildren().active).toBe(1)
  })

  test('does not wait for one that chose not to start', async () => {
    const kind = { restart: 'transient', significant: true } as const
    const Absent = defineServer({ name: 'absent', init: () => ignore() })
    const children = [child(Absent, undefined, kind), part({ id: 'b' }, kind), part({ id: 'c' })]
    const options = {
      name: 'top',
      strategy: 'one_for_one',
      autoShutdown: 'all_significant',
    } as const
    const top = supervisor(options, children)
    const { node } = await run(top)
    cast(pidOf(top, 'b'), 'stop', { kind: 'normal' })
    expect(await node.ended).toEqual(gone)
  })

  test.each(strategies)('%s: takes one that is tried again for running', async (strategy) => {
    const b = breakable()
    const { top, host } = await runPair(strategy, b.init)
    const seen: unknown[] = []
    exit(pidOf(top, 'b'), 'kill')
    const look = () => {
      seen.push(top.child('b')?.pid)
      const pid = top.child('a')?.pid
      if (typeof pid === 'object') exit(pid, 'shutdown')
    }
    // The first looks when b is tried again, the last when the end of a has been seen to.
    const asked = [top.startChild(looking(look)), top.startChild(looking(() => undefined))]
    expect(await Promise.all(asked)).toEqual([refused('ignored'), refused('ignored')])
    expect(seen).toEqual(['restarting'])
    expect(await top.terminateChild('b')).toEqual(ok)
    await host.settle()
    expect(top.child('b')?.pid).toBeUndefined()
  })
})

describe('a supervisor that ends so', () => {
  // significant_escalation, over one level more
  test.each<[Restart, boolean, number]>([
    ['transient', true, 0],
    ['temporary', true, 0],
    ['transient', false, 1],
    ['temporary', false, 1],
    ['permanent', false, 2],
  ])(
    'itself %s, significant: %s: above it %i children live',
    async (restart, significant, left) => {
      const kind = { restart: 'temporary', significant: true } as const
      const autoShutdown = 'all_significant'
      const options = { strategy: 'one_for_one', autoShutdown } as const
      const inner = supervisor({ ...options, name: 'inner', restart, significant }, [
        part({ id: 'leaf' }, kind),
      ])
      const middle = supervisor({ ...options, name: 'middle', restart: 'permanent' }, [
        inner,
        part({ id: 'b' }),
      ])
      const top = supervisor({ name: 'top', strategy: 'one_for_one', maxRestarts: 0 }, [middle])
      const { host, node } = await run(top)
      exit(pidOf(inner, 'leaf'), 'kill')
      await host.settle()
      if (left === 0) expect((await node.ended).kind).toBe('shutdown')
      else expect(middle.countChildren().active).toBe(left)
    },
  )
})

/** Three children, of which the second is significant. */
async function runThree(
  options: { readonly autoShutdown: Mode; readonly strategy: Strategy },
  restart: Restart,
  init?: () => void,
) {
  const journal: string[] = []
  const watched = watchedBy(journal)
  const kind: ChildOptions<WorkerProtocol> = { restart, significant: true }
  const b = part({ id: 'b', ...(init === undefined ? {} : { init }) }, kind)
  const top = supervisor({ name: 'top', ...options }, [watched('a'), b, watched('c')])
  const { host, node } = await run(top)
  journal.length = 0
  return { top, host, node, journal }
}

/** Two significant transient children and one that is not, in the order c, a, b. */
async function runPair(strategy: Strategy, init?: () => void) {
  const kind = { restart: 'transient', significant: true } as const
  const journal: string[] = []
  const watched = watchedBy(journal)
  const policy = { autoShutdown: 'all_significant', strategy, maxRestarts: 1_000_000 } as const
  const children = [watched('c'), part({ id: 'a' }, kind), watched('b', { init }, kind)]
  const top = supervisor({ name: 'top', ...policy }, children)
  const { host, node } = await run(top)
  return { top, host, node, journal }
}
