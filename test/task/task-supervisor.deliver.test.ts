import { argumentCodes, exit, type ProcessContext, send, type TaskContext } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../supervisor/running.ts'
import { failureOf, forever, gate, inside, openWorkshop } from './workshop.ts'

const five = () => 5

describe('deliverAs', () => {
  test('brings the owner the outcome as a cast, before the end of the task is told [TASK-003, TASK-004]', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate<string>()
    const [linked, free] = await inside(asker, async (context) => {
      context.trapExits(true)
      const first = await tasks.async(context, () => opened, { deliverAs: 'done' })
      const second = await tasks.asyncNolink(context, () => opened, { deliverAs: 'done' })
      if (first.pid !== undefined) context.monitor(first.pid)
      if (second.pid !== undefined) context.monitor(second.pid)
      return [first, second] as const
    })
    open('done')
    await host.settle()
    const outcome = { ok: true, value: 'done' }
    expect(log.slice(0, 3)).toEqual([
      { task: linked, outcome },
      { exit: { kind: 'normal' }, from: linked.pid },
      { down: { kind: 'normal' }, pid: linked.pid },
    ])
    expect(log.slice(3)).toEqual([
      { task: free, outcome },
      { down: { kind: 'normal' }, pid: free.pid },
    ])
  })

  test('lets the server answer others meanwhile, and tells it of a failure the same way', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, fail } = gate()
    const task = await inside(asker, (context) => {
      return tasks.asyncNolink(context, () => opened, { deliverAs: 'done' })
    })
    expect(await inside(asker, () => 'answered')).toBe('answered')
    await host.settle()
    fail(new Error('boom'))
    await host.settle()
    expect(log).toMatchObject([{ outcome: { ok: false, exit: { cause: { message: 'boom' } } } }])
    expect(log).toEqual([expect.objectContaining({ task })])
  })

  test('delivers once at most: not what was awaited, ignored, shut down or came too late', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate<number>()
    const start = (context: ProcessContext) => {
      return tasks.asyncNolink(context, () => opened, { deliverAs: 'done' })
    }
    const late = inside(asker, async (context) => {
      const [awaited, ignored, stopped, late] = await Promise.all(
        Array.from({ length: 4 }, () => start(context)),
      )
      ignored?.ignore()
      await stopped?.shutdown()
      const answers = [awaited?.await(), failureOf(late?.await({ timeoutMs: 10 }) ?? forever())]
      return Promise.all(answers)
    })
    await host.advance(10)
    open(5)
    expect(await late).toMatchObject([5, { reason: { kind: 'timeout' } }])
    await host.settle()
    expect(log).toEqual([])
  })

  test('comes after the task was given back, also to code that no handler waits for', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const start = async (context: ProcessContext) => {
      return tasks.asyncNolink(context, five, { deliverAs: 'done' })
    }
    await inside(asker, (context) => {
      void (async () => log.push({ known: await start(context) }))()
    })
    await host.settle()
    expect(log).toEqual([
      { known: expect.anything() },
      { task: expect.anything(), outcome: { ok: true, value: 5 } },
    ])
  })

  test('loses no message that reaches the task before its work begins', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    await inside(asker, async (context) => {
      const receive = (own: TaskContext) => own.receive()
      const { pid } = await tasks.async(context, receive, { deliverAs: 'done' })
      if (pid !== undefined) send(pid, 'early')
    })
    await host.settle()
    expect(log).toMatchObject([{ outcome: { value: { kind: 'message', message: 'early' } } }])
  })

  test('tells an owner that has ended nothing', async () => {
    const log: unknown[] = []
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate()
    await inside(asker, (context) =>
      tasks.asyncNolink(context, () => opened, { deliverAs: 'done' }),
    )
    exit(asker, 'kill')
    const { dropped } = node.statistics()
    open()
    await host.settle()
    expect(log).toEqual([])
    expect(node.statistics().dropped).toBe(dropped)
    expect(tasks.children()).toEqual([])
  })

  test('is refused for a cast that the owner does not have', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const code = await inside(asker, (context) => {
      return codeOf(() => tasks.async(context, five, { deliverAs: 'nowhere' }))
    })
    expect(code).toBe(argumentCodes.unknown_message)
  })
})
