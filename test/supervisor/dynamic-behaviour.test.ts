import {
  call,
  child,
  defineServer,
  dynamicSupervisor,
  type ExitReason,
  ended,
  exit,
  ignore,
  isAlive,
  next,
  type Pid,
  type Restart,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { comesBack, restartTable } from './restart-types.ts'
import { feed, run, startedPid } from './running.ts'
import { endings, failingAt, from, gate, part, pidOf, startedBy, workerNames } from './worker.ts'

describe('the restart type of a dynamic child', () => {
  test.each(restartTable)(
    '%s, after %s [DSUP-031, DSUP-032, DSUP-033, DSUP-034]',
    async (restart, ending) => {
      const children = dynamicSupervisor({ name: 'children' })
      const { host } = await run(children)
      const pid = await startedBy(children.startChild(part({ id: 'a' }, { restart })))
      const sibling = await startedBy(children.startChild(part({ id: 'b' })))
      endings[ending]?.(pid)
      await host.settle()
      expect(isAlive(pid)).toBe(false)
      expect(isAlive(sibling)).toBe(true)
      const others = children.whichChildren().filter((each) => each.pid !== sibling)
      expect(others.length).toBe(comesBack[restart].includes(ending) ? 1 : 0)
      for (const { pid: replacement } of others) {
        if (typeof replacement !== 'object') throw new Error('it does not run')
        expect(await call(replacement, 'id')).toBe('a')
      }
      expect(children.countChildren()).toMatchObject({ specs: others.length + 1 })
    },
  )

  test('applies to a child that dies right after its start [DSUP-025]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const pid = await startedBy(children.startChild(part({ id: 'a' })))
    exit(pid, 'kill')
    await host.settle()
    expect(children.countChildren().active).toBe(1)
  })

  test('applies to a child that died before its supervisor heard of its start', async () => {
    const { wait, release } = gate()
    const { children, names, host } = await runWithNames()
    const init = () => wait()
    const starting = children.startChild(part({ id: 'a', init }, { name: names.via('x') }))
    await host.settle()
    const crashed = call(names.via('x'), 'stop', { kind: 'normal' })
    release()
    expect(await crashed).toBe('a')
    expect((await starting).ok).toBe(true)
    await host.settle()
    expect(await call(names.via('x'), 'id')).toBe('a')
  })
})

describe('the budget of a dynamic supervisor', () => {
  test('is one for all children: the fourth crash within five seconds ends it [DSUP-002, DSUP-041, DSUP-046]', async () => {
    const journal: string[] = []
    const children = dynamicSupervisor({ name: 'children' })
    const { node, host } = await run(children)
    await children.startChild(part({ id: 'bystander', journal, traps: true }))
    const crash = async (id: string) => {
      const pid = await startedBy(children.startChild(part({ id })))
      exit(pid, 'kill')
      await host.advance(1600)
    }
    for (const id of ['a', 'b', 'c']) await crash(id)
    expect(children.countChildren().active).toBe(4)
    await crash('d')
    expect((await node.ended).kind).toBe('shutdown')
    expect(journal).toEqual(['+bystander', '-bystander shutdown'])
  })

  test('of 0 ends it with the first exit that calls for a restart [DSUP-042]', async () => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 0 })
    const { node, host } = await run(children)
    const temporary = part({ id: 'a' }, { restart: 'temporary' })
    exit(await startedBy(children.startChild(temporary)), 'kill')
    await host.settle()
    exit(await startedBy(children.startChild(part({ id: 'b' }))), 'kill')
    expect((await node.ended).kind).toBe('shutdown')
  })

  test('slides [DSUP-044]', async () => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 1, maxSeconds: 1 })
    const { host } = await run(children)
    await children.startChild(part({ id: 'a' }))
    for (let count = 0; count < 10; count += 1) {
      exit(onlyPid(children.whichChildren()), 'kill')
      await host.advance(2100)
    }
    expect(children.countChildren().active).toBe(1)
  })

  test.each<[Restart, number]>([
    ['permanent', 1],
    ['transient', 0],
  ])('used up: a %s one is started again: %i [DSUP-048]', async (restart, running) => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 0, restart })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [children])
    const { host } = await run(top)
    exit(await startedBy(children.startChild(part({ id: 'a' }))), 'kill')
    await host.settle()
    expect(top.countChildren().active).toBe(running)
    if (running === 1) expect(children.countChildren().specs).toBe(0)
  })

  // What a fleet is there to prevent.
  test.each([
    [10, 3, 0],
    [3, 3, 3],
    [10, 1000, 10],
  ])(
    'when all of %i workers crash at once, with %i restarts allowed, %i are back under their names [DSUP-072]',
    async (workers, maxRestarts, back) => {
      const { children, names, host, ids } = await runCrowd(workers, maxRestarts)
      for (const id of ids) exit(names.whereis(id) ?? unreachable(), 'kill')
      expect(names.count()).toBe(0)
      await host.advance(60_000)
      const counts = { specs: back, active: back, supervisors: 0, workers: back }
      expect([children.countChildren(), names.count()]).toEqual([counts, back])
    },
  )

  // A registry has no process whose end could take anybody along.
  test('is not touched by the end of their registry [differs: DSUP-072]', async () => {
    const { children, names, host, top, ids } = await runCrowd(10, 3)
    const pids = ids.map((id) => names.whereis(id))
    exit(pidOf(top, 'names'), 'kill')
    await host.advance(60_000)
    expect(ids.map((id) => names.whereis(id))).toEqual(pids)
    expect(children.countChildren().active).toBe(10)
  })
})

