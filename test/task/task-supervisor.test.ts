import {
  argumentCodes,
  countChildren,
  ended,
  exit,
  isAlive,
  type ProcessContext,
  type SilentProtocol,
  supervisor,
  taskSupervisor,
  uniqueRegistry,
  whichChildren,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from '../supervisor/running.ts'
import {
  failureOf,
  forever,
  gate,
  inside,
  type OwnerPid,
  openWorkshop,
  reasonOf,
  set,
} from './workshop.ts'

const five = () => 5
const empty = { specs: 0, active: 0, supervisors: 0, workers: 0 }

describe('a task supervisor', () => {
  test('is a child like any supervisor, under its own name, and two of one name clash [TASK-001]', async () => {
    const names = uniqueRegistry<string, SilentProtocol>({ name: 'names' })
    const first = taskSupervisor({ name: 'first' })
    const second = taskSupervisor({ name: 'second', registerAs: names.via('the tasks') })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, first, second])
    await run(tree)
    expect(tree.whichChildren().map(({ id, type }) => ({ id, type }))).toEqual([
      { id: 'names', type: 'supervisor' },
      { id: 'first', type: 'supervisor' },
      { id: 'second', type: 'supervisor' },
    ])
    expect(first).toMatchObject({ id: 'first', restart: 'permanent', shutdownMs: 'infinity' })
    expect(await second.startChild(forever)).toMatchObject({ ok: true })
    expect(await countChildren(names.via('the tasks'))).toMatchObject({ active: 1 })
    const again = taskSupervisor({ name: 'first' })
    expect(await tree.startChild(again)).toMatchObject({ reason: { kind: 'already_started' } })
    const clash = () => supervisor({ name: 'x', strategy: 'one_for_one' }, [first, again])
    expect(codeOf(clash)).toBe(argumentCodes.duplicate_child)
  })

  test('has no children at first, also for who looks at it as at any supervisor [TASK-002]', async () => {
    const names = uniqueRegistry<string, SilentProtocol>({ name: 'names' })
    const tasks = taskSupervisor({ name: 'tasks', registerAs: names.via('it') })
    await run(supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, tasks]))
    expect(tasks.children()).toEqual([])
    expect(tasks.whichChildren()).toEqual([])
    expect(tasks.countChildren()).toEqual(empty)
    expect(await countChildren(names.via('it'))).toEqual(empty)
    expect(await whichChildren(names.via('it'))).toEqual([])
  })

  test.each([
    ['maxChildren', -1, argumentCodes.invalid_option],
    ['maxRestarts', 0.5, argumentCodes.invalid_option],
    ['maxSeconds', 0, argumentCodes.invalid_option],
    ['shutdownMs', 'soon', argumentCodes.invalid_option],
    ['registerAs', 'name', argumentCodes.invalid_address],
    ['name', '', argumentCodes.invalid_argument],
    ['extraArguments', [], argumentCodes.unknown_option],
  ])('refuses %s %s', (name, value, code) => {
    expect(codeOf(() => taskSupervisor({ name: 'it', [name]: value }))).toBe(code)
  })

  test('that was never started refuses at once, and one that is down fails with noproc', async () => {
    const tasks = taskSupervisor({ name: 'tasks', restart: 'temporary' })
    expect(codeOf(() => tasks.startChild(five))).toBe(argumentCodes.not_started)
    expect(codeOf(() => tasks.async(undefined, five))).toBe(argumentCodes.not_started)
    expect(codeOf(() => tasks.children())).toBe(argumentCodes.not_started)
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [tasks])
    await run(tree)
    await tree.terminateChild('tasks')
    expect(await reasonOf(tasks.startChild(five))).toMatchObject({ kind: 'noproc' })
    expect(await reasonOf(tasks.async(undefined, five))).toMatchObject({ kind: 'noproc' })
    expect(() => tasks.countChildren()).toThrow('noproc')
  })
})

