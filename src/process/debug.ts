/**
 * The debug facilities of one process: statistics, a log of its last events, and hooks.
 *
 * Invariant: events reach them in the order in which things happen, each before the process goes
 * on. What a hook itself does is no event, and whatever becomes of a hook, the process and the
 * other hooks go on: one that throws, or says that it is done, is taken out and reported.
 * Source: OTP `sys`, `handle_debug/4`.
 */
import { normal } from '../core/exit.ts'
import { LastItems } from '../core/last-items.ts'
import { runAs } from './current.ts'
import type { Message, NoteKind } from './envelope.ts'
import type { Process } from './process.ts'
import type { SystemEvent, SystemEventContent } from './system-event.ts'

/** Counts since statistics were switched on. */
export interface DebugCounts {
  /** Milliseconds since 1970: when they were switched on. */
  readonly startWallMs: number
  messagesIn: number
  messagesOut: number
  turns: number
}

/** A hook; `'done'` takes it out. */
export type Hear = (event: SystemEvent) => unknown

/** So many hooks one process may have. */
export const hooksMax = 64

/** What is switched on for one process. */
export class Debug {
  counts: DebugCounts | undefined = undefined
  log: LastItems<SystemEvent> | undefined = undefined
  readonly #process: Process
  /** By id; what has none, a trace, is its own. */
  readonly #hooks = new Map<unknown, Hear>()
  #telling = false

  constructor(process: Process) {
    this.#process = process
  }

  get hookCount(): number {
    return this.#hooks.size
  }

  /** The ids of the hooks that have one. */
  get hookIds(): string[] {
    return [...this.#hooks.keys()].filter((id) => typeof id === 'string')
  }

  get isIdle(): boolean {
    return this.counts === undefined && this.log === undefined && this.#hooks.size === 0
  }

  has(id: unknown): boolean {
    return this.#hooks.has(id)
  }

  install(id: unknown, hear: Hear): void {
    this.#hooks.set(id, hear)
  }

  /** Takes a hook out; whether it was there. */
  remove(id: unknown): boolean {
    const wasThere = this.#hooks.delete(id)
    this.dropIfIdle()
    return wasThere
  }

  /** Counts from now on, from nothing; if it does so already, it goes on. */
  startCounting(): void {
    const startWallMs = this.#process.node.host.clock.wallMs()
    this.counts ??= { startWallMs, messagesIn: 0, messagesOut: 0, turns: 0 }
  }

  /** Keeps the last events; if it does so already, the newest of them stay. */
  startLog(maxEvents: number): void {
    if (this.log === undefined) this.log = new LastItems(maxEvents)
    else this.log.resize(maxEvents)
  }

  stopCounting(): void {
    this.counts = undefined
    this.dropIfIdle()
  }

  stopLog(): void {
    this.log = undefined
    this.dropIfIdle()
  }

  /** Everything is switched off. */
  clear(): void {
    this.counts = undefined
    this.log = undefined
    this.#hooks.clear()
    this.dropIfIdle()
  }

  /** Goes, if nothing is switched on. */
  dropIfIdle(): void {
    const { oversight } = this.#process
    if (!this.isIdle || oversight?.debug !== this) return
    oversight.debug = undefined
    oversight.dropIfIdle()
  }

  messageIn(envelope: Message): void {
    const message = wordOf(envelope.kind)
    const isNamed = message === 'call' || message === 'cast' || message === 'continue'
    this.emit({
      kind: 'in',
      message,
      name: isNamed ? envelope.name : undefined,
      payload: this.#payloadOf(envelope),
      from: envelope.kind === 'call' ? envelope.caller?.pid : undefined,
    })
  }

  /** The process is over: hooks hear of it as the last thing. */
  ended(): void {
    this.#telling = false
    this.emit({ kind: 'ended', reason: this.#process.exitReason ?? normal })
    this.#hooks.clear()
  }

  emit(content: SystemEventContent): void {
    if (this.#telling) return
    const { pid, behaviour, node } = this.#process
    const head = { pid, label: behaviour.label, wallMs: node.host.clock.wallMs() }
    const event: SystemEvent = Object.freeze({ ...head, ...content })
    this.#count(event)
    this.log?.add(event)
    for (const [id, hear] of [...this.#hooks]) {
      // Another hook may have ended the process, which was the last event, or removed this one.
      if (this.#hooks.get(id) === hear) this.#tell(id, hear, event)
    }
  }

  #count(event: SystemEvent): void {
    const { counts } = this
    if (counts === undefined) return
    if (event.kind === 'out') counts.messagesOut += 1
    if (event.kind !== 'in') return
    counts.turns += 1
    const isSent = event.message === 'call' || event.message === 'cast' || event.message === 'info'
    if (isSent) counts.messagesIn += 1
  }

  #tell(id: unknown, hear: Hear, event: SystemEvent): void {
    this.#telling = true
    try {
      const result = runAs(this.#process, () => hear(event))
      if (result === 'done') this.#takeOut(id, hear, { because: 'done' })
      else if (result instanceof Promise) this.#await(id, hear, result)
    } catch (error) {
      this.#takeOut(id, hear, { because: 'failed', error })
    } finally {
      this.#telling = false
    }
  }

  /** The failure of an asynchronous hook must not end the process it looks at. */
  #await(id: unknown, hear: Hear, result: Promise<unknown>): void {
    result.then(
      (settled) => {
        if (settled === 'done') this.#takeOut(id, hear, { because: 'done' })
      },
      (error) => this.#takeOut(id, hear, { because: 'failed', error }),
    )
  }

  #takeOut(id: unknown, hear: Hear, why: WhyRemoved): void {
    // Meanwhile another hook may have been installed under its id.
    if (this.#hooks.get(id) !== hear) return
    this.remove(id)
    const { pid, behaviour, node } = this.#process
    const hook = String(id)
    node.reports.emit({ kind: 'hook_removed', pid, label: behaviour.label, hook, ...why })
  }

  #payloadOf(envelope: Message): unknown {
    if (envelope.kind === 'down') return envelope.down
    if (envelope.kind === 'exit') return envelope.signal
    return this.#process.behaviour.keepsState === true && envelope.kind !== 'idle'
      ? envelope.payload
      : undefined
  }
}

interface WhyRemoved {
  readonly because: 'done' | 'failed'
  readonly error?: unknown
}

const words = { own: 'continue', idle: 'timeout' } as const

function wordOf(
  kind: Message['kind'],
): Exclude<NoteKind, 'own' | 'idle'> | 'call' | 'continue' | 'timeout' {
  return kind === 'own' || kind === 'idle' ? words[kind] : kind
}
