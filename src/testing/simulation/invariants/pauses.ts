/**
 * Since when each node runs without a pause: a node that was paused may be late.
 */
import type { SimulationEvent } from '../simulation-event.ts'

/** Follows the pauses of the nodes. */
export class Pauses {
  /** Infinity while it is paused, also if it crashes then. */
  readonly #resumedMs = new Map<string, number>()

  on(event: SimulationEvent): void {
    switch (event.kind) {
      case 'node_paused':
        this.#resumedMs.set(event.node, Number.POSITIVE_INFINITY)
        return
      case 'node_resumed':
      case 'node_starting':
        this.#resumedMs.set(event.node, event.atMs)
    }
  }

  /** From when on a wait that began at `sinceMs` counts; Infinity: not yet. */
  countsFromMs(node: string, sinceMs: number): number {
    return Math.max(sinceMs, this.#resumedMs.get(node) ?? 0)
  }
}
