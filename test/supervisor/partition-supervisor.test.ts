import { availableParallelism } from 'node:os'
import {
  argumentCodes,
  type ChildSpec,
  call,
  cast,
  child,
  countChildren,
  defineServer,
  dynamicSupervisor,
  type Host,
  hashKey,
  type Key,
  next,
  partitionSupervisor,
  reply,
  send,
  startNode,
  stopServer,
  supervisor,
  whichChildren,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { codeOf, run } from './running.ts'
import { from, ok, part, pidOf, refused, startedBy, supervisorNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

const Counter = defineServer({
  name: 'counter',
  init: (partition: number) => ({ partition, heard: [] as unknown[] }),
  calls: {
    partition: (state) => reply(state.partition, state),
    heard: (state) => reply(state.heard, state),
  },
  casts: { hear: (state, what: string) => next({ ...state, heard: [...state.heard, what] }) },
  info: (state, message) => next({ ...state, heard: [...state.heard, message] }),
})

function counters(partitions: number, name = 'counters') {
  return partitionSupervisor({ name, partitions }, (partition) => child(Counter, partition))
}

describe('partitionSupervisor, given options', () => {
  test('is a child specification with the life of a supervisor and its name as id [PSUP-006]', () => {
    const plain = counters(2)
    expect(plain).toMatchObject({ id: 'counters', restart: 'permanent', shutdownMs: 'infinity' })
    const life = { restart: 'transient', shutdownMs: 7 } as const
    const own = partitionSupervisor({ name: 'it', ...life }, () => part({ id: 'a' }))
    expect(own).toMatchObject({ id: 'it', ...life })
  })

  test.each([
    ['partitions', 0, argumentCodes.invalid_option],
    ['partitions', -1, argumentCodes.invalid_option],
    ['partitions', 1.5, argumentCodes.invalid_option],
    ['partitions', 'many', argumentCodes.invalid_option],
    ['partitions', 2 ** 16 + 1, argumentCodes.invalid_option],
    ['strategy', 'one_for_none', argumentCodes.invalid_option],
    ['maxRestarts', -1, argumentCodes.invalid_option],
    ['name', '', argumentCodes.invalid_argument],
    ['autoShutdown', 'never', argumentCodes.unknown_option],
  ])('refuses %s %s [PSUP-004]', (name, value, code) => {
    const make = () => partitionSupervisor({ name: 'it', [name]: value }, () => part({ id: 'a' }))
    expect(codeOf(make)).toBe(code)
  })

  test('refuses to do without a name or without the child of a partition [PSUP-003, PSUP-004]', () => {
    const make = partitionSupervisor as (...args: unknown[]) => unknown
    expect(codeOf(() => make({}, () => part({ id: 'a' })))).toBe(argumentCodes.invalid_argument)
    for (const wrong of [undefined, null, part({ id: 'a' }), 'child', 5]) {
      expect(codeOf(() => make({ name: 'it' }, wrong))).toBe(argumentCodes.invalid_argument)
    }
  })

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['junk', () => ({ id: 'a' })],
    ['a temporary child', () => part({ id: 'a' }, { restart: 'temporary' })],
    ['a significant child', () => part({ id: 'a' }, { restart: 'transient', significant: true })],
  ])('refuses at once %s in the place of a child', (_, make) => {
    const it = () => partitionSupervisor({ name: 'it' }, make as () => ChildSpec)
    expect(codeOf(it)).toBe(argumentCodes.invalid_child)
  })

  test('fails to start if a later partition has no child', async () => {
    const odd = partitionSupervisor({ name: 'odd', partitions: 3 }, (partition) => {
      return partition < 2 ? part({ id: 'a' }) : ({} as ChildSpec)
    })
    const top = supervisor(one, [])
    await run(top)
    expect(await top.startChild(odd)).toMatchObject(refused('init_failed'))
  })
})

