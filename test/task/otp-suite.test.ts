/**
 * Behaviours of Elixir's suites for tasks, and uses of tasks that people come upon, which the list
 * of OTP behaviours does not have.
 */
import {
  asyncTask,
  awaitMany,
  type Context,
  call,
  child,
  type Delivered,
  defineServer,
  dynamicSupervisor,
  exit,
  isAlive,
  later,
  next,
  type Pid,
  type ReplyPort,
  reply,
  send,
  startNode,
  stop,
  stopServer,
  supervisor,
  sys,
  type TaskSupervisor,
  taskSupervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { run } from '../supervisor/running.ts'
import { failureOf, forever, gate, inside, Owner, openWorkshop, reasonOf, set } from './workshop.ts'

/** Everything a stream has. */
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const each of stream) seen.push(each)
  return seen
}

/** A task supervisor beside a place for servers. */
async function openPlace() {
  const tasks = taskSupervisor({ name: 'tasks' })
  const servers = dynamicSupervisor({ name: 'servers' })
  const tree = supervisor({ name: 'place', strategy: 'one_for_one' }, [tasks, servers])
  return { tasks, servers, ...(await run(tree)) }
}

/** What two kinds of tasks and a stream come to. */
async function useAll(tasks: TaskSupervisor, context: Context): Promise<unknown[]> {
  const first = await (await tasks.async(context, async () => 1)).await()
  const second = await asyncTask(context, async () => 2).await()
  const many = await awaitMany([asyncTask(context, () => 3), await tasks.async(context, () => 4)])
  const results = await all(tasks.asyncStream([5, 6], (x) => x, { owner: context }))
  return [first, second, ...many, ...results.map((result) => result.ok && result.value)]
}

const every = [1, 2, 3, 4, 5, 6]

describe('tasks are used', () => {
  test('in init, which may wait for them and have others delivered', async () => {
    const { tasks, servers, host } = await openPlace()
    const Starter = defineServer({
      name: 'starter',
      init: async (_: undefined, context): Promise<unknown[]> => {
        const seen = await useAll(tasks, context)
        await tasks.asyncNolink(context, () => 7, { deliverAs: 'done' })
        asyncTask(context, () => 8, { deliverAs: 'done' })
        return seen
      },
      calls: { get: (seen) => reply(seen, seen) },
      casts: {
        done: (seen, { outcome }: Delivered<number>) =>
          next([...seen, outcome.ok && outcome.value]),
      },
    })
    const started = await servers.startChild(child(Starter, undefined))
    if (!started.ok) throw new Error('not started')
    await host.settle()
    const seen = await call(started.pid, 'get')
    expect(seen.slice(0, 6)).toEqual(every)
    expect(new Set(seen.slice(6))).toEqual(new Set([7, 8]))
  })

  test('in terminate, which waits for its last work', async () => {
    const { tasks, servers } = await openPlace()
    const seen: unknown[] = []
    const Leaver = defineServer({
      name: 'leaver',
      init: (_: undefined) => 0,
      terminate: async (_state, _reason, context) => {
        seen.push(...(await useAll(tasks, context)))
      },
    })
    const started = await servers.startChild(child(Leaver, undefined, { restart: 'temporary' }))
    if (!started.ok) throw new Error('not started')
    await stopServer(started.pid)
    expect(seen).toEqual(every)
  })

  test('in code that a handler left behind, such as a timer of Node', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const { opened, open } = gate<Promise<unknown>>()
    await inside(asker, (context) => void setTimeout(() => open(useAll(tasks, context)), 0))
    expect(await opened).toEqual(every)
  })

  test('after an await where asynchronous work is not charged', async () => {
    const tasks = taskSupervisor({ name: 'tasks' })
    const owners = dynamicSupervisor({ name: 'owners' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [tasks, owners])
    const node = await startNode(tree, { host: virtualHost(), chargeAsyncErrors: false })
    const started = await owners.startChild(child(Owner, []))
    if (!started.ok) throw new Error('not started')
    const seen = await inside(started.pid, async (context) => {
      await undefined
      return useAll(tasks, context)
    })
    expect(seen).toEqual(every)
    await node.stop()
  })
})

