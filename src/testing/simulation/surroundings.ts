/**
 * What the global functions of a simulation ask: what time it is for the code that runs, and what
 * to do when it is over.
 */
import type { Cancellable } from '../../process/host.ts'
import type { CheckedExternal } from './external.ts'

/** The world as the code that runs right now sees it: that of a node, of a client, of nobody. */
export interface Surroundings {
  /** Whether the code that runs now has nothing to do with the simulation: it gets what is real. */
  isForeign(): boolean
  /** Whole milliseconds since 1970. */
  wallMs(): number
  /** Milliseconds since the node, or the world, began. */
  monotonicMs(): number
  /** An unsigned 32-bit integer. */
  u32(): number
  /** Runs `fire` later, where the code that runs now belongs. */
  after(delayMs: number, fire: () => void): Cancellable
  /** An error that nobody will handle, of the code that runs now or of a rejected promise. */
  unhandled(error: unknown, rejected?: object): void
  /** The double that is registered for something outside. */
  external(name: string): CheckedExternal | undefined
  /** Takes note of a use of a double. */
  externalUsed(name: string, outcome: 'done' | 'failed'): void
  /** Whether a use of a double is to fail, and how long its answer takes. */
  drawExternal(external: CheckedExternal): { readonly fails: boolean; readonly delayMs: number }
  /** Something tried to leave the simulation: the run is over. */
  refused(name: string, callSite: string): void
}
