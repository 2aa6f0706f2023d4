/**
 * Positions in the methods of every handle.
 */
import { type Context, tryCall } from 'flotilla'
import { drive, virtualHost } from 'flotilla/testing'
import {
  type Accepts,
  aBoolean,
  aDuration,
  aFunction,
  aKey,
  anything,
  aPid,
  cloneable,
  noOptions,
  nothing,
  notThenable,
  oneOf,
  optional,
  plainData,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, inside, Probe, type Stage } from './stage.ts'

function at(surface: string, argument: string, accepts: Accepts, give: Position['give']): Position {
  return { surface, argument, accepts, give }
}

/** Methods without parameters ignore what they are given. */
function bare(
  surface: string,
  names: readonly string[],
  handleOf: (stage: Stage) => object,
): Position[] {
  return names.map((name) => {
    return at(`${surface}.${name}`, 'an argument too many', anything, (stage, value) => {
      const handle = handleOf(stage)
      const method: unknown = Reflect.get(handle, name)
      return typeof method === 'function' ? Reflect.apply(method, handle, [value]) : method
    })
  })
}

const fleets: readonly Position[] = [
  at('Fleet.via', 'key', aKey, (stage, v) => stage.games.via(v)),
  at('Fleet.whereis', 'key', aKey, (stage, v) => stage.games.whereis(v)),
  at('Fleet.start', 'arg', aKey, (stage, v) => stage.games.start(v)),
  at('Fleet.ensure', 'arg', aKey, (stage, v) => stage.games.ensure(v)),
  at('Fleet.stop', 'key', aKey, (stage, v) => stage.games.stop(v)),
  at('Fleet.stop', 'reason', optional(nothing), (stage, v) => stage.games.stop('absent', v)),
  at('Fleet.release', 'key', aKey, (stage, v) => stage.games.release(v)),
  at('Fleet.call', 'key', aKey, (stage, v) => stage.games.call(v, 'plain', 1)),
  at('Fleet.call', 'name', nothing, (stage, v) => stage.games.call('g1', v)),
  at('Fleet.call', 'payload', anything, (stage, v) => stage.games.call('g1', 'echo', v)),
  at('Fleet.call', 'options', optional(noOptions), (stage, v) => {
    return stage.games.call('g1', 'echo', 1, v)
  }),
  at('Fleet.cast', 'key', aKey, (stage, v) => stage.games.cast(v, 'take', 1)),
  at('Fleet.cast', 'name', nothing, (stage, v) => stage.games.cast('g1', v)),
  at('Fleet.cast', 'payload', anything, (stage, v) => stage.games.cast('g1', 'take', v)),
  at('Fleet.watch', 'listener', aFunction, (stage, v) => stage.games.watch(v).stop()),
  ...bare('Fleet', ['keys', 'size', 'counts', 'parked'], (stage) => stage.games),
]

const tables: readonly Position[] = [
  at('Table.load', 'key', aKey, (stage, v) => stage.rows.load(v)),
  at('Table.save', 'key', aKey, (stage, v) => stage.rows.save(v, 1)),
  at('Table.save', 'value', plainData, (stage, v) => stage.rows.save('r1', v)),
  at('Table.save', 'value, to be cloned', cloneable, (stage, v) => stage.copies.save('r1', v)),
  at('Table.remove', 'key', aKey, (stage, v) => stage.rows.remove(v)),
  ...bare('Table', ['entries', 'size'], (stage) => stage.rows),
]

const nodes: readonly Position[] = [
  // The hostile list has no reason that could stop it; `undefined` is the default.
  at('Node.stop', 'reason', nothing, (stage, v) => {
    return stage.node.stop(disguise(v === undefined ? null : v))
  }),
  ...bare('Node', ['statistics', 'ended', 'name'], (stage) => stage.node).filter(
    ({ surface }) => surface !== 'Node.ended',
  ),
  at('VirtualHost.advance', 'delayMs', smallDelay, (_, v) => virtualHost().advance(v)),
  at('VirtualHost.clock.after', 'delayMs', aDuration, (_, v) => virtualHost().clock.after(v, noop)),
  at('VirtualHost.clock.after', 'fire', aFunction, (_, v) => virtualHost().clock.after(1, v)),
  at('VirtualHost.scheduler.yieldThen', 'run', aFunction, (_, v) => {
    return typeof v === 'function' ? undefined : virtualHost().scheduler.yieldThen(v)
  }),
  at('VirtualHost.scheduler.soon', 'run', aFunction, (_, v) => {
    return typeof v === 'function' ? undefined : virtualHost().scheduler.soon?.(v)
  }),
  ...bare('VirtualHost', ['settle', 'nowMs', 'pendingTimers'], () => virtualHost()),
]

