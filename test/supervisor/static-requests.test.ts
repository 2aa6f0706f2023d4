import {
  argumentCodes,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  ended,
  exit,
  ignore,
  isAlive,
  next,
  reply,
  type Strategy,
  stop,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from './running.ts'
import {
  failingAt,
  from,
  gate,
  idsOf,
  ok,
  part,
  pidOf,
  refused,
  startedBy,
  workerNames,
} from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('startChild of a static supervisor', () => {
  test('adds the child at the end of the start order [SUP-023]', async () => {
    const journal: string[] = []
    const top = supervisor({ ...one, strategy: 'rest_for_one' }, [
      part({ id: 'a', journal, traps: true }),
    ])
    const { host, node } = await run(top)
    for (const id of ['b', 'c']) {
      const pid = await startedBy(top.startChild(part({ id, journal, traps: true })))
      expect(await call(pid, 'id')).toBe(id)
    }
    expect(idsOf(top)).toEqual(['a', 'b', 'c'])
    journal.length = 0
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    expect(journal).toEqual(['-c shutdown', '+b', '+c'])
    journal.length = 0
    await node.stop()
    expect(journal).toEqual(['-c shutdown', '-b shutdown', '-a shutdown'])
  })

  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s restarts a child that was added as it does the others [SUP-021]',
    async (strategy) => {
      const journal: string[] = []
      const top = supervisor({ ...one, strategy }, [part({ id: 'a', journal })])
      const { host } = await run(top)
      const before = await startedBy(top.startChild(part({ id: 'b', journal })))
      exit(before, 'kill')
      await host.settle()
      expect(pidOf(top, 'b')).not.toBe(before)
      expect(journal.slice(2)).toEqual(strategy === 'one_for_all' ? ['+a', '+b'] : ['+b'])
    },
  )

  test('is refused under the id of a child that runs, with its pid [SUP-024, DSUP-008]', async () => {
    const top = supervisor(one, [part({ id: 'a' })])
    await run(top)
    const taken = await top.startChild(part({ id: 'a' }))
    expect(taken).toEqual({ ok: false, reason: { kind: 'already_started', pid: pidOf(top, 'a') } })
    const first = await startedBy(top.startChild(dynamicSupervisor({ name: 'children' })))
    const second = await top.startChild(dynamicSupervisor({ name: 'children' }))
    expect(second).toEqual({ ok: false, reason: { kind: 'already_started', pid: first } })
    expect(top.countChildren().specs).toBe(2)
  })

  test('is refused under the id of one that is stopped, ignored or restarting [SUP-024]', async () => {
    const Shy = defineServer({ name: 'shy', init: () => ignore() })
    const top = supervisor(one, [
      part({ id: 'stopped' }),
      child(Shy, undefined, { id: 'ignored' }),
      part({ id: 'restarting', init: failingAt(2).init }),
    ])
    await run(top)
    await top.terminateChild('stopped')
    exit(pidOf(top, 'restarting'), 'kill')
    const answers = ['stopped', 'ignored', 'restarting'].map((id) => top.startChild(part({ id })))
    expect(await Promise.all(answers)).toEqual(from(1, 3).map(() => refused('already_present')))
  })

  test('drops a child that fails to start, and says why [SUP-025]', async () => {
    const top = supervisor(one, [])
    await run(top)
    const failed = await top.startChild(part({ id: 'a', init: failingAt(1).init }))
    if (failed.ok || failed.reason.kind !== 'init_failed') throw new Error('it started')
    expect(failed.reason.exit).toMatchObject({ cause: { message: 'poisoned' } })
    expect(failed.reason.exit.message).toContain('"a"')
    expect(top.whichChildren()).toEqual([])
    expect((await top.startChild(part({ id: 'a' }))).ok).toBe(true)
  })

  test.each([
    ['stops', () => stop({ kind: 'normal' }, undefined)],
    ['gives back a step that is no first one', () => reply(1, 0) as never],
    ['fails later', () => Promise.reject(new Error('later'))],
  ])('drops a child whose init %s [SUP-025]', async (_, init) => {
    const top = supervisor(one, [])
    await run(top)
    const Odd = defineServer({ name: 'odd', init })
    expect(await top.startChild(child(Odd, undefined))).toMatchObject(refused('init_failed'))
    expect(top.countChildren().specs).toBe(0)
  })

  test('keeps a child that chose not to start, unless it is temporary [SUP-018, SUP-027]', async () => {
    const Shy = defineServer({ name: 'shy', init: () => ignore() })
    const top = supervisor(one, [])
    await run(top)
    const shy = (id: string, restart: 'permanent' | 'temporary') => {
      return top.startChild(child(Shy, undefined, { id, restart }))
    }
    expect(await shy('kept', 'permanent')).toEqual(refused('ignored'))
    expect(await shy('dropped', 'temporary')).toEqual(refused('ignored'))
    expect(top.whichChildren()).toMatchObject([{ id: 'kept', pid: undefined, type: 'worker' }])
    expect(top.countChildren()).toEqual({ specs: 1, active: 0, supervisors: 0, workers: 1 })
    expect(await top.restartChild('kept')).toEqual(refused('ignored'))
    expect(idsOf(top)).toEqual(['kept'])
  })

  test('hands over what init says, and so does restartChild [SUP-026]', async () => {
    let lives = 0
    const Listening = defineServer({
      name: 'listening',
      init: () => next(0, { startInfo: { port: 4000 + lives++ } }),
    })
    const top = supervisor(one, [])
    const { host } = await run(top)
    const started = await top.startChild(child(Listening, undefined))
    expect(started).toMatchObject({ ok: true, info: { port: 4000 } })
    exit(pidOf(top, 'listening'), 'kill')
    await host.settle()
    expect(isAlive(pidOf(top, 'listening'))).toBe(true)
    await top.terminateChild('listening')
    expect(await top.restartChild('listening')).toEqual({
      ok: true,
      pid: pidOf(top, 'listening'),
      info: { port: 4002 },
    })
  })

  test('is refused under a name that somebody holds, with the holder', async () => {
    const names = workerNames()
    const top = supervisor(one, [names, part({ id: 'a' }, { name: names.via('x') })])
    await run(top)
    const started = await top.startChild(part({ id: 'b' }, { name: names.via('x') }))
    const pid = pidOf(top, 'a')
    expect(started).toEqual({ ok: false, reason: { kind: 'already_started', pid } })
    expect(idsOf(top)).toEqual(['names', 'a'])
  })

  test('refuses a significant child at once where that means nothing [SUP-074]', async () => {
    const never = supervisor({ ...one, name: 'never' }, [])
    const any = supervisor({ ...one, name: 'any', autoShutdown: 'any_significant' }, [])
    const { host } = await run(supervisor(one, [never, any]))
    const significant = part({ id: 'a' }, { restart: 'transient', significant: true })
    expect(codeOf(() => never.startChild(significant))).toBe(argumentCodes.invalid_child)
    const permanent = () => part({ id: 'b' }, { restart: 'permanent', significant: true })
    expect(codeOf(permanent)).toBe(argumentCodes.invalid_option)
    const reason = ended(await startedBy(any.startChild(significant)))
    await call(pidOf(any, 'a'), 'stop', { kind: 'normal' })
    expect(await reason).toEqual({ kind: 'normal' })
    await host.settle()
    expect(any.whichChildren()).toEqual([])
  })

  test('holds up whoever asks next until init is over', async () => {
    const { wait, release } = gate()
    const top = supervisor(one, [])
    const { host } = await run(top)
    const order: string[] = []
    const slow = top.startChild(part({ id: 'slow', init: wait })).then(() => order.push('slow'))
    const next = top.startChild(part({ id: 'next' })).then(() => order.push('next'))
    await host.settle()
    expect([order, idsOf(top)]).toEqual([[], []])
    release()
    await Promise.all([slow, next])
    expect([order, idsOf(top)]).toEqual([
      ['slow', 'next'],
      ['slow', 'next'],
    ])
  })
})

