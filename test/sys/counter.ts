/**
 * A server to look at: it counts, writes down what reaches it, and does everything a server can.
 */
import { type Context, defineServer, later, next, reply, stop } from 'flotilla'
import type { Work } from '../process/stage.ts'

/** The state: plain, so that tests can compare it. */
export interface Count {
  readonly count: number
  readonly log: unknown[]
}

/** How a counter starts. */
export interface CounterPlan {
  readonly log?: unknown[]
  readonly traps?: boolean
}

export const counter = defineServer({
  name: 'counter',
  maxMailboxSize: 2000,
  init: ({ log = [], traps = false }: CounterPlan, context: Context): Count => {
    context.trapExits(traps)
    return { count: 0, log }
  },
  calls: {
    add: (state, amount: number) => reply(state.count + amount, add(state, amount)),
    slow: async (state, opened: Promise<unknown>) => {
      await opened
      return reply('slow', add(state, 1))
    },
    run: async (state, work: Work, context) => reply(await work(context), state),
    later: (state, ports: unknown[], context) => {
      const port = context.replyPort<string>()
      ports.push(port)
      return later(port, state)
    },
    go: (state, _: undefined) => reply('gone on', state, { continueWith: ['add', 10] }),
    idle: (state, idleTimeoutMs: number) => reply('idle', state, { idleTimeoutMs }),
    finish: (state) => stop({ kind: 'normal' }, state, 'finished'),
    fail: (): never => {
      throw new Error('as told')
    },
  },
  casts: {
    add: (state, amount: number) => next(add(state, amount)),
    block: async (state, opened: Promise<unknown>) => next(await opened.then(() => state)),
  },
  info: (state, message) => note(state, { info: message }),
  down: (state, down) => note(state, { down: down.reason.kind }),
  exit: (state, signal) => note(state, { exit: signal.reason.kind }),
  timeout: (state) => note(state, 'timeout'),
  terminate: (state, reason) => {
    state.log.push({ terminate: reason.kind })
  },
  format: (state) => ({ shown: state.count }),
})

function add(state: Count, amount: number): Count {
  state.log.push(amount)
  return { ...state, count: state.count + amount }
}

function note(state: Count, word: unknown) {
  state.log.push(word)
  return next(state)
}
