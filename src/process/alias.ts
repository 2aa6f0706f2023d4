/**
 * Aliases: addresses for messages that their process can take back.
 *
 * Invariant: an alias leads to its process or, from the step in which it was taken back, used up or
 * its process ended, to nobody for ever; what comes then vanishes. The alias of a monitor has the
 * number of that monitor, so that one handle is both.
 * Source: Erlang `erlang:alias/1`, `erlang:monitor/3`.
 */
import { argumentError } from '../core/argument-error.ts'
import { ViaName } from './address.ts'
import { currentProcess } from './current.ts'
import { LocalMonitor, type Monitor } from './envelope.ts'
import { LocalPid } from './local-pid.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Process } from './process.ts'

/** An address that `send` takes and that leads to one process until that takes it back. */
export interface Alias extends Monitor {
  readonly node: string
  readonly incarnation: number
}

/**
 * When the alias of a monitor leads nowhere any more, besides after `unalias`: never, as soon as
 * the monitor has reported or was taken back, or at the first message that came through it, which
 * takes the monitor back as well.
 */
export type AliasMode = 'explicit_unalias' | 'demonitor' | 'reply_demonitor'

/** What is known of an open alias; `reply` is one without a monitor that lets one message in. */
export type AliasKind = AliasMode | 'reply'

/** So many may one process have open. */
const aliasesMax = 65_536

/** An alias that knows its process. */
export class LocalAlias extends LocalMonitor implements Alias {
  readonly node: string
  readonly incarnation: number
  readonly #home: NodeRuntime

  constructor(home: NodeRuntime, id?: number) {
    super(home, id)
    this.node = home.name
    this.incarnation = home.incarnation
    this.#home = home
  }

  /** Whether a value was made here; unlike `instanceof` it asks no proxy. */
  static is(value: object): value is LocalAlias {
    return #home in value
  }

  /** Where it leads now. */
  get process(): Process | undefined {
    return this.#home.aliases.get(this.id)
  }
}

/**
 * Opens an alias; one of a dead process leads nowhere from the start.
 *
 * @throws ArgumentError FLOTILLA_LIMIT
 */
export function openAlias(process: Process, kind: AliasKind, id?: number): LocalAlias {
  const alias = new LocalAlias(process.node, id)
  if (!process.alive) return alias
  const { extras } = process
  extras.aliases ??= new Map()
  if (extras.aliases.size >= aliasesMax) {
    throw argumentError('limit', {
      attempted: 'make an alias',
      problem: `the process has ${aliasesMax} open`,
      fix: 'take back those that are not needed, with context.unalias(alias)',
    })
  }
  extras.aliases.set(alias.id, kind)
  process.node.aliases.set(alias.id, process)
  return alias
}

/** Takes an alias back; whether it still led to the process. */
export function closeAlias(process: Process, id: number): boolean {
  const wasOpen = process.extrasIfAny?.aliases?.delete(id) === true
  if (wasOpen) process.node.aliases.delete(id)
  return wasOpen
}

/** The monitor of this number has reported or was taken back. */
export function monitorIsOver(process: Process, id: number): void {
  const kind = process.extrasIfAny?.aliases?.get(id)
  if (kind === 'demonitor' || kind === 'reply_demonitor') closeAlias(process, id)
}

/** The process has ended. */
export function dropAliases(process: Process): void {
  const extras = process.extrasIfAny
  if (extras?.aliases === undefined) return
  for (const id of extras.aliases.keys()) process.node.aliases.delete(id)
  extras.aliases = undefined
}

/** Where a message through an alias goes. */
export interface AliasPath {
  readonly id: number
  /** Undefined: nowhere any more. */
  readonly process: Process | undefined
}

/**
 * What is behind a value that may be an alias. One that was cloned or written out as data is looked
 * up in the node of the process that asks.
 *
 * @returns undefined if it is none, or nobody can tell where it leads
 */
export function pathOf(value: unknown): AliasPath | undefined {
  try {
    if (typeof value !== 'object' || value === null) return undefined
    // Nearly every message goes to a pid or a name: those must not pay for there being aliases.
    if (LocalPid.processOf(value) !== undefined || ViaName.is(value)) return undefined
    if (LocalAlias.is(value)) return value
    if (!('id' in value) || 'serial' in value || 'registry' in value) return undefined
    const here = currentProcess()?.node
    const alias = readPlain(value)
    if (alias === undefined || here === undefined) return undefined
    const { id, node, incarnation } = alias
    const isHere = node === here.name && incarnation === here.incarnation
    return { id, process: isHere ? here.aliases.get(id) : undefined }
  } catch {
    // A proxy or getter that throws: no alias.
    return undefined
  }
}

/**
 * A message has come in through the alias; some let no other in.
 *
 * @returns whether its monitor is to be taken back, which closes it as well
 */
export function aliasUsed(process: Process, id: number): boolean {
  const kind = process.extrasIfAny?.aliases?.get(id)
  if (kind === 'reply') closeAlias(process, id)
  return kind === 'reply_demonitor'
}

function readPlain(value: object): Alias | undefined {
  const { node, incarnation, id }: { node?: unknown; incarnation?: unknown; id?: unknown } = value
  const isAlias =
    typeof node === 'string' && typeof incarnation === 'number' && typeof id === 'number'
  return isAlias ? { node, incarnation, id } : undefined
}
