/**
 * Effect: a worker is a fiber that takes from its queue, a question carries the deferred that its
 * answer goes to.
 *
 * Everything of one measurement runs inside one `runPromise`. A supervised worker is run again,
 * with a fresh state and the same queue, when its loop has died of a defect.
 */
import { Effect, Queue } from 'effect'
import { nowNs } from '../arm.ts'
import type { Doors, Mailbox, Message } from './effect-doors.ts'
import { itemAt, type Load, type Peer, type Started, type StartOptions, shareOf } from './peer.ts'

const withoutYield = { disableYield: true } as const

/** Opens nothing: fibers stand for themselves. */
export async function openEffect(doors: Doors): Promise<Peer<Mailbox>> {
  return {
    start: (first, count, options) =>
      Effect.runPromise(startWorkers(doors, { first, count, ...options })),
    ask: (load) => Effect.runPromise(askAll(doors, load)),
    castAndCount: (mailbox, count) => Effect.runPromise(castAndCount(doors, mailbox, count)),
    crashAndAsk: (load) => Effect.runPromise(crashEach(doors, load)),
    close: () => Promise.resolve(),
  }
}

function startWorkers(
  doors: Doors,
  options: Partial<StartOptions> & { first: number; count: number },
): Effect.Effect<Started<Mailbox>> {
  const { first, count, isSupervised = false } = options
  const workers: Mailbox[] = []
  const begin = (mailbox: Mailbox): Effect.Effect<unknown> => {
    const id = first + workers.length
    const once = Effect.suspend(() => doors.work(mailbox, { id, tally: 0 }))
    workers.push(mailbox)
    return Effect.forkDetach(isSupervised ? runAgain(once) : once)
  }
  const startOne = Effect.flatMap(Queue.unbounded<Message>(), begin)
  return Effect.map(
    times(count, () => startOne),
    () => ({ first, workers }),
  )
}

function runAgain(worker: Effect.Effect<never>): Effect.Effect<never> {
  return Effect.forever(Effect.exit(worker), withoutYield)
}

function askAll(doors: Doors, load: Load<Mailbox>): Effect.Effect<number> {
  const callers = Array.from({ length: load.callers }, (_, caller) => askAs(doors, caller, load))
  const all = Effect.all(callers, { concurrency: 'unbounded' })
  return Effect.map(all, (rights) => rights.reduce((sum, right) => sum + right, 0))
}

function askAs(doors: Doors, caller: number, load: Load<Mailbox>): Effect.Effect<number> {
  const { asked, next } = load
  let right = 0
  const askOne = (x: number): Effect.Effect<void> => {
    const index = next(caller)
    return Effect.map(ask(doors, itemAt(asked.workers, index), x), (answer) => {
      if (answer === x + asked.first + index) right += 1
    })
  }
  return Effect.map(times(shareOf(load, caller), askOne), () => right)
}

function ask(doors: Doors, mailbox: Mailbox, x: number): Effect.Effect<number> {
  return doors.ask(mailbox, (answer) => ({ kind: 'ask', x, answer }))
}

function castAndCount(doors: Doors, mailbox: Mailbox, count: number): Effect.Effect<number> {
  const tally = doors.ask(mailbox, (answer) => ({ kind: 'tally', answer }))
  const castAll = times(count, () => doors.tell(mailbox, { kind: 'cast' }))
  return Effect.flatMap(tally, (before) =>
    Effect.flatMap(castAll, () => Effect.map(tally, (after) => after - before)),
  )
}

/** The question waits in the queue, which outlives the crash. */
function crashEach(doors: Doors, load: Load<Mailbox>): Effect.Effect<number[]> {
  const { asked, count, next } = load
  const took: number[] = []
  const crashOne = (x: number): Effect.Effect<void> => {
    const index = next(0)
    const mailbox = itemAt(asked.workers, index)
    const beganAt = nowNs()
    return Effect.flatMap(doors.tell(mailbox, { kind: 'crash' }), () =>
      Effect.map(ask(doors, mailbox, x), (answer) => {
        if (answer === x + asked.first + index) took.push(nowNs() - beganAt)
      }),
    )
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
