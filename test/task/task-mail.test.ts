import { send, type TaskMessage } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, openWorkshop } from './workshop.ts'

describe('the mailbox of a task', () => {
  test('keeps what comes while the work is busy, and drops the rest when it is over', async () => {
    const { tasks, host, node } = await openWorkshop()
    const { opened, open } = gate()
    const seen: unknown[] = []
    const started = await tasks.startChild(async (context) => {
      await opened
      seen.push(await context.receive())
    })
    if (!started.ok) throw new Error('it did not start')
    await host.settle()
    for (const word of ['one', 'two', 'three']) send(started.pid, word)
    await host.settle()
    expect(node.statistics()).toMatchObject({ queued: 3, dropped: 0 })
    open()
    await host.settle()
    expect(seen).toEqual([{ kind: 'message', message: 'one' }])
    expect(node.statistics()).toMatchObject({ queued: 0, dropped: 2 })
  })

  test('refuses the sender beyond 1,024 messages that nobody takes', async () => {
    const { tasks, host, node } = await openWorkshop()
    const started = await tasks.startChild(() => new Promise(() => undefined))
    if (!started.ok) throw new Error('it did not start')
    await host.settle()
    const answers = Array.from({ length: 1025 }, (_, index) => send(started.pid, index))
    expect(answers.lastIndexOf(true)).toBe(1023)
    expect(node.statistics()).toMatchObject({ queued: 1024, refused: 1 })
  })

  test('serves readers in the order in which they asked, each once', async () => {
    const { tasks, host } = await openWorkshop()
    const seen: (TaskMessage | undefined)[][] = []
    const started = await tasks.startChild(async (context) => {
      const readers = [
        context.receive({ timeoutMs: 10 }),
        context.receive(),
        context.receive({ timeoutMs: 50 }),
      ]
      seen.push(await Promise.all(readers))
    })
    if (!started.ok) throw new Error('it did not start')
    await host.advance(10)
    send(started.pid, 'for the second')
    await host.settle()
    send(started.pid, 'for the third')
    await host.settle()
    expect(seen).toEqual([
      [
        undefined,
        { kind: 'message', message: 'for the second' },
        { kind: 'message', message: 'for the third' },
      ],
    ])
    expect(host.pendingTimers).toBe(0)
  })

  test('takes no message for a reader that has gone', async () => {
    const { tasks, host } = await openWorkshop()
    const seen: unknown[] = []
    const { opened, open } = gate()
    const started = await tasks.startChild(async (context) => {
      seen.push(await context.receive({ timeoutMs: 10 }))
      await opened
      seen.push(await context.receive())
    })
    if (!started.ok) throw new Error('it did not start')
    await host.advance(10)
    send(started.pid, 'kept')
    await host.settle()
    expect(seen).toEqual([undefined])
    open()
    await host.settle()
    expect(seen[1]).toEqual({ kind: 'message', message: 'kept' })
  })

  test('may be read in the work itself, before anything was awaited', async () => {
    const { tasks, host } = await openWorkshop()
    const seen: unknown[] = []
    const started = await tasks.startChild((context) => {
      return context.receive().then((message) => seen.push(message))
    })
    if (!started.ok) throw new Error('it did not start')
    send(started.pid, 1)
    await host.settle()
    expect(seen).toEqual([{ kind: 'message', message: 1 }])
  })
})
