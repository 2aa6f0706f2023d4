import {
  argumentCodes,
  type ChildSpec,
  call,
  cast,
  dynamicSupervisor,
  exit,
  fleet,
  isAlive,
  type Pid,
  type Restart,
  send,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import type { VirtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { codeOf, feed, run, startedPid } from './running.ts'
import { failingAt, part, pidOf, startedBy, Worker, workerNames } from './worker.ts'

const kinds: Readonly<Record<string, () => ChildSpec>> = {
  supervisor: () => supervisor({ name: 'it', strategy: 'one_for_one' }, [part({ id: 'leaf' })]),
  dynamicSupervisor: () => dynamicSupervisor({ name: 'it' }),
  fleet: () => fleet(Worker, { name: 'it', key: (what) => what.id }),
  uniqueRegistry: () => uniqueRegistry({ name: 'it' }),
  table: () => table({ name: 'it' }),
}

describe.each(Object.keys(kinds))('%s', (kind) => {
  test.each<[string, 'exit' | 'info', (it: Pid, stranger: Pid) => unknown]>([
    ['an exit signal from outside', 'exit', (it) => exit(it, 'shutdown')],
    [
      'an exit signal of a worker of somebody else',
      'exit',
      (it, from) => inside(from, () => exit(it, 'shutdown')),
    ],
    ['the end of a stranger who linked to it', 'exit', (it, from) => linkAndCrash(from, it)],
    ['normal exit signals', 'exit', (it, from) => inside(from, () => exit(it, 'normal'))],
    ['stray messages', 'info', (it) => send(it, 'hello')],
  ])(
    'is not impressed by %s, of which it tells in an event [SUP-069, DSUP-063]',
    async (_, message, disturb) => {
      const events = feed()
      const { it, stranger, host } = await runBesideStranger(kind)
      await disturb(it, stranger)
      await host.settle()
      expect(isAlive(it)).toBe(true)
      expect(events.filter((each) => each.kind === 'unhandled_message')).toMatchObject([
        { pid: it, label: 'it', message },
      ])
    },
  )

  test('takes no calls and casts from users', async () => {
    const { it, host }: { it: Pid; host: VirtualHost } = await runBesideStranger(kind)
    for (const name of ['start_child', 'terminate_child', 'start', 'stop', 'release']) {
      expect(codeOf(() => call(it, name, 'junk'))).toBe(argumentCodes.unknown_message)
      expect(codeOf(() => cast(it, name, 'junk'))).toBe(argumentCodes.unknown_message)
    }
    await host.settle()
    expect(isAlive(it)).toBe(true)
  })

  test.each(['normal', 'shutdown', 'killed'] as const)(
    'ends with its parent: %s [SUP-068]',
    async (reason) => {
      const { it, node } = await runBesideStranger(kind)
      await node.stop({ kind: reason })
      expect(isAlive(it)).toBe(false)
      expect(await node.ended).toEqual({ kind: reason })
    },
  )

  test('comes back when it is killed', async () => {
    const { it, top, host } = await runBesideStranger(kind)
    exit(it, 'kill')
    await host.settle()
    expect(pidOf(top, 'it')).not.toBe(it)
  })
})

describe('the supervisor at the top', () => {
  test('is not impressed by exit signals from outside either [SUP-069]', async () => {
    const events = feed()
    const { host } = await run(supervisor({ name: 'top', strategy: 'one_for_one' }, []))
    const top = startedPid(events, 'top')
    exit(top, 'shutdown')
    exit(top, { kind: 'crash', error: 'by hand' })
    await host.settle()
    expect(isAlive(top)).toBe(true)
  })
})

describe('a supervisor whose child sends it an exit signal by hand', () => {
  const one = { name: 'top', strategy: 'one_for_one' } as const

  test('does not start the child a second time while it lives', async () => {
    const journal: string[] = []
    const inner = supervisor({ ...one, name: 'inner' }, [part({ id: 'a', journal })])
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    const child = pidOf(inner, 'a')
    await inside(child, () => exit(pidOf(top, 'inner'), { kind: 'crash', error: 'by hand' }))
    await host.settle()
    expect(journal).toEqual(['+a'])
    expect(pidOf(inner, 'a')).toBe(child)
  })

  test('goes by the reason with which the child ended in truth', async () => {
    const inner = supervisor({ ...one, name: 'inner' }, [
      part({ id: 'a' }, { restart: 'transient' }),
    ])
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    const child = pidOf(inner, 'a')
    const signal = () => exit(pidOf(top, 'inner'), { kind: 'crash', error: 'by hand' })
    void inside(child, signal)
    cast(child, 'stop', { kind: 'normal' })
    await host.settle()
    expect(inner.countChildren()).toMatchObject({ specs: 1, active: 0 })
  })

  test('never takes a child of another supervisor for its own', async () => {
    const journal: string[] = []
    const [left, right] = ['left', 'right'].map((name) => {
      return supervisor({ ...one, name }, [part({ id: `${name} leaf`, journal })])
    })
    if (left === undefined || right === undefined) throw new Error('unreachable')
    const top = supervisor(one, [left, right])
    const { host } = await run(top)
    await inside(pidOf(left, 'left leaf'), () => exit(pidOf(top, 'right'), 'shutdown'))
    await host.settle()
    expect(journal).toEqual(['+left leaf', '+right leaf'])
    await linkAndCrash(pidOf(left, 'left leaf'), pidOf(top, 'right'))
    await host.settle()
    expect(journal.slice(2)).toEqual(['-left leaf crash', '+left leaf'])
    const leaf = pidOf(left, 'left leaf')
    exit(pidOf(top, 'right'), 'kill')
    expect(isAlive(leaf)).toBe(true)
  })
})

describe('reports of a supervisor', () => {
  test('tell of an end, of a failed start and of giving up, with the child concerned [SUP-083, DSUP-070]', async () => {
    const events = feed()
    let lives = 0
    const init = () => {
      lives += 1
      if (lives > 1) throw new Error('poisoned')
    }
    const top = supervisor({ name: 'top', strategy: 'one_for_one', maxRestarts: 1 }, [
      part({ id: 'first' }),
      part({ id: 'second', init }, { restart: 'transient', shutdownMs: 7 }),
    ])
    const { node } = await run(top)
    const pid = pidOf(top, 'second')
    exit(pid, 'kill')
    await node.ended
    const reports = events.filter((each) => each.kind === 'supervisor_report')
    expect(reports).toMatchObject([
      { supervisor: 'top', context: 'child_terminated', reason: { kind: 'killed' } },
      { supervisor: 'top', context: 'start_error', reason: { kind: 'crash' } },
      { supervisor: 'top', context: 'shutdown', reason: { kind: 'crash' } },
    ])
    const life = {
      ...{ id: 'second', restart: 'transient', shutdownMs: 7 },
      ...{ type: 'worker', label: 'worker' },
    }
    expect(reports.map((each) => each.offender)).toEqual([
      { ...life, pid },
      { ...life, pid: undefined },
      { ...life, pid: undefined },
    ])
  })

  test('of a dynamic one tell the same [DSUP-070]', async () => {
    const events = feed()
    const children = dynamicSupervisor({ name: 'top', maxRestarts: 1 })
    const { node } = await run(children)
    const broken = { id: 'a', init: failingAt(2, 3).init }
    const pid = await startedBy(children.startChild(part(broken, { restart: 'transient' })))
    exit(pid, 'kill')
    await node.ended
    expect(events.filter((each) => each.kind === 'supervisor_report')).toMatchObject([
      { supervisor: 'top', context: 'child_terminated', reason: { kind: 'killed' } },
      { supervisor: 'top', context: 'start_error', reason: { kind: 'crash' } },
      { supervisor: 'top', context: 'shutdown', reason: { kind: 'crash' } },
    ])
  })

  const stuck = { id: 'a', traps: true, terminate: () => Promise.reject(new Error('odd')) }
  const wrongStop = [
    { context: 'shutdown_error', reason: { kind: 'crash' }, offender: { id: 'a' } },
  ]

  test('tell of a child that did not stop as it should [SUP-083]', async () => {
    const events = feed()
    const { node } = await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [part(stuck)]))
    await node.stop()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toMatchObject(wrongStop)
  })

  test('of a dynamic one tell of it as well [DSUP-070]', async () => {
    const events = feed()
    const children = dynamicSupervisor({ name: 'top' })
    const { node } = await run(children)
    await startedBy(children.startChild(part(stuck)))
    await node.stop()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toMatchObject(wrongStop)
  })

  test('tell of every child that started, beside its place in the tree [SUP-083]', async () => {
    const events = feed()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      part({ id: 'a' }),
      part({ id: 'b' }),
    ])
    await run(top)
    const started = events.filter((each) => each.kind === 'process_started')
    expect(started).toMatchObject([
      { pid: pidOf(top, 'a'), label: 'worker' },
      { pid: pidOf(top, 'b'), label: 'worker' },
      { label: 'top' },
    ])
  })

  test('tell of the crash of a child that is not started again [SUP-083, DSUP-070]', async () => {
    const events = feed()
    const temporary = part({ id: 'a' }, { restart: 'temporary' })
    const [top, children] = [
      supervisor({ name: 'top', strategy: 'one_for_one' }, [temporary]),
      dynamicSupervisor({ name: 'children' }),
    ]
    const { host } = await run(
      supervisor({ name: 'root', strategy: 'one_for_one' }, [top, children]),
    )
    for (const pid of [pidOf(top, 'a'), await startedBy(children.startChild(temporary))]) {
      cast(pid, 'crash', 'boom')
    }
    await host.settle()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toMatchObject([
      { supervisor: 'top', context: 'child_terminated', reason: { kind: 'crash' } },
      { supervisor: 'children', context: 'child_terminated', reason: { kind: 'crash' } },
    ])
  })

  test('are silent about orderly ends of a dynamic one too [DSUP-070]', async () => {
    const events = feed()
    const children = dynamicSupervisor({ name: 'top' })
    const { node, host } = await run(children)
    const start = (restart: Restart) => {
      return startedBy(children.startChild(part({ id: 'a' }, { restart })))
    }
    for (const kind of ['normal', 'shutdown'] as const) {
      cast(await start('transient'), 'stop', { kind })
      cast(await start('temporary'), 'stop', { kind })
    }
    await start('permanent')
    await host.settle()
    await node.stop()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toEqual([])
  })

  test('are silent about orderly ends [DSUP-070]', async () => {
    const events = feed()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      part({ id: 'a' }, { restart: 'transient' }),
      part({ id: 'b' }, { shutdownMs: 'kill' }),
      part({ id: 'c' }),
    ])
    const { node, host } = await run(top)
    cast(pidOf(top, 'a'), 'stop', { kind: 'shutdown' })
    await host.settle()
    await node.stop()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toEqual([])
  })
})

/** One of the kinds beside a supervisor with a worker, and that worker. */
async function runBesideStranger(kind: string) {
  const make = kinds[kind]
  if (make === undefined) throw new Error(`no kind ${kind}`)
  const names = workerNames()
  const stranger = part({ id: 'stranger' }, { name: names.via('stranger'), restart: 'temporary' })
  const beside = supervisor({ name: 'beside', strategy: 'one_for_one' }, [stranger])
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, beside, make()])
  const { host, node } = await run(top)
  return { host, node, top, it: pidOf(top, 'it'), stranger: pidOf(beside, 'stranger') }
}

/** Runs something inside a worker. */
function inside(pid: Pid, task: () => unknown): Promise<unknown> {
  return call(pid, 'run', task)
}

async function linkAndCrash(stranger: Pid, it: Pid): Promise<void> {
  await call(stranger, 'run', (context: { link(pid: Pid): void }) => context.link(it))
  cast(stranger, 'crash', 'boom')
}
