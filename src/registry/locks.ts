/**
 * Locks of a registry: work done by one caller at a time.
 *
 * Invariant: a lock is given back when its work has settled, or in the step in which its owner
 * ends; whoever has stopped waiting, for whatever reason, never gets it later. Source: Elixir
 * `Registry.lock/3`, where a request whose caller is gone may still be handed the lock.
 */

import { argumentError } from '../core/argument-error.ts'
import { noTimeMs } from '../core/deadlines.ts'
import { Exit, type ExitReason } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import { type Key, showKey } from '../core/key.ts'
import { LockQueues } from '../core/lock-queue.ts'
import { onAbort } from '../process/abort-signal.ts'
import { unheard } from '../process/attribution.ts'
import { isWithin, type Mark, runMarked } from '../process/current.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { Lease, Process } from '../process/process.ts'
import { refused } from '../process/refusals.ts'
import type { Expiring } from '../process/timers.ts'

/** What is asked for, checked. */
export interface LockPlan {
  readonly key: Key
  readonly timeoutMs: number | 'infinity'
  readonly signal: AbortSignal | undefined
  /** With whose end the lock is given back. */
  readonly owner: Process | undefined
}

/** The locks of one registry. */
export class Locks implements Holding {
  readonly #registry: string
  readonly #maxLocks: number
  readonly #queues = new LockQueues<LockRequest>()
  /** Called when nobody holds a lock or waits for one any more. */
  onEmpty: () => void = ignore
  #node: NodeRuntime | undefined = undefined

  /** @param maxLocks how many may hold or wait at once */
  constructor(registry: string, maxLocks: number) {
    this.#registry = registry
    this.#maxLocks = maxLocks
  }

  /** How many hold a lock or wait for one. */
  get rowCount(): number {
    return this.#queues.size
  }

  /**
   * Runs `work` once the lock is free; not before this returns.
   *
   * @returns what the work gives, or an Exit if it is not run
   * @throws ArgumentError FLOTILLA_LIMIT, FLOTILLA_INVALID_OPTION for a signal that is none
   */
  run<T>(node: NodeRuntime, plan: LockPlan, work: () => T): Promise<Awaited<T>> {
    const refusal = this.#refusalOf(plan)
    if (refusal !== undefined) {
      return refused(node, new Exit(refusal, this.#what('Lock', plan.key)))
    }
    if (this.#queues.size >= this.#maxLocks) throw this.#full(plan.key)
    const request = new LockRequest(plan, {
      timers: node.timers,
      attempted: this.#what('Lock', plan.key),
      leave: (gone) => this.#leave(gone),
    })
    const result = request.begin(work)
    this.#hold(node)
    if (this.#queues.join(plan.key, request)) request.grant()
    else request.wait()
    return result
  }

  /** The node has ended: nobody gets a lock any more. */
  release(): void {
    const reason: ExitReason = { kind: 'nodedown', node: this.#node?.name ?? '' }
    for (const request of this.#queues.subjects()) request.ownerEnded(reason)
  }

  #refusalOf({ key, owner, signal }: LockPlan): ExitReason | undefined {
    if (owner?.exitReason !== undefined) return owner.exitReason
    if (signal?.aborted) return { kind: 'aborted', error: signal.reason }
    const holder = this.#queues.holder(key)
    if (holder === undefined || !isWithin(holder)) return undefined
    // It would wait for the very work that it is a part of.
    const lock = this.#what('lock', key)
    return { kind: 'calling_self', cycle: [lock, lock] }
  }

  #full(key: Key): Error {
    return argumentError('limit', {
      attempted: `take the ${this.#what('lock', key)}`,
      problem: `${this.#queues.size} hold or wait for locks of this registry, as many as may`,
      fix: 'ask for fewer at once, or raise its maxLocks',
    })
  }

  #leave(request: LockRequest): void {
    this.#queues.leave(request)?.grant()
    if (this.#queues.size > 0 || this.#node === undefined) return
    this.#node.holdings.delete(this.#label)
    this.#node = undefined
    this.onEmpty()
  }

  /** While there are locks they are rows of the node, so that a leak would show. */
  #hold(node: NodeRuntime): void {
    this.#node = node
    node.holdings.set(this.#label, this)
  }

  get #label(): string {
    return `locks of ${this.#registry}`
  }

  #what(word: string, key: Key): string {
    return `${word} ${showKey(key)} of ${this.#registry}`
  }
}

interface Desk {
  readonly timers: NodeRuntime['timers']
  readonly attempted: string
  leave(request: LockRequest): void
}

/** One request for a lock, until its work is over. */
class LockRequest implements Expiring, Lease, Mark {
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  /** Whether it neither holds the lock nor waits for it any more. */
  isOver = false
  readonly #plan: LockPlan
  readonly #desk: Desk
  readonly #granted: Promise<void>
  #grant: () => void = ignore
  #refuse: (exit: Exit) => void = ignore
  #stopListening: () => void = ignore
  /** Why the work is not to be run. */
  #exit: Exit | undefined = undefined
  #result: Promise<unknown> | undefined = undefined

  constructor(plan: LockPlan, desk: Desk) {
    this.#plan = plan
    this.#desk = desk
    this.#granted = new Promise((resolve, reject) => {
      this.#grant = resolve
      this.#refuse = reject
    })
    const { signal } = plan
    if (signal === undefined) return
    this.#stopListening = onAbort('take a lock', signal, () => {
      this.#giveUp({ kind: 'aborted', error: signal.reason })
    })
  }

  /** What will come of it. The work belongs to who asks for the lock, not to who gives it back. */
  begin<T>(work: () => T): Promise<Awaited<T>> {
    const { owner } = this.#plan
    if (owner !== undefined) {
      owner.extras.leases ??= new Set()
      owner.extras.leases.add(this)
    }
    const result = this.#granted.then(() => this.#perform(work))
    this.#result = result
    return result
  }

  /** It has the lock from now on; its work begins when the present code is done. */
  grant(): void {
    this.#stopWaiting()
    this.#grant()
  }

  /** Somebody else has the lock. */
  wait(): void {
    const { timeoutMs } = this.#plan
    if (timeoutMs !== 'infinity') this.#desk.timers.schedule(this, timeoutMs)
  }

  expire(): void {
    const { timeoutMs } = this.#plan
    if (timeoutMs !== 'infinity') this.#giveUp({ kind: 'timeout', afterMs: timeoutMs })
  }

  ownerEnded(reason: ExitReason): void {
    this.#giveUp(reason)
  }

  async #perform<T>(work: () => T): Promise<Awaited<T>> {
    // Its owner may have ended between the grant and now.
    if (this.#exit !== undefined) throw this.#exit
    this.#result = undefined
    try {
      return await runMarked(this, work)
    } finally {
      this.#leave()
    }
  }

  #giveUp(reason: ExitReason): void {
    this.#exit = new Exit(reason, this.#desk.attempted)
    // Nobody has to look at a refusal; what the work itself throws is not hidden.
    if (this.#result !== undefined) unheard(this.#result)
    this.#leave()
    this.#refuse(this.#exit)
  }

  #leave(): void {
    this.isOver = true
    this.#stopWaiting()
    this.#plan.owner?.extrasIfAny?.leases?.delete(this)
    this.#desk.leave(this)
  }

  #stopWaiting(): void {
    this.#desk.timers.cancel(this)
    this.#stopListening()
    this.#stopListening = ignore
  }
}
