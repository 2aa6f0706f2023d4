/**
 * The callers of the users: many at once, each asking one worker after the other by name.
 *
 * Invariants checked with every call: whoever the look-up finds lives, and the answer comes from
 * that very worker, since the name was resolved in the same turn.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { call, Exit, formatPid, type Outcome, type Pid, tryCall } from 'flotilla'
import type { Lookups } from './lookups.ts'
import type { Naps } from './naps.ts'
import type { ViolationBook } from './oracle/name-ledger.ts'
import type { Randomness } from './random.ts'
import type { Tally } from './tally.ts'
import type { TokenBook, UserAnswer, UserId, Users } from './users.ts'

/** What the callers need. */
export interface DriversPlan {
  readonly users: Users
  readonly ids: readonly UserId[]
  readonly tokens: TokenBook
  readonly lookups: Lookups
  readonly tally: Tally
  readonly violations: ViolationBook
  readonly random: Randomness
  /** Over when time is up. */
  readonly naps: Naps
}

/** How many callers there are at once. */
const driverCount = 256

/** Lets all callers call until they are told to stop. */
export async function driveUsers(plan: DriversPlan): Promise<void> {
  await Promise.all(Array.from({ length: driverCount }, () => driveOne(plan)))
}

async function driveOne(plan: DriversPlan): Promise<void> {
  const { ids, random, tally } = plan
  while (!plan.naps.isOver) {
    const id = ids[random.below(ids.length)]
    if (id === undefined) return
    tally.calls += 1
    const failure = await askOnce(plan, id)
    if (failure === undefined) continue
    tally.failed(failure.reason)
    // A refusal comes at once: without a pause, callers of absent workers would starve the timers.
    await nextTurn()
  }
}

/** Asks one user and checks the answer; why there was none, if so. */
async function askOnce(plan: DriversPlan, id: UserId): Promise<Exit | undefined> {
  const { users, lookups, random } = plan
  const way = random.below(16)
  const pid = lookups.check(id, users.whereis(id))
  try {
    const answered = await ask(users, id, way)
    if ('exit' in answered) return answered.exit
    const answer = 'value' in answered ? answered.value : answered
    const problem = problemOf(plan.tokens, { id, pid, answer })
    if (problem !== undefined) plan.violations.add('wrongAnswers', problem)
    return undefined
  } catch (error) {
    if (Exit.is(error)) return error
    throw error
  }
}

/** The ways to call by name, all of which must lead to the same worker. */
function ask(users: Users, id: UserId, way: number): Promise<UserAnswer | Outcome<UserAnswer>> {
  if (way < 5) return users.call(id, 'visit')
  if (way < 10) return call(users.via(id), 'visit')
  if (way === 10) return users.call(id, 'ponder')
  return tryCall(users.via(id), 'visit')
}

/** An answer, and whom the look-up found in the turn of the call. */
export interface Answered {
  readonly id: UserId
  readonly pid: Pid | undefined
  readonly answer: UserAnswer
}

/** What is wrong with an answer. */
export function problemOf(tokens: TokenBook, { id, pid, answer }: Answered): string | undefined {
  if (pid === undefined) return `"${id}" answered, but nobody had that name`
  if (answer.id !== id) return `"${id}" was asked, "${answer.id}" answered`
  const token = tokens.tokenOf(pid)
  if (answer.token === token) return undefined
  const asked = `"${id}" was asked at ${formatPid(pid)}, token ${token}`
  return `${asked}, but token ${answer.token} answered`
}
