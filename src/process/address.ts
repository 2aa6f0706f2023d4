/**
 * Addresses: a pid is this very process, a via is whoever holds the name now.
 *
 * Invariant: the runtime reaches names only through the `Resolver` port; it never knows a registry.
 * Source: Elixir `Registry`, "Using in :via", whose contract this port is.
 */
import { argumentError } from '../core/argument-error.ts'
import { type Key, ownKey, showKey } from '../core/key.ts'
import { formatPid, type Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol, Speaks } from '../core/protocol.ts'
import { show } from '../core/show.ts'
import { currentProcess } from './current.ts'
import { LocalPid } from './local-pid.ts'
import type { NameOwner, Process } from './process.ts'
import type { Timers } from './timers.ts'

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
  /** Gives the key, which is free, to a process that is about to start. */
  claim(key: Key, process: Process): void
  /** Starts whoever should hold the absent key; absent: unknown keys start nothing. */
  startOnDemand?(key: Key): Promise<Pid>
  /** Those of the node it runs on, for calls that wait for such a start. */
  readonly timers: Timers | undefined
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

/**
 * Finds the living process at an address.
 *
 * A pid or via that lost its way home, because it was cloned or written out as data, is looked up
 * in the node of the process that asks.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, FLOTILLA_NOT_STARTED
 */
export function locate(attempted: string, address: Address): Process | undefined {
  if (typeof address === 'object' && address !== null) {
    const found = LocalPid.processOf(address)
    if (found !== undefined) return found.alive ? found : undefined
    if (ViaName.is(address)) return resolverOf(attempted, address).holder(address.key)
  }
  const plain = asPlain(address)
  if (plain === undefined) throw notAnAddress(attempted, address)
  if (plain.kind === 'via') return resolverOf(attempted, plain.via).holder(plain.via.key)
  const node = currentProcess()?.node
  if (node === undefined || plain.pid.node !== node.name) throw notAnAddress(attempted, address)
  const process = node.processes.get(plain.pid.serial)
  return plain.pid.incarnation === node.incarnation ? process : undefined
}

/**
 * The registry that a via names.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function resolverOf(attempted: string, via: Via): Resolver {
  const resolver = ViaName.resolverOf(via) ?? currentProcess()?.node.resolvers.get(via.registry)
  if (resolver !== undefined) return resolver
  throw argumentError('invalid_address', {
    attempted,
    problem: `nothing here knows the registry ${show(via.registry)}`,
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
