/**
 * Everything one run is made of: the tree, its perils, and those who watch.
 *
 * Invariant: nothing here is shared between two runs.
 */

import { type SupervisorHandle, supervisor } from 'flotilla'
import type { GameId } from '../islands/game-id.ts'
import { type Games, makeGames } from '../islands/games.ts'
import { Feed } from './feed.ts'
import { fragileStore } from './fragile-store.ts'
import { NameGaps } from './gaps.ts'
import { Lookups } from './lookups.ts'
import { Naps } from './naps.ts'
import type { Options } from './options.ts'
import { Violations } from './oracle/invariants.ts'
import { NameLedger } from './oracle/name-ledger.ts'
import { Perils } from './perils.ts'
import { Seat } from './seats.ts'
import { Tally } from './tally.ts'
import { makeUsers, TokenBook, type UserId, type Users, userId } from './users.ts'

/** The parts that belong to one fleet. */
export interface Books {
  readonly ledger: NameLedger
  readonly perils: Perils
}

/** One run's world. */
export interface World {
  readonly tree: SupervisorHandle
  readonly users: Users
  readonly ids: readonly UserId[]
  readonly tokens: TokenBook
  readonly games: Games
  readonly userBooks: Books
  readonly gameBooks: Books
  readonly tally: Tally
  readonly violations: Violations
  readonly lookups: Lookups
  readonly gaps: NameGaps
  readonly feed: Feed
  readonly seats: readonly Seat[]
  readonly naps: Naps
}

/** Makes a world; nothing runs yet. */
export function makeWorld(options: Options, seed: number): World {
  const tally = new Tally()
  const violations = new Violations()
  const gaps = new NameGaps()
  const feed = new Feed(gaps)
  const tokens = new TokenBook()
  const userBooks = makeBooks('users', violations, tally)
  const gameBooks = makeBooks('games', violations, tally)
  const maxRestarts = maxRestartsOf(options)
  const users = makeUsers({ perils: userBooks.perils, tokens, maxRestarts })
  const games: Games = makeGames({
    maxRestarts,
    through: (rows) => fragileStore(rows, { perils: gameBooks.perils, holderOf }),
  })
  feed.follow(users, userBooks.ledger)
  feed.follow(games.games, gameBooks.ledger)
  const lookups = new Lookups(tally, violations)
  const naps = new Naps()
  const watchers = { feed, lookups, tally, violations, ...gameBooks }
  const plan = { games, count: options.games, seed, naps, ...watchers }
  return {
    tree: supervisor({ name: 'under-fire', strategy: 'one_for_one' }, [users, games.tree]),
    users,
    ids: Array.from({ length: options.users }, (_, index) => userId(index)),
    tokens,
    games,
    userBooks,
    gameBooks,
    tally,
    violations,
    lookups,
    gaps,
    feed,
    seats: Array.from({ length: options.games }, (_, number) => new Seat(plan, number)),
    naps,
  }

  function holderOf(id: GameId) {
    return games.games.whereis(id)
  }
}

/** How many ends were made good, in both fleets. */
export function restartsOf({ userBooks, gameBooks }: World): number {
  return userBooks.ledger.restarts + gameBooks.ledger.restarts
}

function makeBooks(fleet: string, violations: Violations, tally: Tally): Books {
  const ledger = new NameLedger(fleet, violations)
  return { ledger, perils: new Perils(ledger, tally) }
}

/**
 * How many restarts a key may have in its five seconds.
 *
 * Kills fall by chance, and with few workers all of them fall on the same; each may cost three
 * starts. A key must not be parked for that: parking is for those that cannot start at all.
 */
function maxRestartsOf({ killsPerSecond }: Options): number {
  return Math.max(1000, Math.ceil(killsPerSecond) * 5 * 4)
}
