/**
 * Addresses: a pid is this very process, a via is whoever holds the name now.
 *
 * Invariant: the runtime reaches names only through the `Resolver` port; it never knows a registry.
 * Source: Elixir `Registry`, "Using in :via", whose contract this port is.
 */
import { argumentError } from '../core/argument-error.ts'
import type { ExitReason } from '../core/exit.ts'
import { type Key, ownKey, showKey } from '../core/key.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol, Speaks } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import { currentProcess } from './current.ts'
import { LocalPid } from './local-pid.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { NameOwner, Process } from './process.ts'

/** Whoever holds the name now: plain data, OTP's `{:via, Registry, {registry, key}}`. */
export interface Via<in out P extends Protocol = AnyProtocol> extends Speaks<P> {
  readonly registry: string
  readonly key: Key
}

/** Where a message can be sent. */
export type Address<P extends Protocol = AnyProtocol> = Pid<P> | Via<P>

/** What makes naming pluggable. */
export interface Resolver extends NameOwner {
  /**
   * Who holds the key now.
   *
   * @throws ArgumentError FLOTILLA_NOT_STARTED if it was never started
   */
  holder(key: Key): Process | undefined
  /** Whether one more name fits. */
  hasRoom(): boolean
  /**
   * Gives the key, which is free, to a process that is about to start.
   *
   * @param value what the via said the name is to hold, if it did
   */
  claim(key: Key, process: Process, value: unknown): void
  /** Starts whoever should hold the absent key; absent: unknown keys start nothing. */
  startOnDemand?(key: Key): Promise<Pid>
  /** The node it runs on, or ran on last. */
  readonly home: NodeRuntime | undefined
  /**
   * Kept for whoever makes children that are to take names here: by the definition of a child, what
   * the last one has in common with the next.
   */
  readonly lastPlans: WeakMap<object, unknown>
}

/** A via made by the handle of its registry. */
export class ViaName<in out P extends Protocol = AnyProtocol> implements Via<P> {
  readonly registry: string
  readonly key: Key
  readonly #resolver: Resolver

  constructor(resolver: Resolver, key: Key) {
    this.registry = resolver.name
    this.key = key
    this.#resolver = resolver
  }

  /** Whether a value was made here; unlike `instanceof` it asks no proxy. */
  static is(value: unknown): value is ViaName {
    return typeof value === 'object' && value !== null && #resolver in value
  }

  /** The registry behind a value that may be a via. */
  static resolverOf(value: object): Resolver | undefined {
    return #resolver in value ? value.#resolver : undefined
  }
}

/** A via that also says which value the name is to hold once it is taken. */
export class ValuedVia<in out P extends Protocol = AnyProtocol> extends ViaName<P> {
  readonly #value: unknown

  constructor(resolver: Resolver, key: Key, value: unknown) {
    super(resolver, key)
    this.#value = value
  }

  /** The value that comes with a via; to find whoever holds the name it plays no part. */
  static valueIn(via: object): unknown {
    return #value in via ? via.#value : undefined
  }
}

/**
 * Finds the living process at an address.
 *
 * A pid or via that lost its way home, because it was cloned or written out as data, is looked up
 * in the node of the process that asks; one of another node leads to nobody there.
 *
 * @param on the node to look in instead
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
 */
export function locate(attempted: string, address: Address, on?: NodeRuntime): Process | undefined {
  if (typeof address === 'object' && address !== null) {
    const found = LocalPid.processOf(address)
    if (found !== undefined) return found.alive ? found : undefined
    if (ViaName.is(address)) return resolverOf(attempted, address).holder(address.key)
  }
  const plain = asPlain(address)
  if (plain === undefined) throw notAnAddress(attempted, address)
  if (plain.kind === 'via') return resolverOf(attempted, plain.via, on).holder(plain.via.key)
  const node = on ?? currentProcess()?.node
  if (node === undefined) throw notAnAddress(attempted, address)
  const isHere = plain.pid.node === node.name && plain.pid.incarnation === node.incarnation
  return isHere ? node.processes.get(plain.pid.serial) : undefined
}

/**
 * Why nobody was found at an address: its node has ended or is not this one, or only the process
 * is gone.
 */
