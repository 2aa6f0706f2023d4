/**
 * The vocabulary of patterns over plain data, and what their types bind.
 *
 * Invariant: a pattern is data; nothing happens before it is compiled (pattern-match.ts). Source:
 * Elixir `Registry.match/4`, Erlang "Match Specifications".
 */
import { argumentError } from './argument-error.ts'

/** The type of {@link any}. */
export class Wildcard {
  readonly #any = true

  /** Whether a value is the wildcard; asks no proxy. */
  static is(value: object): boolean {
    return #any in value
  }
}

/** A named place in a pattern, made by {@link variable}. */
export class Variable<out N extends string = string> {
  readonly #name: N

  constructor(name: N) {
    this.#name = name
  }

  /** What guards and outputs call the part. */
  get name(): N {
    return this.#name
  }

  /** The name behind a value that may be a variable; asks no proxy. */
  static nameOf(value: object): string | undefined {
    return #name in value ? value.#name : undefined
  }
}

/**
 * Stands in a pattern for a part that may be anything.
 *
 * Source: Elixir `Registry.match/4`, `:_`. As a property it still asks for the property to be
 * there; leave it out where it does not have to be.
 */
export const any: Wildcard = new Wildcard()

/**
 * Stands in a pattern for a part that may be anything and is given to guards by its name; where the
 * same name stands twice, the parts must be equal.
 *
 * @param name what guards and outputs call the part
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 *
 * Source: Erlang "Match Specifications", `'$1'`. For a part that nobody asks for use `any`.
 */
export function variable<const N extends string>(name: N): Variable<N> {
  if (typeof name === 'string' && name !== '') return new Variable(name)
  throw argumentError('invalid_argument', {
    attempted: 'make a variable of a pattern',
    subject: 'the name',
    given: name,
    wanted: 'a text that is not empty',
  })
}

/**
 * What values of type `T` can be compared with: a literal, which fits what is the same; an array,
 * which fits one of its length part by part; a plain object, which fits whatever has at least these
 * properties; `any` and variables in the place of any part.
 */
export type Pattern<T, Depth extends readonly unknown[] = []> =
  | Wildcard
  | Variable
  | Literal<T, Depth>

type Literal<T, Depth extends readonly unknown[]> = unknown extends T
  ? unknown
  : T extends Simple
    ? T
    : Depth['length'] extends DepthMax
      ? unknown
      : T extends readonly unknown[]
        ? number extends T['length'] // as an array type: keys hold keys, without end
          ? readonly Pattern<T[number], [...Depth, 0]>[]
          : { readonly [I in keyof T]: Pattern<T[I], [...Depth, 0]> }
        : { readonly [N in keyof T]?: Pattern<T[N], [...Depth, 0]> }

/** Below this anything goes: a type parameter that may be a key of keys has no end. */
type DepthMax = 6

type Simple =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | ((...args: never) => unknown)

/** The parts of a value of type `T` that the pattern `Q` binds, by name. */
export type Bound<Q, T> = Named<Binding<Q, T>>

/** An intersection of bindings, written as one type. */
export type Named<B> = unknown extends B
  ? Readonly<Record<never, never>>
  : { readonly [N in keyof B]: B[N] }

/** As `Bound`, but not yet put together with other parts. */
export type Binding<Q, T, Depth extends readonly unknown[] = []> =
  Q extends Variable<infer N>
    ? { readonly [X in N]: T }
    : Q extends Wildcard | Simple
      ? unknown
      : Depth['length'] extends DepthMax
        ? unknown
        : Q extends readonly unknown[]
          ? number extends Q['length'] // not written out: nobody knows what it binds
            ? unknown
            : Together<
                { [I in keyof Q]: (part: Binding<Q[I], Item<T, I>, [...Depth, 0]>) => void }[number]
              >
          : Together<
              {
                [N in keyof Q]: (part: Binding<Q[N], Property<T, N>, [...Depth, 0]>) => void
              }[keyof Q]
            >

/** What all of several functions can be called with. */
type Together<F> = [F] extends [(part: infer B) => void] ? B : unknown

type Item<T, I> = T extends readonly unknown[] ? (I extends keyof T ? T[I] : T[number]) : never

type Property<T, N> = T extends unknown ? (N extends keyof T ? T[N] : never) : never
