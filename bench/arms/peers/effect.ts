/**
 * Effect: a worker is a fiber that takes from its queue, a question carries the deferred that its
 * answer goes to.
 *
 * Everything of one measurement runs inside one `runPromise`. Effects are combined with `flatMap`
 * and loops that do not yield, and queues and deferreds are touched through their synchronous
 * doors, which costs a quarter of what the same costs as generators. A supervised worker is run
 * again, with a fresh state and the same queue, when its loop has died of a defect.
 */
import { Deferred, Effect, Exit, Queue } from 'effect'
import { nowNs } from '../arm.ts'
import { itemAt, type Load, type Peer, type Started, type StartOptions, shareOf } from './peer.ts'

type Message =
  | { readonly kind: 'ask'; readonly x: number; readonly answer: Deferred.Deferred<number> }
  | { readonly kind: 'cast' }
  | { readonly kind: 'tally'; readonly answer: Deferred.Deferred<number> }
  | { readonly kind: 'crash' }

type Mailbox = Queue.Queue<Message>

const withoutYield = { disableYield: true } as const

/** Opens nothing: fibers stand for themselves. */
export async function openEffect(): Promise<Peer<Mailbox>> {
  return {
    start: (first, count, options) => Effect.runPromise(startWorkers({ first, count, ...options })),
    ask: (load) => Effect.runPromise(askAll(load)),
    castAndCount: (mailbox, count) => Effect.runPromise(castAndCount(mailbox, count)),
    crashAndAsk: (load) => Effect.runPromise(crashEach(load)),
    close: () => Promise.resolve(),
  }
}

function startWorkers({
  first,
  count,
  isSupervised = false,
}: Partial<StartOptions> & { first: number; count: number }): Effect.Effect<Started<Mailbox>> {
  const workers: Mailbox[] = []
  const begin = (mailbox: Mailbox): Effect.Effect<unknown> => {
    const once = takeMessages(mailbox, first + workers.length)
    workers.push(mailbox)
    return Effect.forkDetach(isSupervised ? runAgain(once) : once)
  }
  const startOne = Effect.flatMap(Queue.unbounded<Message>(), begin)
  return Effect.map(
    times(count, () => startOne),
    () => ({ first, workers }),
  )
}

/** A worker from its first message on; its state is made here. */
function takeMessages(mailbox: Mailbox, id: number): Effect.Effect<never> {
  return Effect.suspend(() => {
    const state = { id, tally: 0 }
    const handleNext = Effect.map(Queue.take(mailbox), (message) => handle(state, message))
    return Effect.forever(handleNext, withoutYield)
  })
}

function runAgain(worker: Effect.Effect<never>): Effect.Effect<never> {
  return Effect.forever(Effect.exit(worker), withoutYield)
}

function handle(state: { readonly id: number; tally: number }, message: Message): void {
  switch (message.kind) {
    case 'ask':
      state.tally += 1
      Deferred.doneUnsafe(message.answer, Exit.succeed(message.x + state.id))
      break
    case 'cast':
      state.tally += 1
      break
    case 'tally':
      Deferred.doneUnsafe(message.answer, Exit.succeed(state.tally))
      break
    case 'crash':
      throw new Error('crash')
  }
}

function ask(mailbox: Mailbox, x: number): Effect.Effect<number> {
  return Effect.suspend(() => {
    const answer = Deferred.makeUnsafe<number>()
    Queue.offerUnsafe(mailbox, { kind: 'ask', x, answer })
    return Deferred.await(answer)
  })
}

function askAll(load: Load<Mailbox>): Effect.Effect<number> {
  const callers = Array.from({ length: load.callers }, (_, caller) => askAs(caller, load))
  const all = Effect.all(callers, { concurrency: 'unbounded' })
  return Effect.map(all, (rights) => rights.reduce((sum, right) => sum + right, 0))
}

function askAs(caller: number, load: Load<Mailbox>): Effect.Effect<number> {
  const { asked, next } = load
  let right = 0
  const askOne = (x: number): Effect.Effect<void> => {
    const index = next(caller)
    return Effect.map(ask(itemAt(asked.workers, index), x), (answer) => {
      if (answer === x + asked.first + index) right += 1
    })
  }
  return Effect.map(times(shareOf(load, caller), askOne), () => right)
}

function castAndCount(mailbox: Mailbox, count: number): Effect.Effect<number> {
  return Effect.flatMap(tallyOf(mailbox), (before) => {
    for (let sent = 0; sent < count; sent += 1) Queue.offerUnsafe(mailbox, { kind: 'cast' })
    return Effect.map(tallyOf(mailbox), (after) => after - before)
  })
}

function tallyOf(mailbox: Mailbox): Effect.Effect<number> {
  return Effect.suspend(() => {
    const answer = Deferred.makeUnsafe<number>()
    Queue.offerUnsafe(mailbox, { kind: 'tally', answer })
    return Deferred.await(answer)
  })
}

/** The question waits in the queue, which outlives the crash. */
function crashEach({ asked, count, next }: Load<Mailbox>): Effect.Effect<number[]> {
  const took: number[] = []
  const crashOne = (x: number): Effect.Effect<void> => {
    const index = next(0)
    const mailbox = itemAt(asked.workers, index)
    const beganAt = nowNs()
    Queue.offerUnsafe(mailbox, { kind: 'crash' })
    return Effect.map(ask(mailbox, x), (answer) => {
      if (answer === x + asked.first + index) took.push(nowNs() - beganAt)
    })
  }
  return Effect.map(times(count, crashOne), () => took)
}

/** Does something so many times, one after the other. */
export function times<E, R>(
  count: number,
  body: (turn: number) => Effect.Effect<unknown, E, R>,
): Effect.Effect<void, E, R> {
  return Effect.suspend(() => {
    let turn = 0
    return Effect.whileLoop({
      while: () => turn < count,
      body: () => body(turn),
      step: () => {
        turn += 1
      },
    })
  })
}
