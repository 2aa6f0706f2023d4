/**
 * Positions in what makes things: definitions, children, supervisors, fleets, nodes, steps, errors.
 */
import {
  ArgumentError,
  ChildFailure,
  child,
  defineServer,
  Exit,
  fleet,
  formatPid,
  hashKey,
  ignore,
  later,
  next,
  pickShard,
  rankShards,
  reply,
  samePid,
  startNode,
  stop,
  supervisor,
  systemHost,
  table,
  watchEvents,
} from 'flotilla'
import { drive, virtualHost } from 'flotilla/testing'
import {
  type Accepts,
  aBoolean,
  aCount,
  aDuration,
  aFunction,
  aKey,
  aName,
  anyOf,
  anything,
  aPid,
  aPort,
  aPositiveNumber,
  handlers,
  noOptions,
  nothing,
  notThenable,
  oneOf,
  optional,
  shardList,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, Probe, type Stage } from './stage.ts'

type Give = Position['give']

function at(surface: string, argument: string, accepts: Accepts, give: Give): Position {
  return { surface, argument, accepts, give, isPure: true }
}

/** One position for each option, all of them given to the same function. */
function optionsOf(
  surface: string,
  accepted: Readonly<Record<string, Accepts>>,
  make: (options: object) => unknown,
): Position[] {
  return Object.entries(accepted).map(([option, accepts]) => {
    return at(surface, `options.${option}`, accepts, (_stage, value) => make({ [option]: value }))
  })
}

const aShutdown = optional(anyOf(aDuration, oneOf('kill', 'infinity')))
const aRestart = optional(oneOf('permanent', 'transient', 'temporary'))
const life = { restart: aRestart, shutdownMs: aShutdown }
const intensity = {
  maxRestarts: optional(aCount(0, 1_000_000)),
  maxSeconds: optional(aPositiveNumber),
}
const init = (): number => 0
const one = 'one_for_one'

const servers: readonly Position[] = [
  at('defineServer', 'definition', nothing, (_, v) => defineServer(v)),
  ...optionsOf(
    'defineServer',
    {
      name: aName,
      init: aFunction,
      calls: optional(handlers),
      casts: optional(handlers),
      info: optional(aFunction),
      down: optional(aFunction),
      exit: optional(aFunction),
      timeout: optional(aFunction),
      terminate: optional(aFunction),
      format: optional(aFunction),
      maxMailboxSize: optional(aCount(1, 2 ** 30)),
      hibernateAfterMs: optional(anyOf(aDuration, oneOf('infinity'))),
    },
    (options) => defineServer(disguise({ name: 'x', init, ...options })),
  ),
  at('defineServer', 'calls.get', aFunction, (_, v) => {
    return defineServer({ name: 'x', init, calls: { get: v } })
  }),
  at('defineServer', 'casts.set', aFunction, (_, v) => {
    return defineServer({ name: 'x', init, casts: { set: v } })
  }),
  at('drive', 'server', nothing, (_, v) => drive(v, disguise(0))),
  at('drive', 'arg', anything, (_, v) => drive(Probe, v)),
]

const children: readonly Position[] = [
  at('child', 'server', nothing, (_, v) => child(v, disguise(0))),
  at('child', 'arg', anything, (_, v) => child(Probe, v)),
  at('child', 'options', optional(noOptions), (_, v) => child(Probe, 0, v)),
  ...optionsOf(
    'child',
    {
      ...{ name: optional(nothing), id: optional(aName), significant: optional(aBoolean) },
      ...{ startTimeoutMs: optional(anyOf(aDuration, oneOf('infinity'))) },
      ...life,
    },
    (options) => child(Probe, 0, disguise({ restart: 'transient', ...options })),
  ),
]

const stores: readonly Position[] = [
  at('fleet', 'server', nothing, (_, v) => fleet(v, { name: 'x', key: () => 'k' })),
  at('fleet', 'options', nothing, (_, v) => fleet(Probe, v)),
  ...optionsOf(
    'fleet',
    {
      name: aName,
      key: aFunction,
      maxChildren: optional(aCount(0, 10_000_000)),
      startTimeoutMs: optional(anyOf(aDuration, oneOf('infinity'))),
      onDemand: optional(aFunction),
      ...life,
      ...intensity,
    },
    (options) => fleet(Probe, disguise({ name: 'x', key: () => 'k', ...options })),
  ),
  at('table', 'options', nothing, (_, v) => table(v)),
  ...optionsOf(
    'table',
    {
      name: aName,
      maxRows: optional(aCount(1, 2 ** 24)),
      values: optional(oneOf('freeze', 'clone')),
    },
    (options) => table(disguise({ name: 'x', ...options })),
  ),
]

async function startAndStop(stage: Stage, options: object | undefined): Promise<void> {
  const root = supervisor({ name: 'inner', strategy: one }, [])
  const given = options === undefined ? options : { host: stage.host, ...options }
  const node = await startNode(root, disguise(given))
  await node.stop()
}

function hostWith(part: string, value: unknown): Position['give'] {
  return (stage) => startAndStop(stage, { host: withPart(stage.host, part.split('.'), value) })
}

function withPart(owner: object, [name = '', ...rest]: readonly string[], value: unknown): object {
  const inner: unknown = Reflect.get(owner, name)
  const part = rest.length === 0 ? value : withPart(Object(inner), rest, value)
  return { ...owner, [name]: part }
}

/** Required parts; the real ones are replaced, so what is accepted has to be refused elsewhere. */
const hostParts = [
  'clock',
  'clock.monotonicMs',
  'clock.wallMs',
  'clock.after',
  'random',
  'random.u32',
  'scheduler',
  'scheduler.yieldThen',
]

