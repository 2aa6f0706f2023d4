/**
 * A registry as one would write it in a hurry: a server that keeps names in a table which everybody
 * reads directly, and frees a name when it hears of the end of its holder.
 *
 * Between the end and that message a look-up gives a dead process; first come first served hides
 * it, since the message comes before whatever a client does next.
 */
import { call, defineServer, type Monitor, next, type Pid, type ProtocolOf, reply } from 'flotilla'

/** Who holds what, and by which monitor that is known. */
export type Table = Map<string, { readonly pid: Pid; readonly monitor: number }>

/** The server that alone writes the table. */
export const ToyRegistry = defineServer({
  name: 'toy registry',
  init: (table: Table) => table,
  calls: {
    register: (table, { key, pid }: { readonly key: string; readonly pid: Pid }, context) => {
      if (table.has(key)) return reply(false, table)
      const monitor: Monitor = context.monitor(pid)
      table.set(key, { pid, monitor: monitor.id })
      return reply(true, table)
    },
  },
  down: (table, { monitor }) => {
    for (const [key, entry] of table) if (entry.monitor === monitor.id) table.delete(key)
    return next(table)
  },
})

/** Registers a process; false if the name is taken, by whoever. */
export function registerIn(
  server: Pid<ProtocolOf<typeof ToyRegistry>>,
  key: string,
  pid: Pid,
): Promise<boolean> {
  return call(server, 'register', { key, pid })
}
