import { call, exit, startNode } from 'flotilla'
import { expect, expectTypeOf, it } from 'vitest'
import { makeUsers, someUsers, userId } from '../../../examples/users/drill-1-fleet-bootstrap.ts'
import { makeUsersApi, run } from '../../../examples/users/drill-2-routing-by-via.ts'

it('resolves every call to the worker of the user it names', async () => {
  const api = makeUsersApi()
  await using _node = await startNode(api.tree)
  const ids = someUsers(20)
  await api.start(ids)
  await Promise.all(ids.flatMap((id, index) => ids.slice(0, index).map(() => api.ping(id))))
  expect(await Promise.all(ids.map((id) => api.pings(id)))).toEqual(ids.map((_, index) => index))
})

it('neither takes nor gives a pid', () => {
  const api = makeUsersApi()
  expectTypeOf(api.start).returns.resolves.toBeVoid()
  expectTypeOf(api.ping).returns.resolves.toEqualTypeOf<'pong'>()
  expectTypeOf(api.pings).returns.resolves.toBeNumber()
  expectTypeOf(api.ask).returns.resolves.toBeString()
  expect(Object.keys(api)).toEqual(['tree', 'start', 'ping', 'pings', 'ask'])
})

it('finds whoever has the name now: the same via serves the next life of a worker', async () => {
  const { tree, users, via, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ann = userId('ann')
  const address = via(ann)
  await startUsers([ann])
  await call(address, 'ping')
  const registered = new Promise((resolve) => {
    users.watch(({ kind }) => {
      if (kind === 'register') resolve(undefined)
    })
  })
  const pid = users.whereis(ann)
  if (pid === undefined) throw new Error('Ann is not running')
  exit(pid, 'kill')
  await registered
  expect(await call(address, 'describe')).toEqual({ id: ann, pings: 0 })
})

it('says who is missing when nobody has the name', async () => {
  const api = makeUsersApi()
  await using _node = await startNode(api.tree)
  const message =
    'Call "ping" to my.registry "bob" failed: no process at my.registry "bob" (noproc)'
  expect(await api.ask(userId('bob'))).toBe(message)
  await expect(api.ping(userId('bob'))).rejects.toThrow(message)
})

it('prints what it shows', async () => {
  const lines: string[] = []
  await run((line) => lines.push(line))
  expect(lines).toEqual([
    'user-0 has answered 1 times',
    'user-1 has answered 2 times',
    'user-2 has answered 3 times',
    'Call "ping" to my.registry "nobody" failed: no process at my.registry "nobody" (noproc)',
  ])
})
