import {
  argumentCodes,
  asyncTask,
  cast,
  type Down,
  Exit,
  ended,
  exit,
  isAlive,
  type ProcessContext,
  type StreamOptions,
  send,
  type TaskContext,
  taskSupervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { runAs } from '../../src/process/current.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { codeOf } from '../supervisor/running.ts'
import { failureOf, forever, gate, inside, type OwnerPid, openWorkshop, set } from './workshop.ts'

const kinds = ['asyncStream', 'asyncStreamNolink'] as const

/** Everything a stream has. */
async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const each of stream) seen.push(each)
  return seen
}

/** Work that takes as many milliseconds as its item says. */
async function takes(ms: number, context: TaskContext): Promise<number> {
  await context.receive({ timeoutMs: ms })
  return ms
}

describe.each(kinds)('%s', (kind) => {
  test('has the results of all items in their order [TASK-024]', async () => {
    const { tasks, owner, node } = await openWorkshop()
    const asker = await owner()
    const before = node.statistics()
    const seen = await inside(asker, () => all(tasks[kind]([1, 2, 3, 4], async (x) => x * 2)))
    expect(seen).toEqual([2, 4, 6, 8].map((value) => ({ ok: true, value })))
    const keep = { sent: 0, started: 0, ended: 0 }
    expect({ ...node.statistics(), ...keep }).toEqual({ ...before, ...keep })
    expect(tasks.children()).toEqual([])
  })

  test('keeps the order when the slowest is first [TASK-024]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const seen = inside(asker, () => all(tasks[kind]([40, 30, 20, 10], takes)))
    await host.advance(40)
    expect(await seen).toEqual([40, 30, 20, 10].map((value) => ({ ok: true, value })))
  })

  test('has results as they are there if the order does not matter [TASK-026]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const seen = inside(asker, () => all(tasks[kind]([40, 10, 30, 20], takes, { ordered: false })))
    await host.advance(40)
    expect(await seen).toEqual([10, 20, 30, 40].map((value) => ({ ok: true, value })))
  })

  test('runs at most maxConcurrency tasks at a time [TASK-024]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    let running = 0
    let most = 0
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await undefined
      running -= 1
    }
    await inside(asker, () => all(tasks[kind](Array(50).fill(0), work, { maxConcurrency: 3 })))
    expect(most).toBe(3)
  })

  test('shows a failed task in its place, with its input, to a reader that traps exits [TASK-024, TASK-026]', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, (context) => {
      context.trapExits(true)
      const odd = (x: number) => (x % 2 === 0 ? x : fail(new Error(`odd ${x}`)))
      return all(tasks[kind]([1, 2, 3], odd))
    })
    expect(seen).toMatchObject([
      { ok: false, input: 1, exit: { cause: { message: 'odd 1' } } },
      { ok: true, value: 2 },
      { ok: false, input: 3, exit: { cause: { message: 'odd 3' } } },
    ])
  })

  test('kills a task that takes too long and shows it in its place [TASK-026]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const options: StreamOptions = { timeoutMs: 50, onTimeout: 'kill_task' }
    const seen = inside(asker, () => all(tasks[kind]([1, 100, 2], takes, options)))
    const ordered = inside(await owner(), () => {
      return all(tasks[kind]([100, 1], takes, { ...options, ordered: false }))
    })
    await host.advance(50)
    const late = { ok: false, input: 100, exit: { reason: { kind: 'timeout', afterMs: 50 } } }
    expect(await seen).toMatchObject([{ value: 1 }, late, { value: 2 }])
    expect(await ordered).toMatchObject([{ value: 1 }, late])
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })

  test('ends with timeout when a task takes too long, and nothing of it goes on [TASK-026]', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const failing = inside(asker, () => failureOf(all(tasks[kind]([1, 9000, 9000], takes))))
    await host.advance(4999)
    expect(tasks.children()).toHaveLength(2)
    await host.advance(1)
    const failure = await failing
    expect(failure).toMatchObject({ reason: { kind: 'timeout', afterMs: 5000 } })
    expect(String(failure)).toContain('Task "takes"')
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })

  test('runs its tasks for the process that reads, whoever made it [TASK-029]', async () => {
    const { tasks, owner, node, host } = await openWorkshop()
    const [maker, reader] = [await owner(), await owner()]
    const { opened, open } = gate()
    const work = async (x: number, context: TaskContext) => {
      await opened
      return { x, callers: context.callers }
    }
    const stream = await inside(maker, () => ({ of: tasks[kind]([1, 2], work) }))
    const reading = inside(reader, () => all(stream.of))
    await host.settle()
    expect(node.statistics().links).toBe(kind === 'asyncStream' ? 2 : 0)
    exit(maker, 'kill')
    await host.settle()
    expect(tasks.children()).toHaveLength(2)
    open()
    expect(await reading).toEqual(
      [1, 2].map((x) => ({ ok: true, value: { x, callers: [reader] } })),
    )
  })

  test('tells a reader that traps exits of its tasks by results alone', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const work = (x: number) => (x === 2 ? fail(new Error('two')) : x === 5 ? forever() : x)
    const seen = await inside(asker, async (context) => {
      context.trapExits(true)
      const results: boolean[] = []
      for await (const { ok } of tasks[kind]([1, 2, 3, 5, 5], work)) {
        if (results.push(ok) === 3) break
      }
      return results
    })
    await host.settle()
    expect([seen, log]).toEqual([[true, false, true], []])
  })

  test('is not confused by what reaches the mailbox of its reader [TASK-030]', async () => {
    const log: unknown[] = []
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner(log)
    const { opened, open } = gate()
    const seen = inside(asker, () => all(tasks[kind]([1, 2], () => opened)))
    await host.settle()
    for (const pid of tasks.children()) {
      const down: Down = { monitor: { id: 1 }, address: pid, pid, reason: { kind: 'killed' } }
      send(asker, { kind: 'down', down })
      send(asker, { ok: false, exit: new Exit({ kind: 'killed' }) })
      cast(asker, 'other', { ok: true, value: 'fake' })
    }
    open()
    expect(await seen).toEqual(Array(2).fill({ ok: true, value: undefined }))
    await host.settle()
    expect(log).toHaveLength(6)
  })

  test('kills its tasks when its reader leaves, whichever way, and closes the input', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const log: string[] = []
    function* numbers() {
      try {
        for (let next = 0; ; next += 1) yield next
      } finally {
        log.push('closed')
      }
    }
    const work = (x: number) => (x === 0 ? 'first' : forever())
    await inside(asker, async () => {
      for await (const _ of tasks[kind](numbers(), work)) break
    })
    expect(tasks.children()).toEqual([])
    const failure = await inside(asker, () =>
      failureOf(
        (async () => {
          for await (const _ of tasks[kind](numbers(), work)) throw new Error('enough')
        })(),
      ),
    )
    expect(failure).toMatchObject({ message: 'enough' })
    expect(tasks.children()).toEqual([])
    expect(log).toEqual(['closed', 'closed'])
    expect(isAlive(asker)).toBe(true)
  })

  test.each(['killed', 'normal'] as const)(
    'ends with a reader that ends %s: its tasks in the same step, then the input is closed',
    async (how) => {
      const { tasks, owner, host } = await openWorkshop()
      const asker = await owner()
      const log: string[] = []
      async function* numbers() {
        try {
          for (let next = 0; ; next += 1) yield next
        } finally {
          log.push('closed')
        }
      }
      let endSelf = (): void => undefined
      set(asker, async (context) => {
        endSelf = () => exit(context.self, 'normal')
        const stream = tasks[kind](numbers(), forever, { maxConcurrency: 3 })
        for await (const _ of stream) log.push('result')
      })
      await host.settle()
      const running = tasks.children()
      expect(running).toHaveLength(3)
      const ends = Promise.all([asker, ...running].map((pid) => ended(pid)))
      if (how === 'killed') exit(asker, 'kill')
      else runAs(processBehind(asker), endSelf)
      expect(running.filter((pid) => isAlive(pid))).toEqual([])
      expect((await ends).map(({ kind: each }) => each)).toEqual([how, ...Array(3).fill('killed')])
      await host.settle()
      expect(log).toEqual(['closed'])
      expect(tasks.children()).toEqual([])
    },
  )

  test('fails with max_children if the supervisor has no room, and leaves nothing running', async () => {
    const { tasks, owner } = await openWorkshop({ maxChildren: 1 })
    const asker = await owner()
    const failure = await inside(asker, () => failureOf(all(tasks[kind]([1, 2, 3], forever))))
    expect(failure).toMatchObject({ reason: { kind: 'max_children', maxChildren: 1 } })
    expect(tasks.children()).toEqual([])
    expect(isAlive(asker)).toBe(true)
  })

  test('passes on an error of its input, and stops its tasks', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    async function* broken() {
      yield 1
      yield 2
      throw new RangeError('no more')
    }
    const failure = await inside(asker, () => failureOf(all(tasks[kind](broken(), forever))))
    expect(failure).toEqual(new RangeError('no more'))
    expect(tasks.children()).toEqual([])
  })

  test('may be read again and again', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, async () => {
      const stream = tasks[kind]([1, 2], (x) => x)
      return [await all(stream), await all(stream)]
    })
    expect(seen).toEqual(Array(2).fill([1, 2].map((value) => ({ ok: true, value }))))
  })

  test('is read outside any process as well, or for an owner', async () => {
    const { tasks, owner, node, host } = await openWorkshop()
    expect(await all(tasks[kind]('ab', async (letter) => letter + letter))).toEqual([
      { ok: true, value: 'aa' },
      { ok: true, value: 'bb' },
    ])
    const asker = await owner()
    const contexts: ProcessContext[] = []
    await inside(asker, (context) => void contexts.push(context))
    const [context] = contexts
    if (context === undefined) throw new Error('no context')
    const reading = failureOf(all(tasks[kind]([1], forever, { owner: context })))
    await host.settle()
    expect(node.statistics().links).toBe(kind === 'asyncStream' ? 1 : 0)
    exit(asker, 'kill')
    expect(tasks.children()).toEqual([])
    expect(await reading).toMatchObject({ reason: { kind: 'killed' } })
  })

  test.each([
    ['maxConcurrency', 0, argumentCodes.invalid_option],
    ['maxConcurrency', 1.5, argumentCodes.invalid_option],
    ['maxConcurrency', Symbol('many'), argumentCodes.invalid_option],
    ['maxBuffered', 7, argumentCodes.invalid_option],
    ['timeoutMs', 'invalid', argumentCodes.invalid_option],
    ['timeoutMs', -1, argumentCodes.invalid_option],
    ['onTimeout', 'invalid', argumentCodes.invalid_option],
    ['shutdownMs', 'unknown', argumentCodes.invalid_option],
    ['ordered', 'yes', argumentCodes.invalid_option],
    ['label', '', argumentCodes.invalid_argument],
    ['owner', {}, argumentCodes.invalid_argument],
    ['concurrency', 2, argumentCodes.unknown_option],
  ])('refuses %s %s when it is made [TASK-027]', async (name, value, code) => {
    const { tasks } = await openWorkshop()
    expect(codeOf(() => tasks[kind]([], takes, { [name]: value }))).toBe(code)
  })

  test('refuses items that are not iterable and work that is no function when it is made [TASK-027]', async () => {
    const { tasks } = await openWorkshop()
    expect(codeOf(() => tasks[kind](5 as never, takes))).toBe(argumentCodes.invalid_argument)
    expect(codeOf(() => tasks[kind]([], 5 as never))).toBe(argumentCodes.invalid_argument)
  })

  test('starts nothing before it is read, and fails then if the supervisor never ran', async () => {
    const tasks = taskSupervisor({ name: 'tasks' })
    const stream = tasks[kind]([1], takes)
    const failure = await failureOf(all(stream))
    expect(failure).toMatchObject({ code: argumentCodes.not_started })
  })
})

describe('asyncStream', () => {
  test('takes a reader that does not trap exits along when a task crashes', async () => {
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const boom = new Error('boom')
    const reason = ended(asker)
    set(asker, () => all(tasks.asyncStream([1, 2], (x) => (x === 2 ? fail(boom) : forever()))))
    await host.settle()
    expect(await reason).toEqual({ kind: 'crash', error: boom })
    expect(tasks.children()).toEqual([])
  })

  test('within a task belongs to the task', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const seen = await inside(asker, (context) => {
      const outer = asyncTask(context, async (own) => {
        const callers = await all(tasks.asyncStream([1], (_, inner) => inner.callers))
        return { self: own.self, callers }
      })
      return outer.await()
    })
    expect(seen.callers).toEqual([{ ok: true, value: [seen.self, asker] }])
  })
})

function fail(error: unknown): never {
  throw error
}

function processBehind(pid: OwnerPid): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('not a pid of this node')
  return process
}
