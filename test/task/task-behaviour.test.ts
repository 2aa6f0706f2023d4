import {
  call,
  cast,
  ended,
  exit,
  type FlotillaEvent,
  isAlive,
  type Pid,
  stopServer,
  type TaskContext,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../src/process/envelope.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { callersFrom, nameTask, TaskBehaviour } from '../../src/task/task-behaviour.ts'
import { countLeft } from '../collect-garbage.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { codeOf, feed } from '../supervisor/running.ts'
import { forever, gate, inside, openWorkshop, reasonOf, set } from './workshop.ts'

type Crash = Extract<FlotillaEvent, { kind: 'crash_report' }>

function crashes(events: readonly FlotillaEvent[]): Crash[] {
  return events.filter((event): event is Crash => event.kind === 'crash_report')
}

function fail(): never {
  throw new Error('broken')
}

describe('the work of a task', () => {
  test('begins in a later turn than the code that asked for it', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const order = await inside(asker, async (context) => {
      const log: string[] = []
      const starting = tasks.async(context, () => log.push('work'))
      log.push('asked')
      await (await starting).await()
      return log
    })
    expect(order).toEqual(['asked', 'work'])
  })

  test('is known as that of the task, also after an await', async () => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const reason = await inside(asker, async (context) => {
      const task = await tasks.asyncNolink(context, async (own) => {
        await undefined
        exit(own.self, 'normal')
        await forever()
      })
      return reasonOf(task.await())
    })
    // Of anybody else the signal would have had no effect.
    expect(reason).toEqual({ kind: 'normal' })
  })

  test('may give back anything that can be awaited', async () => {
    const { tasks } = await openWorkshop()
    const thenable = Object.defineProperty({}, 'then', {
      value: (resolve: (value: number) => void) => resolve(5),
    })
    const callable = Object.assign(() => 0, { marked: true })
    const works = [() => thenable, async () => ({ deep: 1 }), () => callable]
    const results = await Promise.all(
      works.map(async (work) => (await tasks.async<unknown>(undefined, work)).await()),
    )
    expect(results).toEqual([5, { deep: 1 }, callable])
  })

  test.each([
    ['then', { value: fail }],
    ['constructor', { get: fail }],
  ])('may give back a promise with a "%s" that throws: nobody else ends', async (name, broken) => {
    const { tasks, owner } = await openWorkshop()
    const asker = await owner()
    const promise = Object.defineProperty(Promise.resolve(5), name, broken)
    const seen = await inside(asker, async (context) => {
      return (await tasks.asyncNolink(context, () => promise)).yield()
    })
    // As `await` takes it, which does not look at the "then" of a promise of the language.
    const cause = { message: 'broken' }
    expect(seen).toMatchObject(name === 'then' ? { value: 5 } : { ok: false, exit: { cause } })
    expect(isAlive(asker)).toBe(true)
  })

  test('that was killed has no result, whatever it still comes to', async () => {
    const { tasks, host } = await openWorkshop()
    const { opened, open } = gate<number>()
    const task = await tasks.async(undefined, () => opened)
    const outcome = task.shutdown({ shutdownMs: 'kill' })
    open(5)
    await host.settle()
    expect(await outcome).toBeUndefined()
  })
})

