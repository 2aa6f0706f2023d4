/**
 * What most tests of processes need: a node on virtual time, somewhere to start servers, the events
 * of the node, and a server that does whatever it is told.
 */
import {
  type ChildOptions,
  type Context,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  type FlotillaEvent,
  type Node,
  next,
  type Pid,
  type Protocol,
  type ProtocolOf,
  reply,
  type Server,
  startNode,
  supervisor,
  type UniqueRegistry,
  uniqueRegistry,
  watchEvents,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { onTestFinished } from 'vitest'

/** A running node that stops when its test is over. */
export interface Stage {
  readonly node: Node
  readonly host: VirtualHost
  /** What happened on this node since its start, oldest first. */
  readonly events: FlotillaEvent[]
  readonly names: UniqueRegistry<string, any>
  /** Starts a server that is not restarted. */
  start<Arg, State, P extends Protocol>(
    server: Server<Arg, State, P>,
    arg: NoInfer<Arg>,
    options?: ChildOptions<NoInfer<P>>,
  ): Promise<Pid<P>>
  /** Starts a puppet that writes what reaches it into `log`. */
  puppet(log?: unknown[]): Promise<Puppet>
}

let stages = 0

/** Starts a node for the present test. */
export async function stage(): Promise<Stage> {
  stages += 1
  const name = `stage${stages}`
  const host = virtualHost()
  const events: FlotillaEvent[] = []
  const watching = watchEvents((event) => {
    if (event.node === name) events.push(event)
  })
  onTestFinished(() => watching.stop())
  const names: UniqueRegistry<string, any> = uniqueRegistry({ name: 'names' })
  const workers = dynamicSupervisor({ name: 'workers' })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, workers])
  const node = await startNode(tree, { name, host })
  onTestFinished(() => node.stop())
  const start: Stage['start'] = async (server, arg, options) => {
    const spec = child(server, arg, { restart: 'temporary', shutdownMs: 'kill', ...options })
    const started = await workers.startChild(spec)
    if (started.ok) return started.pid
    throw new Error(`not started: ${started.reason.kind}`)
  }
  return { node, host, events, names, start, puppet: (log = []) => start(puppet, log) }
}

/** Code to be run inside a process. */
export type Work = (context: Context) => unknown

/** A puppet of a stage. */
export type Puppet = Pid<ProtocolOf<typeof puppet>>

/** Runs what it is sent and writes down everything else. */
export const puppet = defineServer({
  name: 'puppet',
  init: (log: unknown[]) => log,
  calls: {
    run: (log, work: Work, context) => reply(work(context), log),
    runAsync: async (log, work: Work, context) => reply(await work(context), log),
  },
  casts: {
    note: (log, word: unknown) => write(log, word),
    work: async (log, work: Work, context) => {
      await work(context)
      return next(log)
    },
  },
  info: write,
  down: (log, down) => write(log, { down: down.reason, pid: down.pid }),
  exit: (log, signal) => write(log, { exit: signal.reason, from: signal.from }),
  terminate: (log, reason) => {
    log.push({ terminate: reason })
  },
})

/** Runs code inside a puppet, as one handler. */
export function inside<T>(pid: Puppet, work: (context: Context) => T): Promise<Awaited<T>> {
  return call(pid, 'runAsync', work) as Promise<Awaited<T>>
}

/** A promise, and what settles it. */
export function gate<T = void>(): { opened: Promise<T>; open: (value: T) => void } {
  let open: (value: T) => void = () => undefined
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

function write(log: unknown[], word: unknown) {
  log.push(word)
  return next(log)
}
