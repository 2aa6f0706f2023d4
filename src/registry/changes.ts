/**
 * Who hears that an entry came or went: processes that are told by message, and code outside of
 * any process that watches.
 *
 * Invariant: a message is in the inbox of a listener before the change returns, so it comes before
 * whatever the process that caused it sends next. No listener, missing or full, can make a change
 * fail. Source: Elixir `Registry.start_link/1`, `:listeners`.
 */
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import { type Address, locate } from '../process/address.ts'
import { Note } from '../process/envelope.ts'
import type { Process } from '../process/process.ts'
import { Listeners } from './listeners.ts'

/** An entry that came or went; one that came says what it holds. */
export type RegistryEvent<K extends Key = Key, V = undefined> =
  | { readonly kind: 'register'; readonly key: K; readonly pid: Pid; readonly value: V }
  | { readonly kind: 'unregister'; readonly key: K; readonly pid: Pid }

/** What a process that listens to a registry gets as a message, handled by `info`. */
export type RegistryMessage<K extends Key = Key, V = undefined> = RegistryEvent<K, V> & {
  /** The name of the registry. */
  readonly registry: string
}

/** Those who hear of the changes of one registry. */
export class Changes {
  readonly #registry: string
  readonly #processes: readonly Address[]
  readonly #watchers = new Listeners<RegistryEvent<Key, unknown>>()

  constructor(registry: string, processes: readonly Address[]) {
    this.#registry = registry
    this.#processes = processes
  }

  /** Watches from now on. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
  watch(listener: (event: RegistryEvent<Key, unknown>) => void): { stop(): void } {
    return this.#watchers.add(listener)
  }

  registered(process: Process, key: Key, value: unknown): void {
    if (this.#isHeard) this.#tell(process, { kind: 'register', key, pid: process.pid, value })
  }

  unregistered(process: Process, key: Key): void {
    if (this.#isHeard) this.#tell(process, { kind: 'unregister', key, pid: process.pid })
  }

  get #isHeard(): boolean {
    return this.#watchers.isHeard || this.#processes.length > 0
  }

  #tell(process: Process, event: RegistryEvent<Key, unknown>): void {
    this.#watchers.tell(process.node, event)
    if (this.#processes.length === 0) return
    const message = Object.freeze({ ...event, registry: this.#registry })
    for (const address of this.#processes) send(process, address, message)
  }
}

/** Not `send` of the public vocabulary: names of a dying process change in its name, too. */
function send(process: Process, address: Address, message: unknown): void {
  const target = listenerAt(process, address)
  if (target === undefined) return
  const { node } = target
  if (node.refuses(target)) {
    // Whoever hears reports is user code, and must not run in the middle of a change.
    node.later(() => node.reports.overload(target, 'info'))
  } else node.post(target, new Note('info', '', message))
}

function listenerAt(process: Process, address: Address): Process | undefined {
  try {
    return locate('tell a listener of a registry', address, process.node)
  } catch {
    // Its own registry does not run, or is not of this node: nobody is there.
    return undefined
  }
}