describe('startChild', () => {
  test('starts work that is linked to nobody else and answers nobody [TASK-005]', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate()
    const started = await inside(asker, (context) => {
      context.trapExits(true)
      return tasks.startChild(() => opened)
    })
    if (!started.ok) throw new Error('it did not start')
    expect(tasks.children()).toEqual([started.pid])
    exit(asker, 'kill')
    expect(isAlive(started.pid)).toBe(true)
    open()
    await host.settle()
    expect(isAlive(started.pid)).toBe(false)
    expect(tasks.children()).toEqual([])
    expect(log).toEqual([])
  })

  test('by default runs work once; transient work again after a crash, permanent work always', async () => {
    const { tasks, host } = await openWorkshop({ maxRestarts: 10 })
    const runs = { temporary: 0, transient: 0, permanent: 0 }
    const crashTwice = (restart: 'temporary' | 'transient') => () => {
      runs[restart] += 1
      if (runs[restart] < 3) throw new Error('not yet')
    }
    await tasks.startChild(crashTwice('temporary'))
    await tasks.startChild(crashTwice('transient'), { restart: 'transient' })
    await tasks.startChild(
      async () => {
        runs.permanent += 1
        if (runs.permanent === 4) await forever()
      },
      { restart: 'permanent' },
    )
    await host.settle()
    expect(runs).toEqual({ temporary: 1, transient: 3, permanent: 4 })
    expect(tasks.countChildren()).toMatchObject({ active: 1 })
  })

  test('takes a restart that is undefined for one that was left out', async () => {
    const { tasks, host } = await openWorkshop()
    let runs = 0
    const options = Object.fromEntries([['restart', undefined]])
    await tasks.startChild(() => {
      runs += 1
    }, options)
    await host.settle()
    expect(runs).toBe(1)
  })

  test('is refused beyond maxChildren, as a value, until a task is over', async () => {
    const { tasks, host } = await openWorkshop({ maxChildren: 1 })
    const { opened, open } = gate()
    await tasks.startChild(() => opened)
    expect(await tasks.startChild(five)).toEqual({ ok: false, reason: { kind: 'max_children' } })
    open()
    await host.settle()
    expect(await tasks.startChild(five)).toMatchObject({ ok: true })
  })

  test.each([
    ['work', 5, {}, argumentCodes.invalid_argument],
    ['restart', five, { restart: 'often' }, argumentCodes.invalid_option],
    ['shutdownMs', five, { shutdownMs: -1 }, argumentCodes.invalid_option],
    ['label', five, { label: '' }, argumentCodes.invalid_argument],
    ['significant', five, { significant: true }, argumentCodes.unknown_option],
    ['deliverAs', five, { deliverAs: 'x' }, argumentCodes.unknown_option],
  ])('refuses a wrong %s at once and starts nothing', async (_, work, options, code) => {
    const { tasks, node } = await openWorkshop()
    const before = node.statistics().started
    expect(codeOf(() => tasks.startChild(work as never, options as never))).toBe(code)
    expect(node.statistics().started).toBe(before)
  })
})

