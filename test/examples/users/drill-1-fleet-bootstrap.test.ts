import { call, startNode } from 'flotilla'
import { expect, it } from 'vitest'
import {
  makeUsers,
  run,
  someUsers,
  userId,
} from '../../../examples/users/drill-1-fleet-bootstrap.ts'

it('starts N workers, each registered by its user id and addressable by via', async () => {
  const { tree, users, dynamic, via, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ids = someUsers(1000)
  const started = await startUsers(ids)
  expect(started.every(({ ok }) => ok)).toBe(true)
  expect([dynamic.countChildren().active, users.count()]).toEqual([1000, 1000])
  const described = await Promise.all(ids.map((id) => call(via(id), 'describe')))
  expect(described.map(({ id }) => id)).toEqual(ids)
})

it('gives each worker exactly the one name it was started under', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ids = someUsers(50)
  await startUsers(ids)
  const pids = ids.flatMap((id) => users.lookup(id).map(({ pid }) => pid))
  expect(new Set(pids).size).toBe(50)
  expect(pids.map((pid) => users.keys(pid))).toEqual(ids.map((id) => [id]))
})

it('starts a user once, however many ask for it at the same time', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ann = userId('ann')
  const started = await startUsers(Array.from({ length: 20 }, () => ann))
  expect(started.filter(({ ok }) => ok)).toHaveLength(1)
  const pid = users.whereis(ann)
  const losers = started.flatMap((each) => (each.ok ? [] : [each.reason]))
  expect(losers).toEqual(losers.map(() => ({ kind: 'already_started', pid })))
})

it('has the registry before the workers in its tree', async () => {
  const { tree } = makeUsers()
  await using _node = await startNode(tree)
  expect(tree.whichChildren().map(({ id }) => id)).toEqual(['my.registry', 'my.dynamic'])
})

it('refuses an empty user id', () => {
  expect(() => userId('')).toThrow('Cannot make a user id of an empty text')
})

it('prints what it shows', async () => {
  const lines: string[] = []
  await run((line) => lines.push(line))
  expect(lines).toEqual([
    'started 1000 workers, 1000 have a name',
    'started the same users again: 1000 already started, 1000 names',
  ])
})