describe('a dynamic child whose restart fails', () => {
  test('costs one unit per try, and ends the supervisor [DSUP-039]', async () => {
    const broken = failingAt(...from(2, 100))
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 5 })
    const { node, host } = await run(children)
    exit(await startedBy(children.startChild(part({ id: 'a', init: broken.init }))), 'kill')
    expect((await node.ended).kind).toBe('shutdown')
    expect([broken.tries(), host.nowMs]).toEqual([1 + 5, 0])
  })

  test('is listed as restarting and keeps its place [DSUP-027, DSUP-037, DSUP-068]', async () => {
    const { wait, release } = gate()
    const broken = failingAt(2)
    const init = () => {
      broken.init()
      return broken.tries() === 3 ? wait() : undefined
    }
    const children = dynamicSupervisor({ name: 'children', maxChildren: 2 })
    const { host } = await run(children)
    const pid = await startedBy(children.startChild(part({ id: 'a', init })))
    await children.startChild(part({ id: 'b' }))
    exit(pid, 'kill')
    const late = children.startChild(part({ id: 'c' }))
    await host.settle()
    expect(children.whichChildren().map((each) => each.pid)).toContain('restarting')
    expect(children.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
    release()
    expect(await late).toEqual({ ok: false, reason: { kind: 'max_children' } })
    await host.settle()
    expect(children.countChildren()).toEqual({ specs: 2, active: 2, supervisors: 0, workers: 2 })
  })

  test('lets requests through between two tries', async () => {
    const journal: string[] = []
    const broken = failingAt(...from(2, 10))
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 50 })
    const { host } = await run(children)
    const tell = () => {
      journal.push('try')
      broken.init()
    }
    exit(await startedBy(children.startChild(part({ id: 'a', init: tell }))), 'kill')
    await Promise.all([children.startChild(part({ id: 'b', journal }))])
    await host.settle()
    expect(journal.indexOf('+b')).toBeLessThan(journal.length - 5)
  })

  test('is dropped if it chooses not to start any more', async () => {
    const children = dynamicSupervisor({ name: 'children', maxChildren: 1 })
    const { host } = await run(children)
    const Moody = defineServer({
      name: 'moody',
      init: (lives: number[]) => (lives.push(1) > 1 ? ignore() : next(lives)),
    })
    exit(await startedBy(children.startChild(child(Moody, []))), 'kill')
    await host.settle()
    expect(children.countChildren().specs).toBe(0)
    expect((await children.startChild(part({ id: 'b' }))).ok).toBe(true)
  })
})

