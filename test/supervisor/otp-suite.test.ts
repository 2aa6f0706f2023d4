/**
 * Cases of supervisor_SUITE that no line of the catalogue names, each with the case it is of:
 * children that are changed by hand, restarts that are declined, names, and what is reported.
 */
import {
  call,
  child,
  defineServer,
  type ExitReason,
  exit,
  ignore,
  isAlive,
  type Restart,
  type StaticSupervisor,
  type Strategy,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { feed, run } from './running.ts'
import {
  endings,
  gate,
  idsOf,
  leaver,
  ok,
  part,
  pidOf,
  refused,
  startedBy,
  supervisorNames,
  workerNames,
} from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const
const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const restarts: readonly Restart[] = ['permanent', 'transient', 'temporary']

describe('children that are changed by hand', () => {
  // child_adm, extra_return
  test('go through every state and back', async () => {
    const top = supervisor(one, [part({ id: 'a' })])
    await run(top)
    const counts = () => [top.countChildren().specs, top.countChildren().active]
    expect(await top.deleteChild('a')).toEqual(refused('running'))
    expect(await top.restartChild('a')).toEqual(refused('running'))
    expect(await top.terminateChild('a')).toEqual(ok)
    expect([counts(), top.child('a')?.pid]).toEqual([[1, 0], undefined])
    expect(await top.startChild(part({ id: 'a' }))).toEqual(refused('already_present'))
    expect(await top.restartChild('a')).toEqual({ ok: true, pid: pidOf(top, 'a') })
    expect(counts()).toEqual([1, 1])
    expect(await top.terminateChild('a')).toEqual(ok)
    expect(await top.terminateChild('a')).toEqual(ok)
    expect(await top.deleteChild('a')).toEqual(ok)
    expect(await top.restartChild('a')).toEqual(refused('not_found'))
    expect(counts()).toEqual([0, 0])
    await startedBy(top.startChild(part({ id: 'a' })))
    expect(counts()).toEqual([1, 1])
  })

  // order_of_children
  test('stop and come back in the order in which they were added at last', async () => {
    const journal: string[] = []
    const made = (id: string) => part({ id, journal, traps: true })
    const top = supervisor({ ...one, strategy: 'one_for_all' }, ['a', 'b', 'c', 'd'].map(made))
    const { host, node } = await run(top)
    await startedBy(top.startChild(made('e')))
    await top.terminateChild('b')
    await top.deleteChild('b')
    await startedBy(top.startChild(made('b')))
    await top.terminateChild('c')
    await top.restartChild('c')
    journal.length = 0
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(idsOf(top).join('')).toBe('acdeb')
    expect(signs(journal)).toBe('-b -e -d -c +a +c +d +e +b')
    journal.length = 0
    await node.stop()
    expect(signs(journal)).toBe('-b -e -d -c -a')
  })

  // do_not_save_child_specs_for_temporary_children
  test.each(
    strategies.flatMap((strategy) => Object.keys(endings).map((it) => [strategy, it] as const)),
  )(
    '%s: the id of a temporary child is free after %s, that of others is not',
    async (strategy, ending) => {
      const top = supervisor({ name: 'top', strategy }, [])
      const { host } = await run(top)
      const again: unknown[] = []
      for (const restart of ['permanent', 'transient', 'temporary'] as const) {
        const pid = await startedBy(top.startChild(part({ id: restart }, { restart })))
        endings[ending]?.(pid)
        await host.settle()
        const second = await top.startChild(part({ id: restart }, { restart }))
        again.push(second.ok || second.reason.kind)
      }
      const isClean = ['normal', 'shutdown', 'shutdown with a detail'].includes(ending)
      const transient = isClean ? 'already_present' : 'already_started'
      expect(again).toEqual(['already_started', transient, true])
    },
  )

  // child_unlink
  test('are stopped without a hang if they gave up their link, dead or alive', async () => {
    const top = supervisor({ ...one, name: 'inner' }, [
      part({ id: 'a' }),
      part({ id: 'b', traps: true }),
    ])
    const outer = supervisor(one, [top])
    const { host } = await run(outer)
    for (const id of ['a', 'b']) {
      const pid = pidOf(top, id)
      await call(pid, 'run', (context) => context.unlink(pidOf(outer, 'inner')))
      if (id === 'a') exit(pid, 'kill')
      await host.settle()
      expect(await top.deleteChild(id)).toEqual(refused('running'))
      expect(await top.terminateChild(id)).toEqual(ok)
      expect(isAlive(pid)).toBe(false)
      expect((await top.restartChild(id)).ok).toBe(true)
    }
  })

  // sup_stop_*: a supervisor is a child like others
  test('may be whole trees, which stop in order and come back as they were made', async () => {
    const journal: string[] = []
    const leaves = ['x', 'y'].map((id) => part({ id, journal, traps: true }))
    const inner = supervisor({ ...one, name: 'inner' }, leaves)
    const top = supervisor(one, [inner])
    await run(top)
    await startedBy(inner.startChild(part({ id: 'z', journal, traps: true })))
    journal.length = 0
    await top.terminateChild('inner')
    await top.restartChild('inner')
    expect(signs(journal)).toBe('-z -y -x +x +y')
    expect(idsOf(inner).join('')).toBe('xy')
  })

  // tree
  test('below a supervisor that gave up are gone, and its siblings go with it', async () => {
    const journal: string[] = []
    const left = supervisor({ ...one, name: 'left' }, [part({ id: 'a', journal })])
    const right = supervisor({ ...one, name: 'right', maxRestarts: 0 }, [])
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [left, right])
    const { host } = await run(top)
    const [leftPid, rightPid] = [pidOf(top, 'left'), pidOf(top, 'right')]
    await startedBy(left.startChild(part({ id: 'b', journal })))
    exit(await startedBy(right.startChild(part({ id: 'c' }))), 'kill')
    await host.settle()
    expect(top.countChildren()).toEqual({ specs: 2, active: 2, supervisors: 2, workers: 0 })
    expect(pidOf(top, 'left')).not.toBe(leftPid)
    expect(pidOf(top, 'right')).not.toBe(rightPid)
    expect([idsOf(left), idsOf(right)]).toEqual([['a'], []])
    expect(signs(journal)).toBe('+a +b +a')
  })
})

