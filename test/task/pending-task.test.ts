import {
  argumentCodes,
  asyncTask,
  call,
  child,
  completedTask,
  defineServer,
  dynamicSupervisor,
  exit,
  isAlive,
  reply,
  startNode,
  type Task,
  type TaskContext,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { PendingTask } from '../../src/task/pending-task.ts'
import { codeOf } from '../supervisor/running.ts'
import { forever, gate, inside, openWorkshop, reasonOf, set } from './workshop.ts'

/** Every way to use a task. */
const uses = ['await', 'yield', 'shutdown', 'ignore'] as const

describe('a task', () => {
  test('is used by its owner alone: others are refused at once and change nothing [TASK-011]', async () => {
    const { tasks, owner } = await openWorkshop()
    const [asker, other] = [await owner(), await owner()]
    const { opened, open } = gate<number>()
    const task = await inside(asker, (context) => tasks.async(context, () => opened))
    for (const use of uses) {
      expect(codeOf(() => task[use]())).toBe(argumentCodes.wrong_process)
      expect(await inside(other, () => codeOf(() => task[use]()))).toBe(argumentCodes.wrong_process)
    }
    expect(() => task.ignore()).toThrow(/belongs to owner <.*>, not to this code/)
    open(5)
    expect(await inside(asker, () => task.await())).toBe(5)
  })

  test('knows its owner after an await, and also where asynchronous work is not charged', async () => {
    const asks = defineServer({
      name: 'asks',
      init: () => 0,
      calls: {
        run: async (state, _: undefined, context) => {
          const task = asyncTask(context, async () => 5)
          await undefined
          return reply(await task.await(), state)
        },
      },
    })
    const owners = dynamicSupervisor({ name: 'owners' })
    const host = virtualHost()
    await using _node = await startNode(owners, { host, chargeAsyncErrors: false })
    const started = await owners.startChild(child(asks, undefined))
    if (!started.ok) throw new Error('it did not start')
    expect(await call(started.pid, 'run')).toBe(5)
  })

  test('is no promise: awaiting it gives the task itself', async () => {
    const task: Task<number> = completedTask(5)
    expect(await task).toBe(task)
    expect('then' in task).toBe(false)
  })

  test('is dealt with once: whatever comes second is told noproc [TASK-022]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const noproc = { ok: false, exit: { reason: { kind: 'noproc' } } }
    const seen = await inside(asker, async (context) => {
      const first = await Promise.all(
        uses.map(async (use) => {
          const task = await tasks.asyncNolink(context, () => 5)
          await task[use]()
          return task
        }),
      )
      return Promise.all(
        first.map(async (task) => ({
          shutdown: await task.shutdown(),
          killed: await task.shutdown({ shutdownMs: 'kill' }),
          yielded: await task.yield(),
          awaited: await reasonOf(task.await()),
          ignored: task.ignore(),
        })),
      )
    })
    for (const again of seen) {
      expect(again).toMatchObject({ shutdown: noproc, killed: noproc, yielded: noproc })
      expect(again).toMatchObject({ awaited: { kind: 'noproc' }, ignored: undefined })
    }
  })
})

describe('yield', () => {
  test('gives a result, a failure or nothing yet, and may be asked again [TASK-018]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate<string>()
    const log: unknown[] = []
    const asking = inside(asker, async (context) => {
      const slow = await tasks.async(context, () => opened)
      const gone = await tasks.async(context, (own) => own.exit({ kind: 'normal' }))
      log.push(await slow.yield({ timeoutMs: 100 }), await slow.yield({ timeoutMs: 0 }))
      log.push(await gone.yield())
      open('done')
      log.push(await slow.yield())
    })
    await host.advance(100)
    await asking
    expect(log).toMatchObject([
      undefined,
      undefined,
      { ok: false, exit: { reason: { kind: 'normal' } } },
      { ok: true, value: 'done' },
    ])
  })

  test('finds a result that was there before [TASK-018]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const task = await inside(asker, (context) => tasks.async(context, () => 5))
    await host.settle()
    expect(tasks.children()).toEqual([])
    expect(await inside(asker, () => task.yield({ timeoutMs: 0 }))).toEqual({ ok: true, value: 5 })
  })
})