function noop(): void {
  virtualHost()
}

function smallDelay(value: unknown): boolean {
  return aDuration(value)
}

/** A position whose call is made inside a handler. */
function within(
  name: string,
  argument: string,
  accepts: Accepts,
  use: (context: Context, value: never) => unknown,
): Position {
  return {
    surface: `Context.${name}`,
    argument,
    accepts,
    give: (stage, value) => inside(stage, (context) => use(context, value)),
    isInside: true,
  }
}

const contexts: readonly Position[] = [
  within('replyPort', 'an argument too many', anything, (context, v) => {
    return Reflect.apply(context.replyPort, context, [v])
  }),
  // A pid of another node is one: nobody is found there, which is told as the end of a process is.
  within('monitor', 'address', aPid, (context, v) => context.monitor(v)),
  within('demonitor', 'monitor', nothing, (context, v) => context.demonitor(v)),
  within('demonitor', 'options', optional(noOptions), (context, v) => {
    return context.demonitor({ id: 0 }, v)
  }),
  within('demonitor', 'options.flush', optional(aBoolean), (context, v) => {
    return context.demonitor({ id: 0 }, { flush: v })
  }),
  within('link', 'pid', aPid, (context, v) => context.link(v)),
  within('unlink', 'pid', aPid, (context, v) => context.unlink(v)),
  within('exit', 'reason', nothing, (context, v) => context.exit(v)),
  within('trapExits', 'on', aBoolean, (context, v) => {
    const before = context.trapExits(v)
    return context.trapExits(before)
  }),
  within('at', 'timeMs', aDuration, (context, v) => context.at(v, 'take').cancel()),
  within('at', 'cast', oneOf('take'), (context, v) => context.at(1, v).cancel()),
  within('at', 'payload', anything, (context, v) => context.at(1, 'take', v).cancel()),
  within('nowMs', 'an argument too many', anything, (context, v) => {
    return Reflect.apply(context.nowMs, context, [v])
  }),
  within('after', 'delayMs', aDuration, (context, v) => context.after(v, 'take').cancel()),
  within('after', 'cast', oneOf('take'), (context, v) => context.after(1, v).cancel()),
  within('after', 'payload', anything, (context, v) => context.after(1, 'take', v).cancel()),
  within('self', 'an argument too many', anything, (context) => context.self),
  within('signal', 'an argument too many', anything, (context) => context.signal),
  {
    ...within('after', 'an argument too many', anything, (context, v) => {
      const timer = context.after(1, 'take')
      return Reflect.apply(timer.cancel, timer, [v])
    }),
    surface: 'Timer.cancel',
  },
]

async function answerThroughPort(stage: Stage, value: unknown): Promise<unknown> {
  const answered = await tryCall(stage.probe, 'answer', value)
  if (!answered.ok) throw answered.exit
  const threw: unknown = Object.getOwnPropertyDescriptor(Object(answered.value), 'threw')?.value
  if (threw !== undefined) throw threw
  return answered
}

const driven: readonly Position[] = [
  at('Driven.call', 'name', nothing, (_, v) => drive(Probe, 0).call(v)),
  at('Driven.call', 'payload', anything, (_, v) => drive(Probe, 0).call('echo', v)),
  at('Driven.cast', 'name', nothing, (_, v) => drive(Probe, 0).cast(v)),
  at('Driven.cast', 'payload', anything, (_, v) => drive(Probe, 0).cast('take', v)),
  ...bare('Driven', ['state', 'stopped'], () => drive(Probe, 0)),
]

/** Every position of the methods of handles. */
export const handles: readonly Position[] = [
  ...fleets,
  ...tables,
  ...nodes,
  ...contexts,
  ...driven,
  { ...at('ReplyPort.send', 'reply', notThenable, answerThroughPort), isInside: true },
]
