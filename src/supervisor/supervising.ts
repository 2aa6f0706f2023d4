/**
 * What every process has in common that stands above others: it traps exits, takes requests, hears
 * of the ends of its children, and stops when its parent says so.
 *
 * Invariant: the exit signal of the parent always ends it, whatever its reason; those of strangers
 * never do. Source: OTP `supervisor`.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Message } from '../process/envelope.ts'
import { LocalPid } from '../process/local-pid.ts'
import { type Behaviour, childrenOf, type InitResult, type Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { type ChildCounts, type ChildInfo, countInfos } from './child-record.ts'
import { hold, type Work } from './hold.ts'

const nothing: ReadonlySet<string> = new Set()

/** The base of supervisors, fleets and anchors. */
export abstract class Supervising implements Behaviour {
  readonly label: string
  /** Requests to a supervisor wait while a child starts or stops, so there may be many. */
  readonly maxMailboxSize = 2 ** 24
  /** Requests come from handles alone: a user who calls one by hand is refused. */
  readonly calls = nothing
  readonly casts = nothing
  process: Process | undefined = undefined

  constructor(label: string) {
    this.label = label
  }

  init(process: Process): Work<InitResult> {
    this.process = process
    process.trapping = true
    return this.begin(process)
  }

  terminate(process: Process, reason: ExitReason): void {
    hold(process, this.shutDown(process, reason))
  }

  receive(process: Process, envelope: Message): void {
    if (envelope.kind === 'call') this.answer(process, envelope)
    else if (envelope.kind === 'own') this.resumeWork(process, envelope.payload)
    else if (envelope.kind === 'exit' && envelope.signal !== undefined) {
      const { from, reason } = envelope.signal
      const child = LocalPid.processOf(from)
      if (from === process.parent?.pid) hold(process, this.shutDown(process, reason))
      // Anybody may send an exit signal by hand: only a child that is dead has ended.
      else if (child?.parent === process && !child.alive) {
        this.childEnded(process, child, child.exitReason ?? reason)
      } else process.node.reports.unhandled(process, 'exit')
    } else if (envelope.kind === 'info') process.node.reports.unhandled(process, 'info')
  }

  /** Whom it stands above now: those that live, if it keeps no better account of them. */
  list(): readonly ChildInfo[] {
    return this.process === undefined ? [] : childrenOf(this.process).map(showProcess)
  }

  /** How many those are, by kind and state. */
  count(): ChildCounts {
    return countInfos(this.list())
  }

  /** For operators: what it is, how it does its work, and how many it stands above. */
  describe(): unknown {
    return { kind: this.kind, name: this.label, ...this.about(), children: this.count() }
  }

  /** What it is, in the word of the function that makes it. */
  protected readonly kind: string = 'supervisor'

  /** What else there is to know of it, as plain data. */
  protected about(): object {
    return {}
  }

  /** Starts what it stands above. */
  protected abstract begin(process: Process): Work<InitResult>

  /** Ends itself, after all that it stands above. */
  protected abstract shutDown(process: Process, reason: ExitReason): Work<void>

  /** A child has ended. */
  protected childEnded(_process: Process, _child: Process | undefined, _reason: ExitReason): void {
    // Whoever starts nobody has no children.
  }

  /** A handle asks for something. */
  protected answer(_process: Process, _request: Request): void {
    // Whoever has no such handle is asked nothing.
  }

  /** A note it left for itself has come round. */
  protected resumeWork(_process: Process, _subject: unknown): void {
    // Whoever leaves no notes finds none.
  }
}

function showProcess({ pid, behaviour }: Process): ChildInfo {
  const type = behaviour instanceof Supervising ? 'supervisor' : 'worker'
  return { id: undefined, pid, type, label: behaviour.label }
}
