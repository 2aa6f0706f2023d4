import {
  argumentCodes,
  asyncTask,
  call,
  ended,
  exit,
  isAlive,
  type Pid,
  send,
  type TaskContext,
  type TaskMessage,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../supervisor/running.ts'
import { forever, gate, inside, openWorkshop, reasonOf } from './workshop.ts'

/** What a task says of where it comes from. */
const origin = ({ self, callers, ancestors }: TaskContext) => ({ self, callers, ancestors })

describe('the context of a task', () => {
  test('names who asked for it and what it runs under, through any number of tasks [TASK-010]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, async (context) => {
      const outer = await tasks.async(context, async (own) => {
        const inner = await tasks.async(own, origin)
        const deepest = await tasks.async(own, (second) => asyncTask(second, origin).await())
        return { outer: origin(own), inner: await inner.await(), deepest: await deepest.await() }
      })
      return outer.await()
    })
    expect(seen.outer.callers).toEqual([asker])
    expect(seen.inner.callers).toEqual([seen.outer.self, asker])
    expect(seen.inner.ancestors).toEqual(seen.outer.ancestors)
    expect(seen.outer.ancestors).toHaveLength(3)
    expect(seen.deepest.callers).toHaveLength(3)
    expect(seen.deepest.callers.slice(1)).toEqual([seen.outer.self, asker])
    expect(seen.deepest.ancestors).toEqual([seen.deepest.callers[0], ...seen.outer.ancestors])
  })

  test('names the callers of work that was started for its effect as well [TASK-010]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const seen: (readonly Pid[])[] = []
    await inside(asker, () =>
      tasks.startChild(async (own) => {
        seen.push(own.callers)
        await tasks.startChild((inner) => seen.push(inner.callers))
        seen.push([own.self])
      }),
    )
    await host.settle()
    const [inner, ...others] = seen.sort((a, b) => b.length - a.length)
    expect(others).toContainEqual([asker])
    expect(inner).toHaveLength(2)
    expect(others).toContainEqual(inner?.slice(0, 1))
    expect(inner?.[1]).toBe(asker)
  })

  test('names the nearest 64 callers of an endless line of tasks', async () => {
    const { tasks, host } = await openWorkshop()
    const lengths: number[] = []
    const startNext = async (context: TaskContext): Promise<void> => {
      lengths.push(context.callers.length)
      if (lengths.length < 100) await tasks.startChild(startNext)
    }
    await tasks.startChild(startNext)
    await host.settle()
    expect(lengths).toHaveLength(100)
    expect(Math.max(...lengths)).toBe(64)
  })

  test('has a signal that is aborted when the task ends, and fences what comes after', async () => {
    const { tasks, owner, node, host } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate()
    const seen: unknown[] = []
    const task = await inside(asker, (context) =>
      tasks.asyncNolink(context, async (own) => {
        own.signal.addEventListener('abort', () => void seen.push('aborted'))
        await opened
        seen.push(await reasonOf(own.receive()))
        seen.push(await reasonOf(call(asker, 'run', () => 0)))
        seen.push(await reasonOf(tasks.startChild(forever)))
        seen.push(await reasonOf(asyncTask(own, forever).await()))
        own.link(asker)
        return 'too late'
      }),
    )
    await host.settle()
    if (task.pid !== undefined) exit(task.pid, 'kill')
    expect(seen).toEqual(['aborted'])
    const before = node.statistics()
    open()
    await host.settle()
    expect(seen.slice(1)).toEqual(Array(4).fill({ kind: 'killed' }))
    expect(node.statistics()).toMatchObject({ links: 0, started: before.started })
    expect(await inside(asker, () => task.yield())).toMatchObject({ ok: false })
  })

  test('can be linked, monitored, labelled and killed like any process', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const log: unknown[] = []
    const [asker, other] = [await owner(log), await owner()]
    const task = await inside(asker, (context) =>
      tasks.asyncNolink(context, async (own) => {
        own.link(other)
        own.setLabel('the one')
        await forever()
      }),
    )
    const { pid } = task
    if (pid === undefined) throw new Error('no process')
    await inside(asker, (context) => void context.monitor(pid))
    await host.settle()
    exit(other, 'shutdown')
    await host.settle()
    expect(isAlive(pid)).toBe(false)
    expect(log).toEqual([{ down: { kind: 'shutdown' }, pid }])
  })
})

describe('receive', () => {
  test('gives messages, reports of monitors and exit signals, oldest first', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const [asker, other, third] = [await owner(), await owner(), await owner()]
    const seen: (TaskMessage | undefined)[] = []
    const started = await tasks.startChild(async (context) => {
      context.trapExits(true)
      context.link(other)
      context.monitor(third)
      for (let count = 0; count < 4; count += 1) seen.push(await context.receive())
    })
    if (!started.ok) throw new Error('it did not start')
    await host.settle()
    send(started.pid, 'first')
    send(started.pid, 'second')
    exit(other, 'shutdown')
    exit(third, 'kill')
    await host.settle()
    expect(seen).toMatchObject([
      { kind: 'message', message: 'first' },
      { kind: 'message', message: 'second' },
      { kind: 'exit', signal: { from: other, reason: { kind: 'shutdown' } } },
      { kind: 'down', down: { pid: third, reason: { kind: 'killed' } } },
    ])
    expect(isAlive(asker)).toBe(true)
  })

  test('gives undefined when its time is over', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const seen = inside(asker, async (context) => {
      const task = asyncTask(context, (own) => own.receive({ timeoutMs: 30 }))
      await tasks.startChild(() => 0)
      return task.await()
    })
    await host.advance(30)
    expect(await seen).toBeUndefined()
  })

  test.each([
    ['timeoutMs', { timeoutMs: 'soon' }, argumentCodes.invalid_option],
    ['wait', { wait: 1 }, argumentCodes.unknown_option],
    ['options', 5, argumentCodes.invalid_argument],
  ])('refuses wrong %s at once', async (_, options, code) => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, async (context) => {
      const task = await tasks.async(context, (own) => codeOf(() => own.receive(options as never)))
      return task.await()
    })
    expect(seen).toBe(code)
  })

  test('ends with its task', async () => {
    const { tasks, host } = await openWorkshop()
    const seen: unknown[] = []
    const started = await tasks.startChild(async (context) => {
      seen.push(await reasonOf(context.receive({ timeoutMs: 1000 })))
    })
    if (!started.ok) throw new Error('it did not start')
    await host.settle()
    const reason = ended(started.pid)
    exit(started.pid, 'shutdown')
    await host.settle()
    expect(await reason).toEqual({ kind: 'shutdown' })
    expect(seen).toEqual([{ kind: 'shutdown' }])
    expect(host.pendingTimers).toBe(0)
  })
})
