/**
 * Events as text: a line of the timeline, and what the hash covers.
 *
 * Invariant: the text of an event is the same on every machine and version of Node: numbers, names
 * and kinds, and no message of an error.
 */
import type { ExitReason } from '../../core/exit.ts'
import { showKey } from '../../core/key.ts'
import type { FlotillaEvent } from '../../process/events.ts'
import type { SimulationEvent } from './simulation-event.ts'

/** What happened, without when. */
export function textOf(event: SimulationEvent): string {
  switch (event.kind) {
    case 'node_starting':
    case 'node_started':
    case 'node_crashed':
    case 'node_paused':
    case 'node_resumed':
      return `${lifeOf(event)} ${event.kind}`
    case 'node_ended':
      return `${lifeOf(event)} node_ended ${event.reason.kind}`
    case 'process_starting':
      return `${event.process} starting ${event.label} under ${event.parent ?? '-'}`
    case 'process_started':
      return `${event.process} started`
    case 'start_refused':
      return `${event.parent ?? '-'} start refused: ${nameOf(event)} ${event.holder ?? '-'}`
    case 'process_ended':
      return `${event.process} ended ${event.label}: ${reasonText(event.reason)}`
    case 'process_gone':
      return `${event.process} gone`
    case 'name_taken':
    case 'name_freed':
      return `${event.process} ${event.kind} ${nameOf(event)}`
    default:
      return textOfMessage(event)
  }
}

type SentOrLater = Exclude<
  SimulationEvent,
  {
    readonly kind:
      | `node_${'starting' | 'started' | 'crashed' | 'paused' | 'resumed' | 'ended'}`
      | `process_${'starting' | 'started' | 'ended' | 'gone'}`
      | 'start_refused'
      | 'name_taken'
      | 'name_freed'
  }
>

function textOfMessage(event: SentOrLater): string {
  switch (event.kind) {
    case 'message_sent':
      return `#${event.message} ${event.from ?? '-'} -> ${event.to} ${wordsOf(event)}`
    case 'message_refused':
      return `-> ${event.to} refused, mailbox ${event.mailboxSize}`
    case 'message_dropped':
      return `#${event.message ?? '-'} -> ${event.to} dropped`
    case 'handler_began':
      return `#${event.message} ${event.to} handles ${wordsOf(event)}`
    case 'handler_ended':
      return `#${event.message} ${event.to} done${event.isProcessAlive ? '' : ', dead'}`
    case 'call_settled':
      return `#${event.message ?? '-'} ${event.from ?? '-'} has from ${event.to}: ${event.outcome}`
    case 'monitor_made':
      return `${event.watcher} monitors ${event.target ?? '-'} by ${event.monitor}`
    case 'monitor_removed':
      return `${event.watcher} takes monitor ${event.monitor} back`
    case 'link_made':
    case 'link_removed':
      return `${event.kind} ${event.one} ${event.other}`
    case 'reported':
      return `${lifeOf(event)} reports ${feedText(event.event)}`
    default:
      return textOfWorld(event)
  }
}

type OfWorld = Exclude<
  SentOrLater,
  {
    readonly kind:
      | `message_${'sent' | 'refused' | 'dropped'}`
      | `handler_${'began' | 'ended'}`
      | `monitor_${'made' | 'removed'}`
      | `link_${'made' | 'removed'}`
      | 'call_settled'
      | 'reported'
  }
>

function textOfWorld(event: OfWorld): string {
  switch (event.kind) {
    case 'fault':
      return `FAULT ${event.fault} ${event.target} ${event.detail}`
    case 'faults_over':
      return 'the faults are over'
    case 'client_started':
      return `client ${event.client} started`
    case 'client_ended':
      return `client ${event.client} ended${event.error === undefined ? '' : ', failed'}`
    case 'noted':
      return `${event.by} notes: ${event.note}`
    case 'frame_sent':
    case 'frame_delivered':
    case 'frame_lost':
      return `${event.from} => ${event.to} link ${event.link} ${event.kind} ${event.frame}`
    case 'link_up':
    case 'link_down':
      return `${event.from} => ${event.to} link ${event.link} ${event.kind} ${event.reason}`
    case 'external':
      return `external ${event.name} ${event.outcome}`
  }
}

function lifeOf({ node, life }: { readonly node: string; readonly life: number }): string {
  return life <= 1 ? node : `${node}~${life}`
}

function nameOf(event: {
  readonly registry: string | undefined
  readonly key: Parameters<typeof showKey>[0] | undefined
}): string {
  return `${event.registry ?? '-'} ${event.key === undefined ? '-' : showKey(event.key)}`
}

function wordsOf(event: { readonly messageKind: string; readonly name: string }): string {
  return event.name === '' ? event.messageKind : `${event.messageKind} ${event.name}`
}

/** The kind of a reason and, of one that has a reason inside, of that. */
function reasonText(reason: ExitReason): string {
  return reason.kind === 'parked' ? `parked ${reasonText(reason.reason)}` : reason.kind
}

function feedText(event: FlotillaEvent): string {
  switch (event.kind) {
    case 'supervisor_report':
      return `${event.kind} ${event.supervisor} ${event.context} ${event.offender.id}`
    case 'parked':
    case 'released':
      return `${event.kind} ${event.fleet} ${showKey(event.key)}`
    default:
      return event.kind
  }
}
