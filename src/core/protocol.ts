/**
 * What an address understands, as types only.
 *
 * Invariant: nothing here exists at run time; a protocol travels with pids, names and child
 * specifications so that a wrong message does not compile.
 */

/** The calls and casts a process understands. */
export interface Protocol {
  readonly calls: Readonly<Record<string, { readonly payload: unknown; readonly reply: unknown }>>
  readonly casts: Readonly<Record<string, { readonly payload: unknown }>>
}

/** Any protocol at all: for addresses whose protocol nobody asks for. */
export type AnyProtocol = any

/** Of a process that takes no calls and casts of users, such as a supervisor. */
export interface SilentProtocol {
  readonly calls: Readonly<Record<never, never>>
  readonly casts: Readonly<Record<never, never>>
}

declare const speaks: unique symbol

/** Marks a value as an address that understands exactly `P`. */
export interface Speaks<in out P extends Protocol> {
  readonly [speaks]?: (protocol: P) => P
}

/** Marks a child specification whose process will understand `P`. */
export interface Starts<out P extends Protocol> {
  readonly [speaks]?: () => P
}

/**
 * The rest arguments of a message: the payload may be left out when it may be `undefined`, which
 * includes `void`, and `unknown` when neither the handler nor the address says what it is.
 */
export type Arguments<Payload, Options> = undefined extends Payload
  ? [payload?: Payload, options?: Options]
  : [Payload] extends [never]
    ? [payload?: undefined, options?: Options]
    : [payload: Payload, options?: Options]
