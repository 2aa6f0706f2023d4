/**
 * The last look: once the fire is out, every wanted worker must be there and answer.
 *
 * Invariant: nobody is left out, and a worker that is not there is named.
 */

import { type ExitReason, tryCall } from 'flotilla'
import type { Games } from '../islands/games.ts'
import { players } from '../islands/player.ts'
import type { Lookups } from './lookups.ts'
import type { ViolationBook } from './oracle/name-ledger.ts'
import type { Seat } from './seats.ts'
import { problemOf } from './user-drivers.ts'
import type { TokenBook, UserId, Users } from './users.ts'

/** What is looked at, and who hears of it. */
export interface InspectionPlan {
  readonly users: Users
  readonly ids: readonly UserId[]
  readonly tokens: TokenBook
  readonly games: Games
  readonly seats: readonly Seat[]
  readonly lookups: Lookups
  readonly violations: ViolationBook
}

/** How many workers are asked at once. */
const batch = 1000

/** Asks every worker; what is wrong goes into the book. */
export async function inspect(plan: InspectionPlan): Promise<void> {
  for (let from = 0; from < plan.ids.length; from += batch) {
    await Promise.all(plan.ids.slice(from, from + batch).map((id) => inspectUser(plan, id)))
  }
  await Promise.all(plan.seats.map((seat) => inspectGame(plan, seat)))
}

async function inspectUser(plan: InspectionPlan, id: UserId): Promise<void> {
  const { users, tokens, lookups, violations } = plan
  const pid = lookups.check(id, users.whereis(id))
  const outcome = await tryCall(users.via(id), 'visit')
  if (!outcome.ok) {
    violations.add('missingWorkers', `user "${id}": ${outcome.exit.message}`)
    return
  }
  const problem = problemOf(tokens, { id, pid, answer: outcome.value })
  if (problem !== undefined) violations.add('wrongAnswers', problem)
}

async function inspectGame(plan: InspectionPlan, seat: Seat): Promise<void> {
  const { games, lookups } = plan
  const { id } = seat
  if (lookups.check(id, games.games.whereis(id)) === undefined) {
    plan.violations.add('missingWorkers', `game "${id}": nobody has its name`)
    return
  }
  const [first, second] = await Promise.all(
    players.map((player) => tryCall(games.games.via(id), 'view', player)),
  )
  if (first?.ok && second?.ok && first.value.ok && second.value.ok) {
    seat.audit({ player1: first.value.view, player2: second.value.view })
    return
  }
  const reasons = [first, second].map((each) => (each?.ok === false ? each.exit.reason : undefined))
  plan.violations.add('missingWorkers', `game "${id}" gave no view: ${kindsOf(reasons)}`)
}

function kindsOf(reasons: readonly (ExitReason | undefined)[]): string {
  return reasons.map((reason) => reason?.kind ?? 'answered otherwise').join(', ')
}
