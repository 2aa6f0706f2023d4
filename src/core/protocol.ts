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
 * The rest arguments of a message: the payload may be left out when it is `void`, and is not checked
 * when the address does not say what it understands (`any`), as with `context.self`.
 */
export type Arguments<Payload, Options> = 0 extends 1 & Payload
  ? [payload?: Payload, options?: Options]
  : [Payload] extends [void]
    ? [payload?: undefined, options?: Options]
    : [payload: Payload, options?: Options]
