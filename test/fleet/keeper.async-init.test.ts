import { call, defineServer, fleet, next, reply, startNode, stop } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'

// A call by name waits in the inbox while `init` runs. The moment `init` is over the worker may
// handle it, and end by it, before the fleet has heard that the start came to an end.
describe('a worker that ends in the very turn in which its asynchronous init is over', () => {
  it('is started again', async () => {
    const { workers, open, host, started, node } = await startOne('permanent')
    await using _node = node
    const crash = call(workers.via('one'), 'crash')
    open()
    await expect(crash).rejects.toMatchObject({ code: 'FLOTILLA_EXIT_CRASH' })
    expect(await started).toMatchObject({ ok: true })
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 1, running: 1, pending: 0, parked: 0 })
    expect(await workers.call('one', 'ping')).toBe('pong')
  })

  it('is forgotten if it is transient and has ended normally', async () => {
    const { workers, open, host, started, node } = await startOne('transient')
    await using _node = node
    const leaving = call(workers.via('one'), 'leave')
    open()
    expect(await leaving).toBe('gone')
    expect(await started).toMatchObject({ ok: true })
    await host.settle()
    expect([workers.whereis('one'), workers.counts().desired]).toEqual([undefined, 0])
  })
})

/** A fleet whose first worker has its name and waits in `init` until `open` is called. */
async function startOne(restart: 'permanent' | 'transient') {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const server = defineServer({
    name: 'fragile',
    init: async (key: string) => {
      await gate
      return next(key)
    },
    calls: {
      ping: (key) => reply('pong', key),
      leave: (key) => stop({ kind: 'normal' }, key, 'gone'),
      crash: (key) => stop({ kind: 'crash', error: 'as asked' }, key),
    },
  })
  const workers = fleet(server, { name: 'workers', key: (key: string) => key, restart })
  const registered = new Promise((resolve) => workers.watch(resolve))
  const host = virtualHost()
  const node = await startNode(workers, { host })
  const started = workers.start('one')
  await registered
  return { workers, open: () => open(), host, started, node }
}
