/**
 * The process that stands for something the node owns (a registry, a table) in a supervision tree.
 *
 * Invariant: what is anchored belongs to the node; if the anchor or its supervisor is killed the
 * next one is started and nothing is lost meanwhile.
 */
import type { ExitReason } from '../core/exit.ts'
import { end } from '../process/dying.ts'
import { type InitResult, isRunning, type Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { Binding } from './binding.ts'
import { Supervising } from './supervising.ts'

/** What is anchored. */
export interface Anchored {
  readonly label: string
  /** Ties it to the node of the process that stands for it; throws if that cannot be. */
  attach(anchor: Process): void
  /**
   * The process ends in order.
   *
   * @param isOrphan it was not stopped: its supervisor is gone, and whoever starts that one again
   * wants to have this back
   */
  stopped(isOrphan: boolean): void
  /** For operators: its kind and size, as plain data. */
  describe?(): object
}

/** Starts anchors, one at a time. */
export class Anchor {
  readonly #anchored: Anchored
  readonly #binding: Binding<AnchorBehaviour>

  /** @param what the handle in words, such as `registry "users"` */
  constructor(what: string, anchored: Anchored) {
    this.#anchored = anchored
    this.#binding = new Binding(what)
  }

  start(parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    return this.#binding.start(new AnchorBehaviour(this.#anchored), { parent, record })
  }
}

class AnchorBehaviour extends Supervising {
  readonly #anchored: Anchored

  constructor(anchored: Anchored) {
    super(anchored.label)
    this.#anchored = anchored
  }

  override describe(): unknown {
    return { kind: 'anchor', name: this.label, ...this.#anchored.describe?.() }
  }

  protected override begin(process: Process): InitResult {
    this.#anchored.attach(process)
    return isRunning
  }

  protected override shutDown(process: Process, reason: ExitReason): void {
    this.#anchored.stopped(process.parent?.alive !== true)
    end(process, reason)
  }
}
