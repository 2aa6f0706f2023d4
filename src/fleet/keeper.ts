/**
 * The process that keeps a fleet running: the supervisor of its workers.
 *
 * Invariant: every wanted key that is not parked runs, is being started or stopped, or has a timer
 * for its next try. One key never blocks another: workers start and stop side by side, and each key
 * has a budget of its own.
 */

import type { Shutdown } from '../core/child-spec.ts'
import { afterEnd, afterFailure, delayAfter, forgive, type KeepPolicy } from '../core/desired.ts'
import { type ExitReason, normal, shutdown } from '../core/exit.ts'
import { isRestarted } from '../core/supervision.ts'
import { end } from '../process/dying.ts'
import { Note } from '../process/envelope.ts'
import {
  type Behaviour,
  childrenOf,
  type InitResult,
  isRunning,
  type Process,
} from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { type Started, toStarted } from '../process/started.ts'
import { stopProcess } from '../process/stopping.ts'
import type { NameService } from '../registry/name-service.ts'
import type { Work } from '../supervisor/hold.ts'
import { failureOf, maxChildrenReached } from '../supervisor/started.ts'
import { Supervising } from '../supervisor/supervising.ts'
import { type DesiredSet, Row } from './desired-set.ts'
import { reportEnd, reportFailedStart, reportParked, reportReleased } from './fleet-reports.ts'
import { ReleaseOrder, StartOrder, StopOrder } from './orders.ts'
import { RowTimer } from './row-timer.ts'

/** Everything a keeper needs to know of its fleet. */
export interface FleetPlan {
  readonly name: string
  readonly server: Behaviour
  readonly names: NameService
  readonly desired: DesiredSet
  readonly policy: KeepPolicy
  readonly shutdownMs: Shutdown
  readonly startTimeoutMs: number | 'infinity'
  readonly maxChildren: number
}

/** Rows taken up in one message after a keeper was lost, so that others are served in between. */
const refillBatch = 256

/** One life of the supervisor of a fleet. */
export class Keeper extends Supervising {
  protected override readonly kind: string = 'fleet'
  readonly #plan: FleetPlan
  #backlog: Row[] = []
  /** It has been told to stop: what ends from now on ends because of that. */
  #ending = false

  constructor(plan: FleetPlan) {
    super(plan.name)
    this.#plan = plan
  }

  protected override begin(process: Process): InitResult {
    this.#plan.names.attach(process)
    this.#plan.desired.attach(process.node)
    this.#takeOver(process)
    return isRunning
  }

  protected override about(): object {
    const { restart, limits } = this.#plan.policy
    return { restart, ...limits, ...this.#plan.desired.counts() }
  }

  protected override resumeWork(process: Process, subject: unknown): void {
    if (subject instanceof Row) this.#tryAgain(process, subject)
    else this.#refill(process)
  }

  /** Takes up the workers that the last keeper left; the sooner it was lost, the later. */
  #takeOver(process: Process): void {
    const { desired, policy } = this.#plan
    const nowMs = process.node.timers.nowMs()
    const lifeMs = nowMs - desired.keeperSinceMs
    desired.shortLives = lifeMs < policy.limits.maxSeconds * 1000 ? desired.shortLives + 1 : 0
    desired.keeperSinceMs = nowMs
    for (const row of [...desired.rows()]) {
      row.process = undefined
      row.waiters = undefined
      row.retry = undefined
      // The end of the keeper was that of its workers, and a temporary one has but one life.
      const isOver = row.phase === 'stopping' || policy.restart === 'temporary'
      if (isOver) desired.remove(row)
      else if (row.phase !== 'parked') {
        row.phase = 'waiting'
        this.#backlog.push(row)
      }
    }
    if (this.#backlog.length === 0) return
    this.#backlog.reverse()
    const delayMs = delayAfter(desired.shortLives, policy.backOff)
    new RowTimer(process, new Note('own', 'refill', undefined)).start(delayMs)
  }

  #refill(process: Process): void {
    for (let count = 0; count < refillBatch; count += 1) {
      const row = this.#backlog.pop()
      if (row === undefined) return
      this.#tryAgain(process, row)
    }
    process.node.deliver(process, new Note('own', 'refill', undefined))
  }