describe('a partition supervisor', () => {
  test('has as many children as it is told, with the ids from 0 on [PSUP-001, PSUP-002, PSUP-019]', async () => {
    const parts = counters(3)
    await run(parts)
    expect(parts.partitions()).toBe(3)
    expect(parts.whichChildren()).toEqual(
      [0, 1, 2].map((partition) => ({
        id: String(partition),
        partition,
        pid: parts.whereis(partition),
        type: 'worker',
        label: 'counter',
      })),
    )
    const pids = parts.whichChildren().map(({ pid }) => pid as never)
    const own = await Promise.all(pids.map((pid) => call(pid, 'partition')))
    expect(own).toEqual([0, 1, 2])
  })

  test('has by default as many as the host can run at the same time, or one [PSUP-001]', async () => {
    const make = () => partitionSupervisor({ name: 'parts' }, (id) => part({ id: `${id}` }))
    const counts = async (host: Host) => {
      const parts = make()
      const node = await startNode(parts, { host })
      const count = parts.partitions()
      await node.stop()
      return count
    }
    expect(await counts({ ...virtualHost(), parallelism: () => 5 })).toBe(5)
    expect(await counts(virtualHost())).toBe(1)
    const parts = make()
    const node = await startNode(parts)
    onTestFinished(() => node.stop())
    expect(parts.partitions()).toBe(availableParallelism())
  })

  test('does not start on a host with an impossible parallelism', async () => {
    for (const parallelism of [0, -1, 1.5, Number.NaN, 'many' as never]) {
      const parts = partitionSupervisor({ name: 'parts' }, () => part({ id: 'a' }))
      const host = { ...virtualHost(), parallelism: () => parallelism }
      await expect(startNode(parts, { host })).rejects.toThrow('host.parallelism')
    }
  })

  test('can be started again, also with another number of partitions', async () => {
    const parts = partitionSupervisor({ name: 'parts' }, (id) => part({ id: `${id}` }))
    for (const parallelism of [4, 2, 6]) {
      const host = { ...virtualHost(), parallelism: () => parallelism }
      const node = await startNode(parts, { host })
      expect(parts.partitions()).toBe(parallelism)
      expect(parts.countChildren().active).toBe(parallelism)
      await node.stop()
    }
  })

  test('counts its children as workers or as supervisors [PSUP-020]', async () => {
    const workers = counters(3)
    const offices = partitionSupervisor({ name: 'offices', partitions: 2 }, (partition) => {
      return dynamicSupervisor({ name: `office ${partition}` })
    })
    const top = supervisor(one, [workers, offices])
    await run(top)
    expect(workers.countChildren()).toEqual({ specs: 3, active: 3, supervisors: 0, workers: 3 })
    expect(offices.countChildren()).toEqual({ specs: 2, active: 2, supervisors: 2, workers: 0 })
    expect(countChildren(pidOf(top, 'offices'))).toEqual(offices.countChildren())
  })

  test('may be registered: start, partitions and routing are as ever [PSUP-007]', async () => {
    const offices = supervisorNames()
    const registerAs = offices.via('parts')
    const parts = partitionSupervisor({ name: 'parts', partitions: 3, registerAs }, (partition) => {
      return child(Counter, partition)
    })
    const top = supervisor(one, [offices, parts])
    await run(top)
    expect(offices.whereis('parts')).toBe(pidOf(top, 'parts'))
    expect(parts.partitions()).toBe(3)
    expect(await call(parts.via(5), 'partition')).toBe(2)
    expect(whichChildren(registerAs)).toEqual(parts.whichChildren())
    expect(await parts.resize(1)).toBe(3)
    expect(countChildren(registerAs)).toMatchObject({ specs: 3, active: 1 })
    expect(await call(parts.via(5), 'partition')).toBe(0)
  })

  test('is refused under a name that another one has, with its pid [PSUP-027]', async () => {
    const [first, second] = [counters(1, 'same'), counters(1, 'same')]
    const parent = dynamicSupervisor({ name: 'parent' })
    await run(parent)
    const pid = await startedBy(parent.startChild(first))
    const already = { ok: false, reason: { kind: 'already_started', pid } }
    expect(await parent.startChild(second)).toEqual(already)
    await stopServer(pid, { reason: { kind: 'shutdown' } }).catch(() => undefined)
    expect(first.countChildren().active).toBe(1)
    expect(await parent.terminateChild(parent.whichChildren()[0]?.pid as never)).toBe(true)
    expect(await parent.startChild(second)).toMatchObject(ok)
  })

  test('is stopped in order, and gone when that is done [PSUP-021]', async () => {
    const journal: string[] = []
    const parts = partitionSupervisor(
      { name: 'parts', partitions: 3, restart: 'temporary' },
      (id) => part({ id: `p${id}`, journal, traps: true }),
    )
    const top = supervisor(one, [parts])
    await run(top)
    await stopServer(pidOf(top, 'parts'))
    expect(journal.slice(3)).toEqual(['-p2 shutdown', '-p1 shutdown', '-p0 shutdown'])
    expect(() => parts.partitions()).toThrow('noproc')
    expect(parts.whereis(0)).toBeUndefined()
  })
})

