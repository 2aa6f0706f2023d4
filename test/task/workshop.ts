/**
 * A task supervisor beside processes that can be made to run any code: what tasks are tested with.
 *
 * A failure of code inside a process is a value here, so that the process goes on.
 */
import {
  type Context,
  call,
  cast,
  child,
  type Delivered,
  defineServer,
  dynamicSupervisor,
  type ExitReason,
  type Node,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  supervisor,
  type TaskSupervisor,
  type TaskSupervisorOptions,
  taskSupervisor,
} from 'flotilla'
import type { VirtualHost } from 'flotilla/testing'
import { run } from '../supervisor/running.ts'

/** Runs code, and writes down what reaches it. */
export const Owner = defineServer({
  name: 'owner',
  init: (log: unknown[]) => log,
  calls: {
    run: async (log, work: (context: Context) => unknown, context) => {
      return reply({ value: await work(context) }, log)
    },
  },
  casts: {
    work: async (log, work: (context: Context) => unknown, context) => {
      await work(context)
      return next(log)
    },
    done: (log, delivered: Delivered<unknown>) => {
      log.push(delivered)
      return next(log)
    },
    other: (log, message: unknown) => {
      log.push({ other: message })
      return next(log)
    },
  },
  info: (log, message) => {
    log.push({ message })
    return next(log)
  },
  exit: (log, signal) => {
    log.push({ exit: signal.reason, from: signal.from })
    return next(log)
  },
  down: (log, down) => {
    log.push({ down: down.reason, pid: down.pid })
    return next(log)
  },
})

/** A process of a test. */
export type OwnerPid = Pid<ProtocolOf<typeof Owner>>

/** A running workshop. */
export interface Workshop {
  readonly tasks: TaskSupervisor
  readonly node: Node
  readonly host: VirtualHost
  /** Starts a process that runs what it is told. */
  owner(log?: unknown[]): Promise<OwnerPid>
}

/** Starts one; the end of the test stops it and looks for leaks. */
export async function openWorkshop(
  options: Partial<TaskSupervisorOptions> = {},
): Promise<Workshop> {
  const tasks = taskSupervisor({ name: 'tasks', ...options })
  const owners = dynamicSupervisor({ name: 'owners' })
  const tree = supervisor({ name: 'workshop', strategy: 'one_for_one' }, [tasks, owners])
  const { node, host } = await run(tree)
  const owner = async (log: unknown[] = []): Promise<OwnerPid> => {
    const started = await owners.startChild(
      child(Owner, log, { restart: 'temporary', shutdownMs: 'kill' }),
    )
    if (!started.ok) throw new Error(`no owner: ${started.reason.kind}`)
    return started.pid
  }
  return { tasks, node, host, owner }
}

/** Runs code in a process and gives what came of it. */
export async function inside<T>(pid: OwnerPid, work: (context: Context) => T): Promise<Awaited<T>> {
  const { value } = await call(pid, 'run', work, { timeoutMs: 'infinity' })
  return value as Awaited<T>
}

/** Runs code in a process that nobody waits for. */
export function set(pid: OwnerPid, work: (context: Context) => unknown): void {
  cast(pid, 'work', work)
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise }
  } catch (error) {
    return error
  }
}

/** The reason of the Exit that a promise rejects with. */
export async function reasonOf(promise: Promise<unknown>): Promise<ExitReason | undefined> {
  const failure = await failureOf(promise)
  return failure instanceof Error && 'reason' in failure
    ? (failure.reason as ExitReason)
    : undefined
}

/** A promise, and what settles it. */
export function gate<T = void>(): {
  readonly opened: Promise<T>
  readonly open: (value: T) => void
  readonly fail: (error: unknown) => void
} {
  let open: (value: T) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const opened = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { opened, open, fail }
}

/** Never. */
export const forever = (): Promise<never> => new Promise(() => undefined)
