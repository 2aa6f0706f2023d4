/**
 * Which faults a simulation injects, and how often: as drawn for a seed, or as asked for.
 *
 * Invariant: what is drawn depends on the seed and on what the definition allows, and on nothing
 * else; the same options are printed with every failure.
 */

import { argumentError, checkOptions } from '../../core/argument-error.ts'

/** The kinds of faults. */
export type FaultKind =
  /** A node is gone at once with everything in it; it starts anew after a while. */
  | 'crash'
  /** A node gets no turns while time passes. */
  | 'pause'
  /** The clock of a node runs too fast or too slowly, all of its life. */
  | 'drift'
  /** The wall clock of a node jumps, in either direction. */
  | 'jump'
  /** A process of the user is killed, between two messages or in the middle of an await. */
  | 'kill'
  /** A handler throws before it has begun. */
  | 'throw_before'
  /** A handler throws when it is done: what it did to others stays, its state and reply do not. */
  | 'throw_after'
  /** A handler takes a while before it begins. */
  | 'slow'
  /** A handler leaves an error behind that nobody handles. */
  | 'escape'
  /** A frame is lost, and sent again later where the network promises order. */
  | 'loss'
  /** A frame arrives twice; only seen where the network promises nothing. */
  | 'duplication'
  /** A frame is overtaken by later ones; only seen where the network promises nothing. */
  | 'reordering'
  /** Nothing passes from one node to another for a while, and then everything does. */
  | 'clog'
  /** Nothing passes in one direction, or in both; every pair of nodes by itself. */
  | 'cut'

/** Every kind of fault. */
export const faultKinds: readonly FaultKind[] = Object.freeze<FaultKind[]>([
  'crash',
  'pause',
  'drift',
  'jump',
  'kill',
  'throw_before',
  'throw_after',
  'slow',
  'escape',
  'loss',
  'duplication',
  'reordering',
  'clog',
  'cut',
])

/**
 * How strong each kind is; a kind that is left out does not happen.
 *
 * Per minute of the time of the world and node: `crash`, `pause`, `jump`, `kill`, and per minute
 * and path between two nodes: `clog`, `cut`. As a share of all, from 0 to 1: `throw_before`,
 * `throw_after`, `slow`, `escape` (of handlers), `loss`, `duplication`, `reordering` (of frames).
 * `drift`: the most that a clock may be off, as a share of the time.
 */
export type FaultRates = Readonly<Partial<Record<FaultKind, number>>>

/** A fault that is about to happen. */
export interface NewFault {
  readonly kind: FaultKind
  /** Unique in the run. */
  readonly name: string
  /** A node, a process, a path between two nodes. */
  readonly target: string
  /** What else there is to say of it. */
  readonly detail?: string
}

/** A fault that has happened. */
export interface FaultRecord {
  /** Unique in the run. */
  readonly name: string
  /** Whom it befell: a node, a process, a path between two nodes. */
  readonly target: string
  /** When, in milliseconds of the time of the world. */
  readonly atMs: number
}

/** @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, … */
export function checkRates(attempted: string, given: FaultRates): FaultRates {
  const rates = checkOptions(attempted, given, faultKinds)
  for (const kind of faultKinds) {
    const rate = rates[kind]
    if (rate === undefined) continue
    const max = shares.has(kind) ? 1 : perMinuteMax
    if (typeof rate === 'number' && rate >= 0 && rate <= max) continue
    throw argumentError('invalid_option', {
      attempted,
      subject: `option "faults.${kind}"`,
      given: rate,
      wanted: `a number from 0 to ${max}`,
    })
  }
  return rates
}

/** More than that in a minute would leave no time for anything else. */
const perMinuteMax = 600

/** The kinds whose strength is a share. */
const shares: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'drift',
  'throw_before',
  'throw_after',
  'slow',
  'escape',
  'loss',
  'duplication',
  'reordering',
])