describe('a key', () => {
  test('leads to the partition of its absolute value if it is an integer [PSUP-009]', async () => {
    const parts = counters(3)
    await run(parts)
    const partitionOf = (key: Key) => call(parts.via(key), 'partition')
    expect(await Promise.all([0, 1, 2, 3, -1, -5, 4n].map(partitionOf))).toEqual([
      0, 1, 2, 0, 1, 2, 1,
    ])
    expect(parts.partitionOf(3)).toBe(0)
    expect(parts.partitionOf(-1)).toBe(1)
  })

  test('leads to the partition of its frozen hash otherwise, and always to the same [PSUP-010]', async () => {
    const parts = counters(7)
    await run(parts)
    const keys: Key[] = ['u1', 'u2', 1.5, true, ['a', 1], '3']
    for (const key of keys) {
      expect(await call(parts.via(key), 'partition')).toBe(hashKey(key) % 7)
      expect(parts.partitionOf(key)).toBe(hashKey(key) % 7)
      expect(parts.whereis(key)).toBe(parts.whereis(hashKey(key) % 7))
    }
  })

  test('leads calls, casts and messages to the child of its partition [PSUP-013]', async () => {
    const parts = counters(3)
    await run(parts)
    cast(parts.via(1), 'hear', 'a cast')
    send(parts.via(1), 'a message')
    expect(await call(parts.via(1), 'heard')).toEqual(['a cast', 'a message'])
    expect(await call(parts.via(2), 'heard')).toEqual([])
  })

  test('leads to the handle of its partition, to start children with [PSUP-011]', async () => {
    const parts = partitionSupervisor({ name: 'parts', partitions: 4 }, (partition) => {
      return dynamicSupervisor({ name: `children of ${partition}` })
    })
    await run(parts)
    const users = from(1, 100).map((user) => `user ${user}`)
    const started = await Promise.all(
      users.map((user) => startedBy(parts.at(user).startChild(part({ id: user })))),
    )
    const found = [0, 1, 2, 3].map((partition) => parts.at(partition).whichChildren())
    for (const children of found) expect(children.length).toBeGreaterThan(10)
    const pids = found.flat().map(({ pid }) => pid)
    expect(pids).toHaveLength(100)
    expect(new Set(pids)).toEqual(new Set(started))
  })

  test('that is none is refused', async () => {
    const parts = counters(2)
    await run(parts)
    for (const wrong of [undefined, null, Number.NaN, {}, Symbol('key')] as never[]) {
      const uses = [
        () => parts.via(wrong),
        () => parts.whereis(wrong),
        () => parts.at(wrong),
        () => parts.partitionOf(wrong),
      ]
      for (const use of uses) expect(codeOf(use)).toBe(argumentCodes.invalid_key)
    }
  })
})

describe('a partition supervisor that does not run', () => {
  test('was never started: says so [PSUP-018, PSUP-020]', () => {
    const parts = counters(2)
    const uses = [
      () => parts.partitions(),
      () => parts.partitionOf(1),
      () => parts.at(1),
      () => parts.whereis(1),
      () => parts.countChildren(),
      () => parts.whichChildren(),
      () => parts.resize(1),
      () => call(parts.via(1), 'partition'),
    ]
    for (const use of uses) expect(codeOf(use)).toBe(argumentCodes.not_started)
  })

  test('is gone: exits with noproc [PSUP-018, PSUP-020]', async () => {
    const parts = counters(2)
    const { node } = await run(parts)
    await node.stop()
    const uses = [
      () => parts.partitions(),
      () => parts.partitionOf(1),
      () => parts.at(1),
      () => parts.countChildren(),
      () => parts.whichChildren(),
    ]
    for (const use of uses) expect(use).toThrow('noproc')
    expect(parts.whereis(1)).toBeUndefined()
    await expect(parts.resize(1)).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    await expect(call(parts.via(1), 'partition')).rejects.toMatchObject({
      reason: { kind: 'noproc' },
    })
  })
})
