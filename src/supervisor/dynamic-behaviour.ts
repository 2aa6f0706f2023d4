/**
 * Children on demand: started one by one as asked, stopped all at once.
 *
 * Invariant: `count` is the number of children that run or are being restarted, and never exceeds
 * the limit. Source: Elixir `DynamicSupervisor`.
 */
import type { Life } from '../core/child-spec.ts'
import type { ExitReason } from '../core/exit.ts'
import { type RestartLimits, type RestartTimes, recordRestart } from '../core/restart-window.ts'
import { isRestarted } from '../core/supervision.ts'
import { end } from '../process/dying.ts'
import { Note } from '../process/envelope.ts'
import { LocalPid } from '../process/local-pid.ts'
import { childrenOf, type InitResult, isRunning, type Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { toStarted } from '../process/started.ts'
import {
  type ChildInfo,
  ChildRecord,
  giveUp,
  keepSpec,
  recordOf,
  report,
  reportEnd,
  showChild,
  showRecord,
  stopChild,
  stopUnrecorded,
} from './child-record.ts'
import { andThen, hold, letOthersRun, type Work } from './hold.ts'
import { failureOf, maxChildrenReached } from './started.ts'
import { Supervising } from './supervising.ts'

/** The limits of a dynamic supervisor. */
export interface DynamicPolicy {
  readonly maxChildren: number
  readonly limits: RestartLimits
}

/** One running dynamic supervisor. */
export class DynamicBehaviour extends Supervising {
  protected override readonly kind: string = 'dynamicSupervisor'
  readonly #policyOf: () => Work<DynamicPolicy | undefined>
  #policy: DynamicPolicy = { maxChildren: 0, limits: { maxRestarts: 0, maxSeconds: 1 } }
  /** Those whose restart has failed and will be tried again, each with its last process. */
  readonly #restarting = new Map<ChildRecord, Process>()
  /** The one that is being started again just now: nearly always in one step, so in no table. */
  #returning: ChildRecord | undefined = undefined
  restarts: RestartTimes | undefined = undefined
  #count = 0

  /** @param policyOf the limits of this life; undefined: it chooses not to start */
  constructor(label: string, policyOf: () => Work<DynamicPolicy | undefined>) {
    super(label)
    this.#policyOf = policyOf
  }

  protected override begin(): Work<InitResult> {
    return andThen(this.#policyOf(), (policy): InitResult => {
      if (policy === undefined) return { kind: 'ignored' }
      this.#policy = policy
      return isRunning
    })
  }

  protected override resumeWork(process: Process, record: unknown): void {
    const last = record instanceof ChildRecord ? this.#restarting.get(record) : undefined
    if (record instanceof ChildRecord && last !== undefined) this.#restart(process, record, last)
  }

  protected override about(): object {
    const { maxChildren, limits } = this.#policy
    return { maxChildren, ...limits }
  }

  override list(): readonly ChildInfo[] {
    const children = this.process === undefined ? [] : childrenOf(this.process)
    const infos = children.map(showChild).filter((info) => info !== undefined)
    const returning = new Set(this.#restarting.keys())
    if (this.#returning !== undefined) returning.add(this.#returning)
    for (const record of returning) infos.push(showRecord(record, undefined))
    return infos
  }

  protected override answer(process: Process, request: Request): void {
    hold(process, this.#carryOut(process, request))
  }

  #carryOut(process: Process, request: Request): Work<void> {
    if (request.name === 'terminate_child') {
      return andThen(this.#terminate(process, request.payload), (found) => {
        request.answer(found)
      })
    }
    const spec = Startable.check('start a child', request.payload)
    if (this.#count >= this.#policy.maxChildren) {
      request.answer(maxChildrenReached)
      return undefined
    }
    this.#count += 1
    // It is known as a child once it runs: until then, and if it never does, there is no record.
    return andThen(spec[launch](process, undefined), (outcome) => {
      if (outcome.kind === 'started') keepSpec(outcome.process, spec)
      else this.#count -= 1
      request.answer(toStarted(outcome, spec.id))
    })
  }

  #terminate(process: Process, pid: unknown): Work<boolean> {
    const target = typeof pid === 'object' && pid !== null ? LocalPid.processOf(pid) : undefined
    const record = target?.parent === process ? this.#recordAt(target) : undefined
    if (record === undefined) return false
    this.#count -= 1
    this.#restarting.delete(record)
    return andThen(stopChild(process, record, isExpectedStop), () => true)
  }

  /** The child that a process is, or was the last one of if that is being restarted. */
  #recordAt(target: Process): ChildRecord | undefined {
    const { record } = target
    const isBetween = record instanceof ChildRecord && this.#restarting.get(record) === target
    return isBetween ? record : recordOf(target)
  }

  protected override childEnded(
    process: Process,
    child: Process | undefined,
    reason: ExitReason,
  ): void {
    const record = recordOf(child)
    if (child === undefined || record === undefined) return
    record.process = undefined
    reportEnd(process, record, { reason, pid: child.pid })
    if (!isRestarted(record.restart, reason)) {
      this.#count -= 1
      return
    }
    record.lastReason = reason
    this.#restart(process, record, child)
  }

  /** @param last the process that the child had last */
  #restart(process: Process, record: ChildRecord, last: Process): void {
    const nowMs = process.node.timers.nowMs()
    if (recordRestart(this, nowMs, this.#policy.limits) === 'exceeded') {
      const cause = { record, reason: record.lastReason }
      hold(process, this.shutDown(process, giveUp(process, cause)))
      return
    }
    record.restarting = true
    // Listed while its init runs, too: it has a place among the children all the time.
    this.#returning = record
    const starting = record.launch(process)
    if (starting instanceof Promise) this.#awaitRestart(process, last, { record, starting })
    else hold(process, this.#restarted(process, last, { record, outcome: starting }))
  }

  /** Apart from `#restart`, which would make room for this closure at every restart. */
  #awaitRestart(process: Process, last: Process, { record, starting }: Starting): void {
    const work = starting.then((outcome) => this.#restarted(process, last, { record, outcome }))
    hold(process, work)
  }

  #restarted(process: Process, last: Process, { record, outcome }: Restarted): Work<void> {
    this.#returning = undefined
    const reason = failureOf(outcome, record.life.id)
    if (reason !== undefined) {
      report(process, record.life, { context: 'start_error', reason, pid: undefined })
      record.lastReason = reason
      this.#restarting.set(record, last)
      process.node.deliver(process, new Note('own', 'retry', record))
      return letOthersRun(process)
    }
    record.restarting = false
    if (this.#restarting.size > 0) this.#restarting.delete(record)
    if (outcome.kind === 'started') record.fold()
    else this.#count -= 1
  }

  protected override shutDown(process: Process, reason: ExitReason): Work<void> {
    this.#restarting.clear()
    const waiting: Promise<unknown>[] = []
    for (const child of childrenOf(process)) {
      const work = stopUnrecorded(process, child, isExpectedStop)
      if (work instanceof Promise) waiting.push(work)
    }
    if (waiting.length === 0) return end(process, reason)
    return Promise.all(waiting).then(() => end(process, reason))
  }
}

/** A child whose start has to be waited for. */
interface Starting {
  readonly record: ChildRecord
  readonly starting: Promise<StartOutcome>
}

/** A child, and what its start came to. */
interface Restarted {
  readonly record: ChildRecord
  readonly outcome: StartOutcome
}

/** Elixir's rule: a permanent child may put a detail to its `shutdown`, but not leave as usual. */
function isExpectedStop({ shutdownMs, restart }: Life, { kind }: ExitReason): boolean {
  if (shutdownMs === 'kill') return kind === 'killed'
  return kind === 'shutdown' || (kind === 'normal' && restart !== 'permanent')
}