describe('shutdown', () => {
  test('ends a task and says nothing more, whether it runs or has not begun', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, async (context) => {
      const [asked, killed] = [
        await tasks.async(context, forever),
        await tasks.async(context, forever),
      ]
      return [await asked.shutdown(), await killed.shutdown({ shutdownMs: 'kill' })]
    })
    expect(seen).toEqual([undefined, undefined])
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })

  test('gives the result of a task that was over or finishes in time, or its own failure', async () => {
    const { tasks, owner, node } = await openWorkshop()
    const asker = await owner()
    const answers = async (context: TaskContext) => {
      context.trapExits(true)
      const message = await context.receive()
      return message?.kind
    }
    const fails = async (context: TaskContext) => {
      context.trapExits(true)
      await context.receive()
      throw new Error('in the middle')
    }
    const says = async (context: TaskContext) => {
      context.trapExits(true)
      await context.receive()
      context.exit({ kind: 'shutdown', detail: 'half done' })
    }
    const seen = await inside(asker, async (context) => {
      const over = await tasks.async(context, () => 5)
      const polite = await tasks.async(context, answers)
      const broken = await tasks.async(context, fails)
      const talking = await tasks.async(context, says)
      await tasks.startChild(() => 0)
      const all = [over, polite, broken, talking]
      return Promise.all(all.map((task: Task<unknown>) => task.shutdown()))
    })
    expect(seen).toMatchObject([
      { ok: true, value: 5 },
      { ok: true, value: 'exit' },
      { ok: false, exit: { cause: { message: 'in the middle' } } },
      { ok: false, exit: { reason: { kind: 'shutdown', detail: 'half done' } } },
    ])
    expect(isAlive(asker)).toBe(true)
    expect(node.statistics().deadlines).toBe(0)
  })

  test('of a task that had ended as it is told to now gives undefined, of others their end', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, async (context) => {
      const ways = ['shutdown', 'kill'] as const
      const ended = await Promise.all(
        ways.map(async (way) => {
          const task = await tasks.asyncNolink(context, forever)
          if (task.pid !== undefined) exit(task.pid, way)
          return task
        }),
      )
      const [stopped, killed] = ended
      return [await stopped?.shutdown(), await killed?.shutdown()]
    })
    expect(seen).toMatchObject([undefined, { ok: false, exit: { reason: { kind: 'killed' } } }])
  })

  test('kills a task that does not stop in time, and says so', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    const stopping = inside(asker, async (context) => {
      const task = await tasks.async(context, async (own) => {
        own.trapExits(true)
        await forever()
      })
      await tasks.startChild(() => 0)
      return task.shutdown({ shutdownMs: 300 })
    })
    await host.advance(299)
    expect(tasks.children()).toHaveLength(1)
    await host.advance(1)
    expect(await stopping).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    expect(node.statistics().deadlines).toBe(0)
  })

  test('goes on when its owner ends meanwhile', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    set(asker, async (context) => {
      const task = await tasks.asyncNolink(context, async (own) => {
        own.trapExits(true)
        await forever()
      })
      await tasks.startChild(() => 0)
      await task.shutdown({ shutdownMs: 300 })
    })
    await host.settle()
    exit(asker, 'kill')
    expect(tasks.children()).toHaveLength(1)
    await host.advance(300)
    expect(tasks.children()).toEqual([])
    expect(node.statistics().deadlines).toBe(0)
  })
})

describe('ignore', () => {
  test('ends every wait for the task, which will not be told of its outcome', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const endless = { timeoutMs: 'infinity' } as const
    const reasons = await inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, forever)
      const waits = [reasonOf(task.await(endless)), task.yield(endless)]
      task.ignore()
      return Promise.all(waits)
    })
    const noproc = { kind: 'noproc' }
    expect(reasons).toMatchObject([noproc, { ok: false, exit: { reason: noproc } }])
  })

  test('gives what is there, and drops a result or failure that comes later [TASK-023]', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const [good, bad] = [gate<string>(), gate()]
    const held = await inside(asker, async (context) => {
      const late = await tasks.async(context, () => good.opened)
      const failing = await tasks.async(context, () => bad.opened)
      const over = await tasks.async(context, () => 'now')
      const failed = await tasks.asyncNolink(context, () => fail(new Error('now')))
      await tasks.startChild(() => 0)
      const said = [over, failed, late, failing].map((task) => task.ignore())
      return { said, late, failing }
    })
    expect(held.said).toMatchObject([
      { ok: true, value: 'now' },
      { ok: false, exit: { cause: { message: 'now' } } },
      undefined,
      undefined,
    ])
    expect(tasks.children()).toHaveLength(2)
    good.open('later')
    bad.fail(new Error('later'))
    await host.settle()
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
    expect(log).toEqual([])
    const again = await inside(asker, () => Promise.all([held.late.yield(), held.failing.yield()]))
    expect(again).toMatchObject([{ exit: { reason: { kind: 'noproc' } } }, { ok: false }])
  })

  test('gives the result of a completed task [TASK-023, TASK-032]', () => {
    expect(completedTask('it').ignore()).toEqual({ ok: true, value: 'it' })
  })
})

describe('PendingTask', () => {
  test('takes the first outcome alone', async () => {
    const pending = new PendingTask('x', undefined, undefined)
    pending.over({ ok: true, value: 1 })
    pending.over({ ok: true, value: 2 })
    expect(pending.giveUp()).toEqual({ ok: true, value: 1 })
    expect(pending.giveUp()).toBeUndefined()
  })

  test('delivers its outcome if nobody waits, and keeps nothing then', async () => {
    const delivered: unknown[] = []
    const pending = new PendingTask('x', undefined, (outcome) => void delivered.push(outcome))
    pending.over({ ok: true, value: 1 })
    expect([delivered, pending.giveUp()]).toEqual([[{ ok: true, value: 1 }], undefined])
  })
})

function fail(error: unknown): never {
  throw error
}
