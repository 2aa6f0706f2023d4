/**
 * What must hold at every moment of a simulation.
 *
 * Invariant: a checker sees every event once, in order, and cannot change anything.
 */
import type { SimulationEvent } from './simulation-event.ts'
import type { World } from './world.ts'

/** Something that must always hold; it is checked anew in every run. */
export interface Invariant {
  /** A short name for reports, such as `I1`. */
  readonly id: string
  /** What it says, in a sentence. */
  readonly title: string
  /** Makes what checks one run. */
  make(): InvariantChecker
}

/** Checks one run. A method that throws says that the invariant does not hold, and why. */
export interface InvariantChecker {
  /** Called for each event, in the step in which it happens; it must do nothing but look. */
  on?(event: SimulationEvent, world: World): void
  /** Called once, when the faults are over, everything has settled and the nodes have stopped. */
  atEnd?(world: World): void
}