describe('terminateChild of a static supervisor', () => {
  test('stops the child for good and leaves its siblings alone [SUP-028, SUP-050]', async () => {
    const journal: string[] = []
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [
      part({ id: 'a', journal, traps: true }),
      part({ id: 'b', journal, traps: true }, { restart: 'permanent' }),
    ])
    const { host } = await run(top)
    const sibling = pidOf(top, 'a')
    const reason = ended(pidOf(top, 'b'))
    expect(await top.terminateChild('b')).toEqual(ok)
    expect(await reason).toEqual({ kind: 'shutdown' })
    await host.settle()
    expect(top.child('b')).toMatchObject({ id: 'b', pid: undefined, type: 'worker' })
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
    expect(pidOf(top, 'a')).toBe(sibling)
    expect(journal).toEqual(['+a', '+b', '-b shutdown'])
  })

  test.each([
    ['kill', 'killed'],
    [200, 'killed'],
    ['infinity', 'shutdown'],
  ] as const)('goes by shutdownMs %s [SUP-028]', async (shutdownMs, kind) => {
    const { wait, release } = gate()
    const stuck = part({ id: 'a', traps: true, terminate: wait }, { shutdownMs })
    const top = supervisor(one, [stuck])
    const { host } = await run(top)
    const reason = ended(pidOf(top, 'a'))
    const stopped = top.terminateChild('a')
    await host.advance(200)
    release()
    expect(await stopped).toEqual(ok)
    expect((await reason).kind).toBe(kind)
  })

  test('is content with a stopped child, and finds nobody under other ids [SUP-029]', async () => {
    const top = supervisor(one, [part({ id: 'a' })])
    await run(top)
    expect(await top.terminateChild('a')).toEqual(ok)
    expect(await top.terminateChild('a')).toEqual(ok)
    expect(await top.terminateChild('b')).toEqual(refused('not_found'))
  })

  test('forgets a temporary child', async () => {
    const top = supervisor(one, [part({ id: 'a' }, { restart: 'temporary' })])
    await run(top)
    expect(await top.terminateChild('a')).toEqual(ok)
    expect(await top.terminateChild('a')).toEqual(refused('not_found'))
    expect(top.whichChildren()).toEqual([])
  })

  test('does not end the supervisor, however significant the child', async () => {
    const kind = { restart: 'transient', significant: true } as const
    const top = supervisor({ ...one, autoShutdown: 'any_significant' }, [part({ id: 'a' }, kind)])
    const { host } = await run(top)
    expect(await top.terminateChild('a')).toEqual(ok)
    await host.settle()
    expect(top.countChildren()).toMatchObject({ specs: 1, active: 0 })
  })

  test('works on a child that has just died, which then stays down', async () => {
    const top = supervisor(one, [part({ id: 'a' })])
    const { host } = await run(top)
    const stopped = top.terminateChild('a')
    exit(pidOf(top, 'a'), 'kill')
    expect(await stopped).toEqual(ok)
    await host.settle()
    expect(top.child('a')?.pid).toBeUndefined()
  })

  test('makes a child that was stopped by hand come back with its group', async () => {
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [
      part({ id: 'a' }),
      part({ id: 'b' }),
    ])
    const { host } = await run(top)
    await top.terminateChild('b')
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(top.countChildren().active).toBe(2)
  })
})

