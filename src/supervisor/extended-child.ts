/**
 * `extendedChild`: a child that lacks the front part of its start argument, which its dynamic
 * supervisor adds.
 *
 * Invariant: an extended child starts nothing by itself, so no supervisor without extra arguments
 * can run it by mistake.
 */
import { argumentError } from '../core/argument-error.ts'
import type { ChildSpec } from '../core/child-spec.ts'
import type { AnyProtocol, Protocol, Starts } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { Server } from '../gen-server/protocol.ts'
import { Startable } from '../process/startable.ts'
import { type ChildOptions, childMaker } from './child.ts'

declare const extendedBy: unique symbol

/** A child that is complete once `Extra` stands before its own argument. */
export interface ExtendedChildSpec<
  in Extra extends readonly unknown[],
  out P extends Protocol = AnyProtocol,
> extends Starts<P> {
  readonly [extendedBy]: (extra: Extra) => void
}

/** What a dynamic supervisor with these extra arguments starts: plain children if it has none. */
export type ChildUnder<Extra extends readonly unknown[], P extends Protocol> = [Extra] extends [
  readonly [],
]
  ? ChildSpec<P>
  : ExtendedChildSpec<Extra, P>

/** The parts of a start argument that come from the supervisor: all but the last. */
export type ExtraParts<Parts extends readonly unknown[]> = Parts extends readonly [
  ...infer Extra,
  unknown,
]
  ? readonly [...Extra]
  : never

/** The part of a start argument that is the child's own: the last. */
export type OwnPart<Parts extends readonly unknown[]> = Parts extends readonly [
  ...unknown[],
  infer Own,
]
  ? Own
  : never

/**
 * A server as a child of a dynamic supervisor with `extraArguments`. What its `init` gets, at every
 * start and restart, is one frozen list: the extra arguments of the supervisor, then `arg`.
 *
 * @param server from `defineServer`, whose start argument is a list `readonly [...Extra, Arg]`
 * @param arg the last of that list, the part that is the child's own
 * @param options as those of `child`
 * @returns to be given to `startChild` of a dynamic supervisor with such `extraArguments`
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ADDRESS
 *
 * Source: Elixir `DynamicSupervisor`, `:extra_arguments`. Everywhere else use `child`.
 */
export function extendedChild<Parts extends readonly unknown[], State, P extends Protocol>(
  server: Server<Readonly<Parts>, State, P>,
  arg: NoInfer<OwnPart<Parts>>,
  options: ChildOptions<NoInfer<P>> = {},
): ExtendedChildSpec<ExtraParts<Parts>, P> {
  const make = childMaker('make an extended child', server, options)
  return trust(new ExtendedChild((extra) => make(Object.freeze([...extra, arg]))))
}

/** An extended child as the runtime knows it. */
export class ExtendedChild {
  readonly #complete: (extra: readonly unknown[]) => Startable

  constructor(complete: (extra: readonly unknown[]) => Startable) {
    this.#complete = complete
  }

  /**
   * The complete child behind what a user gave to a dynamic supervisor.
   *
   * @param extra the extra arguments of that; undefined: it was made without any
   * @throws ArgumentError FLOTILLA_INVALID_CHILD, also for a child of the other kind
   */
  static completed(
    attempted: string,
    value: unknown,
    extra: readonly unknown[] | undefined,
  ): Startable {
    const isExtended = typeof value === 'object' && value !== null && #complete in value
    if (extra === undefined && isExtended) {
      throw argumentError('invalid_child', {
        attempted,
        problem: 'the child is an extended one, and the supervisor has no extraArguments',
        fix: 'make it with child(server, arg)',
      })
    }
    if (isExtended) return value.#complete(extra ?? [])
    const plain = Startable.check(attempted, value)
    if (extra === undefined || extra.length === 0) return plain
    throw argumentError('invalid_child', {
      attempted,
      problem: `the child would not get the ${extra.length} extraArguments of the supervisor`,
      fix: 'make it with extendedChild(server, arg)',
    })
  }
}
