/**
 * Looks at a running world several times a second.
 *
 * Invariant: looking changes nothing, and costs the same however many workers there are.
 */

import type { Options } from './options.ts'
import { Rate } from './rate.ts'
import type { Snapshot } from './snapshot.ts'
import { restartsOf, type World } from './world.ts'

/** Whom the observer tells. */
export interface Listener {
  readonly seed: number
  readonly observe: (snapshot: Snapshot) => void
}

const everyMs = 200

/** Watches one run; ends when disposed of. */
export class Observer implements Disposable {
  readonly #world: World
  readonly #options: Options
  readonly #listener: Listener
  readonly #rate = new Rate()
  readonly #timer: NodeJS.Timeout
  #phase: Snapshot['phase'] = 'starting'
  #firedSinceMs: number | undefined = undefined

  constructor(world: World, options: Options, listener: Listener) {
    this.#world = world
    this.#options = options
    this.#listener = listener
    this.#timer = setInterval(() => this.#tell(), everyMs)
    this.#tell()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  /** Says what the run is doing from now on. */
  enter(phase: Snapshot['phase']): void {
    this.#phase = phase
    this.#tell()
  }

  #tell(): void {
    this.#listener.observe(this.#look())
  }

  #look(): Snapshot {
    const { tally, users, games, gaps, violations } = this.#world
    const nowMs = performance.now()
    if (this.#phase === 'under fire') this.#firedSinceMs ??= nowMs
    return {
      phase: this.#phase,
      seed: this.#listener.seed,
      users: this.#options.users,
      games: this.#options.games,
      seconds: this.#options.seconds,
      elapsedMs: this.#firedSinceMs === undefined ? 0 : nowMs - this.#firedSinceMs,
      alive: users.size + games.games.size,
      calls: tally.calls,
      callsPerSecond: this.#rate.perSecond(tally.calls, nowMs),
      failedCalls: tally.allFailedCalls,
      kills: { ...tally.kills },
      restarts: restartsOf(this.#world),
      nameGapMs: gaps.summary(),
      gamesFinished: tally.gamesFinished,
      movesAccepted: tally.movesAccepted,
      movesRetried: tally.movesRetried,
      violations: violations.total,
    }
  }
}
