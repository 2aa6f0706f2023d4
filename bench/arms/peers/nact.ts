/**
 * nact: actors that are functions of a state and a message.
 *
 * A question is `query`, which needs a time-out; an answer is `dispatch` to the temporary reference
 * that came with the question. The children of the system have names, as in the documentation. Its
 * default after a crash is to stop, so the supervised ones say `reset`.
 */
import { dispatch, query, type Ref, type SupervisionContext, spawn, start, stop } from 'nact'
import type { Load, Peer, Started, StartOptions } from './peer.ts'
import { askAll, crashEach } from './promised.ts'

type Message =
  | { readonly kind: 'ask'; readonly x: number; readonly sender: Ref<number> }
  | { readonly kind: 'cast' }
  | { readonly kind: 'tally'; readonly sender: Ref<number> }
  | { readonly kind: 'crash' }

interface State {
  readonly id: number
  tally: number
}

/**
 * nact knows an open question by 32 bits of chance: with 64 of them on their way, one in some 70
 * million loses its answer to another. Such a row fails after this time.
 */
const timeoutMs = 60_000

/** Opens a system. */
export async function openNact(): Promise<Peer<Ref<Message>>> {
  const system = start()
  return {
    start: async (first, count, options) => startActors(system, { first, count, ...options }),
    ask: (load) => askAll(load, ask),
    castAndCount,
    crashAndAsk: (load: Load<Ref<Message>>) => crashEach(load, { ask, crash }),
    close: async () => stop(system),
  }
}

function startActors(
  system: Ref<never>,
  { first, count, isSupervised = false }: Range & Partial<StartOptions>,
): Started<Ref<Message>> {
  const workers = Array.from({ length: count }, (_, index) => {
    const id = first + index
    const initialState = { id, tally: 0 }
    const properties = isSupervised ? { initialState, onCrash: reset } : { initialState }
    return spawn(system, behaviour, `user-${id}`, properties)
  })
  return { first, workers }
}

interface Range {
  readonly first: number
  readonly count: number
}

function behaviour(state: State, message: Message): State {
  switch (message.kind) {
    case 'ask':
      state.tally += 1
      dispatch(message.sender, message.x + state.id)
      return state
    case 'cast':
      state.tally += 1
      return state
    case 'tally':
      dispatch(message.sender, state.tally)
      return state
    case 'crash':
      throw new Error('crash')
  }
}

function reset(
  _message: Message | undefined,
  _error: Error | undefined,
  context: SupervisionContext<Message, Ref<never>>,
) {
  return context.reset
}

function ask(actor: Ref<Message>, x: number): Promise<number> {
  return query(actor, (sender: Ref<number>): Message => ({ kind: 'ask', x, sender }), timeoutMs)
}

/** Nobody hears of a crash: the question would end with its time-out. */
function crash(actor: Ref<Message>): undefined {
  dispatch(actor, { kind: 'crash' })
}

async function castAndCount(actor: Ref<Message>, count: number): Promise<number> {
  const tally = () =>
    query(actor, (sender: Ref<number>): Message => ({ kind: 'tally', sender }), timeoutMs)
  const before = await tally()
  for (let sent = 0; sent < count; sent += 1) dispatch(actor, { kind: 'cast' })
  return (await tally()) - before
}
