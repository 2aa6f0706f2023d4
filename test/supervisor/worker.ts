/**
 * A server that writes down its life and does as it is told: what supervisors are tested with.
 */
import {
  type ChildOptions,
  type ChildSpec,
  type ChildStarted,
  type Context,
  cast,
  child,
  defineServer,
  type ExitReason,
  exit,
  ignore,
  type LifeOptions,
  type MaybePromise,
  next,
  type Pid,
  type Protocol,
  type ProtocolOf,
  reply,
  type SilentProtocol,
  type Started,
  type SupervisorHandle,
  stop,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'

/** What a worker is, and what it does in the two moments that a supervisor waits for. */
export interface Part {
  readonly id: string
  /** Where it writes `+id` when it starts and `-id reason` in `terminate`. */
  readonly journal?: string[]
  readonly traps?: boolean
  readonly init?: (context: Context) => MaybePromise<void>
  readonly terminate?: () => MaybePromise<void>
}

/** The server of every test here. */
export const Worker = defineServer({
  name: 'worker',
  init: (part: Part, context): MaybePromise<Part> => {
    if (part.traps === true) context.trapExits(true)
    part.journal?.push(`+${part.id}`)
    const work = part.init?.(context)
    return work instanceof Promise ? work.then(() => part) : part
  },
  calls: {
    id: (part) => reply(part.id, part),
    pid: (part, _: undefined, context) => reply(context.self, part),
    stop: (part, reason: ExitReason) => stop(reason, part, part.id),
    /** Runs something inside the process. */
    run: (part, task: (context: Context) => unknown, context) => reply(task(context), part),
    /** Starts something, linked to it. */
    start: async (part, spec: ChildSpec, context) => reply(await context.start(spec), part),
  },
  casts: {
    stop: (part, reason: ExitReason) => stop(reason, part),
    crash: (part, message: string) => {
      if (message !== '') throw new Error(message)
      return next(part)
    },
  },
  terminate: (part, reason) => {
    part.journal?.push(`-${part.id} ${reason.kind}`)
    return part.terminate?.()
  },
})

/** What a worker understands. */
export type WorkerProtocol = ProtocolOf<typeof Worker>

/** A worker as a child under its own id. */
export function part(
  what: Part,
  options: ChildOptions<WorkerProtocol> = {},
): ChildSpec<WorkerProtocol> {
  return child(Worker, what, { id: what.id, ...options })
}

/** A server that traps exits and ends with a reason of its own when it is told to stop. */
const Leaver = defineServer({
  name: 'leaver',
  init: (reason: ExitReason, context) => {
    context.trapExits(true)
    return reason
  },
  terminate: (reason, _asked, context) => context.exit(reason),
})

/** A child that ends with a reason of its own when it is told to stop. */
export function leaver(id: string, reason: ExitReason, options: LifeOptions = {}): ChildSpec {
  return child(Leaver, reason, { id, ...options })
}

/** The pid of a running child of a static supervisor. */
export function pidOf(supervisor: SupervisorHandle, id: string): Pid<WorkerProtocol> {
  const info = supervisor.whichChildren().find((each) => each.id === id)
  if (info?.pid === undefined || info.pid === 'restarting') {
    throw new Error(`child ${id} does not run: ${String(info?.pid)}`)
  }
  return info.pid
}

/** The pid of a child whose start must succeed. */
export async function startedBy<P extends Protocol>(
  starting: Promise<Started<P> | ChildStarted<P>> | undefined,
): Promise<Pid<P>> {
  const started = await starting
  if (started?.ok !== true) throw new Error(`not started: ${started?.reason.kind}`)
  return started.pid
}

/** The ids of the children of a static supervisor, in start order. */
export function idsOf(top: SupervisorHandle): (string | undefined)[] {
  return top.whichChildren().map(({ id }) => id)
}

/** The answer to a request that was carried out. */
export const ok = { ok: true } as const

/** The answer to a request that was refused. */
export function refused<K extends string>(kind: K) {
  return { ok: false, reason: { kind } } as const
}

/** A registry for workers. */
export function workerNames(name = 'names'): UniqueRegistry<string, WorkerProtocol> {
  return uniqueRegistry<string, WorkerProtocol>({ name })
}

/** A registry for supervisors. */
export function supervisorNames(name = 'offices'): UniqueRegistry<string, SilentProtocol> {
  return uniqueRegistry<string, SilentProtocol>({ name })
}

/** Something to wait for in `init` or `terminate`, until it is released. */
export function gate(): { readonly wait: () => Promise<void>; release(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { wait: () => opened, release: () => open() }
}

/** An `init` that counts its tries and fails at those that are told. */
export function failingAt(...tries: readonly number[]): {
  readonly tries: () => number
  readonly init: () => void
} {
  let count = 0
  return {
    tries: () => count,
    init: () => {
      count += 1
      if (tries.includes(count)) throw new Error('poisoned')
    },
  }
}

/** An `init` that counts its tries and fails from the second on, for as long as it is broken. */
export function breakable(): {
  readonly tries: () => number
  readonly init: () => void
  mend(): void
} {
  let [count, isMended] = [0, false]
  return {
    tries: () => count,
    init: () => {
      count += 1
      if (count > 1 && !isMended) throw new Error('poisoned')
    },
    mend: () => {
      isMended = true
    },
  }
}

/** A child that takes a look while its supervisor serves requests, and chooses not to start. */
export function looking(look: () => void): ChildSpec {
  const init = () => {
    look()
    return ignore()
  }
  return child(defineServer({ name: 'looking', init }), undefined, { restart: 'temporary' })
}

/** The tries from one to another, both included. */
export function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
}

/** Ways to end a worker, by the reason that its supervisor sees. */
export const endings: Readonly<Record<string, (pid: Pid<WorkerProtocol>) => void>> = {
  normal: (pid) => cast(pid, 'stop', { kind: 'normal' }),
  shutdown: (pid) => cast(pid, 'stop', { kind: 'shutdown' }),
  'shutdown with a detail': (pid) => cast(pid, 'stop', { kind: 'shutdown', detail: 'done' }),
  crash: (pid) => cast(pid, 'crash', 'boom'),
  kill: (pid) => exit(pid, 'kill'),
  'exit signal': (pid) => exit(pid, { kind: 'noproc', address: 'nobody' }),
}
