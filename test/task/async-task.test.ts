import {
  argumentCodes,
  asyncTask,
  completedTask,
  ended,
  exit,
  isAlive,
  type ProcessContext,
  supervisor,
  task,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { currentProcess } from '../../src/process/current.ts'
import { codeOf, feed, run, startedPid } from '../supervisor/running.ts'
import { failureOf, forever, gate, inside, openWorkshop, set } from './workshop.ts'

describe('asyncTask', () => {
  test('runs the work in a process of its own, linked to its owner and below it [TASK-003]', async () => {
    const log: unknown[] = []
    const { tasks, owner, node, host } = await openWorkshop()
    const asker = await owner(log)
    const before = node.statistics().processes
    const { opened, open } = gate<number>()
    const task = await inside(asker, (context) => {
      context.trapExits(true)
      return asyncTask(context, () => opened, { deliverAs: 'done' })
    })
    expect(node.statistics().processes).toBe(before + 1)
    expect(tasks.children()).toEqual([])
    expect(task.owner).toBe(asker)
    open(5)
    await host.settle()
    expect(log).toEqual([
      { task, outcome: { ok: true, value: 5 } },
      { exit: { kind: 'normal' }, from: task.pid },
    ])
  })

  test('leaves the code that asked its own process, after an await as well', async () => {
    const { owner } = await openWorkshop()
    const asker = await owner()
    const results = await inside(asker, async (context) => {
      await undefined
      const first = asyncTask(context, () => 1)
      const second = asyncTask(context, () => 2)
      return [await first.await(), await second.await(), currentProcess()?.pid]
    })
    expect(results).toEqual([1, 2, asker])
  })

  test('takes an owner that does not trap exits along, and ends with it [TASK-016]', async () => {
    const { owner, host } = await openWorkshop()
    const [crasher, victim] = [await owner(), await owner()]
    const boom = new Error('boom')
    const reason = ended(victim)
    const doomed = await inside(crasher, (context) => asyncTask(context, forever))
    set(victim, (context) => {
      asyncTask(context, () => Promise.reject(boom))
      return forever()
    })
    exit(crasher, 'kill')
    await host.settle()
    expect(doomed.pid !== undefined && isAlive(doomed.pid)).toBe(false)
    expect(await reason).toEqual({ kind: 'crash', error: boom })
  })

  test('of an owner that has ended is over at once, and runs nothing', async () => {
    const { owner, node } = await openWorkshop()
    const asker = await owner()
    const contexts: ProcessContext[] = []
    await inside(asker, (context) => void contexts.push(context))
    const [context] = contexts
    if (context === undefined) throw new Error('no context')
    exit(asker, 'kill')
    const before = node.statistics().started
    const late = asyncTask(context, () => 5)
    expect([late.pid, late.owner]).toEqual([undefined, asker])
    expect(node.statistics().started).toBe(before)
    expect(codeOf(() => late.ignore())).toBe(argumentCodes.wrong_process)
  })

  test.each<[string, unknown, () => number, object, string]>([
    ['owner', undefined, () => 0, {}, argumentCodes.invalid_argument],
    ['owner', { self: 1 }, () => 0, {}, argumentCodes.invalid_argument],
  ])('refuses a wrong %s at once', (_, owner, work, options, code) => {
    expect(codeOf(() => asyncTask(owner as never, work, options))).toBe(code)
  })

  test.each<[string, unknown, object, string]>([
    ['work', 5, {}, argumentCodes.invalid_argument],
    ['label', () => 0, { label: '' }, argumentCodes.invalid_argument],
    ['deliverAs', () => 0, { deliverAs: 'nowhere' }, argumentCodes.unknown_message],
    ['shutdownMs', () => 0, { shutdownMs: 5 }, argumentCodes.unknown_option],
  ])('refuses a wrong %s at once and starts nothing', async (_, work, options, code) => {
    const { owner, node } = await openWorkshop()
    const asker = await owner()
    const before = node.statistics().started
    const seen = await inside(asker, (context) => {
      return codeOf(() => asyncTask(context, work as never, options as never))
    })
    expect([seen, node.statistics().started]).toEqual([code, before])
  })
})

describe('task', () => {
  test('is a temporary child named after its function, of any supervisor', async () => {
    const events = feed()
    const { opened, open } = gate()
    let runs = 0
    async function warmUp(): Promise<void> {
      runs += 1
      await opened
    }
    const spec = task(warmUp)
    expect(spec).toMatchObject({ id: 'warmUp', restart: 'temporary', shutdownMs: 5000 })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [spec])
    const { host } = await run(tree)
    const pid = startedPid(events, 'warmUp')
    expect(tree.whichChildren()).toEqual([{ id: 'warmUp', pid, type: 'worker', label: 'warmUp' }])
    open()
    await host.settle()
    expect([runs, tree.whichChildren()]).toEqual([1, []])
  })

  test('runs its work again at each start if it is to be restarted, for its supervisor [TASK-010]', async () => {
    const seen: unknown[] = []
    const retry = task(
      ({ callers, ancestors }) => {
        seen.push([callers.length, callers[0] === ancestors[0]])
        if (seen.length < 3) throw new Error('not yet')
      },
      { label: 'retry', restart: 'transient', shutdownMs: 'kill' },
    )
    expect(retry).toMatchObject({ id: 'retry', shutdownMs: 'kill' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [retry])
    const { host } = await run(tree)
    await host.settle()
    expect(seen).toEqual(Array(3).fill([1, true]))
  })

  test('may be significant: its end then ends the supervisor', async () => {
    const { opened, open } = gate()
    const job = task(() => opened, { label: 'job', significant: true })
    const tree = supervisor(
      { name: 'tree', strategy: 'one_for_one', autoShutdown: 'any_significant' },
      [job],
    )
    const { node } = await run(tree)
    open()
    expect(await node.ended).toMatchObject({ kind: 'shutdown' })
  })

  test('can be started by any process, with a link or without', async () => {
    const { owner, host, node } = await openWorkshop()
    const asker = await owner()
    const before = node.statistics().processes
    const started = await inside(asker, async (context) => [
      await context.start(task(forever)),
      await context.start(task(forever), { link: false }),
    ])
    expect(started).toMatchObject([{ ok: true }, { ok: true }])
    exit(asker, 'kill')
    await host.settle()
    expect(node.statistics().processes).toBe(before)
  })

  test.each<[string, unknown, object, string]>([
    ['work', 5, {}, argumentCodes.invalid_argument],
    ['label', () => 0, { label: 5 }, argumentCodes.invalid_argument],
    ['restart', () => 0, { restart: 'often' }, argumentCodes.invalid_option],
    ['name', () => 0, { name: 'x' }, argumentCodes.unknown_option],
  ])('refuses a wrong %s', (_, work, options, code) => {
    expect(codeOf(() => task(work as never, options as never))).toBe(code)
  })
})

describe('completedTask', () => {
  test('gives its value, with no process behind it [TASK-032]', async () => {
    const { owner, node } = await openWorkshop()
    const asker = await owner()
    const before = node.statistics().started
    const seen = await inside(asker, async () => {
      const made = () => completedTask({ answer: 42 })
      return {
        pid: made().pid,
        isMine: made().owner === asker,
        awaited: await made().await(),
        yielded: await made().yield({ timeoutMs: 0 }),
        stopped: await made().shutdown(),
      }
    })
    const outcome = { ok: true, value: { answer: 42 } }
    expect(seen).toEqual({
      ...{ pid: undefined, isMine: true, awaited: { answer: 42 } },
      ...{ yielded: outcome, stopped: outcome },
    })
    expect(node.statistics().started).toBe(before)
  })

  test('is dealt with once, as any task', async () => {
    const made = completedTask(1)
    expect(await made.await()).toBe(1)
    expect(await failureOf(made.await())).toMatchObject({ reason: { kind: 'noproc' } })
  })

  test('refuses a promise', () => {
    expect(codeOf(() => completedTask(Promise.resolve(5)))).toBe(argumentCodes.invalid_argument)
  })
})