describe('a dynamic supervisor that waits', () => {
  test('serves nobody else while a child starts or stops [DSUP-019, DSUP-053]', async () => {
    const [starting, stopping] = [gate(), gate()]
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const order: string[] = []
    const slow = { id: 'slow', traps: true, init: starting.wait, terminate: stopping.wait }
    const first = children.startChild(part(slow)).then((started) => {
      order.push('slow started')
      return started
    })
    const second = children.startChild(part({ id: 'b' })).then(() => order.push('b started'))
    await host.settle()
    expect(order).toEqual([])
    starting.release()
    const pid = await startedBy(first)
    await second
    const stopped = children.terminateChild(pid).then(() => order.push('slow stopped'))
    const third = children.startChild(part({ id: 'c' })).then(() => order.push('c started'))
    await host.settle()
    stopping.release()
    await Promise.all([stopped, third])
    expect(order).toEqual(['slow started', 'b started', 'slow stopped', 'c started'])
  })

  // They read what is so now; nothing waits in line for that.
  test('says at once whom it has, while a child starts [differs: DSUP-019]', async () => {
    const starting = gate()
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const first = await startedBy(children.startChild(part({ id: 'a' })))
    const slow = children.startChild(part({ id: 'slow', init: starting.wait }))
    await host.settle()
    expect(children.whichChildren().map((each) => each.pid)).toEqual([first])
    starting.release()
    expect((await slow).ok).toBe(true)
  })

  test('hears of its shutdown after the init is over, and stops that child too [DSUP-022]', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const children = dynamicSupervisor({ name: 'children' })
    const { node, host } = await run(children)
    const started = children.startChild(part({ id: 'a', journal, traps: true, init: wait }))
    await host.settle()
    const stopped = node.stop()
    const late = children.startChild(part({ id: 'b', journal }))
    await host.settle()
    expect(journal).toEqual(['+a'])
    release()
    await stopped
    expect((await started).ok).toBe(true)
    expect(journal).toEqual(['+a', '-a shutdown'])
    await expect(late).rejects.toMatchObject({ reason: { kind: 'shutdown' } })
  })
})

describe('a start that fails', () => {
  test('leaves no child behind, not even by an exit signal sent to the supervisor in init', async () => {
    const events = feed()
    const journal: string[] = []
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const above = startedPid(events, 'children')
    const init = () => {
      exit(above, { kind: 'shutdown', detail: 'mine' })
      throw new Error('not today')
    }
    const started = await children.startChild(part({ id: 'a', journal, init }))
    await host.settle()
    expect(started.ok).toBe(false)
    expect(journal).toEqual(['+a'])
    expect(children.countChildren()).toMatchObject({ specs: 0, active: 0 })
  })
})

