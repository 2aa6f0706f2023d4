import {
  argumentCodes,
  type ChildSpec,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  ended,
  exit,
  fleet,
  ignore,
  isAlive,
  type Pid,
  reply,
  type Started,
  startNode,
  stop,
  supervisor,
  table,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { codeOf, run } from './running.ts'
import { failingAt, from, gate, part, startedBy, Worker, workerNames } from './worker.ts'

describe('dynamicSupervisor, given options', () => {
  test('is a child specification with the life of a supervisor, or the one it is given [DSUP-007, DSUP-009]', () => {
    const plain = dynamicSupervisor({ name: 'it' })
    expect(plain).toMatchObject({ id: 'it', restart: 'permanent', shutdownMs: 'infinity' })
    const own = dynamicSupervisor({ name: 'it', restart: 'temporary', shutdownMs: 5 })
    expect(own).toMatchObject({ restart: 'temporary', shutdownMs: 5 })
  })

  test.each([
    ['maxChildren', -1, argumentCodes.invalid_option],
    ['maxChildren', 0.5, argumentCodes.invalid_option],
    ['maxChildren', 'many', argumentCodes.invalid_option],
    ['maxRestarts', -1, argumentCodes.invalid_option],
    ['maxSeconds', 0, argumentCodes.invalid_option],
    ['restart', 'never', argumentCodes.invalid_option],
    ['shutdownMs', Number.NaN, argumentCodes.invalid_option],
    ['name', '', argumentCodes.invalid_argument],
    ['strategy', 'one_for_one', argumentCodes.unknown_option],
    ['autoShutdown', 'any_significant', argumentCodes.unknown_option],
  ])('refuses %s %s [DSUP-004]', (name, value, code) => {
    expect(codeOf(() => dynamicSupervisor({ name: 'it', [name]: value }))).toBe(code)
  })
})

describe('startChild', () => {
  test('begins without children, and is linked to whoever started it [DSUP-001]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const inner = dynamicSupervisor({ name: 'inner' })
    await run(children)
    const starter = await startedBy(children.startChild(part({ id: 'starter' })))
    const started = call(starter, 'start', inner)
    const pid = await startedBy(started as Promise<Started>)
    expect(inner.countChildren()).toEqual({ specs: 0, active: 0, supervisors: 0, workers: 0 })
    expect(inner.whichChildren()).toEqual([])
    const reason = ended(pid)
    exit(starter, 'kill')
    expect(await reason).toEqual({ kind: 'killed' })
  })

  test('starts every kind of child there is and gives its pid [DSUP-010]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    await run(children)
    const kinds: readonly ChildSpec[] = [
      child(Worker, { id: 'plain' }),
      child(Worker, { id: 'full' }, { id: 'x', restart: 'temporary', shutdownMs: 'kill' }),
      supervisor({ name: 'static', strategy: 'one_for_all' }, [part({ id: 'a' })]),
      dynamicSupervisor({ name: 'dynamic' }),
      workerNames('registry'),
      fleet(Worker, { name: 'fleet', key: (what) => what.id }),
      table({ name: 'table' }),
    ]
    const pids = []
    for (const kind of kinds) pids.push(await startedBy(children.startChild(kind)))
    expect(children.whichChildren().map((each) => each.pid)).toEqual(pids)
    expect(await call(pids[0] ?? raise(), 'id')).toBe('plain')
  })

  test('takes the same id any number of times, and shows none [DSUP-012, DSUP-067]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    await run(children)
    const first = await startedBy(children.startChild(part({ id: 'a' })))
    const second = await startedBy(children.startChild(part({ id: 'a' })))
    const inner = await startedBy(children.startChild(dynamicSupervisor({ name: 'inner' })))
    expect(children.whichChildren()).toEqual([
      { id: undefined, pid: first, type: 'worker', label: 'worker' },
      { id: undefined, pid: second, type: 'worker', label: 'worker' },
      { id: undefined, pid: inner, type: 'supervisor', label: 'inner' },
    ])
    expect(children.countChildren()).toEqual({ specs: 3, active: 3, supervisors: 1, workers: 2 })
  })

  test.each([
    ['throws', () => Promise.reject(new Error('no')), 'init_failed'],
    ['stops', () => stop({ kind: 'normal' }, undefined), 'init_failed'],
    ['gives back junk', () => reply(1, 2) as never, 'init_failed'],
    ['chooses not to start', () => ignore(), 'ignored'],
  ])('keeps nothing of a child whose init %s [DSUP-014, DSUP-015]', async (_, init, kind) => {
    const names = workerNames()
    const children = dynamicSupervisor({ name: 'children', maxChildren: 1 })
    const { node } = await run(
      supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children]),
    )
    const before = node.statistics()
    const Odd = defineServer({ name: 'odd', init })
    const started = await children.startChild(
      child(Odd, undefined, { name: names.via('x') as never }),
    )
    expect(started).toMatchObject({ ok: false, reason: { kind } })
    expect(names.whereis('x')).toBeUndefined()
    const after = node.statistics()
    expect({ ...after, started: 0, ended: 0, sent: 0 }).toEqual({
      ...before,
      started: 0,
      ended: 0,
      sent: 0,
    })
    expect(after.started - before.started).toBe(after.ended - before.ended)
    expect((await children.startChild(part({ id: 'a' }))).ok).toBe(true)
  })

  test('gives the error of an init that failed as the cause [DSUP-015]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    await run(children)
    const started = await children.startChild(part({ id: 'a', init: failingAt(1).init }))
    if (started.ok || started.reason.kind !== 'init_failed') throw new Error('it started')
    expect(started.reason.exit).toMatchObject({ cause: { message: 'poisoned' } })
    expect(started.reason.exit.message).toContain('Start of "a" failed')
  })

  test('is refused under a taken name, with the holder, and init does not run [DSUP-024, VIA-004, VIA-005]', async () => {
    const journal: string[] = []
    const { children, names } = await runWithNames()
    const x = { name: names.via('x') }
    const holder = await startedBy(children.startChild(part({ id: 'a' }, x)))
    const refused = await children.startChild(part({ id: 'b', journal }, x))
    expect(refused).toEqual({ ok: false, reason: { kind: 'already_started', pid: holder } })
    expect(journal).toEqual([])
    expect(children.countChildren().specs).toBe(1)
  })

  // A name in a registry that does not run here is a failed start, no more.
  test('fails under a name of a registry that was never started [VIA-024, REG-009]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const nowhere = workerNames('nowhere').via('x')
    const started = await children.startChild(part({ id: 'a' }, { name: nowhere }))
    if (started.ok || started.reason.kind !== 'init_failed') throw new Error('it started')
    expect(started.reason.exit.cause).toMatchObject({ code: argumentCodes.not_started })
    await host.settle()
    expect((await children.startChild(part({ id: 'b' }))).ok).toBe(true)
  })

  test('fails under a name of a registry that runs on another node', async () => {
    const { names } = await runWithNames()
    const children = dynamicSupervisor({ name: 'children' })
    const { node } = await run(children, 'other')
    const started = await children.startChild(part({ id: 'a' }, { name: names.via('x') }))
    expect(started).toMatchObject({ ok: false, reason: { kind: 'init_failed' } })
    expect(names.count()).toBe(0)
    await node.stop()
  })

  test('is refused beyond maxChildren, with 0 always [DSUP-026]', async () => {
    const two = dynamicSupervisor({ name: 'two', maxChildren: 2 })
    const none = dynamicSupervisor({ name: 'none', maxChildren: 0 })
    const { host } = await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [two, none]))
    const full = { ok: false, reason: { kind: 'max_children' } }
    const starts = ['a', 'b', 'c'].map((id) =>
      two.startChild(part({ id }, { restart: 'temporary' })),
    )
    expect((await Promise.all(starts)).map((each) => each.ok)).toEqual([true, true, false])
    expect(await two.startChild(part({ id: 'd' }))).toEqual(full)
    expect(await none.startChild(part({ id: 'a' }))).toEqual(full)
    exit(await startedBy(starts[0]), 'kill')
    await host.settle()
    expect((await two.startChild(part({ id: 'e' }))).ok).toBe(true)
  })

  test.each([undefined, null, 'a', {}, { id: 'a' }])(
    'refuses %j at once [DSUP-066]',
    async (wrong) => {
      const children = dynamicSupervisor({ name: 'children' })
      await run(children)
      const code = codeOf(() => children.startChild(wrong as ChildSpec))
      expect(code).toBe(argumentCodes.invalid_child)
    },
  )

  // What a child is started with was checked when its specification was made.
  test('refuses a child that could not be started, before anything happens [differs: DSUP-017]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { node } = await run(children)
    const before = node.statistics()
    for (const start of [undefined, 'nowhere', () => Promise.reject(new Error('undefined'))]) {
      const made = { ...part({ id: 'a' }), start }
      expect(codeOf(() => children.startChild(made))).toBe(argumentCodes.invalid_child)
      expect(codeOf(() => child(start as never, 'a'))).toBe(argumentCodes.invalid_argument)
    }
    expect(node.statistics()).toEqual(before)
    expect((await children.startChild(part({ id: 'b' }))).ok).toBe(true)
  })

  // Nothing here would act on it.
  test('refuses a significant child at once [SUP-074]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    await run(children)
    const significant = part({ id: 'a' }, { restart: 'temporary', significant: true })
    expect(codeOf(() => children.startChild(significant))).toBe(argumentCodes.invalid_child)
  })

  test('refuses a handle that runs elsewhere', async () => {
    const { children, names } = await runWithNames()
    const started = await children.startChild(names)
    expect(started).toMatchObject({ ok: false, reason: { kind: 'already_started' } })
  })

  test('says that it was never started, or exits with noproc when it is gone [DSUP-018]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    expect(codeOf(() => children.startChild(part({ id: 'a' })))).toBe(argumentCodes.not_started)
    const { node } = await run(children)
    await node.stop()
    const late = children.startChild(part({ id: 'a' }))
    await expect(late).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    await expect(late).rejects.toSatisfy(Exit.is)
    expect(() => children.countChildren()).toThrow('noproc')
  })
})

