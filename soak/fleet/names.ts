/**
 * The names of the workers, as clients look them up: over several fleets, by number.
 *
 * It is the wrapping in which the planted ghost sits: then it sometimes shows who is dead.
 */
import type { Fleet, Via } from 'flotilla'
import type { Defects } from './plants.ts'
import type { WorkerPid, WorkerProtocol, WorkerStart } from './worker.ts'

/** One of the fleets that share the workers. */
export type Workers = Fleet<number, WorkerStart, WorkerProtocol>

/** Where the workers are found. */
export class Names {
  readonly fleets: readonly Workers[]
  readonly #defects: Defects
  /** Who held a key before; kept only if ghosts are planted. */
  readonly #gone = new Map<number, WorkerPid>()

  constructor(fleets: readonly Workers[], defects: Defects) {
    this.fleets = fleets
    this.#defects = defects
  }

  /** The fleet that a key belongs to. */
  fleetOf(key: number): Workers {
    const fleet = this.fleets[key % this.fleets.length]
    if (fleet === undefined) throw new RangeError(`key ${key} belongs to no fleet`)
    return fleet
  }

  via(key: number): Via<WorkerProtocol> {
    return this.fleetOf(key).via(key)
  }

  /** Who holds the key; if ghosts are planted, at times who held it before. */
  whereis(key: number): WorkerPid | undefined {
    const gone = this.#gone.get(key)
    return gone !== undefined && this.#defects.showsGhost() ? gone : this.holder(key)
  }

  /** Who holds the key, for those who are not under test. */
  holder(key: number): WorkerPid | undefined {
    return this.fleetOf(key).whereis(key)
  }

  /** A worker is about to end, or may be; only for ghosts. */
  remember(key: number, pid: WorkerPid): void {
    if (this.#defects.plant === 'ghost-name') this.#gone.set(key, pid)
  }
}
