/**
 * The user workers: the plainest server there is, with a way to be ended from inside.
 *
 * Invariant: every answer carries the id and the token of the very worker that gave it; a token
 * belongs to one life of one worker.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { defineServer, type Fleet, fleet, type Pid, type ProtocolOf, reply, stop } from 'flotilla'
import { type Perils, Struck } from './perils.ts'

/** The identity of a user. */
export type UserId = string & { readonly brand: 'UserId' }

/** The id of the user with this number. */
export function userId(number: number): UserId {
  return brand(`user-${number}`)
}

function brand(text: string): UserId {
  if (!isUserId(text)) throw new TypeError(`Cannot make a user id of ${text}`)
  return text
}

function isUserId(text: string): text is UserId {
  return /^user-\d+$/.test(text)
}

/** Which user to start. */
export interface UserStart {
  readonly id: UserId
}

/** What a user answers. */
export interface UserAnswer {
  readonly id: UserId
  readonly token: number
  readonly visits: number
}

/** Which token belongs to which life. */
export class TokenBook {
  readonly #tokens = new WeakMap<Pid, number>()
  #last = 0

  /** Gives a new life its token. */
  issue(pid: Pid): number {
    this.#last += 1
    this.#tokens.set(pid, this.#last)
    return this.#last
  }

  tokenOf(pid: Pid): number | undefined {
    return this.#tokens.get(pid)
  }
}

/** Defines the server of one user. */
function userServer(perils: Perils, tokens: TokenBook) {
  return defineServer({
    name: 'user',
    init: ({ id }: UserStart, { self }): UserAnswer => {
      perils.duringInit(id, self)
      return { id, token: tokens.issue(self), visits: 0 }
    },
    calls: {
      visit(user) {
        const visited = { ...user, visits: user.visits + 1 }
        return reply(visited, visited)
      },
      /** Takes a turn of the event loop, so that it can be struck in the middle. */
      async ponder(user) {
        await nextTurn()
        const visited = { ...user, visits: user.visits + 1 }
        return reply(visited, visited)
      },
      explode: (user, _payload: void, { self }) => explode(user, self),
      leave(user, reason: 'normal' | 'shutdown', { self }) {
        perils.strike('stop', user.id, self)
        return stop({ kind: reason }, user, user)
      },
    },
    casts: {
      explode: (user, _payload: void, { self }) => explode(user, self),
    },
  })

  function explode(user: UserAnswer, self: Pid): never {
    perils.strike('throw', user.id, self)
    throw new Struck(`${user.id} throws in a handler`)
  }
}

/** What a user understands. */
export type UserProtocol = ProtocolOf<ReturnType<typeof userServer>>

/** Every user, by id. */
export type Users = Fleet<UserId, UserStart, UserProtocol>

/** What a fleet of users needs. */
export interface UsersPlan {
  readonly perils: Perils
  readonly tokens: TokenBook
  readonly maxRestarts: number
}

/** Makes the fleet of users. */
export function makeUsers({ perils, tokens, maxRestarts }: UsersPlan): Users {
  return fleet(userServer(perils, tokens), { name: 'users', key: ({ id }) => id, maxRestarts })
}