describe('terminateChild', () => {
  test('stops the child for good and says so [DSUP-049]', async () => {
    const { children, names, host } = await runWithNames()
    const pid = await startedBy(children.startChild(part({ id: 'a' }, { name: names.via('x') })))
    const reason = ended(pid)
    expect(await children.terminateChild(pid)).toBe(true)
    expect(await reason).toEqual({ kind: 'shutdown' })
    expect(names.whereis('x')).toBeUndefined()
    await host.settle()
    expect(children.countChildren().specs).toBe(0)
  })

  test.each([
    ['kill', 'killed'],
    [200, 'killed'],
    ['infinity', 'shutdown'],
  ] as const)('goes by shutdownMs %s [DSUP-050, DSUP-056]', async (shutdownMs, kind) => {
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const { wait, release } = gate()
    const stuck = part({ id: 'a', traps: true, terminate: wait }, { shutdownMs })
    const pid = await startedBy(children.startChild(stuck))
    const reason = ended(pid)
    const stopped = children.terminateChild(pid)
    await host.advance(200)
    release()
    expect(await stopped).toBe(true)
    expect((await reason).kind).toBe(kind)
  })

  test('refuses whoever is no child of it, and leaves them alone [DSUP-051]', async () => {
    const { children, host } = await runWithNames()
    const inner = dynamicSupervisor({ name: 'inner' })
    const pid = await startedBy(children.startChild(inner))
    const foreign = await startedBy(inner.startChild(part({ id: 'a' })))
    expect(await children.terminateChild(foreign)).toBe(false)
    expect(isAlive(foreign)).toBe(true)
    expect(await children.terminateChild(pid)).toBe(true)
    expect(await children.terminateChild(pid)).toBe(false)
    await host.settle()
    expect(isAlive(foreign)).toBe(false)
  })

  // It is counted while it lives, and holds its place until somebody gives it up.
  test('gives up a child that unlinked itself and died unnoticed [differs: DSUP-061]', async () => {
    const children = dynamicSupervisor({ name: 'children', maxChildren: 1 })
    const { host } = await run(children)
    const pid = await startedBy(children.startChild(part({ id: 'a' })))
    const parent = LocalPid.processOf(pid)?.parent?.pid ?? raise()
    await call(pid, 'run', (context) => context.unlink(parent))
    exit(pid, 'kill')
    await host.settle()
    expect(children.countChildren()).toMatchObject({ specs: 0, active: 0 })
    expect(await children.startChild(part({ id: 'b' }))).toMatchObject({ ok: false })
    expect(await children.terminateChild(pid)).toBe(true)
    expect(await children.terminateChild(pid)).toBe(false)
    expect((await children.startChild(part({ id: 'b' }))).ok).toBe(true)
  })

  test('makes room for another', async () => {
    const children = dynamicSupervisor({ name: 'children', maxChildren: 1 })
    await run(children)
    for (const id of from(1, 3).map(String)) {
      const pid = await startedBy(children.startChild(part({ id })))
      expect(await children.terminateChild(pid)).toBe(true)
    }
  })

  test('works on a child that has just died, which then stays down', async () => {
    const { children, host } = await runWithNames()
    const pid = await startedBy(children.startChild(part({ id: 'a' })))
    const stopped = children.terminateChild(pid)
    exit(pid, 'kill')
    expect(await stopped).toBe(true)
    await host.settle()
    expect(children.countChildren().specs).toBe(0)
  })

  test.each([undefined, null, 'pid', {}, { registry: 'names', key: 'x' }])(
    'refuses %j at once',
    async (wrong) => {
      const children = dynamicSupervisor({ name: 'children' })
      await run(children)
      const code = codeOf(() => children.terminateChild(wrong as Pid))
      expect(code).toBe(argumentCodes.invalid_address)
    },
  )
})

describe('dynamicSupervisor, with very many children', () => {
  // A quadratic cost would show as a factor of 256.
  test('takes about linear time to start, count and stop them [DSUP-071, SUP-082]', async () => {
    const small = await timeOf(1000)
    const large = await timeOf(16_000)
    expect(large).toBeLessThan(64 * (small + 5))
  })
})

function raise(): never {
  throw new Error('absent')
}

async function timeOf(count: number): Promise<number> {
  const children = dynamicSupervisor({ name: 'children' })
  const node = await startNode(children)
  const before = performance.now()
  await Promise.all(from(1, count).map((id) => children.startChild(part({ id: String(id) }))))
  expect(children.countChildren().active).toBe(count)
  await node.stop()
  return performance.now() - before
}

async function runWithNames() {
  const names = workerNames()
  const children = dynamicSupervisor({ name: 'children' })
  const top = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children])
  return { names, children, ...(await run(top)) }
}
