/**
 * Invariants of calls: I11 and I12.
 *
 * Invariant: what is kept of a call is dropped when it has settled, or its caller's node is gone.
 */
import type { ProcessReference, SimulationEvent } from '../simulation-event.ts'
import type { World } from '../world.ts'
import { Pauses } from './pauses.ts'
import { declare, Groups, lifeOf, lifeOfReference, violated } from './violated.ts'

interface OpenCall {
  readonly name: string
  readonly from: ProcessReference | undefined
  readonly sentMs: number
  readonly timeoutMs: number | 'infinity' | undefined
}

/** One turn of a scheduler takes no time of the world, but clocks round to milliseconds. */
const slackMs = 2

/** Calls that wait for their answer, by whom they wait for. */
class OpenCalls {
  readonly #calls = new Groups<number, OpenCall>(true)

  sent(event: Extract<SimulationEvent, { kind: 'message_sent' }>): void {
    const { name, from, atMs, timeoutMs } = event
    this.#calls.set(event.to, event.message, { name, from, sentMs: atMs, timeoutMs })
  }

  get(to: ProcessReference, message: number): OpenCall | undefined {
    return this.#calls.get(to, message)
  }

  settled(to: ProcessReference, message: number): boolean {
    return this.#calls.delete(to, message)
  }

  /** The receiver has ended. */
  gone(to: ProcessReference): void {
    this.#calls.drop(to)
  }

  of(to: ProcessReference): ReadonlyMap<number, OpenCall> | undefined {
    return this.#calls.of(to)
  }

  receivers(): IterableIterator<string> {
    return this.#calls.names()
  }

  /** A node has crashed: nobody there hears an answer any more. */
  forgetCallers(life: string): void {
    for (const to of [...this.#calls.names()]) {
      for (const [message, { from }] of [...(this.#calls.of(to) ?? [])]) {
        if (from?.includes('/') && lifeOfReference(from) === life) this.#calls.delete(to, message)
      }
    }
  }
}

/**
 * I11: every call settles exactly once, with a reply or an exit, at the latest at its time limit,
 * and when its receiver has ended it has settled.
 *
 * Source: OTP `gen_server:call/3`.
 */
export const callsSettleOnce = declare('I11', 'every call settles once and in time', () => {
  const open = new OpenCalls()
  const pauses = new Pauses()
  return {
    on(event, world) {
      switch (event.kind) {
        case 'message_sent':
          if (event.messageKind === 'call' || event.messageKind === 'system') open.sent(event)
          return
        case 'call_settled': {
          const { message, to } = event
          // One that was refused before it reached a mailbox has no number.
          if (message === undefined) return
          const call = open.get(to, message)
          if (call === undefined) {
            violated(`call #${message} of ${event.from ?? 'somebody'} to ${to} settled twice`)
          }
          open.settled(to, message)
          const late = lateness(event, call, { world, pauses })
          if (late > 0) {
            violated(`call #${message} "${call.name}" to ${to} settled ${late} ms after its limit`)
          }
          return
        }
        case 'process_gone':
          for (const [message, call] of open.of(event.process) ?? []) {
            violated(`${event.process} has ended and owes an answer: ${callText(message, call)}`)
          }
          open.gone(event.process)
          return
        case 'node_crashed':
          open.forgetCallers(lifeOf(event))
          return
        default:
          pauses.on(event)
      }
    },
    atEnd() {
      for (const to of open.receivers()) {
        for (const [message, call] of open.of(to) ?? []) {
          violated(`a call to ${to} was never settled: ${callText(message, call)}`)
        }
      }
    },
  }
})

/** By how many milliseconds a call settled too late; 0 if it was in time. */
function lateness(
  event: Extract<SimulationEvent, { kind: 'call_settled' }>,
  call: OpenCall,
  { world, pauses }: { readonly world: World; readonly pauses: Pauses },
): number {
  const { timeoutMs, afterMs, atMs, node } = event
  if (timeoutMs === 'infinity' || afterMs <= timeoutMs + slackMs) return 0
  return Math.max(0, atMs - limitMs({ ...call, timeoutMs, node }, { world, pauses }))
}

/** Until when, by the time of the world, somebody may wait. */
function limitMs(
  { sentMs, timeoutMs, node }: { sentMs: number; timeoutMs: number; node: string },
  { world, pauses }: { readonly world: World; readonly pauses: Pauses },
): number {
  const slowest = 1 - (world.faults.drift ?? 0)
  return pauses.countsFromMs(node, sentMs) + timeoutMs / slowest + slackMs
}

function callText(message: number, { name, from }: OpenCall): string {
  return `#${message} "${name}" of ${from ?? 'somebody'}`
}

/**
 * I12: no handler starts for a caller whose time limit has passed, unless that caller has already
 * been told so: a server finishes what was sent to it, but never in the belief that somebody waits.
 */
export const nobodyIsServedLate = declare('I12', 'a handler knows who has stopped waiting', () => {
  const open = new OpenCalls()
  const pauses = new Pauses()
  return {
    on(event, world) {
      switch (event.kind) {
        case 'message_sent':
          if (event.messageKind === 'call') open.sent(event)
          return
        case 'handler_began': {
          if (event.messageKind !== 'call') return
          const call = open.get(event.to, event.message)
          if (call === undefined || event.isSettled) return
          const { timeoutMs } = call
          if (timeoutMs === undefined || timeoutMs === 'infinity') return
          // No limit is earlier than that, whatever pauses and clocks there are.
          if (event.atMs <= call.sentMs + timeoutMs) return
          const until = limitMs({ ...call, timeoutMs, node: event.node }, { world, pauses })
          if (event.atMs > until) {
            violated(`${event.to} begins ${callText(event.message, call)} after its time limit`)
          }
          return
        }
        case 'call_settled':
          if (event.message !== undefined) open.settled(event.to, event.message)
          return
        case 'process_gone':
          open.gone(event.process)
          return
        case 'node_crashed':
          open.forgetCallers(lifeOf(event))
          return
        default:
          pauses.on(event)
      }
    },
  }
})
