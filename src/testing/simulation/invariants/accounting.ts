/**
 * I24: accounting.
 *
 * Invariant: a life of a node is counted from its start on and forgotten at its end.
 */
import type { NodeStatistics } from '../../../process/statistics.ts'
import type { InvariantChecker } from '../invariant.ts'
import type { MessageKind, ProcessReference, SimulationEvent } from '../simulation-event.ts'
import type { World } from '../world.ts'
import { declare, lifeOf, violated } from './violated.ts'

/**
 * I24: the numbers that a node gives of itself are what happened: started less ended is alive, and
 * what was sent was handled, was dropped or waits.
 */
export const numbersAddUp = declare('I24', 'the numbers of a node add up', () => new Accounting())

/** So often, in milliseconds of the time of the world, a node is asked. */
const lookEveryMs = 1000

/** What waits for a process: what surely does, and what may have been taken back since. */
interface Queue {
  sure: number
  perhaps: number
}

class Account {
  started = 0
  ended = 0
  dropped = 0
  refused = 0
  /** Counted by the node as sent: surely, and perhaps. */
  sent = 0
  perhapsSent = 0
  readonly queues = new Map<ProcessReference, Queue>()
}

/** A report of a monitor may be flushed, an idle time-out or a request of the system lapse. */
const mayBeTakenBack: ReadonlySet<MessageKind> = new Set<MessageKind>(['down', 'idle', 'system'])
class Accounting implements InvariantChecker {
  readonly #accounts = new Map<string, Account>()
  readonly #nextLookMs = new Map<string, number>()

  on(event: SimulationEvent, world: World): void {
    switch (event.kind) {
      case 'node_starting':
        this.#accounts.delete(lifeOf({ node: event.node, life: event.life - 1 }))
        this.#accounts.set(lifeOf(event), new Account())
        return
      case 'node_ended':
        this.#accounts.delete(lifeOf(event))
        return
      case 'process_starting':
        this.#of(event).started += 1
        return
      case 'process_ended':
        this.#of(event).ended += 1
        return
      case 'process_gone':
        this.#of(event).queues.delete(event.process)
        return
      case 'message_sent':
        countSent(this.#of(event), event)
        return
      case 'message_refused':
        this.#of(event).refused += 1
        return
      case 'message_dropped':
        this.#of(event).dropped += 1
        return
      case 'handler_began':
        countBegan(this.#of(event), event)
        this.#look(event, world)
    }
  }

  #of(event: { readonly node: string; readonly life: number }): Account {
    const life = lifeOf(event)
    const known = this.#accounts.get(life)
    if (known !== undefined) return known
    const made = new Account()
    this.#accounts.set(life, made)
    return made
  }

  #look(event: Extract<SimulationEvent, { kind: 'handler_began' }>, world: World): void {
    if (event.atMs < (this.#nextLookMs.get(event.node) ?? 0)) return
    this.#nextLookMs.set(event.node, event.atMs + lookEveryMs)
    const node = world.node(event.node)
    const statistics = node.life === event.life ? node.statistics() : undefined
    if (statistics !== undefined) compare(lifeOf(event), this.#of(event), statistics)
  }
}

function countSent(account: Account, event: Extract<SimulationEvent, { kind: 'message_sent' }>) {
  const { to, messageKind } = event
  // What a process goes on with by itself comes before its inbox; a retry of a supervisor does not.
  if (messageKind === 'own') account.perhapsSent += 1
  else account.sent += 1
  let queue = account.queues.get(to)
  if (queue === undefined) {
    queue = { sure: 0, perhaps: 0 }
    account.queues.set(to, queue)
  }
  if (mayBeTakenBack.has(messageKind)) queue.perhaps += 1
  else queue.sure += 1
}

function countBegan(account: Account, event: Extract<SimulationEvent, { kind: 'handler_began' }>) {
  const queue = account.queues.get(event.to)
  if (queue === undefined) return
  if (mayBeTakenBack.has(event.messageKind)) queue.perhaps -= 1
  else queue.sure -= 1
}

function compare(life: string, account: Account, statistics: NodeStatistics): void {
  const { started, ended, dropped, refused, sent } = account
  let sure = 0
  let perhaps = 0
  for (const queue of account.queues.values()) {
    sure += queue.sure
    perhaps += queue.perhaps
  }
  const rows: readonly [string, number, number, number][] = [
    ['started', statistics.started, started, started],
    ['ended', statistics.ended, ended, ended],
    ['processes', statistics.processes, started - ended, started - ended],
    ['dropped', statistics.dropped, dropped, dropped],
    // A request of the system that is refused is counted, and no event tells of it.
    ['refused', statistics.refused, refused, Number.POSITIVE_INFINITY],
    ['sent', statistics.sent, sent, sent + account.perhapsSent],
    ['queued', statistics.queued, sure, sure + perhaps],
  ]
  for (const [name, says, least, most] of rows) {
    if (says >= least && says <= most) continue
    const truth = least === most ? `${least}` : `${least} to ${most}`
    violated(`the node ${life} says ${name}: ${says}, but it is ${truth}`)
  }
}
