import { call, Exit, ended, exit, isAlive, type TaskContext } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { failureOf, forever, gate, inside, openWorkshop, reasonOf, set } from './workshop.ts'

describe('await', () => {
  test('gives what the work returned, or what its promise came to [TASK-011]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const results = await inside(asker, async (context) => {
      const works = [() => 1, async () => 'two', async () => undefined, () => null]
      const started = await Promise.all(works.map((work) => tasks.async<unknown>(context, work)))
      return Promise.all(started.map((task) => task.await()))
    })
    expect(results).toEqual([1, 'two', undefined, null])
  })

  test('waits five seconds unless told otherwise, then fails with timeout; the task goes on [TASK-012]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const slow = inside(asker, async (context) => {
      const task = await tasks.async(context, forever, { label: 'slow' })
      return { task, failure: await failureOf(task.await()) }
    })
    await host.advance(4999)
    expect(tasks.children()).toHaveLength(1)
    await host.advance(1)
    const { task, failure } = await slow
    expect(failure).toMatchObject({ reason: { kind: 'timeout', afterMs: 5000 } })
    expect(String(failure)).toContain(`Await of task "slow" ${task.pid} failed`)
    expect(tasks.children()).toEqual([task.pid])
  })

  test('that is not caught ends the owner at its time-out, and a linked task with it [TASK-012]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    set(asker, async (context) => {
      await (await tasks.async(context, forever)).await({ timeoutMs: 50 })
    })
    const reason = ended(asker)
    await host.advance(50)
    const why = await reason
    expect(why.kind === 'crash' && why.error).toMatchObject({ reason: { kind: 'timeout' } })
    expect(tasks.children()).toEqual([])
  })

  test('drops a result that comes after the time-out [TASK-012]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate()
    const late = inside(asker, async (context) => {
      const task = await tasks.async(context, () => opened)
      await failureOf(task.await({ timeoutMs: 10 }))
      open()
      await ended(task.pid ?? asker)
      return reasonOf(task.await())
    })
    await host.advance(10)
    expect(await late).toMatchObject({ kind: 'noproc' })
  })

  test.each<[string, (context: TaskContext) => unknown, object]>([
    ['throws an error', () => fail(new RangeError('oops')), { kind: 'crash' }],
    ['rejects', () => Promise.reject(new Error('oops')), { kind: 'crash' }],
    ['throws a value', () => fail('unknown'), { kind: 'crash', error: 'unknown' }],
    ['exits', (context) => context.exit({ kind: 'aborted', error: 1 }), { kind: 'aborted' }],
    ['exits later', async (context) => context.exit(stopped), stopped],
    ['exits normally', (context) => context.exit({ kind: 'normal' }), { kind: 'normal' }],
    ['signals itself', (context) => exit(context.self, 'shutdown'), { kind: 'shutdown' }],
    ['uses what does not exist', () => Reflect.get(Object(undefined), 'x')(), { kind: 'crash' }],
  ])(
    'of work that %s fails with its reason, saying that it was this task [TASK-014]',
    async (_, work, reason) => {
      const { tasks, owner } = await openWorkshop()
      const asker = await owner()
      const { task, failure } = await inside(asker, async (context) => {
        const task = await tasks.asyncNolink(context, work, { label: 'this one' })
        return { task, failure: await failureOf(task.await()) }
      })
      expect(Exit.is(failure) && failure.reason).toMatchObject(reason)
      expect(String(failure)).toContain(`Task "this one" ${task.pid} failed`)
    },
  )

  test('carries the error of the work as its cause [TASK-014]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const error = new RangeError('oops')
    const failure = await inside(asker, async (context) => {
      return failureOf((await tasks.asyncNolink(context, () => fail(error))).await())
    })
    expect(failure).toMatchObject({ code: 'FLOTILLA_EXIT_CRASH', cause: error })
  })

  test('tells a time-out of a call within the work from its own', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const [asker, slow] = [await owner(), await owner()]
    set(slow, forever)
    const failing = inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, () => {
        return call(slow, 'run', () => 0, { timeoutMs: 10 })
      })
      return failureOf(task.await({ timeoutMs: 1000 }))
    })
    await host.advance(10)
    expect(await failing).toMatchObject({
      reason: { kind: 'crash', error: { reason: { kind: 'timeout', afterMs: 10 } } },
    })
    exit(slow, 'kill')
  })

  test('of somebody killed fails with killed', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const reason = await inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, forever)
      const waiting = reasonOf(task.await())
      if (task.pid !== undefined) exit(task.pid, 'kill')
      return waiting
    })
    expect(reason).toEqual({ kind: 'killed' })
  })

  test('is over when the owner is, with its reason', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    const seen: unknown[] = []
    set(asker, async (context) => {
      const task = await tasks.asyncNolink(context, forever)
      seen.push(await reasonOf(task.await({ timeoutMs: 'infinity' })))
      seen.push(await reasonOf(task.await()))
    })
    await host.settle()
    exit(asker, 'kill')
    await host.settle()
    expect(seen).toEqual([{ kind: 'killed' }, { kind: 'killed' }])
    expect(node.statistics()).toMatchObject({ deadlines: 0 })
  })

  test('that nobody looks at ends nobody', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    await inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, () => fail(new Error('unseen')))
      void task.await()
    })
    await host.settle()
    expect(isAlive(asker)).toBe(true)
  })

  test.each(['over', 'running'])(
    'asked for twice while the task is %s gives the result to the first',
    async (state) => {
      const { tasks, owner, host } = await openWorkshop()
      const asker = await owner()
      const { opened, open } = gate<number>()
      if (state === 'over') open(5)
      const asking = inside(asker, async (context) => {
        const task = await tasks.async(context, () => opened)
        if (state === 'over') await ended(task.pid ?? asker)
        return Promise.all([task.await(), reasonOf(task.await()), task.yield()])
      })
      await host.settle()
      open(5)
      expect(await asking).toMatchObject([5, { kind: 'noproc' }, { ok: false }])
    },
  )
})

const stopped = { kind: 'shutdown', detail: 'enough' } as const

function fail(error: unknown): never {
  throw error
}
