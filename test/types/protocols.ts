// How the protocol of a server follows from its handlers, and that nothing of it is `any`.

import {
  type Context,
  call,
  cast,
  type Down,
  defineServer,
  type ExitReason,
  type ExitSignal,
  ignore,
  later,
  next,
  type Outcome,
  type Pid,
  type ProtocolOf,
  reply,
  type Server,
  stop,
  tryCall,
} from 'flotilla'
import type { IsAny, Proven, Same } from './proof.ts'

interface Item {
  readonly name: string
}
type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'full'; readonly items: readonly Item[]; readonly by: string }

export const Shelf = defineServer({
  name: 'shelf',
  init: (by: string, context): State => {
    context.trapExits(true)
    return by === '' ? { kind: 'empty' } : { kind: 'full', items: [], by }
  },
  calls: {
    none: () => reply<'none', State>('none', { kind: 'empty' }),
    stateOnly: (state) => reply(state.kind, state),
    payload: (state, item: Item) => reply(item.name.length, state),
    method(state, item: Item) {
      return reply(item, state)
    },
    optional: (state, item?: Item) => reply(item?.name, state),
    defaulted: (state, count = 1) => reply(count, state),
    mayBeUndefined: (state, item: Item | undefined) => reply(item, state),
    nothing: (state, _: void, context) => reply(context.self.serial, state),
    unsaid: (state, anything) => reply(typeof anything, state),
    union: (state, key: 'a' | 1) => reply(key, state),
    branches: (state, on: boolean) => (on ? reply({ ok: true }, state) : reply('no', state)),
    literal: (state) => reply(['a', 1], state),
    asynchronous: async (state, item: Item) => reply(await Promise.resolve(item), state),
    eventually: (state, item: Item) => Promise.resolve(reply(item.name, state)),
    answersLater(state, item: Item, context) {
      const port = context.replyPort<Item>()
      port.send(item)
      return later(port, state)
    },
    stops: (state) => stop({ kind: 'normal' }, state),
    stopsWith: (state) => stop({ kind: 'normal' }, state, 'bye'),
    mayStop: (state, on: boolean) => (on ? reply(1, state) : stop({ kind: 'shutdown' }, state)),
    never: (): never => {
      throw new Error('never')
    },
  },
  casts: {
    clear: () => next<State>({ kind: 'empty' }),
    put: (state, item: Item) =>
      next<State>(state.kind === 'empty' ? state : { ...state, items: [...state.items, item] }),
    slowly: async (state, _: Item | undefined) => next(state),
  },
})

type P = ProtocolOf<typeof Shelf>
type Payload<N extends keyof P['calls']> = P['calls'][N]['payload']
type Reply<N extends keyof P['calls']> = P['calls'][N]['reply']

export type Payloads = [
  Proven<Same<Payload<'none'>, void>>,
  Proven<Same<Payload<'stateOnly'>, void>>,
  Proven<Same<Payload<'payload'>, Item>>,
  Proven<Same<Payload<'method'>, Item>>,
  Proven<Same<Payload<'optional'>, Item | undefined>>,
  Proven<Same<Payload<'defaulted'>, unknown>>,
  Proven<Same<Payload<'mayBeUndefined'>, Item | undefined>>,
  Proven<Same<Payload<'nothing'>, void>>,
  Proven<Same<Payload<'unsaid'>, unknown>>,
  Proven<Same<Payload<'union'>, 'a' | 1>>,
  Proven<Same<P['casts']['clear']['payload'], void>>,
  Proven<Same<P['casts']['put']['payload'], Item>>,
  Proven<Same<P['casts']['slowly']['payload'], Item | undefined>>,
]

export type Replies = [
  Proven<Same<Reply<'none'>, 'none'>>,
  Proven<Same<Reply<'stateOnly'>, 'empty' | 'full'>>,
  Proven<Same<Reply<'payload'>, number>>,
  Proven<Same<Reply<'method'>, Item>>,
  Proven<Same<Reply<'optional'>, string | undefined>>,
  Proven<Same<Reply<'nothing'>, number>>,
  Proven<Same<Reply<'union'>, 'a' | 1>>,
  Proven<Same<Reply<'branches'>, { readonly ok: true } | 'no'>>,
  Proven<Same<Reply<'literal'>, readonly ['a', 1]>>,
  Proven<Same<Reply<'asynchronous'>, Item>>,
  Proven<Same<Reply<'eventually'>, string>>,
  Proven<Same<Reply<'answersLater'>, Item>>,
  Proven<Same<Reply<'stops'>, never>>,
  Proven<Same<Reply<'stopsWith'>, 'bye'>>,
  Proven<Same<Reply<'mayStop'>, 1>>,
  Proven<Same<Reply<'never'>, never>>,
]

export type Names = [
  Proven<Same<keyof P['casts'], 'clear' | 'put' | 'slowly'>>,
  Proven<Same<typeof Shelf, Server<string, State, P>>>,
]

/** Nothing in it is `any`: the flags of all calls together are `false` and nothing else. */
type AnyOf<T extends Record<string, object>> = {
  [N in keyof T]: { [Part in keyof T[N]]: IsAny<T[N][Part]> }[keyof T[N]]
}[keyof T]
export type NoAny = [
  Proven<Same<AnyOf<P['calls']>, false>>,
  Proven<Same<AnyOf<P['casts']>, false>>,
  Proven<Same<IsAny<P>, false>>,
]