describe('shutdownMs of a task', () => {
  const traps = async (context: ProcessContext) => {
    context.trapExits(true)
    await forever()
  }

  test.each([
    ['kill', 'killed', 0],
    [200, 'killed', 200],
  ] as const)(
    '%s: when its supervisor stops it is %s after %i ms [TASK-007]',
    async (shutdownMs, kind, afterMs) => {
      const { tasks, owner, host, node } = await openWorkshop()
      const asker = await owner()
      const fromStart = await tasks.startChild(traps, { shutdownMs })
      const fromAsync = await inside(asker, (context) =>
        tasks.asyncNolink(context, traps, { shutdownMs }),
      )
      if (!fromStart.ok || fromAsync.pid === undefined) throw new Error('they did not start')
      await host.settle()
      const both = Promise.all([ended(fromStart.pid), ended(fromAsync.pid)])
      const stopped = node.stop()
      await host.settle()
      if (afterMs > 0) {
        expect(isAlive(fromStart.pid)).toBe(true)
        await host.advance(afterMs - 1)
        expect(isAlive(fromAsync.pid)).toBe(true)
        await host.advance(1)
      }
      expect(await both).toEqual([{ kind }, { kind }])
      await stopped
    },
  )

  test('is the time a trapping task has for its last words', async () => {
    const { tasks, host, node } = await openWorkshop()
    const said: unknown[] = []
    const started = await tasks.startChild(async (context) => {
      context.trapExits(true)
      const message = await context.receive()
      said.push(message?.kind === 'exit' ? message.signal.reason : message)
    })
    await host.settle()
    if (!started.ok) throw new Error('it did not start')
    const reason = ended(started.pid)
    await node.stop()
    expect(said).toEqual([{ kind: 'shutdown' }])
    expect(await reason).toEqual({ kind: 'normal' })
  })
})

describe('async', () => {
  test('runs the work under the supervisor, linked to its owner [TASK-003]', async () => {
    const { tasks, owner, node, host } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate<string>()
    const task = await inside(asker, (context) => tasks.async(context, () => opened))
    expect(tasks.children()).toEqual([task.pid])
    expect(task.owner).toBe(asker)
    expect(node.statistics().links).toBe(1)
    const answer = inside(asker, () => task.await())
    open('done')
    expect(await answer).toBe('done')
    await host.settle()
    expect(tasks.children()).toEqual([])
    expect(node.statistics()).toMatchObject({ links: 0, monitors: 0, deadlines: 0 })
  })

  test('takes the owner along when it crashes, before anybody waits [TASK-016]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const boom = new Error('boom')
    const { opened, fail } = gate()
    await inside(asker, (context) => tasks.async(context, () => opened))
    const reason = ended(asker)
    fail(boom)
    await host.settle()
    expect(await reason).toEqual({ kind: 'crash', error: boom })
  })

  test('leaves an owner that traps exits its life, and the failure to the wait [TASK-016]', async () => {
    const log: unknown[] = []
    const { tasks, owner } = await openWorkshop()
    const asker = await owner(log)
    const failure = await inside(asker, async (context) => {
      context.trapExits(true)
      const task = await tasks.async(context, () => Promise.reject(new Error('boom')))
      return failureOf(task.await())
    })
    expect(failure).toMatchObject({ code: 'FLOTILLA_EXIT_CRASH', cause: { message: 'boom' } })
    expect(log).toMatchObject([{ exit: { kind: 'crash' } }])
  })

  test('ends with an owner that ends abnormally, and finishes for one that ends normally', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const [crasher, leaver] = [await owner(), await owner()]
    const { opened, open } = gate()
    const doomed = await inside(crasher, (context) => tasks.async(context, forever))
    const left = await inside(leaver, (context) => tasks.async(context, () => opened))
    exit(crasher, 'kill')
    set(leaver, (context) => context.exit({ kind: 'normal' }))
    await host.settle()
    expect(isAlive(leaver)).toBe(false)
    expect(tasks.children()).toEqual([left.pid])
    expect(doomed.pid !== undefined && isAlive(doomed.pid)).toBe(false)
    open()
    await host.settle()
    expect(tasks.children()).toEqual([])
  })

  test.each([
    ['async', 1],
    ['asyncNolink', 0],
  ] as const)('%s has %i links [TASK-004]', async (name, links) => {
    const { tasks, owner, node } = await openWorkshop()
    const asker = await owner()
    await inside(asker, (context) => tasks[name](context, forever))
    expect(node.statistics()).toMatchObject({ links, monitors: 0 })
  })

  test.each(['async', 'asyncNolink'] as const)(
    '%s beyond maxChildren fails with max_children',
    async (name) => {
      const { tasks, owner } = await openWorkshop({ maxChildren: 1 })
      const asker = await owner()
      const failure = await inside(asker, async (context) => {
        await tasks[name](context, forever)
        return failureOf(tasks[name](context, five, { label: 'the second' }))
      })
      expect(failure).toMatchObject({ reason: { kind: 'max_children', maxChildren: 1 } })
      expect(String(failure)).toContain('Start of the task "the second" of tasks failed')
    },
  )

  test('of code that a dead process left behind starts nothing', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate()
    const seen: unknown[] = []
    const context = await contextOf(asker)
    set(asker, async (context) => {
      await opened
      seen.push(await reasonOf(tasks.async(context, five)))
      seen.push(await reasonOf(tasks.startChild(five)))
    })
    await host.settle()
    exit(asker, 'kill')
    const before = node.statistics().started
    open()
    await host.settle()
    expect(seen).toEqual([{ kind: 'killed' }, { kind: 'killed' }])
    expect(await reasonOf(tasks.async(context, five))).toEqual({ kind: 'killed' })
    expect(node.statistics().started).toBe(before)
  })

  test('without an owner runs for code outside any process, as in an HTTP handler', async () => {
    const { tasks, node } = await openWorkshop()
    const task = await tasks.async(undefined, async (context) => context.callers.length)
    expect(task.owner).toBeUndefined()
    expect(await task.await()).toBe(0)
    const failing = await tasks.async(undefined, () => Promise.reject(new Error('boom')))
    expect(await failing.yield()).toMatchObject({ ok: false, exit: { cause: { message: 'boom' } } })
    expect(node.statistics()).toMatchObject({ links: 0, monitors: 0 })
  })

  test.each([
    ['owner', {}, five, {}, argumentCodes.invalid_argument],
    ['work', undefined, null, {}, argumentCodes.invalid_argument],
    ['label', undefined, five, { label: 5 }, argumentCodes.invalid_argument],
    ['shutdownMs', undefined, five, { shutdownMs: 'never' }, argumentCodes.invalid_option],
    [
      'deliverAs without an owner',
      undefined,
      five,
      { deliverAs: 'x' },
      argumentCodes.invalid_option,
    ],
    ['restart', undefined, five, { restart: 'permanent' }, argumentCodes.unknown_option],
  ])('refuses a wrong %s at once', async (_, owner, work, options, code) => {
    const { tasks } = await openWorkshop()
    const start = () => tasks.async(owner as never, work as never, options as never)
    expect(codeOf(start)).toBe(code)
    expect(tasks.children()).toEqual([])
  })
})