describe('restartChild', () => {
  test('starts a stopped child in its old place [SUP-031]', async () => {
    const journal: string[] = []
    const children = ['a', 'b', 'c'].map((id) => part({ id, journal, traps: true }))
    const top = supervisor({ ...one, strategy: 'rest_for_one' }, children)
    const { host } = await run(top)
    const before = pidOf(top, 'b')
    await top.terminateChild('b')
    const started = await top.restartChild('b')
    expect(started).toEqual({ ok: true, pid: pidOf(top, 'b') })
    expect(pidOf(top, 'b')).not.toBe(before)
    expect(idsOf(top)).toEqual(['a', 'b', 'c'])
    journal.length = 0
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    expect(journal).toEqual(['-c shutdown', '+b', '+c'])
  })

  test('is refused for a child that runs, is being restarted or is unknown [SUP-031]', async () => {
    const top = supervisor(one, [
      part({ id: 'running' }),
      part({ id: 'restarting', init: failingAt(2).init }),
    ])
    await run(top)
    exit(pidOf(top, 'restarting'), 'kill')
    const answers = ['running', 'restarting', 'unknown'].map((id) => top.restartChild(id))
    expect(await Promise.all(answers)).toEqual([
      refused('running'),
      refused('restarting'),
      refused('not_found'),
    ])
  })

  test('leaves the child stopped if it fails, and tries no more by itself [SUP-032]', async () => {
    const broken = failingAt(2)
    const top = supervisor(one, [part({ id: 'a', init: broken.init })])
    const { host, node } = await run(top)
    await top.terminateChild('a')
    const failed = await top.restartChild('a')
    if (failed.ok || failed.reason.kind !== 'init_failed') throw new Error('it started')
    expect(failed.reason.exit.cause).toMatchObject({ message: 'poisoned' })
    await host.advance(60_000)
    expect(broken.tries()).toBe(2)
    expect(top.whichChildren()).toMatchObject([{ id: 'a', pid: undefined, type: 'worker' }])
    expect(await top.restartChild('a')).toMatchObject(ok)
    expect(node.statistics().processes).toBe(3)
  })

  test('costs nothing of the restart budget', async () => {
    const top = supervisor({ ...one, maxRestarts: 0 }, [part({ id: 'a' })])
    await run(top)
    for (let count = 0; count < 5; count += 1) {
      await top.terminateChild('a')
      expect((await top.restartChild('a')).ok).toBe(true)
    }
  })
})

describe('deleteChild', () => {
  test('forgets a stopped child, whose id is then free [SUP-033]', async () => {
    const top = supervisor(one, [part({ id: 'a' }), part({ id: 'b' })])
    await run(top)
    await top.terminateChild('a')
    expect(await top.deleteChild('a')).toEqual(ok)
    expect(idsOf(top)).toEqual(['b'])
    expect(await top.restartChild('a')).toEqual(refused('not_found'))
    await startedBy(top.startChild(part({ id: 'a' })))
    expect(idsOf(top)).toEqual(['b', 'a'])
  })

  test('is refused for a child that runs, is being restarted or is unknown [SUP-033]', async () => {
    const top = supervisor(one, [
      part({ id: 'running' }),
      part({ id: 'restarting', init: failingAt(2).init }),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'restarting'), 'kill')
    const answers = ['running', 'restarting', 'unknown'].map((id) => top.deleteChild(id))
    expect(await Promise.all(answers)).toEqual([
      refused('running'),
      refused('restarting'),
      refused('not_found'),
    ])
    await host.settle()
    expect(top.countChildren()).toMatchObject({ specs: 2, active: 2 })
  })
})

describe('child', () => {
  test('shows one child as whichChildren does [SUP-037]', async () => {
    const inner = supervisor({ ...one, name: 'inner' }, [])
    const top = supervisor(one, [part({ id: 'a' }), inner])
    await run(top)
    expect([top.child('a'), top.child('inner')]).toEqual(top.whichChildren())
    expect(top.child('b')).toBeUndefined()
  })
})
