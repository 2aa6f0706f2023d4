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
  send,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import type { VirtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { codeOf, feed, run, startedPid } from './running.ts'
import { part, pidOf, Worker, workerNames } from './worker.ts'

const kinds: Readonly<Record<string, () => ChildSpec>> = {
  supervisor: () => supervisor({ name: 'it', strategy: 'one_for_one' }, [part({ id: 'leaf' })]),
  dynamicSupervisor: () => dynamicSupervisor({ name: 'it' }),
  fleet: () => fleet(Worker, { name: 'it', key: (what) => what.id }),
  uniqueRegistry: () => uniqueRegistry({ name: 'it' }),
  table: () => table({ name: 'it' }),
}

describe.each(Object.keys(kinds))('%s', (kind) => {
  // SUP-069, DSUP-063
  test.each<[string, (it: Pid, stranger: Pid) => unknown]>([
    ['an exit signal from outside', (it) => exit(it, 'shutdown')],
    [
      'an exit signal of a worker of somebody else',
      (it, from) => inside(from, () => exit(it, 'shutdown')),
    ],
    ['the end of a stranger who linked to it', (it, from) => linkAndCrash(from, it)],
    ['normal exit signals', (it, from) => inside(from, () => exit(it, 'normal'))],
    ['stray messages', (it) => send(it, 'hello')],
  ])('is not impressed by %s', async (_, disturb) => {
    const { it, stranger, host } = await runBesideStranger(kind)
    await disturb(it, stranger)
    await host.settle()
    expect(isAlive(it)).toBe(true)
  })

  test('takes no calls and casts from users', async () => {
    const { it, host }: { it: Pid; host: VirtualHost } = await runBesideStranger(kind)
    for (const name of ['start_child', 'terminate_child', 'start', 'stop', 'release']) {
      expect(codeOf(() => call(it, name, 'junk'))).toBe(argumentCodes.unknown_message)
      expect(codeOf(() => cast(it, name, 'junk'))).toBe(argumentCodes.unknown_message)
    }
    await host.settle()
    expect(isAlive(it)).toBe(true)
  })

  // SUP-068
  test.each(['normal', 'shutdown', 'killed'] as const)(
    'ends with its parent: %s',
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
  // SUP-069
  test('is not impressed by exit signals from outside either', async () => {
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
  // SUP-083, DSUP-070
  test('tell of an end, of a failed start and of giving up, with the child concerned', async () => {
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
    const life = { id: 'second', restart: 'transient', shutdownMs: 7, type: 'worker' }
    expect(reports.map((each) => each.offender)).toEqual([
      { ...life, pid },
      { ...life, pid: undefined },
      { ...life, pid: undefined },
    ])
  })

  // SUP-083
  test('tell of a child that did not stop as it should', async () => {
    const events = feed()
    const stuck = { id: 'a', traps: true, terminate: () => Promise.reject(new Error('odd')) }
    const { node } = await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [part(stuck)]))
    await node.stop()
    expect(events.filter((each) => each.kind === 'supervisor_report')).toMatchObject([
      { context: 'shutdown_error', reason: { kind: 'crash' }, offender: { id: 'a' } },
    ])
  })

  // DSUP-070
  test('are silent about orderly ends', async () => {
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
