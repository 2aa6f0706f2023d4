/**
 * Positions in tasks: what starts them, waits for them, and what they are handed.
 */
import {
  asyncTask,
  awaitMany,
  type Context,
  completedTask,
  type StreamOptions,
  type TaskContext,
  type TaskWork,
  task,
  taskSupervisor,
  yieldMany,
} from 'flotilla'
import {
  type Accepts,
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aName,
  anyOf,
  anything,
  aPositiveNumber,
  emptyArray,
  noOptions,
  nothing,
  notThenable,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, inside, type Stage } from './stage.ts'

type Give = Position['give']

function at(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { surface, argument, accepts, give }
}

/** One position for each option, all of them given to the same function. */
function optionsOf(
  surface: string,
  accepted: Readonly<Record<string, Accepts>>,
  use: (stage: Stage, options: never) => unknown,
): Position[] {
  return Object.entries(accepted).map(([option, accepts]) => {
    return at(surface, `options.${option}`, accepts, (stage, value) => {
      return use(stage, disguise({ [option]: value }))
    })
  })
}

const work = (): number => 5
const aTimeout = optional(anyOf(aDuration, oneOf('infinity')))
const aShutdown = optional(anyOf(aDuration, oneOf('kill', 'infinity')))
const aRestart = optional(oneOf('permanent', 'transient', 'temporary'))
const life = { restart: aRestart, shutdownMs: aShutdown }
const asyncOptions = { label: optional(aName), shutdownMs: aShutdown, deliverAs: optional(nothing) }
const streamOptions = {
  maxConcurrency: optional(aCount(1, 2 ** 24)),
  ordered: optional(aBoolean),
  maxBuffered: optional(aCount(8, 2 ** 24)),
  timeoutMs: aTimeout,
  onTimeout: optional(oneOf('exit', 'kill_task')),
  shutdownMs: aShutdown,
  label: optional(aName),
  owner: optional(nothing),
}

/** Whatever `for ... of` and `for await` take; the texts of the list are short. */
const iterable: Accepts = (value) => {
  try {
    const boxed = Object(value)
    const isThing = value !== undefined && value !== null
    const method = boxed[Symbol.asyncIterator] ?? boxed[Symbol.iterator]
    return isThing && typeof method === 'function'
  } catch {
    return false
  }
}

const makers: readonly Position[] = [
  at('taskSupervisor', 'options', nothing, (_, v) => taskSupervisor(v)),
  ...optionsOf(
    'taskSupervisor',
    {
      name: aName,
      maxChildren: optional(aCount(0, 2 ** 24)),
      maxRestarts: optional(aCount(0, 1_000_000)),
      maxSeconds: optional(aPositiveNumber),
      registerAs: optional(nothing),
      significant: optional(oneOf(false)),
      ...life,
    },
    (_, options) => taskSupervisor(disguise({ name: 'x', ...Object(options) })),
  ),
  at('task', 'work', aFunction, (_, v) => task(v)),
  at('task', 'options', optional(noOptions), (_, v) => task(work, v)),
  ...optionsOf('task', { label: optional(aName), ...life }, (_, o) => task(work, o)),
  at('task', 'options.significant', optional(aBoolean), (_, v) => task(work, { significant: v })),
  at('completedTask', 'value', notThenable, (_, v) => completedTask(v)),
]

/** What runs is as hostile as the rest, so it runs unlinked. */
const starts: readonly Position[] = [
  at('TaskSupervisor.startChild', 'work', aFunction, ({ tasks }, v) => tasks.startChild(v)),
  at('TaskSupervisor.startChild', 'options', optional(noOptions), ({ tasks }, v) => {
    return tasks.startChild(work, v)
  }),
  ...optionsOf(
    'TaskSupervisor.startChild',
    { label: optional(aName), shutdownMs: aShutdown },
    ({ tasks }, options) => tasks.startChild(work, options),
  ),
  at('TaskSupervisor.startChild', 'options.restart', aRestart, ({ tasks }, v) => {
    // One that is restarted for ever would give its supervisor up.
    return v === 'permanent' ? undefined : tasks.startChild(work, { restart: v })
  }),
  ...(['async', 'asyncNolink'] as const).flatMap((name) => [
    at(`TaskSupervisor.${name}`, 'owner', optional(nothing), ({ tasks }, v) =>
      tasks[name](v, work),
    ),
    at(`TaskSupervisor.${name}`, 'work', aFunction, ({ tasks }, v) => tasks[name](undefined, v)),
    at(`TaskSupervisor.${name}`, 'options', optional(noOptions), ({ tasks }, v) => {
      return tasks[name](undefined, work, v)
    }),
    ...optionsOf(`TaskSupervisor.${name}`, asyncOptions, ({ tasks }, options) => {
      return tasks[name](undefined, work, options)
    }),
  ]),
  ...(['asyncStream', 'asyncStreamNolink'] as const).flatMap((name) => [
    at(`TaskSupervisor.${name}`, 'items', iterable, ({ tasks }, v) => tasks[name](v, work)),
    at(`TaskSupervisor.${name}`, 'work', aFunction, ({ tasks }, v) => tasks[name]([], v)),
    at(`TaskSupervisor.${name}`, 'options', optional(noOptions), ({ tasks }, v) => {
      return tasks[name]([], work, v)
    }),
    ...optionsOf(`TaskSupervisor.${name}`, streamOptions, ({ tasks }, options: StreamOptions) => {
      return tasks[name]([], work, options)
    }),
  ]),
  at('TaskSupervisor.terminateChild', 'pid', nothing, ({ tasks }, v) => tasks.terminateChild(v)),
  ...(['children', 'countChildren', 'whichChildren'] as const).map((name) => {
    return at(`TaskSupervisor.${name}`, 'an argument too many', anything, ({ tasks }, v) => {
      return Reflect.apply(tasks[name], tasks, [v])
    })
  }),
]