describe('a task', () => {
  test('ends normally when its function has returned, whatever it gives back [PROC-001]', async () => {
    const { tasks } = await openWorkshop()
    for (const value of [undefined, 5, new Error('as a value')]) {
      const { opened, open } = gate<unknown>()
      const task = await tasks.async(undefined, () => opened)
      if (task.pid === undefined) throw new Error('it did not start')
      const reason = ended(task.pid)
      open(value)
      expect([await task.await(), await reason]).toEqual([value, { kind: 'normal' }])
    }
  })

  test('that ends abnormally is reported once, with its function, its label and the reason [TASK-031]', async () => {
    const events = feed()
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    const error = new Error('oops')
    async function fetchPage(context: TaskContext): Promise<void> {
      context.setLabel('page 7')
      throw error
    }
    const task = await inside(asker, (context) => tasks.asyncNolink(context, fetchPage))
    await host.settle()
    expect(crashes(events)).toMatchObject([
      {
        pid: task.pid,
        label: 'fetchPage',
        processLabel: 'page 7',
        reason: { kind: 'crash', error },
      },
    ])
    expect(crashes(events)[0]?.ancestors).toHaveLength(3)
    expect(crashes(events)[0]?.lastMessage).toBeUndefined()
  })

  test('is reported without arguments: only its function knows what it was given [differs: TASK-031]', async () => {
    const events = feed()
    const { tasks, host } = await openWorkshop()
    const secret = 'a password'
    await tasks.startChild(() => Promise.reject(secret.length), { label: 'sign in' })
    await host.settle()
    const [crash] = crashes(events)
    expect(crash).toMatchObject({ label: 'sign in', reason: { kind: 'crash', error: 10 } })
    expect(JSON.stringify(crash)).not.toContain(secret)
  })

  test('takes its owner along, but is reported alone [TASK-031]', async () => {
    const events = feed()
    const { tasks, owner, host } = await openWorkshop()
    const asker = await owner()
    set(asker, (context) => {
      return tasks.async(context, () => Promise.reject(new Error('oops')), { label: 'the task' })
    })
    await host.settle()
    expect(isAlive(asker)).toBe(false)
    expect(crashes(events).map(({ label }) => label)).toEqual(['the task'])
  })

  test.each([
    ['normal', { kind: 'normal' }],
    ['shutdown', { kind: 'shutdown' }],
    ['shutdown with a detail', { kind: 'shutdown', detail: 'enough' }],
  ] as const)('that ends with %s is not reported as a crash [TASK-031]', async (_, reason) => {
    const events = feed()
    const { tasks, host } = await openWorkshop()
    await tasks.startChild((context) => context.exit(reason), { label: 'quiet' })
    await host.settle()
    const ends = events.filter(({ kind }) => kind === 'process_ended')
    expect(ends).toMatchObject([{ label: 'quiet', reason }])
    expect(crashes(events)).toEqual([])
  })

  test('has no calls and no casts: the sender is refused, and it may be stopped while it waits', async () => {
    const { tasks, host } = await openWorkshop()
    const started = await tasks.startChild((context) => context.receive())
    if (!started.ok) throw new Error('it did not start')
    await host.settle()
    const pid: Pid = started.pid
    expect(codeOf(() => call(pid, 'get'))).toBe('FLOTILLA_UNKNOWN_MESSAGE')
    expect(codeOf(() => cast(pid, 'set'))).toBe('FLOTILLA_UNKNOWN_MESSAGE')
    await stopServer(pid)
    expect(tasks.children()).toEqual([])
  })
})

test('a task that is over keeps nothing of its work, whoever keeps its pid', async () => {
  const { tasks, host } = await openWorkshop()
  const pids: Pid[] = []
  const held: WeakRef<object>[] = []
  const start = async (): Promise<void> => {
    const big = { big: new Array(1000).fill(0) }
    held.push(new WeakRef(big))
    const started = await tasks.startChild(() => big.big.length)
    if (started.ok) pids.push(started.pid)
  }
  for (let count = 0; count < 20; count += 1) await start()
  await host.settle()
  expect(await countLeft(held, 2)).toBeLessThan(3)
  expect(pids).toHaveLength(20)
})

describe('a row of tasks, each of which starts the next', () => {
  test('keeps nothing of those that are over but the 64 callers it names', async () => {
    const { tasks, host } = await openWorkshop()
    const kept: WeakRef<object>[] = []
    const startNext = async (context: TaskContext): Promise<void> => {
      const held = { big: new Array(1000).fill(0) }
      kept.push(new WeakRef(LocalPid.processOf(context.self) ?? held))
      if (kept.length < 400)
        await tasks.startChild((own) => startNext(own).then(() => held.big.length))
      else await forever()
    }
    await tasks.startChild(startNext)
    await host.settle()
    expect(kept).toHaveLength(400)
    expect(await countLeft(kept, 79)).toBeLessThan(80)
  })
})

describe('callersFrom', () => {
  test('is nobody outside a process, and the process itself if that is no task', () => {
    const process = bareProcess(bareNode())
    expect(callersFrom(undefined)).toEqual([])
    expect(callersFrom(process)).toEqual([process.pid])
  })
})

describe('TaskBehaviour', () => {
  test('does its work once and ends', async () => {
    const node = bareNode()
    const values: unknown[] = []
    const behaviour = new TaskBehaviour({
      label: 'it',
      work: () => 5,
      callers: [],
      listener: { started: () => undefined, over: (outcome) => void values.push(outcome) },
    })
    const process = bareProcess(node, {
      init: (own) => behaviour.init(own),
      receive: (own, message) => behaviour.receive(own, message as Message),
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(values).toEqual([{ ok: true, value: 5 }])
    expect(process).toMatchObject({ alive: false, exitReason: { kind: 'normal' } })
  })
})

test('nameTask quotes a label, with the pid if there is one', () => {
  const { pid } = bareProcess(bareNode('here'))
  expect(nameTask('a\nb', undefined)).toBe('"a\\nb"')
  expect(nameTask('fetch', pid)).toBe(`"fetch" ${pid}`)
})
