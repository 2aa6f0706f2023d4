/**
 * One run, from the start of the tree to the report.
 *
 * Invariant: whatever happens in between, the node is stopped and no timer is left behind; a run
 * that is interrupted takes the same way out as one whose time is up.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Node, type NodeStatistics, startNode } from 'flotilla'
import { Chaos } from './chaos.ts'
import { inspect } from './inspection.ts'
import { measureLoopDelay } from './loop-delay.ts'
import { Observer } from './observer.ts'
import type { Options } from './options.ts'
import { randomFrom } from './random.ts'
import { leftoversOf, type Report, reportOf } from './report.ts'
import type { Snapshot } from './snapshot.ts'
import { driveUsers } from './user-drivers.ts'
import { gameAt, userAt } from './victims.ts'
import { makeWorld, restartsOf, type World } from './world.ts'

/** What a run is given beside its options. */
export interface RunHooks {
  readonly seed: number
  /** Aborted: stop now, in order. */
  readonly signal: AbortSignal
  /** Hears how it goes, several times a second. */
  readonly observe: (snapshot: Snapshot) => void
}

/** How long the last workers may take to come back. */
const settleMs = 10_000

/** Runs everything; rejects only if the program itself is at fault. */
export function runUnderFire(options: Options, hooks: RunHooks): Promise<Report> {
  return runWorld(makeWorld(options, hooks.seed), options, hooks)
}

/** As `runUnderFire`, with a world of one's own: for those who want to see it judged. */
export async function runWorld(world: World, options: Options, hooks: RunHooks): Promise<Report> {
  const { seed, signal } = hooks
  const startedMs = performance.now()
  await using node = await startNode(world.tree, { name: 'under-fire' })
  using observer = new Observer(world, options, hooks)
  await startWorkers(world)
  const startMs = performance.now() - startedMs
  observer.enter('under fire')
  const stopMeasuring = measureLoopDelay()
  const firedMs = signal.aborted ? 0 : await underFire(world, options, hooks)
  const measured = { options, seed, startMs, firedMs, interrupted: signal.aborted }
  const loopDelay = stopMeasuring()
  observer.enter('stopping')
  await lastLook(world)
  const statistics = await stop(world, node)
  const { tally, violations } = world
  const restarts = restartsOf(world)
  const gaps = world.gaps.summary()
  return reportOf({ ...measured, loopDelay, statistics, tally, violations, restarts, gaps })
}

/** Starts every worker, all at once. */
async function startWorkers({ users, ids, seats }: World): Promise<void> {
  await Promise.all([...ids.map((id) => users.ensure({ id })), ...seats.map((seat) => seat.open())])
}

/** Lets everybody work under fire until time is up; gives how long that was. */
async function underFire(world: World, options: Options, hooks: RunHooks): Promise<number> {
  const chaos = new Chaos({
    victimOf: ({ fleet, index }) =>
      fleet === 'users' ? userAt(world, index) : gameAt(world, world.seats[index]),
    sizes: { users: options.users, games: options.games },
    killsPerSecond: options.killsPerSecond,
    random: randomFrom(hooks.seed, chaosStream),
    lookups: world.lookups,
  })
  const startedMs = performance.now()
  const random = randomFrom(hooks.seed, driversStream)
  const work = Promise.all([
    driveUsers({ ...world, random }),
    ...world.seats.map((seat) => seat.play()),
  ])
  chaos.start()
  try {
    // The work ends before its time only by an error of this program.
    await Promise.race([rest(options.seconds * 1000, hooks.signal), work])
  } finally {
    await chaos.stop()
    world.gameBooks.perils.disarmSaves()
    world.naps.end()
  }
  const firedMs = performance.now() - startedMs
  await work
  return firedMs
}

/** Labels of random streams; the tables use those from 0 on. */
const chaosStream = -1
const driversStream = -2

/** Waits until everybody who was struck is back, and asks every worker. */
async function lastLook(world: World): Promise<void> {
  const { feed, userBooks, gameBooks } = world
  await feed.until(() => {
    return [userBooks, gameBooks].every(({ ledger, perils }) => {
      return ledger.outstanding === 0 && perils.armedInits === 0
    })
  }, settleMs)
  await inspect(world)
  feed.stop()
  userBooks.ledger.close()
  gameBooks.ledger.close()
}

/** Stops the tree and makes sure that nothing is left of it. */
async function stop({ violations }: World, node: Node): Promise<NodeStatistics> {
  await node.stop()
  const statistics = node.statistics()
  for (const leftover of leftoversOf(statistics)) violations.add('leftovers', leftover)
  return statistics
}

/** Waits, but not beyond the signal. */
async function rest(delayMs: number, signal: AbortSignal): Promise<void> {
  // Ended early by the signal, it rejects; that is a way to end, not a failure.
  await sleep(delayMs, undefined, { signal }).catch(() => undefined)
}