const waits: readonly Position[] = [
  ...(['await', 'yield'] as const).flatMap((name) => [
    at(`Task.${name}`, 'options', optional(noOptions), (_, v) => completedTask(1)[name](v)),
    ...optionsOf(`Task.${name}`, { timeoutMs: aTimeout }, (_, options) => {
      return completedTask(1)[name](options)
    }),
  ]),
  at('Task.shutdown', 'options', optional(noOptions), (_, v) => completedTask(1).shutdown(v)),
  ...optionsOf('Task.shutdown', { shutdownMs: aShutdown }, (_, options) => {
    return completedTask(1).shutdown(options)
  }),
  at('Task.ignore', 'an argument too many', anything, (_, v) => {
    const done = completedTask(1)
    return Reflect.apply(done.ignore, done, [v])
  }),
  at('awaitMany', 'tasks', emptyArray, (_, v) => awaitMany(v)),
  at('awaitMany', 'tasks[1]', nothing, (_, v) => awaitMany([completedTask(1), v])),
  at('awaitMany', 'options', optional(noOptions), (_, v) => awaitMany([], v)),
  ...optionsOf('awaitMany', { timeoutMs: aTimeout }, (_, options) => awaitMany([], options)),
  at('yieldMany', 'tasks', emptyArray, (_, v) => yieldMany(v)),
  at('yieldMany', 'tasks[1]', nothing, (_, v) => yieldMany([completedTask(1), v])),
  at('yieldMany', 'options', optional(noOptions), (_, v) => yieldMany([], v)),
  ...optionsOf(
    'yieldMany',
    {
      timeoutMs: aTimeout,
      limit: optional(aCount(1, Number.MAX_SAFE_INTEGER)),
      onTimeout: optional(oneOf('nothing', 'ignore', 'kill_task')),
    },
    (_, options) => yieldMany([], options),
  ),
]

/** A position whose call is made inside a handler. */
function within(
  surface: string,
  argument: string,
  accepts: Accepts,
  use: (context: Context, value: never) => unknown,
): Position {
  const give: Give = (stage, value) => inside(stage, (context) => use(context, value))
  return { surface, argument, accepts, give, isInside: true }
}

const boxes = new WeakMap<Stage, TaskContext>()

/** Lets a task that does nothing give away its context. */
async function openBox(stage: Stage): Promise<void> {
  if (boxes.has(stage)) return
  await stage.tasks.startChild((context) => {
    boxes.set(stage, context)
    return new Promise(() => undefined)
  })
  await stage.host.settle()
}

/** A position of the context of a task; what is accepted waits for ever. */
function receiving(argument: string, accepts: Accepts, use: ReceiveWith): Position {
  const give: Give = (stage, value) => {
    const context = boxes.get(stage)
    if (context === undefined) throw new Error('no task has given its context')
    void use(context, value)
  }
  return { ...at('TaskContext.receive', argument, accepts, give), prepare: openBox }
}

type ReceiveWith = (context: TaskContext, value: never) => unknown

const contexts: readonly Position[] = [
  within('asyncTask', 'work', aFunction, (context, v: TaskWork<unknown>) => {
    // Linked: what it throws would end the probe.
    return typeof v === 'function' ? undefined : asyncTask(context, v)
  }),
  at('asyncTask', 'owner', nothing, (_, v) => asyncTask(v, work)),
  within('asyncTask', 'options', optional(noOptions), (context, v) => asyncTask(context, work, v)),
  within('asyncTask', 'options.label', optional(aName), (context, v) => {
    return asyncTask(context, work, { label: v })
  }),
  within('asyncTask', 'options.deliverAs', optional(oneOf('take')), (context, v) => {
    return asyncTask(context, work, { deliverAs: v })
  }),
  receiving('options', optional(noOptions), (context, v) => context.receive(v)),
  receiving('options.timeoutMs', aTimeout, (context, v) => context.receive({ timeoutMs: v })),
]

/** Every position of tasks. */
export const tasks: readonly Position[] = [...makers, ...starts, ...waits, ...contexts]
