/**
 * XState: actors of `fromTransition`, the lightest kind that has a state.
 *
 * There is no question and answer. `send` takes its event at once, on the caller's stack, so the
 * answer is read from the snapshot afterwards; nothing waits and no mailbox stands between, which
 * is less than what the others do. An actor whose transition throws is stopped for good; whoever
 * subscribed hears of it and starts another.
 */
import { type Actor, createActor, fromTransition, type TransitionActorLogic } from 'xstate'
import { nowNs } from '../arm.ts'
import { itemAt, type Load, type Peer, type Started, type StartOptions, shareOf } from './peer.ts'

type Message =
  | { readonly type: 'ask'; readonly x: number }
  | { readonly type: 'cast' }
  | { readonly type: 'crash' }

interface State {
  readonly id: number
  tally: number
  answer: number
}

type Logic = TransitionActorLogic<State, Message, { readonly id: number }>

const logic: Logic = fromTransition(
  transition,
  ({ input }: { input: { readonly id: number } }): State => ({
    id: input.id,
    tally: 0,
    answer: -1,
  }),
)

function transition(state: State, message: Message): State {
  switch (message.type) {
    case 'ask':
      state.tally += 1
      state.answer = message.x + state.id
      return state
    case 'cast':
      state.tally += 1
      return state
    case 'crash':
      throw new Error('crash')
  }
}

/** Opens nothing: actors stand for themselves. */
export async function openXstate(): Promise<Peer<Seat>> {
  return {
    start: async (first, count, options) => startActors({ first, count, ...options }),
    ask: async (load) => askAll(load),
    castAndCount: async ({ actor }, count) => castAndCount(actor, count),
    crashAndAsk: async (load: Load<Seat>) => crashEach(load),
    close: () => Promise.resolve(),
  }
}

/** Where an actor is found, also after it has been replaced. */
interface Seat {
  actor: Actor<Logic>
}

function startActors({
  first,
  count,
  isSupervised = false,
}: Partial<StartOptions> & { first: number; count: number }): Started<Seat> {
  const workers = Array.from({ length: count }, (_, index): Seat => {
    const id = first + index
    const seat = { actor: createActor(logic, { input: { id } }) }
    if (isSupervised) replaceAfterCrash(seat, id)
    seat.actor.start()
    return seat
  })
  return { first, workers }
}

function replaceAfterCrash(seat: Seat, id: number): void {
  const error = (): void => {
    seat.actor = createActor(logic, { input: { id } })
    replaceAfterCrash(seat, id)
    seat.actor.start()
  }
  seat.actor.subscribe({ error })
}

function askAll(load: Load<Seat>): number {
  const { asked, callers, next } = load
  let right = 0
  for (let caller = 0; caller < callers; caller += 1) {
    const turns = shareOf(load, caller)
    for (let x = 0; x < turns; x += 1) {
      const index = next(caller)
      if (ask(itemAt(asked.workers, index), x) === x + asked.first + index) right += 1
    }
  }
  return right
}

function ask({ actor }: Seat, x: number): number {
  actor.send({ type: 'ask', x })
  return actor.getSnapshot().context.answer
}

function castAndCount(actor: Actor<Logic>, count: number): number {
  const before = actor.getSnapshot().context.tally
  for (let sent = 0; sent < count; sent += 1) actor.send({ type: 'cast' })
  return actor.getSnapshot().context.tally - before
}

function crashEach({ asked, count, next }: Load<Seat>): number[] {
  const took: number[] = []
  for (let x = 0; x < count; x += 1) {
    const index = next(0)
    const seat = itemAt(asked.workers, index)
    const crashed = seat.actor
    const beganAt = nowNs()
    crashed.send({ type: 'crash' })
    const isRight = ask(seat, x) === x + asked.first + index
    const nanoseconds = nowNs() - beganAt
    if (isRight && crashed.getSnapshot().status === 'error') took.push(nanoseconds)
  }
  return took
}