describe('a dynamic supervisor that stops', () => {
  test('has no child any more that it waits for', async () => {
    const { wait, release } = gate()
    const children = dynamicSupervisor({ name: 'children' })
    const { node, host } = await run(children)
    await children.startChild(part({ id: 'a', traps: true, terminate: wait }))
    await children.startChild(part({ id: 'b', traps: true, terminate: wait }))
    const stopped = node.stop()
    await host.settle()
    expect(children.whichChildren()).toEqual([])
    release()
    await stopped
  })

  test.each([
    { kind: 'normal' },
    { kind: 'shutdown', detail: 'over' },
    { kind: 'killed' },
  ] as const)(
    'ends with the reason its parent gave, $kind, after its children [DSUP-063]',
    async (reason) => {
      const journal: string[] = []
      const children = dynamicSupervisor({ name: 'children' })
      const { node } = await run(children)
      await children.startChild(part({ id: 'a', journal, traps: true }))
      await node.stop(reason)
      expect([await node.ended, journal]).toEqual([reason, ['+a', '-a shutdown']])
    },
  )

  test('stops its children all at once [DSUP-054]', async () => {
    const journal: string[] = []
    const gates = from(1, 5).map(() => gate())
    const children = dynamicSupervisor({ name: 'children' })
    const { node, host } = await run(children)
    for (const [index, { wait }] of gates.entries()) {
      await children.startChild(part({ id: `${index}`, journal, traps: true, terminate: wait }))
    }
    journal.length = 0
    const stopped = node.stop()
    await host.settle()
    expect(journal.length).toBe(5)
    for (const { release } of gates) release()
    await stopped
  })

  test('gives each child its own limit and leaves it its own reason [DSUP-055, DSUP-056, DSUP-057, DSUP-058]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { node, host } = await run(children)
    const { wait, release } = gate()
    const odd = () => Promise.reject(new Error('odd'))
    const start = (what: object, shutdownMs: number | 'kill' | 'infinity') => {
      return startedBy(children.startChild(part({ id: 'a', ...what }, { shutdownMs })))
    }
    const pids = [
      await start({}, 5000),
      await start({ traps: true }, 5000),
      await start({ traps: true, terminate: wait }, 100),
      await start({ traps: true }, 'kill'),
      await start({ traps: true, terminate: wait }, 'infinity'),
      await start({ traps: true, terminate: odd }, 5000),
    ]
    const reasons = Promise.all(pids.map((pid) => ended(pid)))
    const stopped = node.stop()
    await host.advance(99)
    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false, true, false, true, false])
    await host.advance(1_000_000)
    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false, false, false, true, false])
    release()
    await stopped
    const kinds = (await reasons).map((each) => each.kind)
    expect(kinds).toEqual(['shutdown', 'shutdown', 'killed', 'killed', 'shutdown', 'crash'])
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })

  test('leaves a child that goes by itself meanwhile its own reason, and ends as it should [DSUP-057]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { node } = await run(children)
    const own: readonly ExitReason[] = [
      { kind: 'normal' },
      { kind: 'shutdown', detail: 'own' },
      { kind: 'crash', error: 'own' },
    ]
    const leaver = defineServer({
      name: 'leaver',
      init: (reason: ExitReason, context) => {
        context.trapExits(true)
        return reason
      },
      terminate: (reason, _asked, context) => context.exit(reason),
    })
    const reasons: Promise<ExitReason>[] = []
    for (const reason of own) {
      for (const shutdownMs of [5000, 'infinity'] as const) {
        const leaving = child(leaver, reason, { shutdownMs })
        reasons.push(ended(await startedBy(children.startChild(leaving))))
      }
    }
    await node.stop()
    expect(await Promise.all(reasons)).toEqual(own.flatMap((reason) => [reason, reason]))
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })

  test('by being killed takes its children along; trapping ones run terminate [DSUP-062]', async () => {
    const journal: string[] = []
    const { children, top, host } = await runWithNames()
    const plain = await startedBy(children.startChild(part({ id: 'plain', journal })))
    await children.startChild(part({ id: 'trapping', journal, traps: true }))
    exit(pidOf(top, 'children'), 'kill')
    expect(isAlive(plain)).toBe(false)
    await host.settle()
    expect(journal).toEqual(['+plain', '+trapping', '-trapping killed'])
    expect(children.countChildren().specs).toBe(0)
  })
})

async function runCrowd(workers: number, maxRestarts: number) {
  const names = workerNames()
  const children = dynamicSupervisor({ name: 'children', maxRestarts })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children])
  const { host } = await run(top)
  const ids = from(1, workers).map(String)
  for (const id of ids) await children.startChild(part({ id }, { name: names.via(id) }))
  return { names, children, top, host, ids }
}

async function runWithNames() {
  const names = workerNames()
  const children = dynamicSupervisor({ name: 'children' })
  const top = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children])
  return { names, children, top, ...(await run(top)) }
}

function onlyPid(children: readonly { readonly pid: Pid | 'restarting' | undefined }[]): Pid {
  const [only] = children
  if (children.length !== 1 || typeof only?.pid !== 'object') throw new Error('not one child')
  return only.pid
}

function unreachable(): never {
  throw new Error('unreachable')
}