describe('a restart that a child declines', () => {
  // sup_start_ignore_child, at a restart instead of the first start
  test.each(strategies)(
    '%s keeps it, stopped, until somebody starts it again',
    async (strategy) => {
      const Shy = defineServer({
        name: 'shy',
        init: (lives: { count: number }) => {
          lives.count += 1
          return lives.count === 2 ? ignore() : lives
        },
      })
      const shy = child(Shy, { count: 0 }, { id: 'shy' })
      const top = supervisor({ ...one, strategy }, [part({ id: 'a' }), shy, part({ id: 'b' })])
      const { host } = await run(top)
      exit(pidOf(top, 'shy'), 'kill')
      await host.settle()
      expect(top.child('shy')).toMatchObject({ id: 'shy', pid: undefined })
      expect(top.countChildren()).toMatchObject({ specs: 3, active: 2 })
      exit(pidOf(top, 'a'), 'kill')
      await host.settle()
      expect(top.countChildren().active).toBe(strategy === 'one_for_one' ? 2 : 3)
      const again = await top.restartChild('shy')
      expect(again.ok || again.reason.kind).toBe(strategy === 'one_for_one' || 'running')
    },
  )
})

describe('names in a tree', () => {
  // simple_global_supervisor: kill_supervisor, kill_worker, exit_worker, restart_worker
  test.each(['kill the supervisor', 'kill', 'normal', 'restart by hand'])(
    'lead to the new processes: %s',
    async (how) => {
      const [offices, names] = [supervisorNames(), workerNames()]
      const server = part({ id: 'server' }, { name: names.via('server') })
      const middle = supervisor(
        { name: 'middle', strategy: 'one_for_all', registerAs: offices.via('middle') },
        [server],
      )
      const inner = supervisor({ name: 'inner', strategy: 'one_for_all' }, [middle])
      const top = supervisor(one, [offices, names, inner])
      const { host } = await run(top)
      const [office, worker] = [offices.whereis('middle'), names.whereis('server')]
      if (office === undefined || worker === undefined) throw new Error('unreachable')
      if (how === 'kill the supervisor') exit(office, 'kill')
      else if (how !== 'restart by hand') endings[how]?.(worker)
      else {
        await middle.terminateChild('server')
        expect(names.whereis('server')).toBeUndefined()
        await middle.restartChild('server')
      }
      await host.settle()
      expect(names.whereis('server')).toBe(pidOf(middle, 'server'))
      expect(offices.whereis('middle')).toBe(pidOf(inner, 'middle'))
      expect(names.whereis('server')).not.toBe(worker)
      expect(offices.whereis('middle') === office).toBe(how !== 'kill the supervisor')
      expect(await top.terminateChild('inner')).toEqual(ok)
      expect([offices.whereis('middle'), names.whereis('server')]).toEqual([undefined, undefined])
    },
  )
})