declare const shelf: Pid<P>

export type Calls = [
  Proven<Same<typeof asked, Promise<number>>>,
  Proven<Same<typeof tried, Promise<Outcome<Item>>>>,
  Proven<Same<typeof put, boolean>>,
]
const asked = call(shelf, 'payload', { name: 'x' })
const tried = tryCall(shelf, 'method', { name: 'x' }, { timeoutMs: 'infinity' })
const put = cast(shelf, 'put', { name: 'x' })

// What may be left out may be left out, also before options.
void call(shelf, 'none')
void call(shelf, 'none', undefined, { timeoutMs: 1 })
void call(shelf, 'optional')
void call(shelf, 'optional', { name: 'x' }, { timeoutMs: 1 })
void call(shelf, 'optional', undefined, { timeoutMs: 1 })
void call(shelf, 'unsaid')
void call(shelf, 'unsaid', 5)
cast(shelf, 'clear')
cast(shelf, 'slowly')

// @ts-expect-error a call without a payload gets none
void call(shelf, 'none', 1)
// @ts-expect-error an optional payload is still checked
void call(shelf, 'optional', 1)
// @ts-expect-error the payload is missing before the options
void call(shelf, 'payload', { timeoutMs: 1 })
// @ts-expect-error a payload of the wrong shape
void call(shelf, 'payload', { title: 'x' })
// @ts-expect-error a payload with something in it that nobody knows
void call(shelf, 'payload', { name: 'x', size: 1 })
// @ts-expect-error a cast has no options
cast(shelf, 'put', { name: 'x' }, { timeoutMs: 1 })
// @ts-expect-error a cast cannot be called
void call(shelf, 'put', { name: 'x' })
// @ts-expect-error neither can what every object inherits
void call(shelf, 'toString')

// What handlers are given has types of its own, without an annotation.
defineServer({
  name: 'watched',
  init: (id: string, context) => {
    proveContext<typeof context>()
    return { id, count: 0 }
  },
  calls: {
    get: (state, _: void, context) => {
      proveState<typeof state>()
      proveContext<typeof context>()
      return reply(1, state)
    },
  },
  casts: {
    set: (state, count: number, context) => {
      proveState<typeof state>()
      proveContext<typeof context>()
      return next({ ...state, count })
    },
  },
  info: (state, message, context) => {
    proveState<typeof state>()
    proveContext<typeof context>()
    const given: Proven<Same<typeof message, unknown>> = true
    return next(given ? state : state)
  },
  down: (state, down) => {
    const given: Proven<Same<typeof down, Down>> = true
    return next(given ? state : state)
  },
  exit: (state, signal) => {
    const given: Proven<Same<typeof signal, ExitSignal>> = true
    return next(given ? state : state)
  },
  timeout: (state) => {
    proveState<typeof state>()
    return next(state)
  },
  terminate: (state, reason) => {
    proveState<typeof state>()
    const given: Proven<Same<typeof reason, ExitReason>> = true
    void given
  },
  format: (state) => {
    proveState<typeof state>()
    return state.count
  },
})

type Watched = { id: string; count: number }
declare function proveState<S>(
  ...same: Same<S, Watched> extends true ? [] : ['another state']
): void
declare function proveContext<C>(...same: Same<C, Context> extends true ? [] : ['no context']): void

// @ts-expect-error a payload that is not annotated is unknown, not any
defineServer({ name: 'x', init: () => 0, calls: { add: (n, by) => reply(n + by, n) } })
// @ts-expect-error a cast has no reply
defineServer({ name: 'x', init: () => 0, casts: { set: (n) => reply(1, n) } })
// @ts-expect-error a cast cannot stop with a reply
defineServer({ name: 'x', init: () => 0, casts: { set: (n) => stop({ kind: 'normal' }, n, 1) } })
// @ts-expect-error an asynchronous handler with a state of another type
defineServer({ name: 'x', init: () => 0, calls: { get: async (n) => reply(n, 'oops') } })
// @ts-expect-error a handler that gives back a bare value
defineServer({ name: 'x', init: () => 0, calls: { get: (n) => n } })
// @ts-expect-error a handler that gives back nothing
defineServer({ name: 'x', init: () => 0, casts: { set: () => undefined } })
// @ts-expect-error info has no reply either
defineServer({ name: 'x', init: () => 0, info: (n) => reply(1, n) })
// @ts-expect-error a reason that does not exist
stop({ kind: 'gone' }, 0)
// @ts-expect-error a reason without its parts
stop({ kind: 'noproc' }, 0)

// `init` may be asynchronous, refuse, or come with options; its state is found through all of that.
const Late = defineServer({ name: 'late', init: async (_: void) => ({ a: 1 }) })
const Shy = defineServer({ name: 'shy', init: (on: boolean) => (on ? next({ a: 1 }) : ignore()) })
const Bare = defineServer({ name: 'bare', init: (_: void) => 0 })
export type Inits = [
  Proven<Same<keyof ProtocolOf<typeof Bare>['calls'], never>>,
  Proven<Same<keyof ProtocolOf<typeof Bare>['casts'], never>>,
  Proven<typeof Late extends Server<void, { a: number }, ProtocolOf<typeof Late>> ? true : false>,
  Proven<typeof Shy extends Server<boolean, { a: number }, ProtocolOf<typeof Shy>> ? true : false>,
]
