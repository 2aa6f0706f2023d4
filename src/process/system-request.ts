/**
 * What a process is asked that the runtime answers in place of its handlers: to stop in order, and
 * whatever else every kind of process understands.
 *
 * Invariant: a system request waits in the inbox, is carried out in its turn, between two messages
 * and never during one, and counts as no turn of its process, so that it disturbs no idle time-out.
 * It is the seam for everything of this kind: who wants another request writes a subclass and posts
 * it with `node.postSystem`; neither the scheduler nor the behaviours know which there are.
 * Source: OTP `sys`, system messages.
 */
import { Exit, type ExitReason } from '../core/exit.ts'
import type { Process } from './process.ts'
import { Request } from './request.ts'

/** One request of the system. */
export abstract class SystemRequest extends Request<'system'> {
  /**
   * Does what is asked, as the scheduler reaches it. It must not throw; if it goes on
   * asynchronously it sets `process.busy` first and calls `node.resume` when it is done.
   */
  abstract carryOut(process: Process): void

  /** Whether it need not be carried out any more; then it is dropped when its turn comes. */
  get lapsed(): boolean {
    return false
  }

  /** What was attempted, for the message of a failure. */
  inWords(): string {
    return `System request "${this.name}" to ${this.target.describe()}`
  }

  protected override exitOf(reason: ExitReason): Exit {
    return new Exit(reason, this.inWords())
  }
}
