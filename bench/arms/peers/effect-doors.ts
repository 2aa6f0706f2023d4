/**
 * Two ways to a mailbox of Effect: by effects, as its documentation has it, or by the synchronous
 * doors that it calls unsafe, which cost a quarter.
 */
import { Deferred, Effect, Exit, Queue } from 'effect'

/** What a worker can be told. */
export type Message =
  | { readonly kind: 'ask'; readonly x: number; readonly answer: Deferred.Deferred<number> }
  | { readonly kind: 'cast' }
  | { readonly kind: 'tally'; readonly answer: Deferred.Deferred<number> }
  | { readonly kind: 'crash' }

/** The queue of a worker. */
export type Mailbox = Queue.Queue<Message>

/** What a worker remembers. */
export interface Memory {
  readonly id: number
  tally: number
}

/** How messages get in, answers out, and the next message is waited for. */
export interface Doors {
  /** Puts a message with a deferred into a mailbox and waits for the answer. */
  ask(
    mailbox: Mailbox,
    messageOf: (answer: Deferred.Deferred<number>) => Message,
  ): Effect.Effect<number>
  tell(mailbox: Mailbox, message: Message): Effect.Effect<unknown>
  /** Handles message after message. */
  work(mailbox: Mailbox, memory: Memory): Effect.Effect<never>
}

/** By effects alone. */
export const plainDoors: Doors = {
  ask: (mailbox, messageOf) =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<number>()
      yield* Queue.offer(mailbox, messageOf(answer))
      return yield* Deferred.await(answer)
    }),
  tell: (mailbox, message) => Queue.offer(mailbox, message),
  work: (mailbox, memory) =>
    Effect.forever(
      Effect.gen(function* () {
        const message = yield* Queue.take(mailbox)
        const answer = answerTo(memory, message)
        if (answer !== undefined) yield* Deferred.succeed(answer.to, answer.value)
      }),
    ),
}

/** By the synchronous doors, in loops that do not yield. */
export const unsafeDoors: Doors = {
  ask: (mailbox, messageOf) =>
    Effect.suspend(() => {
      const answer = Deferred.makeUnsafe<number>()
      Queue.offerUnsafe(mailbox, messageOf(answer))
      return Deferred.await(answer)
    }),
  tell: (mailbox, message) => Effect.sync(() => Queue.offerUnsafe(mailbox, message)),
  work: (mailbox, memory) => {
    const handleNext = Effect.map(Queue.take(mailbox), (message) => {
      const answer = answerTo(memory, message)
      if (answer !== undefined) Deferred.doneUnsafe(answer.to, Exit.succeed(answer.value))
    })
    return Effect.forever(handleNext, { disableYield: true })
  },
}

interface Answer {
  readonly to: Deferred.Deferred<number>
  readonly value: number
}

function answerTo(memory: Memory, message: Message): Answer | undefined {
  switch (message.kind) {
    case 'ask':
      memory.tally += 1
      return { to: message.answer, value: message.x + memory.id }
    case 'cast':
      memory.tally += 1
      return undefined
    case 'tally':
      return { to: message.answer, value: memory.tally }
    case 'crash':
      throw new Error('crash')
  }
}