describe('a child that was told to stop and leaves with a reason of its own', () => {
  // supervisor:shutdown/1, the reasons that are no shutdown_error
  test('is reported if it is permanent, or the reason is no clean one', async () => {
    const own: readonly ExitReason[] = [
      { kind: 'shutdown' },
      { kind: 'shutdown', detail: 'own' },
      { kind: 'normal' },
      { kind: 'crash', error: 'own' },
    ]
    const reported = await reportedOf(restarts, own, async (top, { id, restart, reason }) => {
      await startedBy(top.startChild(leaver(id, reason, { restart })))
      await top.terminateChild(id)
    })
    expect(reported).toEqual([
      ['permanent', { kind: 'shutdown', detail: 'own' }],
      ['permanent', { kind: 'normal' }],
      ['permanent', { kind: 'crash', error: 'own' }],
      ['transient', { kind: 'crash', error: 'own' }],
      ['temporary', { kind: 'crash', error: 'own' }],
    ])
  })

  test('is reported if it was to be killed and had left before, being permanent', async () => {
    const own: readonly ExitReason[] = [{ kind: 'shutdown' }, { kind: 'shutdown', detail: 'own' }]
    const reported = await reportedOf(restarts, own, async (top, { id, restart, reason }) => {
      const options = { restart, shutdownMs: 'kill' } as const
      const pid = await startedBy(top.startChild(part({ id }, options)))
      const terminated = top.terminateChild(id)
      exit(pid, reason)
      expect(await terminated).toEqual(ok)
    })
    expect(reported).toEqual(own.map((reason) => ['permanent', reason]))
  })

  test('is not reported if it is a supervisor that has given up meanwhile', async () => {
    const events = feed()
    const inner = supervisor({ ...one, name: 'inner', maxRestarts: 0 }, [part({ id: 'a' })])
    const middle = supervisor({ ...one, name: 'middle' }, [inner])
    const top = supervisor(one, [middle, part({ id: 'b' })])
    await run(top)
    const { wait, release } = gate()
    const held = middle.startChild(part({ id: 'slow', init: wait }))
    await new Promise(setImmediate)
    const terminated = middle.terminateChild('inner')
    exit(pidOf(inner, 'a'), 'kill')
    await new Promise(setImmediate)
    release()
    await held
    expect(await terminated).toEqual(ok)
    const contexts = events.flatMap((each) => {
      return each.kind === 'supervisor_report' ? [`${each.supervisor} ${each.context}`] : []
    })
    expect(contexts).toEqual(['inner child_terminated', 'inner shutdown'])
  })
})

interface Leaving {
  readonly id: string
  readonly restart: Restart
  readonly reason: ExitReason
}

/** Which restart types with which reasons lead to a report, if children end so one by one. */
async function reportedOf(
  types: readonly Restart[],
  reasons: readonly ExitReason[],
  play: (top: StaticSupervisor, leaving: Leaving) => Promise<void>,
): Promise<[string, ExitReason][]> {
  const events = feed()
  const top = supervisor(one, [])
  await run(top)
  for (const restart of types) {
    for (const [place, reason] of reasons.entries()) {
      await play(top, { id: `${restart} ${place}`, restart, reason })
    }
  }
  const reported: [string, ExitReason][] = []
  for (const each of events) {
    if (each.kind !== 'supervisor_report' || each.context !== 'shutdown_error') continue
    reported.push([each.offender.restart, each.reason])
  }
  return reported
}

/** A journal without the reasons. */
function signs(journal: readonly string[]): string {
  return journal.map((line) => line.split(' ')[0]).join(' ')
}
