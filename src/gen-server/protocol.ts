/**
 * How the protocol of a server is derived from its handlers.
 *
 * Invariant: nothing here exists at run time. `any` stands where a type is about to be inferred;
 * the proofs that nothing of it leaks to users are in test/types.
 */
import type { Arguments, Protocol, Speaks } from '../core/protocol.ts'
import type { Context } from './context.ts'
import type { Later, Next, Reply, Stop } from './steps.ts'

/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>
/** What the handler of a call gives back. */
export type CallStep<R, S> = Reply<R, S> | Stop<R, S> | Later<R, S>
/** What every other handler gives back. */
export type CastStep<S> = Next<S> | Stop<never, S>
/** The handler of a call. Only `init` says what the state is, never a handler. */
export type CallHandler<S> = Handler<S, CallStep<unknown, NoInfer<S>>>
/** The handler of a cast. */
export type CastHandler<S> = Handler<S, CastStep<NoInfer<S>>>

/**
 * A handler that says what its payload is, or leaves it `unknown`. It is written as a method, since
 * only of a method may the parameters be narrower than here.
 */
type Handler<S, Step> = {
  handle(state: S, payload: unknown, context: Context): MaybePromise<Step>
}['handle']

/** The payload a handler takes; `void` when it takes none. */
export type PayloadOf<H> = H extends (state: never, ...rest: infer R extends unknown[]) => unknown
  ? R extends []
    ? void
    : R extends [payload?: infer P, ...rest: unknown[]]
      ? P
      : never
  : never

/** The reply a handler gives, over all its branches. */
export type ReplyOf<H> = H extends (...args: any) => infer T
  ? Awaited<T> extends infer A
    ? A extends Reply<infer R, any> | Stop<infer R, any> | Later<infer R, any>
      ? R
      : never
    : never
  : never

/** No calls, or no casts, at all. */
// biome-ignore lint/complexity/noBannedTypes: `keyof` of it must be `never`; of a Record it is not
export type NoMessages = {}

/** The protocol of a server with these handlers. */
export type ProtocolFrom<Calls, Casts> = {
  readonly calls: string extends keyof Calls
    ? NoMessages
    : {
        readonly [N in keyof Calls & string]: {
          readonly payload: PayloadOf<Calls[N]>
          readonly reply: ReplyOf<Calls[N]>
        }
      }
  readonly casts: string extends keyof Casts
    ? NoMessages
    : { readonly [N in keyof Casts & string]: { readonly payload: PayloadOf<Casts[N]> } }
}

declare const server: unique symbol

/** A definition made by `defineServer`: inert, shared by all its processes. */
export interface Server<in Arg, out State, in out P extends Protocol> extends Speaks<P> {
  readonly name: string
  readonly [server]?: (arg: Arg) => State
}

/** The protocol a server understands. */
export type ProtocolOf<T> = T extends Server<any, any, infer P> ? P : never

/** The rest arguments of a call of this name. */
export type CallArguments<P extends Protocol, N extends keyof P['calls'], Options> = Arguments<
  P['calls'][N]['payload'],
  Options
>

/** The rest arguments of a cast of this name. */
export type CastArguments<P extends Protocol, N extends keyof P['casts']> = Arguments<
  P['casts'][N]['payload'],
  never
>

/** A handler as the loop sees it: the types were checked where the server was defined. */
export type LooseHandler = (state: unknown, payload: unknown, context: Context) => unknown
