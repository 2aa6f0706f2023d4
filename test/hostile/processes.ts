/**
 * Positions in what a process does with others and with itself.
 */
import {
  type Context,
  child,
  exit,
  processInfo,
  requestCollection,
  stopServer,
  whereis,
} from 'flotilla'
import {
  type Accepts,
  aBoolean,
  aDuration,
  aKey,
  anyOf,
  anything,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, inside, Probe, type Stage } from './stage.ts'

function at(surface: string, argument: string, accepts: Accepts, give: Position['give']): Position {
  return { surface, argument, accepts, give }
}

const aTimeout = optional(anyOf(aDuration, oneOf('infinity')))

/** Nobody is there, so that nobody is stopped by what is right. */
function stopNobody(stage: Stage, options: never): Promise<void> {
  return stopServer(stage.users.via('absent'), options)
}

const fromOutside: readonly Position[] = [
  at('stopServer', 'address', nothing, (_, v) => stopServer(v)),
  at('stopServer', 'options', optional(noOptions), stopNobody),
  at('stopServer', 'options.reason', optional(nothing), (stage, v) => {
    return stopNobody(stage, disguise({ reason: v }))
  }),
  at('stopServer', 'options.timeoutMs', aTimeout, (stage, v) => {
    return stopNobody(stage, disguise({ timeoutMs: v }))
  }),
  at('whereis', 'address', nothing, (_, v) => whereis(v)),
  at('processInfo', 'pid', nothing, (_, v) => processInfo(v)),
  at('Node.processes', 'an argument too many', anything, (stage, v) => {
    return Reflect.apply(stage.node.processes, stage.node, [v])
  }),
]

/** A position whose call is made inside a handler. */
function within(
  surface: string,
  argument: string,
  accepts: Accepts,
  use: (context: Context, value: never) => unknown,
): Position {
  const give: Position['give'] = (stage, value) => inside(stage, (context) => use(context, value))
  return { surface, argument, accepts, give, isInside: true }
}

/** Starts a process and ends it again. */
function startAndEnd(context: Context, options: never): void {
  const starting = context.start(child(Probe, 0), options)
  void starting.then((started) => {
    if (!started.ok) return
    context.unlink(started.pid)
    exit(started.pid, 'kill')
  })
}

const aMode = optional(oneOf('explicit_unalias', 'demonitor', 'reply_demonitor'))

function monitorSelf(context: Context, options: never): unknown {
  return context.unalias(context.monitor(context.self, { alias: 'demonitor', ...Object(options) }))
}

const contexts: readonly Position[] = [
  within('Context.start', 'spec', nothing, (context, v) => context.start(v)),
  within('Context.start', 'options', optional(noOptions), startAndEnd),
  within('Context.start', 'options.link', optional(aBoolean), (context, v) => {
    startAndEnd(context, disguise({ link: v }))
  }),
  within('Context.start', 'options.monitor', optional(aBoolean), (context, v) => {
    startAndEnd(context, disguise({ monitor: v }))
  }),
  within('Context.monitor', 'options', optional(noOptions), (context, v) => {
    return context.monitor(context.self, v)
  }),
  within('Context.monitor', 'options.tag', anything, (context, v) => {
    return monitorSelf(context, disguise({ tag: v }))
  }),
  within('Context.monitor', 'options.alias', aMode, (context, v) => {
    const monitor = context.monitor(context.self, { alias: v })
    return v === undefined || context.unalias(monitor)
  }),
  within('Context.alias', 'options', optional(noOptions), (context, v) => {
    return context.unalias(context.alias(v))
  }),
  within('Context.alias', 'options.reply', optional(aBoolean), (context, v) => {
    return context.unalias(context.alias({ reply: v }))
  }),
  within('Context.unalias', 'alias', nothing, (context, v) => context.unalias(v)),
  within('Context.sleep', 'durationMs', anyOf(aDuration, oneOf('infinity')), (context, v) => {
    void context.sleep(v)
  }),
  within('Context.setLabel', 'label', aKey, (context, v) => context.setLabel(v)),
  within('Timer.leftMs', 'an argument too many', anything, (context, v) => {
    const timer = context.after(1, 'take')
    Reflect.apply(timer.leftMs, timer, [v])
    return timer.cancel()
  }),
]

const collections: readonly Position[] = [
  at('requestCollection', 'context', nothing, (_, v) => requestCollection(v)),
  within('RequestCollection.add', 'request', aPromise, (context, v) => {
    requestCollection(context).add(v, 0)
  }),
  within('RequestCollection.add', 'label', anything, (context, v) => {
    requestCollection(context).add(Promise.resolve(), v)
  }),
  within('RequestCollection.remove', 'request', anything, (context, v) => {
    return requestCollection(context).remove(v)
  }),
  within('RequestCollection.next', 'options', optional(noOptions), (context, v) => {
    void requestCollection(context).next(v)
  }),
  within('RequestCollection.next', 'options.timeoutMs', aTimeout, (context, v) => {
    void requestCollection(context).next({ timeoutMs: v })
  }),
  within('RequestCollection.next', 'options.keep', optional(aBoolean), (context, v) => {
    void requestCollection(context).next({ keep: v })
  }),
  within('RequestCollection.labels', 'an argument too many', anything, (context, v) => {
    const requests = requestCollection(context)
    return Reflect.apply(requests.labels, requests, [v])
  }),
]

/** A promise of this realm that can be waited for. */
function aPromise(value: unknown): boolean {
  try {
    return value instanceof Promise
  } catch {
    return false
  }
}

/** Every position in the ways of processes. */
export const processes: readonly Position[] = [...fromOutside, ...contexts, ...collections]
