/**
 * Where the items of a stream come from: an iterator, or an asynchronous one.
 *
 * Invariant: items are asked for one by one, never while one is on its way; the source is told once
 * that no more are wanted, unless it ended or failed by itself.
 */
import { argumentError } from '../core/argument-error.ts'
import { ignore } from '../core/ignore.ts'
import { trust } from '../core/trust.ts'
import { isAwaited } from '../gen-server/steps.ts'

/** Anything that gives items one after the other. */
export type Items<T> = Iterable<T> | AsyncIterable<T>

/** Opens the source once more. */
export type Source<T> = () => AnyIterator<T>

type AnyIterator<T> = Iterator<T> | AsyncIterator<T>

/** What is done with what comes. */
export interface InputSink<T> {
  item(item: T): void
  /** There are no more. */
  ended(): void
  failed(error: unknown): void
}

/**
 * How to read the items of something iterable; asks for its method once, and for nothing else.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function sourceOf<T>(attempted: string, items: Items<T>): Source<T> {
  const open = iteratorMethodOf(items)
  if (open !== undefined) return () => trust(Reflect.apply(open, items, []))
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the items',
    given: items,
    wanted: 'something iterable, such as an array or an async generator',
  })
}

function iteratorMethodOf(items: unknown): ((...args: never[]) => unknown) | undefined {
  try {
    if (items === undefined || items === null) return undefined
    const boxed = Object(items)
    const method: unknown =
      Reflect.get(boxed, Symbol.asyncIterator) ?? Reflect.get(boxed, Symbol.iterator)
    return typeof method === 'function' ? trust(method) : undefined
  } catch {
    // A getter or trap that throws: nothing that could be read.
    return undefined
  }
}

/** One reading of a source. */
export class StreamInput<T> {
  readonly #iterator: AnyIterator<T>
  readonly #sink: InputSink<T>
  #isPulling = false
  #isOver = false

  constructor(iterator: AnyIterator<T>, sink: InputSink<T>) {
    this.#iterator = iterator
    this.#sink = sink
  }

  /** Whether an item may be asked for now. */
  get isIdle(): boolean {
    return !this.#isPulling && !this.#isOver
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Asks for an item; a source that is not asynchronous has given it when this returns. */
  pull(): void {
    try {
      const step: unknown = this.#iterator.next()
      if (isAwaited(step)) void this.#await(step)
      else this.#accept(step)
    } catch (error) {
      this.#fail(error)
    }
  }

  async #await(step: unknown): Promise<void> {
    this.#isPulling = true
    try {
      const result = await step
      this.#isPulling = false
      this.#accept(result)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** No more items are wanted; settles when the source has let go, if it can be waited for. */
  async close(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    const closing = this.#iterator.return?.()
    // A source that still owes an item may owe it for ever.
    if (this.#isPulling) Promise.resolve(closing).catch(ignore)
    else await closing
  }

  #accept(step: unknown): void {
    if (this.#isOver) return
    const { done, value } = stepOf<T>(step)
    if (!done) this.#sink.item(value)
    else {
      this.#isOver = true
      this.#sink.ended()
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#sink.failed(error)
  }
}

/** What a source has given, as `for await` reads it. */
function stepOf<T>(step: unknown): IteratorResult<T> {
  if ((typeof step === 'object' && step !== null) || typeof step === 'function') return trust(step)
  throw argumentError('invalid_argument', {
    attempted: 'take an item of a stream',
    subject: 'what its source gave',
    given: step,
    wanted: 'an object with "done" and "value", as iterators give',
  })
}
