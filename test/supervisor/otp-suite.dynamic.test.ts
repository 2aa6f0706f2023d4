/**
 * Cases of Elixir's dynamic_supervisor_test.exs and of supervisor_SUITE (simple_one_for_one) that
 * no line of the catalogue names; each cites its case.
 */
import {
  type ChildInfo,
  call,
  dynamicSupervisor,
  exit,
  isAlive,
  type Pid,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { feed, run } from './running.ts'
import {
  breakable,
  endings,
  failingAt,
  gate,
  leaver,
  looking,
  part,
  refused,
  startedBy,
  type WorkerProtocol,
} from './worker.ts'

const none = { specs: 0, active: 0, supervisors: 0, workers: 0 }

describe('a dynamic child that is being restarted', () => {
  // "terminates restarting child"; hanging_restart_loop_simple
  test('is given up by the pid that it had last, once [SUP-058]', async () => {
    const { children, host, broken, pid } = await runBroken()
    exit(pid, 'shutdown')
    const asked = [children.terminateChild(pid), children.terminateChild(pid)]
    expect(await Promise.all(asked)).toEqual([true, false])
    expect(children.countChildren()).toEqual(none)
    const tries = broken.tries()
    expect(tries).toBeGreaterThan(1)
    await host.advance(60_000)
    expect([broken.tries(), children.whichChildren()]).toEqual([tries, []])
  })

  test('leaves its place to another one when it is given up', async () => {
    const { children, pid } = await runBroken({ maxChildren: 1 })
    exit(pid, 'kill')
    const terminated = children.terminateChild(pid)
    const started = children.startChild(part({ id: 'b' }))
    expect(await terminated).toBe(true)
    expect((await started).ok).toBe(true)
    expect(await children.startChild(part({ id: 'c' }))).toMatchObject({
      reason: { kind: 'max_children' },
    })
  })

  test('is not found by a pid of an earlier life, nor by the old one once it runs', async () => {
    const children = dynamicSupervisor({ name: 'top', maxRestarts: 1_000_000 })
    const { host } = await run(children)
    const broken = failingAt(3)
    const first = await startedBy(children.startChild(part({ id: 'a', init: broken.init })))
    exit(first, 'kill')
    await host.settle()
    const second = onlyPid(children.whichChildren())
    exit(second, 'kill')
    const asked = [children.terminateChild(first), children.terminateChild(first)]
    await host.settle()
    expect(await Promise.all(asked)).toEqual([false, false])
    expect(await children.terminateChild(second)).toBe(false)
    expect(await call(onlyPid(children.whichChildren()), 'id')).toBe('a')
    expect(children.countChildren().active).toBe(1)
  })

  // "child is restarted when trying again"
  test('runs and counts again once a try succeeds', async () => {
    const children = dynamicSupervisor({ name: 'top', maxRestarts: 2 })
    const { host } = await run(children)
    const broken = failingAt(2)
    exit(await startedBy(children.startChild(part({ id: 'a', init: broken.init }))), 'shutdown')
    await host.settle()
    expect(broken.tries()).toBe(3)
    expect(children.countChildren()).toEqual({ ...none, specs: 1, active: 1, workers: 1 })
  })

  // hanging_restart_loop_simple
  test('does not hold up the end of its supervisor', async () => {
    const { children, host, broken, pid, top } = await runBroken()
    exit(pid, 'kill')
    while (broken.tries() < 50) await new Promise(setImmediate)
    expect(await top.terminateChild('children')).toEqual({ ok: true })
    const tries = broken.tries()
    await host.settle()
    expect(broken.tries()).toBe(tries)
    expect(() => children.countChildren()).toThrow('noproc')
  })

  // "child is restarted with different values"
  test('stands beside those that run, and leaves them alone', async () => {
    const { children, pid } = await runBroken()
    const sibling = await startedBy(children.startChild(part({ id: 'b' })))
    const dropped = await startedBy(
      children.startChild(part({ id: 'c' }, { restart: 'transient' })),
    )
    exit(pid, 'kill')
    exit(dropped, 'shutdown')
    const seen: unknown[] = []
    const look = () => {
      seen.push(
        children.whichChildren().map((each) => each.pid),
        children.countChildren(),
      )
    }
    const asked = [children.startChild(looking(look)), children.terminateChild(dropped)]
    const terminated = children.terminateChild(pid)
    expect(await Promise.all(asked)).toEqual([refused('ignored'), false])
    expect(seen).toEqual([[sibling, 'restarting'], { ...none, specs: 2, active: 1, workers: 2 }])
    expect(await terminated).toBe(true)
    expect(isAlive(sibling)).toBe(true)
  })
})

describe('a dynamic child', () => {
  // "restarting on exit children counted in max_children"
  test('keeps its place while it dies and comes back', async () => {
    const children = dynamicSupervisor({ name: 'top', maxChildren: 1 })
    await run(children)
    exit(await startedBy(children.startChild(part({ id: 'a' }))), 'shutdown')
    expect(await children.startChild(part({ id: 'b' }))).toMatchObject({
      reason: { kind: 'max_children' },
    })
    expect(children.countChildren()).toEqual({ ...none, specs: 1, active: 1, workers: 1 })
  })

  // "temporary child is not restarted regardless of reason" and the two after it
  test.each(Object.keys(endings))(
    'that is terminated while it ends by %s stays down',
    async (it) => {
      const children = dynamicSupervisor({ name: 'top' })
      const { host } = await run(children)
      const pid = await startedBy(children.startChild(part({ id: 'a' })))
      const terminated = children.terminateChild(pid)
      endings[it]?.(pid)
      expect(await terminated).toBe(true)
      await host.settle()
      expect(children.countChildren()).toEqual(none)
    },
  )

  // Elixir, wait_child: {shutdown, _} is fine of any child, normal of all but a permanent one
  test('that leaves with a reason of its own when told to stop is reported as in Elixir', async () => {
    const events = feed()
    const children = dynamicSupervisor({ name: 'top' })
    await run(children)
    for (const reason of [{ kind: 'shutdown', detail: 'own' }, { kind: 'normal' }] as const) {
      for (const restart of ['permanent', 'transient', 'temporary'] as const) {
        const leaving = leaver(`${restart} ${reason.kind}`, reason, { restart })
        await children.terminateChild(await startedBy(children.startChild(leaving)))
      }
    }
    const reports = events.filter((each) => each.kind === 'supervisor_report')
    expect(reports.map(({ context, offender }) => [context, offender.id])).toEqual([
      ['shutdown_error', 'permanent normal'],
    ])
  })

  // simple_one_for_one_shutdown: stop takes as long as the slowest limit
  test('that is stuck holds the end up for its own limit and no longer', async () => {
    const children = dynamicSupervisor({ name: 'top' })
    const { node, host } = await run(children)
    const { wait, release } = gate()
    const pids: Pid[] = []
    for (const shutdownMs of [1000, 2000, 3000]) {
      const stuck = { id: 'a', traps: true, terminate: wait }
      pids.push(await startedBy(children.startChild(part(stuck, { shutdownMs }))))
    }
    const stopped = node.stop()
    for (const alive of [2, 1, 0]) {
      await host.advance(1000)
      expect(pids.filter((pid) => isAlive(pid)).length).toBe(alive)
    }
    await stopped
    release()
  })
})

function onlyPid(infos: readonly ChildInfo[]): Pid<WorkerProtocol> {
  const [info] = infos
  if (infos.length !== 1 || typeof info?.pid !== 'object') throw new Error('not one that runs')
  return info.pid
}

/** A child that starts once and never again, under a supervisor that never gives up. */
async function runBroken(limits: { readonly maxChildren?: number } = {}) {
  const broken = breakable()
  const children = dynamicSupervisor({ name: 'children', maxRestarts: 1_000_000, ...limits })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [children])
  const { host } = await run(top)
  const pid = await startedBy(children.startChild(part({ id: 'a', init: broken.init })))
  return { children, top, host, broken, pid }
}