  protected override answer(process: Process, request: Request): void {
    const order = request.payload
    if (order instanceof StartOrder) this.#start(process, request, order)
    else if (order instanceof StopOrder) this.#stop(process, request, order)
    else if (order instanceof ReleaseOrder) this.#release(process, request, order)
  }

  #start(process: Process, request: Request, order: StartOrder): void {
    const { desired, maxChildren } = this.#plan
    const known = desired.find(order.key)
    if (known === undefined) {
      if (desired.rowCount >= maxChildren) {
        request.answer(maxChildrenReached)
        return
      }
      const row = new Row(order.key, order.argument)
      desired.add(row)
      wait(row, request)
      this.#attempt(process, row)
      return
    }
    const present = known.process
    // Ended just now, its EXIT still on the way: nobody is handed a dead process.
    if (present !== undefined && !present.alive) {
      this.childEnded(process, present, present.exitReason ?? normal)
      this.#start(process, request, order)
      return
    }
    if (present !== undefined && known.phase === 'running') {
      request.answer(alreadyStarted(present))
      return
    }
    // A worker that asks for itself in its own init would wait for itself.
    if (known.phase === 'starting' && request.caller?.record === known) {
      request.fail({ kind: 'calling_self' })
      return
    }
    wait(known, request)
    if (known.phase !== 'waiting' && known.phase !== 'parked') return
    if (known.phase === 'parked') this.#unpark(process, known)
    known.argument = order.argument
    this.#attempt(process, known)
  }

  #attempt(process: Process, row: Row): void {
    row.phase = 'starting'
    row.retry?.cancel()
    row.retry = undefined
    const { names, server, startTimeoutMs } = this.#plan
    const leftover = names.holder(row.key)
    if (leftover?.record instanceof Row && leftover.parent !== process) {
      this.#attemptAfter(process, row, leftover)
      return
    }
    const outcome = spawn({
      node: process.node,
      parent: process,
      behaviour: server,
      argument: row.argument,
      name: names.via(row.key),
      startTimeoutMs,
      record: row,
    })
    if (outcome instanceof Promise) {
      outcome
        .then((settled) => this.#settled(process, row, settled))
        .catch((error) => process.node.fault(error))
    } else this.#settled(process, row, outcome)
  }

  /** A worker that traps exits outlives the keeper it had by its last words, and has the name. */
  #attemptAfter(process: Process, row: Row, leftover: Process): void {
    const proceed = (): void => {
      if (process.alive && !this.#ending && row.phase === 'starting') this.#attempt(process, row)
    }
    const stopping = stopProcess(leftover, this.#plan.shutdownMs)
    if (stopping instanceof Promise) {
      stopping.then(proceed).catch((error) => process.node.fault(error))
    } else proceed()
  }

  /** A start has come to its end, well or not. */
  #settled(process: Process, row: Row, outcome: StartOutcome): void {
    if (!process.alive || this.#ending || row.phase === 'stopping') return
    if (outcome.kind === 'started') {
      row.phase = 'running'
      row.process = outcome.process
      row.established = true
      row.failures = 0
    } else if (outcome.kind === 'ignored' || !row.established) this.#plan.desired.remove(row)
    else this.#failed(process, row, failureOf(outcome, this.label) ?? normal)
    this.#tellStarters(row, toStarted(outcome, this.label))
    // Ended since its init was over: its EXIT, if it came already, found the row still starting.
    if (outcome.kind === 'started' && !outcome.process.alive) {
      this.childEnded(process, outcome.process, outcome.process.exitReason ?? normal)
    }
  }

  #failed(process: Process, row: Row, reason: ExitReason): void {
    row.lastReason = reason
    reportFailedStart(process, this.#plan, row)
    const decision = afterFailure(row, process.node.timers.nowMs(), this.#plan.policy)
    if (decision.kind === 'park') this.#park(process, row, reason)
    else {
      row.phase = 'waiting'
      const retry = new RowTimer(process, new Note('own', 'try', row))
      row.retry = retry
      retry.start(decision.delayMs)
    }
  }

  #tryAgain(process: Process, row: Row): void {
    const isWanted = this.#plan.desired.find(row.key) === row
    if (isWanted && row.phase === 'waiting') this.#attempt(process, row)
  }

  protected override childEnded(
    process: Process,
    worker: Process | undefined,
    reason: ExitReason,
  ): void {
    const row = worker?.record
    if (worker === undefined || !(row instanceof Row)) return
    if (row.process !== worker || row.phase !== 'running') return
    const { desired, policy } = this.#plan
    row.process = undefined
    row.lastReason = reason
    if (isRestarted(policy.restart, reason)) reportEnd(process, this.#plan, worker)
    const nowMs = process.node.timers.nowMs()
    switch (afterEnd(row, { reason, nowMs }, policy)) {
      case 'forget':
        desired.remove(row)
        return
      case 'restart':
        this.#attempt(process, row)
        return
      case 'park':
        this.#park(process, row, reason)
    }
  }

  #park(process: Process, row: Row, reason: ExitReason): void {
    row.phase = 'parked'
    reportParked(process, row, reason)
  }

  #unpark(process: Process, row: Row): void {
    forgive(row)
    reportReleased(process, row)
  }

  #release(process: Process, request: Request, order: ReleaseOrder): void {
    const row = this.#plan.desired.find(order.key)
    if (row?.phase === 'parked') {
      this.#unpark(process, row)
      this.#attempt(process, row)
      request.answer(true)
    } else request.answer(false)
  }

  #stop(process: Process, request: Request, order: StopOrder): void {
    const { desired, names, shutdownMs } = this.#plan
    const row = desired.find(order.key)
    if (row === undefined) {
      request.answer(false)
      return
    }
    if (row.phase === 'waiting' || row.phase === 'parked') {
      row.retry?.cancel()
      desired.remove(row)
      request.answer(true)
      return
    }
    if (row.phase === 'stopping') {
      wait(row, request)
      return
    }
    const starters = takeWaiters(row)
    wait(row, request)
    row.phase = 'stopping'
    const worker = row.process ?? names.holder(row.key)
    row.process = undefined
    const stopped = (reason: ExitReason): void => {
      const cancelled = toStarted({ kind: 'failed', reason }, this.label)
      for (const starter of starters) starter.answer(cancelled)
      this.#stopped(process, row)
    }
    const stopping = worker === undefined ? normal : stopProcess(worker, shutdownMs, order.reason)
    if (stopping instanceof Promise) {
      stopping.then(stopped).catch((error) => process.node.fault(error))
    } else stopped(stopping)
  }

  /** A worker is gone for good; whoever asked for a new one meanwhile gets it, in their order. */
  #stopped(process: Process, row: Row): void {
    if (!process.alive) return
    this.#plan.desired.remove(row)
    let startsAgain = false
    for (const request of takeWaiters(row)) {
      startsAgain ||= request.payload instanceof StartOrder
      if (!startsAgain) request.answer(true)
      // Else the end of the keeper, which is near, answers it.
      else if (!this.#ending) this.answer(process, request)
    }
  }

  #tellStarters(row: Row, started: Started): void {
    let answer = started
    for (const request of takeWaiters(row)) {
      request.answer(answer)
      // The first one started it, whoever came after finds it there.
      if (row.process !== undefined) answer = alreadyStarted(row.process)
    }
  }

  protected override shutDown(process: Process, reason: ExitReason): Work<void> {
    this.#ending = true
    const stopping = childrenOf(process).map((worker) => {
      return stopProcess(worker, this.#plan.shutdownMs, shutdown)
    })
    const waiting = stopping.filter((work) => work instanceof Promise)
    if (waiting.length === 0) return end(process, reason)
    return Promise.all(waiting).then(() => end(process, reason))
  }
}

function alreadyStarted(process: Process): Started {
  return { ok: false, reason: { kind: 'already_started', pid: process.pid } }
}

/** Lets a request wait for the end of the row's phase; the keeper's end settles it as well. */
function wait(row: Row, request: Request): void {
  row.waiters ??= []
  row.waiters.push(request)
  const { extras } = request.target
  extras.deferred ??= new Set()
  extras.deferred.add(request)
}

function takeWaiters(row: Row): readonly Request[] {
  const waiters = row.waiters ?? []
  row.waiters = undefined
  return waiters
}
