import {
  type ChildSpec,
  dynamicSupervisor,
  exit,
  isAlive,
  startNode,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { part, pidOf, startedBy, workerNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('an anchor that is killed', () => {
  // Names belong to the node, so nobody goes along.
  test('loses no name, and the holders go on [differs: REG-025]', async () => {
    const names = workerNames()
    const top = supervisor(one, [names, part({ id: 'a' }, { name: names.via('x') })])
    const { host } = await run(top)
    const holder = pidOf(top, 'a')
    exit(pidOf(top, 'names'), 'kill')
    expect(names.whereis('x')).toBe(holder)
    await host.settle()
    expect(names.whereis('x')).toBe(holder)
    expect(names.count()).toBe(1)
    expect(pidOf(top, 'a')).toBe(holder)
  })

  test('loses no row', async () => {
    const rows = table<string, number>({ name: 'rows' })
    const top = supervisor(one, [rows])
    const { host } = await run(top)
    rows.save('a', 1)
    exit(pidOf(top, 'rows'), 'kill')
    rows.save('b', 2)
    await host.settle()
    expect([...rows.entries()]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  test('keeps names taken and freed while it is away', async () => {
    const names = workerNames()
    const top = supervisor(one, [names, part({ id: 'a' }, { name: names.via('x') })])
    const { host } = await run(top)
    exit(pidOf(top, 'names'), 'kill')
    exit(pidOf(top, 'a'), 'kill')
    expect(names.whereis('x')).toBeUndefined()
    await host.settle()
    expect(names.whereis('x')).toBe(pidOf(top, 'a'))
  })
})

describe('an anchor that is stopped in order', () => {
  test('lets go of the node, and starts again with its group', async () => {
    const names = workerNames()
    const top = supervisor({ ...one, strategy: 'one_for_all' }, [
      names,
      part({ id: 'a' }, { name: names.via('x') }),
      part({ id: 'b' }),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    expect(names.whereis('x')).toBe(pidOf(top, 'a'))
    expect(names.count()).toBe(1)
  })

  test('can be started on another node afterwards', async () => {
    const names = workerNames()
    const { node } = await run(supervisor(one, [names]))
    await node.stop()
    await run(supervisor(one, [names, part({ id: 'a' }, { name: names.via('x') })]), 'second')
    expect(names.whereis('x')?.node).toBe('second')
  })
})

describe('a registry that is stopped while its node goes on', () => {
  test('may run on another node, and leaves no name on the first', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const names = workerNames()
    const move = async (name: string) => {
      const node = await startNode(names, { host, name })
      await node.stop()
    }
    const first = await startedBy(children.startChild(names))
    const holder = await startedBy(children.startChild(part({ id: 'a' }, { name: names.via('x') })))
    expect(await children.terminateChild(first)).toBe(true)
    await move('second')
    await startedBy(children.startChild(names))
    expect(names.whereis('x')).toBeUndefined()
    expect(isAlive(holder)).toBe(true)
  })
})

describe('an anchor that cannot be attached', () => {
  test.each<[string, () => ChildSpec]>([
    ['registries', () => uniqueRegistry({ name: 'same' })],
    ['tables', () => table({ name: 'same' })],
  ])('fails the start: two %s of one name', async (_, make) => {
    const sides = ['left', 'right'].map((name) => supervisor({ ...one, name }, [make()]))
    const failed = startNode(supervisor(one, sides), { host: virtualHost() })
    await expect(failed).rejects.toMatchObject({ cause: { code: 'FLOTILLA_NAME_TAKEN' } })
  })

  test.each<[string, () => ChildSpec]>([
    ['registry', () => uniqueRegistry({ name: 'it' })],
    ['table', () => table({ name: 'it' })],
  ])('fails the start: one %s on two nodes', async (_, make) => {
    const it = make()
    const { host } = await run(it)
    const failed = startNode(it, { host, name: 'second' })
    await expect(failed).rejects.toMatchObject({ cause: { code: 'FLOTILLA_ALREADY_STARTED' } })
  })
})
