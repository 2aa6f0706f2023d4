import {
  call,
  child,
  defineServer,
  dynamicSupervisor,
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
import { run } from './running.ts'
import { endings, failingAt, from, gate, part, pidOf, startedBy, workerNames } from './worker.ts'

describe('the restart type of a dynamic child', () => {
  // DSUP-031, DSUP-032, DSUP-033, DSUP-034
  test.each(restartTable)('%s, after %s', async (restart, ending) => {
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
  })

  // DSUP-025
  test('applies to a child that dies right after its start', async () => {
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
  // DSUP-002, DSUP-041, DSUP-046
  test('is one for all children: the fourth crash within five seconds ends it', async () => {
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

  // DSUP-042
  test('of 0 ends it with the first exit that calls for a restart', async () => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 0 })
    const { node, host } = await run(children)
    const temporary = part({ id: 'a' }, { restart: 'temporary' })
    exit(await startedBy(children.startChild(temporary)), 'kill')
    await host.settle()
    exit(await startedBy(children.startChild(part({ id: 'b' }))), 'kill')
    expect((await node.ended).kind).toBe('shutdown')
  })

  // DSUP-044
  test('slides', async () => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 1, maxSeconds: 1 })
    const { host } = await run(children)
    await children.startChild(part({ id: 'a' }))
    for (let count = 0; count < 10; count += 1) {
      exit(onlyPid(children.whichChildren()), 'kill')
      await host.advance(2100)
    }
    expect(children.countChildren().active).toBe(1)
  })

  // DSUP-048
  test.each<[Restart, number]>([
    ['permanent', 1],
    ['transient', 0],
  ])('used up: a %s one is started again: %i', async (restart, running) => {
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 0, restart })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [children])
    const { host } = await run(top)
    exit(await startedBy(children.startChild(part({ id: 'a' }))), 'kill')
    await host.settle()
    expect(top.countChildren().active).toBe(running)
    if (running === 1) expect(children.countChildren().specs).toBe(0)
  })

  // DSUP-072: what a fleet is there to prevent.
  test('used up by a mass crash: it comes back empty, and stays empty', async () => {
    const { children, names, host } = await runWithNames()
    const ids = from(1, 10).map(String)
    for (const id of ids) {
      await children.startChild(part({ id }, { name: names.via(id), restart: 'permanent' }))
    }
    for (const id of ids) exit(names.whereis(id) ?? unreachable(), 'kill')
    await host.advance(60_000)
    expect(children.countChildren()).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 })
    expect(names.count()).toBe(0)
  })
})

describe('a dynamic child whose restart fails', () => {
  // DSUP-039
  test('costs one unit per try, and ends the supervisor', async () => {
    const broken = failingAt(...from(2, 100))
    const children = dynamicSupervisor({ name: 'children', maxRestarts: 5 })
    const { node, host } = await run(children)
    exit(await startedBy(children.startChild(part({ id: 'a', init: broken.init }))), 'kill')
    expect((await node.ended).kind).toBe('shutdown')
    expect([broken.tries(), host.nowMs]).toEqual([1 + 5, 0])
  })

  // DSUP-027, DSUP-037, DSUP-068
  test('is listed as restarting and keeps its place', async () => {
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

  // Edge note 18
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
  // DSUP-019, DSUP-053
  test('serves nobody else while a child starts or stops', async () => {
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

  // DSUP-022
  test('hears of its shutdown after the init is over, and stops that child too', async () => {
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

describe('a dynamic supervisor that stops', () => {
  // DSUP-054
  test('stops its children all at once', async () => {
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

  // DSUP-055, DSUP-056, DSUP-057, DSUP-058
  test('gives each child its own limit and leaves it its own reason', async () => {
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

  // DSUP-062
  test('by being killed takes its children along; trapping ones run terminate', async () => {
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
