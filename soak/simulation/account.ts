/**
 * An account: counts operations, each once however often it is asked for.
 *
 * Invariant: what is answered is on the disk.
 */
import { defineServer, next, type ProtocolOf, reply } from 'flotilla'
import type { Disk, Row } from './disk.ts'

/** Which account to start. */
export interface AccountStart {
  readonly key: number
}

/** One operation of a client; a retry has the same number. */
export interface Operation {
  readonly client: string
  readonly number: number
}

interface Account {
  readonly key: number
  readonly row: Row
  readonly ticks: number
}

const tickMs = 5000

/** Defines the server of the accounts of one node. */
export function accountServer(disk: Disk) {
  return defineServer({
    name: 'account',
    init: ({ key }: AccountStart, context): Account => {
      context.after(tickMs, 'tick')
      return { key, row: disk.load(key), ticks: 0 }
    },
    calls: {
      apply(account, operation: Operation) {
        const { key, row } = account
        if ((row.last[operation.client] ?? 0) >= operation.number) return reply(row.count, account)
        const applied = rowAfter(row, operation)
        disk.save(key, applied)
        return reply(applied.count, { ...account, row: applied })
      },
      read: (account) => reply(account.row.count, account),
    },
    casts: {
      tick(account, _payload: void, context) {
        context.after(tickMs, 'tick')
        return next({ ...account, ticks: account.ticks + 1 })
      },
    },
  })
}

/** What an account understands. */
export type AccountProtocol = ProtocolOf<ReturnType<typeof accountServer>>

function rowAfter(row: Row, { client, number }: Operation): Row {
  const last = { ...row.last, [client]: number }
  return { version: row.version + 1, count: row.count + 1, last }
}