const optionalHostParts = [
  'scheduler.soon',
  'scheduler.yieldAfterEnd',
  'scheduler.choose',
  'parallelism',
  'warn',
]

const nodes: readonly Position[] = [
  at('startNode', 'root', nothing, (_, v) => startNode(v)),
  at('startNode', 'options', optional(noOptions), (stage, v) => {
    return v === undefined ? startAndStop(stage, v) : startPlain(v)
  }),
  ...Object.entries({
    name: optional(aName),
    host: optional(nothing),
    chargeAsyncErrors: optional(aBoolean),
  }).map(([option, accepts]) => {
    return at('startNode', `options.${option}`, accepts, (stage, value) => {
      return startAndStop(stage, { [option]: value })
    })
  }),
  ...hostParts.map((part) => {
    return at('startNode', `options.host.${part}`, aFunction, (stage, value) => {
      return typeof value === 'function' ? undefined : hostWith(part, value)(stage, value)
    })
  }),
  ...[...optionalHostParts, 'escapes.capture'].map((part) => {
    const accepts: Accepts = part === 'escapes.capture' ? aFunction : optional(aFunction)
    return at('startNode', `options.host.${part}`, accepts, (stage, value) => {
      return typeof value === 'function' ? undefined : hostWith(part, value)(stage, value)
    })
  }),
  at('virtualHost', 'options', optional(noOptions), (_, v) => virtualHost(v)),
  ...optionsOf(
    'virtualHost',
    { seed: optional(aCount(0, 2 ** 32 - 1)), wallMs: optional(aDuration) },
    (options) => virtualHost(disguise(options)),
  ),
  at('systemHost', 'an argument too many', anything, (_, v) => Reflect.apply(systemHost, v, [v])),
]

async function startPlain(options: never): Promise<void> {
  const node = await startNode(supervisor({ name: 'inner', strategy: one }, []), options)
  await node.stop()
}

const steps: readonly Position[] = [
  at('reply', 'value', notThenable, (_, v) => reply(v, 0)),
  at('reply', 'state', anything, (_, v) => reply(1, v)),
  at('reply', 'options', anything, (_, v) => reply(1, 0, v)),
  at('next', 'state', anything, (_, v) => next(v)),
  at('next', 'options', anything, (_, v) => next(0, v)),
  at('stop', 'reason', nothing, (_, v) => stop(v, 0)),
  at('stop', 'state', anything, (_, v) => stop({ kind: 'normal' }, v)),
  at('stop', 'value', notThenable, (_, v) => stop({ kind: 'normal' }, 0, v)),
  at('later', 'port', aPort, (_, v) => later(v, 0)),
  at('later', 'state', anything, (_, v) => later({ send: () => undefined }, v)),
  at('later', 'options', anything, (_, v) => later({ send: () => undefined }, 0, v)),
  at('ignore', 'an argument too many', anything, (_, v) => Reflect.apply(ignore, v, [v])),
]

const pid = { node: 'n', serial: 1, incarnation: 1 }
const aText: Accepts = (value) => typeof value === 'string'

const values: readonly Position[] = [
  at('Exit', 'reason', nothing, (_, v) => new Exit(v)),
  at('Exit', 'attempted', optional(aText), (_, v) => new Exit({ kind: 'normal' }, v)),
  at('Exit.is', 'value', anything, (_, v) => Exit.is(v)),
  at('ArgumentError', 'code', nothing, (_, v) => new ArgumentError(v, 'x')),
  at('ArgumentError', 'message', aText, (_, v) => new ArgumentError('FLOTILLA_LIMIT', v)),
  at('ArgumentError.is', 'value', anything, (_, v) => ArgumentError.is(v)),
  at('ChildFailure.is', 'value', anything, (_, v) => ChildFailure.is(v)),
  at('formatPid', 'pid', aPid, (_, v) => formatPid(v)),
  at('samePid', 'left', aPid, (_, v) => samePid(v, pid)),
  at('samePid', 'right', aPid, (_, v) => samePid(pid, v)),
  at('hashKey', 'key', aKey, (_, v) => hashKey(v)),
  at('hashKey', 'seed', optional(aCount(0, 2 ** 32 - 1)), (_, v) => hashKey('k', v)),
  at('pickShard', 'key', aKey, (_, v) => pickShard(v, [1, 2])),
  at('pickShard', 'shards', shardList, (_, v) => pickShard('k', v)),
  at(
    'pickShard',
    'shards[1]',
    (v) => shardList([1, v]),
    (_, v) => pickShard('k', [1, v]),
  ),
  at('rankShards', 'key', aKey, (_, v) => rankShards(v, [1, 2])),
  at('rankShards', 'shards', shardList, (_, v) => rankShards('k', v)),
  at('rankShards', 'weightOf', optional(nothing), (_, v) => {
    return typeof v === 'function'
      ? rankShards('k', [1, 2], disguise(null))
      : rankShards('k', [1], v)
  }),
  at(
    'rankShards',
    'a weight',
    (v) => v === 0 || Object.is(v, -0) || aPositiveNumber(v),
    (_, v) => {
      return rankShards('k', [1, 2], () => v)
    },
  ),
  at('watchEvents', 'listener', aFunction, (_, v) => watchEvents(v).stop()),
]

/** Every position of what makes things. */
export const makers: readonly Position[] = [
  ...servers,
  ...children,
  ...stores,
  ...nodes,
  ...steps,
  ...values,
]
