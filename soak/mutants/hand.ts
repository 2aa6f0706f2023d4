/**
 * A hand of a tree: ends when it is told to, in any way, and takes its time for last words.
 */
import { defineServer, type ExitReason, next, reply, stop } from 'flotilla'
import { OwnError } from './strategies.ts'

/** How a hand works. */
export interface HandStart {
  /** Whether it traps exits and so has last words. */
  readonly traps: boolean
  /** How long its init and its last words take; 0: they are over at once. */
  readonly initMs: number
  readonly lastMs: number
  /** Whether its last words fail when it crashes. */
  readonly mumbles: boolean
  /** How often it has been started, over all of its lives. */
  readonly lives: { count: number }
}

/** What a hand can be told. */
export type HandProtocol = {
  readonly calls: {
    readonly work: { readonly payload: number; readonly reply: number }
    readonly end: { readonly payload: ExitReason; readonly reply: undefined }
    readonly crash: { readonly payload: undefined; readonly reply: undefined }
  }
  readonly casts: { readonly tick: { readonly payload: undefined } }
}

/** Makes a kind of hand; each has a name of its own, by which the checkers tell them apart. */
export function handServer(label: string) {
  return defineServer({
    name: label,
    init({ initMs, ...start }: HandStart, context) {
      context.trapExits(start.traps)
      start.lives.count += 1
      if (start.lives.count % 4 === 0) throw new OwnError(label)
      const state = { ...start, total: 0 }
      return initMs === 0 ? state : context.sleep(initMs).then(() => state)
    },
    calls: {
      work: (hand, amount: number) => reply(amount, { ...hand, total: hand.total + amount }),
      end: (hand, reason: ExitReason) => stop(reason, hand, undefined),
      crash(hand, _payload: undefined) {
        if (hand.total < 0) return reply(undefined, hand)
        throw new OwnError(label)
      },
    },
    casts: {
      tick: (hand, _payload: undefined) => next(hand),
    },
    exit: (hand) => next(hand),
    terminate({ lastMs, mumbles }, reason, context) {
      if (mumbles && reason.kind === 'crash') throw new OwnError(label)
      return lastMs === 0 ? undefined : context.sleep(lastMs)
    },
  })
}