describe('asyncNolink', () => {
  test('shows a crash to whoever waits and to nobody else [TASK-004]', async () => {
    const log: unknown[] = []
    const { tasks, owner } = await openWorkshop()
    const asker = await owner(log)
    const outcome = await inside(asker, async (context) => {
      context.trapExits(true)
      const task = await tasks.asyncNolink(context, () => Promise.reject(new Error('boom')))
      return task.yield()
    })
    expect(outcome).toMatchObject({ ok: false, exit: { reason: { kind: 'crash' } } })
    expect(log).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })
})

describe('terminateChild', () => {
  test('stops a task of its own once, and nobody else [TASK-009]', async () => {
    const { tasks, owner } = await openWorkshop()
    const stranger = await owner()
    const started = await tasks.startChild(forever)
    if (!started.ok) throw new Error('it did not start')
    expect(await tasks.terminateChild(stranger)).toBe(false)
    expect(await tasks.terminateChild(started.pid)).toBe(true)
    expect(tasks.children()).toEqual([])
    expect(await tasks.terminateChild(started.pid)).toBe(false)
    expect(await inside(stranger, () => 'lives')).toBe('lives')
  })
})

/** The context of a process, as it would leak out of it. */
async function contextOf(pid: OwnerPid): Promise<ProcessContext> {
  const box: ProcessContext[] = []
  await inside(pid, (context) => void box.push(context))
  const [context] = box
  if (context === undefined) throw new Error('no context')
  return context
}
