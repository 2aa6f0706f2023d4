/**
 * Events made by hand, and what an invariant says of them.
 */
import type { Invariant, SimulatedNode, SimulationEvent, World } from 'flotilla/testing'
import type { ExitReason } from '../../../../src/core/exit.ts'
import { trust } from '../../../../src/core/trust.ts'
import type { FlotillaEvent } from '../../../../src/process/events.ts'
import type { SimulationEventContent } from '../../../../src/testing/simulation/simulation-event.ts'

/** An event of the node `a`, in its first life, and when it happens. */
export type Made = SimulationEventContent & { readonly atMs?: number }

const onA = { node: 'a', life: 1 } as const
const noTraces = {
  ...{ names: 0, timers: 0, monitors: 0, links: 0, aliases: 0, queued: 0, deferredCalls: 0 },
}
const crashed: ExitReason = { kind: 'crash', error: new Error('as planned') }

type Of<K extends SimulationEvent['kind']> = Extract<SimulationEventContent, { kind: K }>

/** Its `init` is about to run. */
export function starting(process: string, given: Partial<Of<'process_starting'>> = {}): Made {
  const usual = { parent: undefined, label: 'x', behaviour: 'server', maxMailboxSize: 10 } as const
  return { ...onA, kind: 'process_starting', process, ...usual, ...given }
}

export function started(process: string): Made {
  return { ...onA, kind: 'process_started', process }
}

/** It was started. */
export function living(process: string, given: Partial<Of<'process_starting'>> = {}): Made[] {
  return [starting(process, given), started(process)]
}

export function ended(process: string, given: Partial<Of<'process_ended'>> = {}): Made {
  const usual = { label: 'x', reason: crashed, wasStarting: false }
  return { ...onA, kind: 'process_ended', process, ...usual, ...given }
}

export function gone(process: string, traces: Partial<Of<'process_gone'>['traces']> = {}): Made {
  return { ...onA, kind: 'process_gone', process, traces: { ...noTraces, ...traces } }
}

export function taken(process: string, given: Partial<Of<'name_taken'>> = {}): Made {
  const name = { registry: 'users', key: 'u1', isUnique: true }
  return { ...onA, kind: 'name_taken', process, ...name, ...given }
}

export function freed(process: string, given: Partial<Of<'name_freed'>> = {}): Made {
  const name = { registry: 'users', key: 'u1', isUnique: true }
  return { ...onA, kind: 'name_freed', process, ...name, ...given }
}

/** A call of `a/1` to `a/2`, if nothing else is said. */
export function sent(message: number, given: Partial<Of<'message_sent'>> & At = {}): Made {
  return {
    ...onA,
    ...({
      kind: 'message_sent',
      message,
      to: 'a/2',
      from: 'a/1',
      messageKind: 'call',
      name: 'add',
    } as const),
    ...{ mailboxSize: 1, maxMailboxSize: 10, timeoutMs: 100, down: undefined },
    ...given,
  }
}

export function began(message: number, given: Partial<Of<'handler_began'>> & At = {}): Made {
  return {
    ...onA,
    ...({
      kind: 'handler_began',
      message,
      to: 'a/2',
      from: 'a/1',
      messageKind: 'call',
      name: 'add',
    } as const),
    ...{ nodeMs: 0, down: undefined, isSettled: false },
    ...given,
  }
}

export function done(message: number, given: Partial<Of<'handler_ended'>> = {}): Made {
  return { ...onA, kind: 'handler_ended', message, to: 'a/2', isProcessAlive: true, ...given }
}

export function settled(message: number | undefined, given: Partial<Of<'call_settled'>> & At = {}) {
  return {
    ...onA,
    ...({ kind: 'call_settled', message, to: 'a/2', from: 'a/1', outcome: 'reply' } as const),
    ...{ afterMs: 0, timeoutMs: 100 },
    ...given,
  } satisfies Made
}

/** A supervisor of the name `top` reports on a child. */
export function reported(
  supervisor: number,
  context: 'child_terminated' | 'start_error' | 'shutdown',
  child?: number,
): Made {
  const pid = (serial: number) => ({ node: 'a', serial, incarnation: 1 })
  const event: FlotillaEvent = {
    ...({
      node: 'a',
      incarnation: 1,
      kind: 'supervisor_report',
      supervisor: 'top',
      context,
    } as const),
    ...{ pid: pid(supervisor), reason: crashed },
    offender: {
      ...({ id: 'x', restart: 'permanent', shutdownMs: 5000, type: 'worker', label: 'x' } as const),
      pid: child === undefined ? undefined : pid(child),
    },
  }
  return { ...onA, kind: 'reported', event }
}

interface At {
  readonly atMs?: number
}

/** What an invariant may ask a world that nobody simulates. */
export function worldOf(given: Partial<World> = {}, node: Partial<SimulatedNode> = {}): World {
  const a = {
    ...({ name: 'a', life: 1, state: 'running', node: undefined } as const),
    ...{ statistics: () => undefined, names: () => [] },
    ...node,
  } as const
  const world: object = {
    ...{ seed: 1, nowMs: 0, phase: 'faults', nodes: [a], faults: {}, openCalls: 0 },
    node: () => a,
    referenceOf: ({ node: name, serial }: { node: string; serial: number }) => `${name}/${serial}`,
    ...given,
  }
  return trust<World>(world)
}

/** What an invariant says of events in this order; undefined: that it holds. */
export function verdict(
  invariant: Invariant,
  events: readonly (Made | readonly Made[])[],
  world: World = worldOf(),
): string | undefined {
  const checker = invariant.make()
  let sequence = 0
  let atMs = 0
  try {
    for (const event of events.flat()) {
      sequence += 1
      atMs = event.atMs ?? atMs
      checker.on?.({ ...event, sequence, atMs }, world)
    }
    checker.atEnd?.(world)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : 'it threw something else'
  }
}