export function absenceOf(address: Address): ExitReason {
  const process = LocalPid.processOf(address)
  if (process?.node.isOver) return { kind: 'nodedown', node: process.node.name }
  const plain = process === undefined ? asPlain(address) : undefined
  const here = currentProcess()?.node.name
  if (plain?.kind === 'pid' && here !== undefined && plain.pid.node !== here) {
    return { kind: 'nodedown', node: plain.pid.node }
  }
  return { kind: 'noproc', address: addressText(address) }
}

/** The node that an address leads to or led to, or else that of whoever asks. */
export function homeOf(address: Address): NodeRuntime | undefined {
  const process = LocalPid.processOf(address)
  if (process !== undefined) return process.node
  return ViaName.resolverOf(address)?.home ?? currentProcess()?.node
}

/**
 * The registry that a via names.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function resolverOf(attempted: string, via: Via, on?: NodeRuntime): Resolver {
  const own = ViaName.resolverOf(via)
  if (own !== undefined) return own
  const found = (on ?? currentProcess()?.node)?.resolvers.get(via.registry)
  if (typeof found === 'object') return found
  const registry = show(via.registry)
  if (found === 'duplicates') {
    throw argumentError('invalid_address', {
      attempted,
      problem: `a key of the registry ${registry} may have several holders, so it names nobody`,
      fix: 'reach them with dispatch or lookup, or take names in a uniqueRegistry',
    })
  }
  throw argumentError('invalid_address', {
    attempted,
    problem: `nothing here knows the registry ${registry}`,
    fix: 'make the via with the handle of its registry or fleet, as in users.via(key)',
  })
}

/**
 * A name that a process may be started under, with the way to its registry.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function checkVia(attempted: string, value: unknown): ViaName {
  if (ViaName.is(value)) return value
  const plain = asPlain(value)
  if (plain?.kind === 'via') {
    return new ViaName(resolverOf(attempted, plain.via), plain.via.key)
  }
  throw argumentError('invalid_address', {
    attempted,
    subject: 'the name',
    given: value,
    wanted: 'a via',
    fix: 'make it with the handle of a registry, as in users.via(key)',
  })
}

/**
 * An address to be used later, wherever it leads by then; one that is data is copied.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function ownAddress(attempted: string, value: unknown): Address {
  if (ViaName.is(value)) return value
  if (typeof value === 'object' && value !== null) {
    const process = LocalPid.processOf(value)
    if (process !== undefined) return process.pid
  }
  const plain = asPlain(value)
  if (plain === undefined) throw notAnAddress(attempted, value)
  return plain.kind === 'pid' ? plain.pid : plain.via
}

/** The via behind an address that is a name rather than a pid. */
export function asVia(address: Address): Via | undefined {
  if (ViaName.is(address)) return address
  const plain = asPlain(address)
  return plain?.kind === 'via' ? plain.via : undefined
}

/** An address as text for messages; never throws. */
export function addressText(address: Address): string {
  if (ViaName.is(address)) return `${address.registry} ${showKey(address.key)}`
  const plain = asPlain(address)
  if (plain === undefined) return show(address)
  return plain.kind === 'pid'
    ? formatPid(plain.pid)
    : `${plain.via.registry} ${showKey(plain.via.key)}`
}

type Plain =
  | { readonly kind: 'via'; readonly via: Via }
  | { readonly kind: 'pid'; readonly pid: Pid }

/** Reads an address that was written out as data, once and without trusting it. */
function asPlain(address: unknown): Plain | undefined {
  try {
    if (typeof address !== 'object' || address === null) return undefined
    if ('registry' in address && 'key' in address) {
      const { registry, key } = address
      if (typeof registry !== 'string') return undefined
      return { kind: 'via', via: { registry, key: ownKey('use a via', key) } }
    }
    if (!('node' in address && 'serial' in address && 'incarnation' in address)) return undefined
    const { node, serial, incarnation } = address
    const isPid =
      typeof node === 'string' && typeof serial === 'number' && typeof incarnation === 'number'
    return isPid ? { kind: 'pid', pid: { node, serial, incarnation } } : undefined
  } catch {
    // A proxy, a getter that throws or an impossible key: not an address.
    return undefined
  }
}

function notAnAddress(attempted: string, address: unknown): Error {
  return argumentError('invalid_address', {
    attempted,
    subject: 'the address',
    given: address,
    wanted: 'a pid or a via',
    fix: 'take it from a registry or fleet, as in users.via(key) or users.whereis(key)',
  })
}
