import {
  argumentCodes,
  awaitMany,
  cast,
  completedTask,
  ended,
  isAlive,
  type ProcessContext,
  send,
  type Task,
  yieldMany,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../supervisor/running.ts'
import { failureOf, forever, gate, inside, openWorkshop, reasonOf } from './workshop.ts'

/** Tasks that are over when told, and in the order that the test tells. */
async function gatedTasks(count: number) {
  const workshop = await openWorkshop()
  const log: unknown[] = []
  const asker = await workshop.owner(log)
  const gates = Array.from({ length: count }, () => gate<number>())
  const start = (context: ProcessContext): Promise<Task<number>[]> => {
    return Promise.all(gates.map(({ opened }) => workshop.tasks.asyncNolink(context, () => opened)))
  }
  return { ...workshop, log, asker, gates, start }
}

describe('awaitMany', () => {
  test('gives the results in the order of the tasks, whatever the order of their ends [TASK-017]', async () => {
    const { asker, gates, start, host } = await gatedTasks(3)
    const results = inside(asker, async (context) => awaitMany(await start(context)))
    await host.settle()
    for (const index of [2, 0, 1]) {
      gates[index]?.open(index * 10)
      await host.settle()
    }
    expect(await results).toEqual([0, 10, 20])
  })

  test('of no tasks is there at once [TASK-017]', async () => {
    expect(await awaitMany([])).toEqual([])
    expect(await yieldMany([])).toEqual([])
  })

  test('fails with the first failure, and leaves the other tasks to themselves [TASK-017]', async () => {
    const { asker, gates, start, host, tasks } = await gatedTasks(3)
    const failing = inside(asker, async (context) => {
      const started = await start(context)
      const failure = await failureOf(awaitMany(started))
      return { failure, again: await reasonOf((started[0] ?? completedTask(0)).await()) }
    })
    await host.settle()
    gates[2]?.open(2)
    gates[1]?.fail(new Error('oops'))
    const { failure, again } = await failing
    expect(failure).toMatchObject({ code: 'FLOTILLA_EXIT_CRASH', cause: { message: 'oops' } })
    expect(again).toMatchObject({ kind: 'noproc' })
    expect(tasks.children()).toHaveLength(1)
    expect(isAlive(asker)).toBe(true)
  })

  test.each<[string, (context: ProcessContext) => unknown, object]>([
    ['exits', (context) => context.exit({ kind: 'killed' }), { kind: 'killed' }],
    ['crashes', () => Promise.reject(new Error('no')), { kind: 'crash' }],
    ['throws', () => fail('unknown'), { kind: 'crash', error: 'unknown' }],
  ])(
    'fails at once when a task %s, and not when the time is over [TASK-017]',
    async (_, work, reason) => {
      const { tasks, owner } = await openWorkshop()
      const asker = await owner()
      const seen = await inside(asker, async (context) => {
        const both = [
          await tasks.asyncNolink(context, forever),
          await tasks.asyncNolink(context, work),
        ]
        return reasonOf(awaitMany(both, { timeoutMs: 'infinity' }))
      })
      expect(seen).toMatchObject(reason)
    },
  )

  test('has one time for all together', async () => {
    const { asker, gates, start, host } = await gatedTasks(2)
    const late = inside(asker, async (context) => failureOf(awaitMany(await start(context))))
    await host.advance(4000)
    gates[0]?.open(1)
    await host.advance(1000)
    expect(await late).toMatchObject({ reason: { kind: 'timeout', afterMs: 5000 } })
  })

  test('takes the same task twice as one', async () => {
    expect(await twice(completedTask(5))).toEqual([5, 5])
  })

  test('leaves alone what else reaches the mailbox of its process [TASK-017]', async () => {
    const { asker, gates, start, host, log } = await gatedTasks(1)
    const results = inside(asker, async (context) => awaitMany(await start(context)))
    await host.settle()
    send(asker, { task: 0, outcome: { ok: true, value: 'false' } })
    cast(asker, 'other', 'after the answer')
    gates[0]?.open(1)
    expect(await results).toEqual([1])
    send(asker, 'later')
    await host.settle()
    expect(log).toEqual([
      { message: { task: 0, outcome: { ok: true, value: 'false' } } },
      { other: 'after the answer' },
      { message: 'later' },
    ])
  })

  test.each([
    ['tasks', 5, {}, argumentCodes.invalid_argument],
    ['tasks', [completedTask(1), Promise.resolve(1)], {}, argumentCodes.invalid_argument],
    ['timeoutMs', [], { timeoutMs: -1 }, argumentCodes.invalid_option],
    ['limit', [], { limit: 1 }, argumentCodes.unknown_option],
  ])('refuses wrong %s at once', (_, tasks, options, code) => {
    expect(codeOf(() => awaitMany(tasks as never, options as never))).toBe(code)
  })

  test('refuses a list in which one task belongs to another process, and takes nothing', async () => {
    const { tasks, owner } = await openWorkshop()
    const [asker, other] = [await owner(), await owner()]
    const theirs = await inside(other, (context) => tasks.async(context, () => 1))
    const seen = await inside(asker, async (context) => {
      const mine = await tasks.async(context, () => 2)
      await tasks.startChild(() => 0)
      const code = codeOf(() => awaitMany([mine, theirs]))
      return [code, await mine.await()]
    })
    expect(seen).toEqual([argumentCodes.wrong_process, 2])
    expect(await inside(other, () => theirs.await())).toBe(1)
  })
})

describe('yieldMany', () => {
  test('has one entry for each task: a result, a failure or nothing yet [TASK-019]', async () => {
    const { asker, gates, start, host } = await gatedTasks(3)
    const asking = inside(asker, async (context) => {
      const started = await start(context)
      const first = await yieldMany(started)
      gates[2]?.open(30)
      return [first, await started[2]?.yield()]
    })
    await host.settle()
    gates[0]?.open(10)
    gates[1]?.fail(new Error('oops'))
    await host.advance(5000)
    expect(await asking).toMatchObject([
      [{ ok: true, value: 10 }, { ok: false, exit: { cause: { message: 'oops' } } }, undefined],
      { ok: true, value: 30 },
    ])
  })

  test('comes back as soon as every task is over, without a time limit as well [TASK-019]', async () => {
    const { asker, gates, start, host } = await gatedTasks(2)
    const asking = inside(asker, async (context) => {
      return yieldMany(await start(context), { timeoutMs: 'infinity' })
    })
    await host.advance(60_000)
    for (const { open } of gates) open(1)
    expect(await asking).toEqual([
      { ok: true, value: 1 },
      { ok: true, value: 1 },
    ])
  })

  test('stops after so many outcomes, and leaves the rest as it is, whatever onTimeout [TASK-019]', async () => {
    const { asker, gates, start, host, tasks } = await gatedTasks(3)
    const asking = inside(asker, async (context) => {
      const started = await start(context)
      const some = await yieldMany(started, { limit: 2, onTimeout: 'kill_task' })
      gates[0]?.open(0)
      return [some, await started[0]?.yield()]
    })
    await host.settle()
    gates[2]?.open(2)
    gates[1]?.open(1)
    expect(await asking).toEqual([
      [undefined, { ok: true, value: 1 }, { ok: true, value: 2 }],
      { ok: true, value: 0 },
    ])
    expect(tasks.children()).toEqual([])
  })

  test('with a limit takes no more of those that are over already [TASK-019]', async () => {
    const { asker, gates, start, host } = await gatedTasks(3)
    for (const [index, { open }] of gates.entries()) open(index)
    const asking = inside(asker, async (context) => {
      const started = await start(context)
      await Promise.all(started.map(({ pid }) => ended(pid ?? asker)))
      const two = await yieldMany(started, { limit: 2 })
      return [two, await started[2]?.yield()]
    })
    await host.settle()
    expect(await asking).toEqual([
      [{ ok: true, value: 0 }, { ok: true, value: 1 }, undefined],
      { ok: true, value: 2 },
    ])
  })

  test.each([
    ['nothing', 2, undefined],
    ['ignore', 2, { ok: false, exit: { reason: { kind: 'noproc' } } }],
    ['kill_task', 0, { ok: false, exit: { reason: { kind: 'noproc' } } }],
  ] as const)(
    'with onTimeout %s leaves %i tasks running [TASK-019]',
    async (onTimeout, left, after) => {
      const { asker, start, host, tasks, gates } = await gatedTasks(3)
      const asking = inside(asker, async (context) => {
        const started = await start(context)
        const seen = await yieldMany(started, { timeoutMs: 10, onTimeout })
        return [seen, await started[1]?.yield({ timeoutMs: 0 })]
      })
      await host.settle()
      gates[0]?.open(0)
      await host.advance(10)
      expect(await asking).toMatchObject([[{ ok: true, value: 0 }, undefined, undefined], after])
      expect(tasks.children()).toHaveLength(left)
      expect(isAlive(asker)).toBe(true)
    },
  )

  test('together with limit and onTimeout counts what came in time [TASK-019]', async () => {
    const { asker, gates, start, host, tasks } = await gatedTasks(3)
    const asking = inside(asker, async (context) => {
      return yieldMany(await start(context), { timeoutMs: 10, limit: 2, onTimeout: 'kill_task' })
    })
    await host.settle()
    gates[0]?.open(0)
    await host.advance(10)
    expect(await asking).toEqual([{ ok: true, value: 0 }, undefined, undefined])
    expect(tasks.children()).toEqual([])
  })

  test.each([
    ['limit', { limit: 0 }, argumentCodes.invalid_option],
    ['onTimeout', { onTimeout: 'exit' }, argumentCodes.invalid_option],
    ['timeoutMs', { timeoutMs: 'long' }, argumentCodes.invalid_option],
    ['ordered', { ordered: true }, argumentCodes.unknown_option],
  ])('refuses a wrong %s at once', (_, options, code) => {
    expect(codeOf(() => yieldMany([completedTask(1)], options as never))).toBe(code)
  })
})

function twice<R>(task: Task<R>): Promise<[R, R]> {
  return awaitMany([task, task])
}

function fail(error: unknown): never {
  throw error
}
