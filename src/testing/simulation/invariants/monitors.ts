/**
 * I14: monitors and links.
 *
 * Invariant: a monitor is known here until its report was delivered, it was taken back, or its
 * watcher ended.
 */
import type { ExitReason } from '../../../core/exit.ts'
import type { InvariantChecker } from '../invariant.ts'
import type { DownNotice, ProcessReference, SimulationEvent } from '../simulation-event.ts'
import { isOrdinary } from './order.ts'
import { declare, Groups, violated } from './violated.ts'
import { Waiting } from './waiting.ts'

/**
 * I14: each monitor yields exactly one DOWN, with the true reason, and none once it was taken back;
 * links hold in both directions; nothing that a process sent arrives after the DOWN of it.
 *
 * Source: Erlang reference manual, "Processes", monitors and links.
 */
export const endsAreToldOnce = declare('I14', 'ends are told once, and truly', () => new Ties())

interface KnownMonitor {
  readonly target: ProcessReference | undefined
  state: 'open' | 'reported'
}

type Sent = Extract<SimulationEvent, { kind: 'message_sent' }>
type Began = Extract<SimulationEvent, { kind: 'handler_began' }>

class Ties implements InvariantChecker {
  /** By watcher and number. */
  readonly #monitors = new Groups<number, KnownMonitor>()
  /** By target: watchers of monitors that have not reported, with how many. */
  readonly #watchers = new Groups<ProcessReference, number>()
  readonly #links = new Groups<ProcessReference, true>()
  readonly #waiting = new Waiting(isOrdinary)
  /** Those whose end is going on, and why they end. */
  readonly #ending = new Map<ProcessReference, ExitReason>()
  /** Who must hear of the end of whom in the present step, or end by it. */
  readonly #owed = new Groups<ProcessReference, true>()

  on(event: SimulationEvent): void {
    switch (event.kind) {
      case 'monitor_made':
        this.#monitors.set(event.watcher, event.monitor, { target: event.target, state: 'open' })
        if (event.target !== undefined) this.#count(event.target, event.watcher, 1)
        return
      case 'monitor_removed':
        this.#removed(event)
        return
      case 'link_made':
        this.#links.set(event.one, event.other, true)
        this.#links.set(event.other, event.one, true)
        return
      case 'link_removed':
        this.#links.delete(event.one, event.other)
        this.#links.delete(event.other, event.one)
        return
      case 'process_ended':
        this.#ended(event.process, event)
        return
      case 'process_gone':
        this.#gone(event.process)
        break
      case 'message_sent':
        this.#sent(event)
        break
      case 'handler_began':
        this.#began(event)
    }
    this.#waiting.on(event)
  }

  #removed({ watcher, monitor, flush }: Extract<SimulationEvent, { kind: 'monitor_removed' }>) {
    const known = this.#monitors.get(watcher, monitor)
    if (known === undefined) return
    if (known.state === 'open' && known.target !== undefined) {
      this.#count(known.target, watcher, -1)
    }
    // A report that is in the mailbox stays there unless it is flushed.
    if (known.state === 'open' || flush) this.#monitors.delete(watcher, monitor)
  }

  #ended(process: ProcessReference, { reason, wasStarting }: EndOf): void {
    this.#ending.set(process, reason)
    this.#owed.drop(process)
    for (const { target } of [...(this.#monitors.of(process)?.values() ?? [])]) {
      if (target !== undefined) this.#watchers.delete(target, process)
    }
    this.#monitors.drop(process)
    const spreads = reason.kind !== 'normal' && !wasStarting
    for (const other of this.#links.of(process)?.keys() ?? []) {
      this.#links.delete(other, process)
      if (spreads) this.#owed.set(other, process, true)
    }
    this.#links.drop(process)
  }

  #gone(process: ProcessReference): void {
    this.#ending.delete(process)
    for (const watcher of this.#watchers.of(process)?.keys() ?? []) {
      violated(`${process} has ended and ${watcher}, which monitors it, got no DOWN`)
    }
  }

  #sent({ to, from, messageKind, down }: Sent): void {
    if (messageKind === 'exit' && from !== undefined) this.#owed.delete(to, from)
    if (down === undefined) return
    const known = this.#monitors.get(to, down.monitor)
    if (known?.state !== 'open') {
      violated(`${to} gets a DOWN of monitor ${down.monitor}, which ${stateText(known)}`)
    }
    known.state = 'reported'
    this.#checkReason(to, known, down)
    if (known.target !== undefined) this.#count(known.target, to, -1)
  }

  #checkReason(watcher: ProcessReference, { target }: KnownMonitor, down: DownNotice): void {
    const { reason, process } = down
    if (target === undefined) {
      if (reason.kind === 'noproc' || reason.kind === 'nodedown') return
      violated(`${watcher} monitors nobody and hears of a ${reason.kind}`)
    }
    const truth = this.#ending.get(target)
    if (truth === undefined) violated(`${watcher} gets a DOWN of ${target}, which has not ended`)
    if (process !== target) violated(`${watcher} gets a DOWN of ${target} that names ${process}`)
    if (truth.kind === reason.kind && errorOf(truth) === errorOf(reason)) return
    violated(`${watcher} hears that ${target} ended of ${reason.kind}, but it was ${truth.kind}`)
  }

  #began({ to, message, down }: Began): void {
    for (const other of this.#owed.names()) {
      for (const process of this.#owed.of(other)?.keys() ?? []) {
        violated(`${process} has ended, and ${other}, which is linked to it, does not notice`)
      }
    }
    if (down === undefined) return
    const known = this.#monitors.get(to, down.monitor)
    if (known?.state !== 'reported') {
      violated(`${to} handles a DOWN of monitor ${down.monitor}, which ${stateText(known)}`)
    }
    this.#monitors.delete(to, down.monitor)
    if (down.process === undefined) return
    for (const [earlier, sender] of this.#waiting.of(to) ?? []) {
      if (earlier >= message) break
      if (sender === down.process) {
        violated(`${to} handles the DOWN of ${sender} before #${earlier}, which that sent earlier`)
      }
    }
  }

  #count(target: ProcessReference, watcher: ProcessReference, by: number): void {
    const count = (this.#watchers.get(target, watcher) ?? 0) + by
    if (count > 0) this.#watchers.set(target, watcher, count)
    else this.#watchers.delete(target, watcher)
  }
}

interface EndOf {
  readonly reason: ExitReason
  readonly wasStarting: boolean
}

function errorOf(reason: ExitReason): unknown {
  return reason.kind === 'crash' ? reason.error : undefined
}

function stateText(known: KnownMonitor | undefined): string {
  return known === undefined ? 'it does not have, or not any more' : 'has reported before'
}
