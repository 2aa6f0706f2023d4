/**
 * A session: looks after an account by a monitor, and may be tied to another session by a link.
 *
 * Invariant: it has at most one monitor at a time; it ends by itself when nobody talks to it.
 */
import {
  type Address,
  type Down,
  defineServer,
  type Monitor,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  stop,
} from 'flotilla'
import { always, sometimes } from 'flotilla/testing'

/** Which session to start. */
export interface SessionStart {
  readonly account: Address
}

interface Session {
  readonly account: Address
  readonly watched: Monitor | undefined
  readonly downs: number
}

const waiting = { idleTimeoutMs: 3000 }
const watchAgainMs = 200

/** Every session of every node is one of these. */
export const Session = defineServer({
  name: 'session',
  init: ({ account }: SessionStart, context): Session => {
    return { account, watched: context.monitor(account), downs: 0 }
  },
  calls: {
    ping: (session) => reply(session.downs, session, waiting),
    /** Ends with the other, whoever is first. */
    join(session, other: Pid, context) {
      context.link(other)
      return reply(undefined, session, waiting)
    },
    leave: (session) => stop({ kind: 'normal' }, session, undefined),
  },
  casts: {
    watch(session, _payload: void, context) {
      if (session.watched !== undefined) context.demonitor(session.watched, { flush: true })
      return next({ ...session, watched: context.monitor(session.account) }, waiting)
    },
  },
  down(session, down: Down, context) {
    const { watched } = session
    always(watched === down.monitor, 'a session hears of the monitor that it has, and no other')
    sometimes('a session hears of the end of its account', down.reason.kind !== 'noproc')
    context.after(watchAgainMs, 'watch')
    return next({ ...session, watched: undefined, downs: session.downs + 1 }, waiting)
  },
  timeout: (session) => stop({ kind: 'normal' }, session),
})

/** What a session understands. */
export type SessionProtocol = ProtocolOf<typeof Session>
