/**
 * A member: monitors, links, timers, aliases and numbered messages, as clients ask for them.
 *
 * Invariant: whatever it took back does not arrive any more, and what arrives it has asked for.
 */
import {
  type Alias,
  cast,
  type Down,
  defineServer,
  formatPid,
  type Monitor,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  send,
  stop,
  type Timer,
} from 'flotilla'
import { always, sometimes } from 'flotilla/testing'
import { type Alone, alone, enterAlone } from './alone.ts'

interface Member extends Alone {
  readonly watched: Map<number, Monitor>
  /** Taken back without a flush after they had reported: those reports may still come. */
  readonly lapsed: Set<number>
  readonly timers: Map<number, Timer>
  readonly aliases: Map<number, Alias>
  /** By receiver: the number of the last message to it. */
  readonly sent: Map<string, number>
  /** By sender. */
  readonly heard: Map<string, number>
  count: number
}

/** A message with a number of its own, from one member to another. */
export interface Numbered {
  readonly from: string
  readonly number: number
}

const beganWith = (): Member => ({
  isBusy: false,
  watched: new Map(),
  lapsed: new Set(),
  timers: new Map(),
  aliases: new Map(),
  sent: new Map(),
  heard: new Map(),
  count: 0,
})

/** Every member is one of these. */
export const MemberServer = defineServer({
  name: 'member',
  init: (_start: void) => beganWith(),
  calls: {
    watch(member, pid: Pid, context) {
      enterAlone(member)
      const monitor = context.monitor(pid)
      member.watched.set(monitor.id, monitor)
      return reply(undefined, member)
    },
    /** Takes a monitor back. */
    unwatch(member, flush: boolean, context) {
      enterAlone(member)
      const [monitor] = member.watched.values()
      if (monitor === undefined) return reply(undefined, member)
      member.watched.delete(monitor.id)
      const wasOpen = context.demonitor(monitor, { flush })
      sometimes('a report is flushed', !wasOpen && flush)
      if (!wasOpen && !flush) member.lapsed.add(monitor.id)
      return reply(undefined, member)
    },
    tie(member, pid: Pid, context) {
      enterAlone(member)
      context.link(pid)
      return reply(undefined, member)
    },
    untie(member, pid: Pid, context) {
      enterAlone(member)
      context.unlink(pid)
      return reply(undefined, member)
    },
    trap(member, on: boolean, context) {
      enterAlone(member)
      context.trapExits(on)
      return reply(undefined, member)
    },
    /** Sets a timer; those that are far off are there when it ends. */
    remind(member, delayMs: number, context) {
      enterAlone(member)
      member.count += 1
      member.timers.set(member.count, context.after(delayMs, 'tick', member.count))
      return reply(undefined, member)
    },
    dismiss(member, _payload: void) {
      enterAlone(member)
      const [first] = member.timers
      if (first === undefined) return reply(undefined, member)
      const [number, timer] = first
      if (timer.cancel()) member.timers.delete(number)
      return reply(undefined, member)
    },
    /** Opens an alias for one message. */
    invite(member, _payload: void, context) {
      enterAlone(member)
      const alias = context.alias({ reply: true })
      member.aliases.set(alias.id, alias)
      return reply(alias, member)
    },
    /** Takes an alias back. */
    disinvite(member, _payload: void, context) {
      enterAlone(member)
      const [alias] = member.aliases.values()
      if (alias === undefined) return reply(undefined, member)
      if (context.unalias(alias)) member.aliases.delete(alias.id)
      return reply(undefined, member)
    },
    /** Sends a row of numbered messages to another one. */
    pass(member, { to, count }: { readonly to: Pid; readonly count: number }, context) {
      enterAlone(member)
      for (let sent = 0; sent < count; sent += 1) {
        const number = (member.sent.get(formatPid(to)) ?? 0) + 1
        if (cast(to, 'numbered', { from: formatPid(context.self), number })) {
          member.sent.set(formatPid(to), number)
        }
      }
      return reply(undefined, member)
    },
    async wait(member, durationMs: number, context) {
      return await alone(member, async () => {
        await context.sleep(durationMs)
        return reply(undefined, member)
      })
    },
    leave: (member) => stop({ kind: 'normal' }, member, undefined),
    crash(_member, _payload: void) {
      throw new Error('as asked')
    },
  },
  casts: {
    tick(member, number: number) {
      enterAlone(member)
      always(member.timers.delete(number), 'I20: a timer ticks that was taken back')
      return next(member)
    },
    async numbered(member, { from, number }: Numbered, context) {
      return await alone(member, async () => {
        const last = member.heard.get(from) ?? 0
        always(number === last + 1, `I13: message ${number} of ${from} comes after ${last}`)
        member.heard.set(from, number)
        if (number % 3 === 0) await context.sleep(1)
        return next(member)
      })
    },
  },
  info(member, message) {
    enterAlone(member)
    const id = Number(message)
    always(member.aliases.delete(id), 'I13: a message comes through an alias that is closed')
    return next(member)
  },
  down(member, { monitor, reason }: Down) {
    enterAlone(member)
    const isKnown = member.watched.delete(monitor.id) || member.lapsed.delete(monitor.id)
    always(isKnown, 'I14: a member hears of a monitor that it has taken back')
    sometimes('a member hears of the crash of another', reason.kind === 'crash')
    return next(member)
  },
  exit(member) {
    enterAlone(member)
    return next(member)
  },
})

/** What a member understands. */
export type MemberProtocol = ProtocolOf<typeof MemberServer>

/** Sends what an alias may let in; twice, and at most one arrives. */
export function answerTwice(alias: Alias): void {
  send(alias, alias.id)
  send(alias, alias.id)
}