describe('a task that is linked', () => {
  test('ends with a start that fails, and one that has not begun never does', async () => {
    const { servers, host } = await openPlace()
    const pids: (Pid | undefined)[] = []
    let begun = 0
    const Late = defineServer({
      name: 'late',
      init: (_: undefined, context) => {
        pids.push(asyncTask(context, () => (begun += 1)).pid)
        return stop({ kind: 'shutdown' }, 0)
      },
    })
    const Failing = defineServer({
      name: 'failing',
      init: async (_: undefined, context) => {
        pids.push(asyncTask(context, forever).pid)
        await context.sleep(0)
        return stop({ kind: 'shutdown' }, 0)
      },
    })
    for (const server of [Failing, Late]) {
      expect(await servers.startChild(child(server, undefined))).toMatchObject({ ok: false })
    }
    await host.settle()
    expect(pids.map((pid) => pid !== undefined && isAlive(pid))).toEqual([false, false])
    expect(begun).toBe(0)
  })

  test('may end its owner, and ends with it', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const suicide = inside(asker, async (context) => {
      const task = await tasks.async(context, () => {
        exit(asker, 'kill')
        return forever()
      })
      return task.await()
    })
    expect(await reasonOf(suicide)).toEqual({ kind: 'killed' })
    expect(tasks.children()).toEqual([])
  })

  test('of another node works, and goes down with its owner', async () => {
    const [here, there] = [await openWorkshop(), await openWorkshop()]
    const asker = await here.owner()
    expect(await inside(asker, (context) => useAll(there.tasks, context))).toEqual(every)
    await inside(asker, async (context) => void (await there.tasks.async(context, forever)))
    expect(there.tasks.children()).toHaveLength(1)
    exit(asker, 'kill')
    expect(there.tasks.children()).toEqual([])
  })
})

describe('waiting for a task', () => {
  test('is over when its supervisor is killed, for an owner without a link as well', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const reason = inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, async (own) => {
        const [supervisor] = own.ancestors
        if (supervisor !== undefined) exit(supervisor, 'kill')
        await forever()
      })
      return reasonOf(task.await())
    })
    await host.settle()
    expect(await reason).toEqual({ kind: 'killed' })
  })

  test('goes on for others when one of those that wait for a task of nobody ends', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const [leaver, stayer] = [await owner(), await owner()]
    const { opened, open } = gate<number>()
    const task = await tasks.async(undefined, () => opened)
    set(leaver, () => task.await())
    const seen = inside(stayer, () => task.await())
    await host.settle()
    exit(leaver, 'kill')
    open(5)
    expect(await seen).toBe(5)
  })

  test('fails with the end of the owner if both end at once, in either order', async () => {
    const { tasks, owner, host } = await openWorkshop()
    for (const isTaskFirst of [true, false]) {
      const asker = await owner()
      const { opened, open } = gate<number>()
      const { opened: failed, open: fail } = gate<unknown>()
      set(asker, async (context) => {
        const task = await tasks.async(context, () => opened)
        fail(await reasonOf(task.await()))
      })
      await host.settle()
      if (isTaskFirst) open(1)
      exit(asker, 'kill')
      open(1)
      expect(await failed).toEqual({ kind: 'killed' })
      expect(tasks.children()).toEqual([])
    }
  })

  test('that fails because nothing was started ends nobody who does not look', async () => {
    const escaped: unknown[] = []
    const note = (error: unknown) => void escaped.push(error)
    process.on('unhandledRejection', note)
    const { tasks, owner, host, node } = await openWorkshop({ maxChildren: 1 })
    const asker = await owner()
    await tasks.async(undefined, forever)
    await inside(asker, (context) => void tasks.async(context, forever))
    void tasks.asyncNolink(undefined, forever)
    await host.settle()
    expect(isAlive(asker)).toBe(true)
    const stopped = node.stop()
    await host.advance(5000)
    await stopped
    void tasks.async(undefined, forever)
    await host.settle()
    process.off('unhandledRejection', note)
    expect(escaped).toEqual([])
  })
})

