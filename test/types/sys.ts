// What `sys` says about types: from outside nothing is known of a state; misuse does not compile.

import { type Address, type ExitReason, type Pid, sys } from 'flotilla'
import type { IsAny, Proven, Same } from './proof.ts'

declare const address: Address
declare const pid: Pid<{
  calls: { get: { payload: void; reply: number } }
  casts: { put: { payload: number } }
}>

const state = sys.getState(pid)
const replaced = sys.replaceState(pid, () => ({ count: 1 }))
const stillUnknown = sys.replaceState(pid, (before) => before)
const anything = sys.replaceState(pid, (before) => JSON.parse(String(before)))
const counts = sys.statistics(address, 'get')
const switched = sys.statistics(address, 'on')
const events = sys.log(address, 'get')
const logged = sys.log(address, 'on', { maxEvents: 5, timeoutMs: 'infinity' })
const removed = sys.remove(address, 'id')

export type Answers = [
  Proven<Same<typeof state, Promise<unknown>>>,
  Proven<Same<typeof replaced, Promise<{ count: number }>>>,
  Proven<Same<typeof stillUnknown, Promise<unknown>>>,
  Proven<Same<typeof anything, Promise<any>>>,
  Proven<Same<typeof counts, Promise<sys.Statistics | undefined>>>,
  Proven<Same<typeof switched, Promise<void>>>,
  Proven<Same<typeof events, Promise<readonly sys.SystemEvent[]>>>,
  Proven<Same<typeof logged, Promise<void>>>,
  Proven<Same<typeof removed, Promise<boolean>>>,
  Proven<Same<IsAny<Awaited<typeof state>>, false>>,
]

export type Events = [
  Proven<
    Same<
      sys.SystemEvent['kind'] | sys.TraceEvent['kind'],
      'in' | 'out' | 'state' | 'ended' | 'dropped'
    >
  >,
  Proven<Same<Extract<sys.SystemEvent, { kind: 'state' }>['state'], unknown>>,
  Proven<Same<Extract<sys.SystemEvent, { kind: 'ended' }>['reason'], ExitReason>>,
]

// @ts-expect-error a promise is no state
sys.replaceState(pid, async () => 1)
// @ts-expect-error neither is one in a union
sys.replaceState(pid, () => (Math.random() > 2 ? 1 : Promise.resolve(1)))
// @ts-expect-error the state is not known from outside
sys.replaceState(pid, (before) => before.count)
// @ts-expect-error neither in an event
sys.trace(pid, (event) => event.kind === 'state' && event.state.count)
// @ts-expect-error there is no such command
sys.statistics(pid, 'print')
// @ts-expect-error only a log that is switched on has a size
sys.log(pid, 'get', { maxEvents: 5 })
// @ts-expect-error a hook has an id
sys.install(pid, { hook: () => 'done' })
// @ts-expect-error and is a function
sys.install(pid, { id: 'x', hook: 'done' })
// @ts-expect-error a listener of a trace is told of gaps, which have no payload
sys.trace(pid, (event) => event.kind !== 'in' && event.payload)
// @ts-expect-error a limit is a number or 'infinity'
sys.suspend(pid, { timeoutMs: 'forever' })
// @ts-expect-error an event is not changed
sys.install(pid, { id: 'x', hook: (event) => (event.kind = 'in') })
// @ts-expect-error nobody is addressed by a text
sys.getState('games')

/** The kinds are a closed union: every one of them is told apart. */
export function sizeOf(event: sys.TraceEvent): number {
  switch (event.kind) {
    case 'in':
    case 'out':
      return event.name?.length ?? 0
    case 'state':
      return 1
    case 'ended':
      return event.reason.kind.length
    case 'dropped':
      return event.count
  }
}

/** An installation says whether it came about, and why not. */
export function wordsOf(installed: sys.Installed): string {
  if (installed.ok) return 'installed'
  const { reason } = installed
  return reason.kind === 'already_installed' ? reason.id : `${reason.maxHooks}`
}
