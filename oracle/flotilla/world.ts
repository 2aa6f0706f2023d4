/**
 * What one program knows while it runs: who lives where, and what has happened since it was asked.
 */
import { isAlive, type Pid, type UniqueRegistry, uniqueRegistry, type Via } from 'flotilla'
import type { Script, Target } from '../program.ts'

/** What workers understand. */
export interface WorkerProtocol {
  readonly calls: { readonly run: { readonly payload: Script; readonly reply: string } }
  readonly casts: {
    readonly run: { readonly payload: Script }
    readonly goOn: { readonly payload: Script }
  }
}

/** Part of an event: a word, or a process to be named when the step is over. */
export type Part = string | Pid

/** The place of a supervisor, as the name under which it can be found. */
type Name = number | `s${number}`

/** The world of one program. */
export class World {
  readonly names: UniqueRegistry<Name, WorkerProtocol> = uniqueRegistry({ name: 'names' })
  readonly #latest = new Map<number, Pid<WorkerProtocol>>()
  readonly #lives = new Map<number, number>()
  readonly #called = new Map<number, string>()
  #events: (readonly Part[])[] = []

  /** The calling process is the latest life of a place; its number. */
  enter(id: number, pid: Pid<WorkerProtocol>): number {
    const life = (this.#lives.get(id) ?? 0) + 1
    this.#lives.set(id, life)
    this.#latest.set(id, pid)
    this.#called.set(pid.serial, `${id}#${life}`)
    return life
  }

  /** The name under which the supervisor of a place registers. */
  placeName(id: number): Via {
    return this.names.via(`s${id}`)
  }

  /** What happened, told by whoever it happened to. */
  tell(who: Pid | string, ...parts: Part[]): void {
    // What the code of an ended process still does must show nowhere; so its own word counts least.
    if (typeof who === 'string' || isAlive(who)) this.#events.push([who, ...parts])
  }

  /** The end of a process, which it cannot tell itself. */
  tellEnd(who: Pid, words: string): void {
    this.#events.push([who, 'ended', words])
  }

  /** Those who lived and died before anybody could watch them. */
  tellGone(who: Pid): void {
    this.#events.push([who, 'gone'])
  }

  /** Those who have begun to live since the last collection. */
  begun(): Pid[] {
    return this.#events.flatMap(([who, what, plan]) => {
      const isBirth = what === 'init' && plan === 'ok'
      return isBirth && who !== undefined && typeof who !== 'string' ? [who] : []
    })
  }

  /** Everything told since the last time, in words. */
  collect(): string[] {
    const events = this.#events.map((parts) => parts.map((part) => this.say(part)).join(' '))
    this.#events = []
    return events
  }

  /** A part of an event in words. */
  say(part: Part): string {
    return typeof part === 'string' ? part : (this.#called.get(part.serial) ?? 'outside')
  }

  /** The latest process of a place, dead or alive; for a name its holder. */
  find(to: Target): Pid<WorkerProtocol> | undefined {
    if (to < 0) return this.names.whereis(-1 - to)
    const supervisor = this.names.whereis(`s${to}`)
    if (supervisor !== undefined) this.called(supervisor, to)
    return this.#latest.get(to)
  }

  /** Whether it is a supervisor that has ended, which may be known here or not. */
  isOver(pid: Pid): boolean {
    return !this.say(pid).includes('#') && !isAlive(pid)
  }

  /** A supervisor has been seen in its place. */
  called(pid: Pid<WorkerProtocol>, id: number): void {
    this.#latest.set(id, pid)
    this.call(pid, id)
  }

  /** A supervisor has a place, though it may have ended already. */
  call(pid: Pid, id: number): void {
    this.#called.set(pid.serial, String(id))
  }

  /** The place of a supervisor that was seen before, or registers a place. */
  placeOf(pid: Pid): number | undefined {
    for (const name of this.names.keys(pid)) {
      if (typeof name === 'string') return Number(name.slice(1))
    }
    return undefined
  }

  /** What to send to: the pid of a place, or the name itself. */
  address(to: Target): Pid<WorkerProtocol> | Via<WorkerProtocol> | undefined {
    return to < 0 ? this.names.via(-1 - to) : this.find(to)
  }
}