describe('what never ends by itself', () => {
  test('is gone when the node has stopped, whoever it belonged to and even if it traps exits', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    const stubborn = (own: { trapExits(on: boolean): boolean }) => {
      own.trapExits(true)
      return forever()
    }
    await inside(asker, async (context) => {
      await tasks.async(context, stubborn)
      asyncTask(context, stubborn)
      await tasks.async(undefined, stubborn)
    })
    const stopped = node.stop()
    await host.advance(5000)
    await stopped
    expect(node.statistics().processes).toBe(0)
  })

  test('is read as far as wanted: a stream of an endless source, closed when left', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    let given = 0
    let closed = 0
    function* endless() {
      try {
        for (;;) {
          given += 1
          yield given
        }
      } finally {
        closed += 1
      }
    }
    const seen = await inside(asker, async () => {
      let count = 0
      for await (const { ok } of tasks.asyncStream(endless(), (x) => x)) {
        if (ok) count += 1
        if (count === 100) break
      }
      return count
    })
    expect([seen, closed, tasks.children()]).toEqual([100, 1, []])
    expect(given).toBeLessThanOrEqual(108)
  })

  test('in a source does not keep a stream from ending at its time-out', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    async function* stuck() {
      yield 1
      await forever()
    }
    const reading = inside(asker, () => failureOf(all(tasks.asyncStream(stuck(), forever))))
    await host.advance(5000)
    expect(await reading).toMatchObject({ reason: { kind: 'timeout', afterMs: 5000 } })
    expect(tasks.children()).toEqual([])
  })
})

describe('while something is suspended', () => {
  test('an owner gets what was delivered when it goes on', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate<number>()
    await inside(asker, (context) => tasks.async(context, () => opened, { deliverAs: 'done' }))
    await host.settle()
    await sys.suspend(asker)
    open(5)
    await host.settle()
    expect([log, tasks.children()]).toEqual([[], []])
    await sys.resume(asker)
    await host.settle()
    expect(log).toMatchObject([{ outcome: { ok: true, value: 5 } }])
  })

  test('a task takes no message, and its reader still gives up at its time', async () => {
    const { tasks, host } = await openWorkshop()
    const seen: unknown[] = []
    const started = await tasks.startChild(async (own) => {
      seen.push(await own.receive({ timeoutMs: 100 }))
      seen.push(await own.receive())
    })
    if (!started.ok) throw new Error('not started')
    await host.settle()
    await sys.suspend(started.pid)
    send(started.pid, 'late')
    await host.advance(100)
    expect(seen).toEqual([undefined])
    await sys.resume(started.pid)
    await host.settle()
    expect(seen).toEqual([undefined, { kind: 'message', message: 'late' }])
    expect(isAlive(started.pid)).toBe(false)
  })

  test('a task supervisor starts nothing, and what waits when it goes on', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const above = await inside(asker, async (context) => {
      return (await tasks.async(context, (own) => own.ancestors[0])).await()
    })
    if (above === undefined) throw new Error('no supervisor')
    await sys.suspend(above)
    const result = inside(asker, async (context) => (await tasks.async(context, () => 5)).await())
    await host.settle()
    expect(tasks.children()).toEqual([])
    await sys.resume(above)
    expect(await result).toBe(5)
  })

  test('a call that was put off is answered by whoever has its port', async () => {
    const { servers, host } = await openPlace()
    const ports: ReplyPort<number>[] = []
    const Later = defineServer({
      name: 'later',
      init: (_: undefined) => 0,
      calls: {
        ask: (state, _: undefined, context) => {
          const port = context.replyPort<number>()
          ports.push(port)
          return later(port, state)
        },
      },
    })
    const started = await servers.startChild(child(Later, undefined))
    if (!started.ok) throw new Error('not started')
    const asking = call(started.pid, 'ask')
    await host.settle()
    await sys.suspend(started.pid)
    ports[0]?.send(5)
    expect(await asking).toBe(5)
  })
})
