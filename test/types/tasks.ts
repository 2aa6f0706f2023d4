// Tasks: results keep their types through every way to wait for them, and misuse does not compile.

import {
  asyncTask,
  awaitMany,
  type ChildSpec,
  type Context,
  cast,
  child,
  completedTask,
  type Delivered,
  defineServer,
  type Exit,
  next,
  type Outcome,
  type Pid,
  type ProtocolOf,
  type SilentProtocol,
  type StreamResult,
  type Task,
  type TaskContext,
  type TaskMessage,
  type TaskSupervisor,
  task,
  taskSupervisor,
  yieldMany,
} from 'flotilla'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

declare const tasks: TaskSupervisor
declare const context: Context

interface Page {
  readonly url: string
  readonly size: number
}
declare function fetchPage(url: string, context: TaskContext): Promise<Page>

// The result is what the work returns, awaited; nothing has to be written out.
const plain = asyncTask(context, () => 5)
const later = await tasks.async(context, async () => 'five')
const none = await tasks.asyncNolink(undefined, async (own) => {
  await own.receive()
})
const either = asyncTask(context, (own): number | Promise<number> => own.callers.length)
const done = completedTask({ a: 1 })
export type Results = [
  Proven<Same<typeof plain, Task<number>>>,
  Proven<Same<typeof later, Task<string>>>,
  Proven<Same<typeof none, Task<void>>>,
  Proven<Same<typeof either, Task<number>>>,
  Proven<Same<typeof done, Task<{ a: number }>>>,
  Proven<Same<Awaited<ReturnType<typeof plain.await>>, number>>,
  Proven<Same<Awaited<ReturnType<typeof plain.yield>>, Outcome<number> | undefined>>,
  Proven<Same<Awaited<ReturnType<typeof plain.shutdown>>, Outcome<number> | undefined>>,
  Proven<Same<ReturnType<typeof plain.ignore>, Outcome<number> | undefined>>,
]

// Many tasks: each result in its place, or all of one type.
const both = await awaitMany([plain, later])
const some = await yieldMany([plain, later], { limit: 1 })
declare const pages: readonly Task<Page>[]
const all = await awaitMany(pages)
export type Many = [
  Proven<Same<typeof both, [number, string]>>,
  Proven<Same<typeof some, [Outcome<number> | undefined, Outcome<string> | undefined]>>,
  Proven<Same<(typeof all)[number], Page>>,
]

// Streams: items and results are inferred from the input and the work.
const stream = tasks.asyncStreamNolink(['a', 'b'], fetchPage)
const lengths = tasks.asyncStream(new Set(['a']), (text) => text.length, { maxConcurrency: 2 })
async function* numbers() {
  yield 1
}
const squares = tasks.asyncStream(numbers(), async (x) => x * x)
for await (const result of stream) {
  if (result.ok) result.value.url satisfies string
  else result.exit satisfies Exit
}
export type Streams = [
  Proven<Same<typeof stream, AsyncIterable<StreamResult<string, Page>>>>,
  Proven<Same<typeof lengths, AsyncIterable<StreamResult<string, number>>>>,
  Proven<Same<typeof squares, AsyncIterable<StreamResult<number, number>>>>,
  Proven<Fits<{ ok: false; exit: Exit; input: string }, StreamResult<string, Page>>>,
  Proven<Same<Fits<{ ok: false; exit: Exit; input: number }, StreamResult<string, Page>>, false>>,
]
// @ts-expect-error the work takes another kind of item
tasks.asyncStream([1, 2], fetchPage)
// @ts-expect-error a number cannot be iterated
tasks.asyncStream(5, fetchPage)
for await (const result of stream) {
  // @ts-expect-error there is no value before it is known to be there
  result.value satisfies Page
}

// A server that is told of the end of a task says what kind of task it is.
const Fetcher = defineServer({
  name: 'fetcher',
  init: () => ({ pending: new Set<Task<Page>>(), sizes: 0 }),
  casts: {
    fetch: async (state, url: string, own) => {
      const work = (task: TaskContext) => fetchPage(url, task)
      state.pending.add(await tasks.asyncNolink(own, work, { deliverAs: 'fetched' }))
      return next(state)
    },
    fetched: (state, { task, outcome }: Delivered<Page>) => {
      state.pending.delete(task)
      return next({ ...state, sizes: state.sizes + (outcome.ok ? outcome.value.size : 0) })
    },
  },
})
declare const fetcher: Pid<ProtocolOf<typeof Fetcher>>
cast(fetcher, 'fetch', 'https://example.org')
// @ts-expect-error what is delivered has another type
cast(fetcher, 'fetched', { task: plain, outcome: { ok: true, value: 5 } })

// A task is a child like any, and has no messages.
const warmUp = task(async () => undefined, { restart: 'transient' })
taskSupervisor({ name: 'x', maxChildren: 5, restart: 'temporary' })
declare const running: Pid<SilentProtocol>
warmUp satisfies ChildSpec<SilentProtocol>
// @ts-expect-error a task understands no cast
cast(running, 'anything')

// Misuse.
// @ts-expect-error the owner comes first
asyncTask(() => 5)
// @ts-expect-error an owner is a context, not a pid
void tasks.async(fetcher, () => 5)
// @ts-expect-error work is a function
void tasks.async(context, Promise.resolve(5))
// @ts-expect-error a task is not what it comes to
export const wrong: number = await plain
// @ts-expect-error a task of one result is none of another
export const mixed: Task<string> = plain
// @ts-expect-error unknown options
void tasks.async(context, () => 5, { timeoutMs: 5 })
// @ts-expect-error a task that is waited for is not restarted
void tasks.async(context, () => 5, { restart: 'permanent' })
// @ts-expect-error significant means nothing there
void tasks.startChild(() => 5, { significant: true })
// @ts-expect-error a limit of time has another name
void plain.await({ timeout: 5 })
// @ts-expect-error what else could happen
void yieldMany([plain], { onTimeout: 'exit' })
// @ts-expect-error a list of promises
void awaitMany([Promise.resolve(5)])
// @ts-expect-error a server is no work
task(Fetcher)
// @ts-expect-error work has a context and nothing else
void tasks.startChild(fetchPage)

/** What a task hears of is told apart by its kind. */
export function hears(message: TaskMessage): unknown {
  switch (message.kind) {
    case 'message':
      return message.message
    case 'down':
      return message.down.reason.kind
    case 'exit':
      return message.signal.from
  }
}

type Parts<T> = { [N in keyof T]-?: true extends IsAny<T[N]> ? N : never }[keyof T]
export type NoAny = [
  Proven<Same<Parts<Task<number>>, never>>,
  Proven<Same<Parts<Delivered<number>>, never>>,
  Proven<Same<Parts<TaskContext>, never>>,
  Proven<Same<Parts<TaskSupervisor>, never>>,
]
export const fetchers = child(Fetcher, undefined)
