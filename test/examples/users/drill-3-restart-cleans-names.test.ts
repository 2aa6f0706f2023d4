import { isAlive, startNode } from 'flotilla'
import { expect, it } from 'vitest'
import { makeUsers, someUsers, userId } from '../../../examples/users/drill-1-fleet-bootstrap.ts'
import { killAndWatch, run } from '../../../examples/users/drill-3-restart-cleans-names.ts'

it('finds nobody under the name in the very turn of the kill', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  await startUsers([ann])
  expect((await killAndWatch(users, ann)).rightAfter).toEqual([])
})

it('hears of one release and one registration, in this order', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  await startUsers([ann])
  const { killed, events, afterwards } = await killAndWatch(users, ann)
  expect(events).toEqual([
    { kind: 'unregister', key: ann, pid: killed },
    { kind: 'register', key: ann, pid: afterwards[0] },
  ])
})

it('finds exactly one entry afterwards, of another process that lives', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  await startUsers([ann])
  const { killed, afterwards } = await killAndWatch(users, ann)
  expect(afterwards).toHaveLength(1)
  expect(afterwards[0]).not.toEqual(killed)
  expect(afterwards.map(isAlive)).toEqual([true])
  expect(isAlive(killed)).toBe(false)
})

it('sees the same for several workers that are killed in one turn', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const ids = someUsers(3)
  await startUsers(ids)
  const evidence = await Promise.all(ids.map((id) => killAndWatch(users, id)))
  expect(evidence.map(({ rightAfter }) => rightAfter)).toEqual([[], [], []])
  expect(evidence.map(({ afterwards }) => afterwards.length)).toEqual([1, 1, 1])
  expect(users.count()).toBe(3)
})

it('leaves the names of the others alone', async () => {
  const { tree, users, startUsers } = makeUsers()
  await using _node = await startNode(tree)
  const bob = userId('bob')
  await startUsers([ann, bob])
  const before = users.whereis(bob)
  await killAndWatch(users, ann)
  expect(users.whereis(bob)).toBe(before)
})

it('says so when there is nobody to kill', async () => {
  const { tree, users } = makeUsers()
  await using _node = await startNode(tree)
  await expect(killAndWatch(users, ann)).rejects.toThrow(
    'Cannot kill the worker of ann: there is none',
  )
})

it('prints what it shows', async () => {
  const lines: string[] = []
  await run((line) => lines.push(line.replaceAll(/<.+?>/g, '<pid>')))
  expect(lines).toEqual([
    'killed ann, who was <pid>',
    'look-up in the same turn: 0 entries',
    'the feed says: unregister <pid>',
    'the feed says: register <pid>',
    'look-up afterwards: <pid>',
  ])
})

const ann = userId('ann')
