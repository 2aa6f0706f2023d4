/**
 * Monitors processes and counts their ends.
 */
import { child, defineServer, next, type Pid, reply } from 'flotilla'

const Idler = defineServer({ name: 'idler', init: (index: number) => index })

interface Watching {
  readonly whenAll: (killed: number) => void
  readonly left: number
  readonly killed: number
}

/** Starts processes without a supervisor, and tells when all have ended how many were killed. */
export const Watcher = defineServer({
  name: 'watcher',
  init: (whenAll: (killed: number) => void): Watching => ({ whenAll, left: 0, killed: 0 }),
  calls: {
    async start({ whenAll }, count: number, context) {
      const pids: Pid[] = []
      for (let index = 0; index < count; index += 1) {
        const started = await context.start(child(Idler, index), { link: false, monitor: true })
        if (started.ok) pids.push(started.pid)
      }
      return reply(pids, { whenAll, left: pids.length, killed: 0 })
    },
  },
  down({ whenAll, left, killed }, { reason }) {
    const after = { whenAll, left: left - 1, killed: killed + (reason.kind === 'killed' ? 1 : 0) }
    if (after.left === 0) whenAll(after.killed)
    return next(after)
  },
})
