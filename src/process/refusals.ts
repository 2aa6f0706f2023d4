/**
 * Answers to what is refused at once, so that asking again and again starves nobody.
 *
 * Why: whoever is refused may ask again in the very reaction to it, until the worker is back for
 * instance, and a row of reactions never lets the event loop come round: no socket, no timer, and
 * not even the worker, if its restart waits for the next turn.
 *
 * Invariant: between two visits of the event loop so many are answered at most; the others are
 * answered at the next, in the order in which they were refused, or when the node ends. A node that
 * has ended goes on like that, for code that it left behind or that does not know yet.
 */
import type { Exit, ExitReason } from '../core/exit.ts'
import { unheard } from './attribution.ts'
import type { Host } from './host.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Request, RequestKind } from './request.ts'
import type { Scheduler } from './scheduler.ts'

const refusalsPerTurn = 64

/** The refusals of one node. */
export class Refusals {
  readonly #scheduler: Pick<Scheduler, 'openTurn'>
  readonly #host: Host
  /** Since the last visit. */
  #given = 0
  #held: (() => void)[] = []
  #isOver = false

  constructor(scheduler: Pick<Scheduler, 'openTurn'>, host: Host) {
    this.#scheduler = scheduler
    this.#host = host
  }

  /** Gives an answer now, or in the next turn. */
  answer(give: () => void): void {
    if (this.#mayAnswer()) give()
    else this.#hold(give)
  }

  /** Lets a request fail that was not even posted. */
  fail(request: Request<RequestKind>, reason: ExitReason): void {
    if (this.#mayAnswer()) request.fail(reason)
    else this.#hold(() => request.failLater(reason))
  }

  /** Lets a request fail for which its receiver has no room, and tells of that. */
  overflow(request: Request<RequestKind>): void {
    const { target, kind } = request
    target.node.reports.overload(target, kind)
    this.fail(request, { kind: 'overload', mailboxSize: target.size })
  }

  /** The event loop has come round. */
  endTurn(): void {
    this.#given = 0
    if (this.#held.length === 0) return
    const held = this.#held
    this.#held = []
    for (const give of held) give()
  }

  /** The node has ended, and with it the turns of its scheduler. */
  close(): void {
    this.#isOver = true
    this.endTurn()
  }

  #mayAnswer(): boolean {
    if (this.#given >= refusalsPerTurn) return false
    this.#given += 1
    return true
  }

  #hold(give: () => void): void {
    const isFirst = this.#held.push(give) === 1
    if (!isFirst) return
    if (this.#isOver) this.#openTurnAfterEnd()
    else this.#scheduler.openTurn()
  }

  #openTurnAfterEnd(): void {
    const { scheduler } = this.#host
    const endTurn = (): void => this.endTurn()
    if (scheduler.yieldAfterEnd === undefined) scheduler.yieldThen(endTurn)
    else scheduler.yieldAfterEnd(endTurn)
  }
}

/**
 * A promise that is rejected because something was refused.
 *
 * @param node whose event loop it is about; undefined: it is not known
 */
export function refused(node: NodeRuntime | undefined, exit: Exit): Promise<never> {
  const answer = new Promise<never>((_resolve, reject) => {
    answerBy(node, () => reject(exit))
  })
  return unheard(answer)
}

/** As `refused`, for whoever wants the exit as a value. */
export function refusedAs<T>(node: NodeRuntime | undefined, outcome: T): Promise<T> {
  return new Promise((resolve) => {
    answerBy(node, () => resolve(outcome))
  })
}

function answerBy(node: NodeRuntime | undefined, give: () => void): void {
  if (node === undefined) give()
  else node.refusals.answer(give)
}
