import fc from 'fast-check'
import {
  ArgumentError,
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  ended,
  exit,
  isAlive,
  type Key,
  type Pid,
  type Protocol,
  reply,
  type Started,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from '../supervisor/running.ts'
import { endings, from, gate, part, Worker, type WorkerProtocol } from '../supervisor/worker.ts'

describe('uniqueRegistry, given options', () => {
  // REG-008
  test('is a child specification under its name', () => {
    expect(uniqueRegistry({ name: 'it' })).toMatchObject({ id: 'it', restart: 'permanent' })
  })

  // REG-003, REG-004, REG-005
  test.each([
    ['name', undefined, argumentCodes.invalid_argument],
    ['name', '', argumentCodes.invalid_argument],
    ['name', 7, argumentCodes.invalid_argument],
    ['partitions', 0, argumentCodes.invalid_option],
    ['partitions', -1, argumentCodes.invalid_option],
    ['partitions', 1.5, argumentCodes.invalid_option],
    ['partitions', '1', argumentCodes.invalid_option],
    ['maxNames', 0, argumentCodes.invalid_option],
    ['maxNames', Number.POSITIVE_INFINITY, argumentCodes.invalid_option],
    ['keys', 'unique', argumentCodes.unknown_option],
  ])('refuses %s %s', (name, value, code) => {
    expect(codeOf(() => uniqueRegistry({ name: 'it', [name]: value }))).toBe(code)
  })
})

// REG-002, REG-010: one table behind them all, whatever the option says.
describe.each([{}, { partitions: 1 }, { partitions: 8 }])('a registry with %j', (options) => {
  const start = () => runWithNames(options)

  // REG-012, REG-013
  test('shows who holds a key, and which keys a process holds', async () => {
    const { names, take } = await start()
    const pid = await startedBy(take('x'))
    expect(names.whereis('x')).toBe(pid)
    expect(names.lookup('x')).toEqual([{ pid, value: undefined }])
    expect(names.keys(pid)).toEqual(['x'])
    expect(names.count()).toBe(1)
  })

  // REG-014, REG-083
  test('is empty where nobody is', async () => {
    const { names, take, children } = await start()
    const nameless = await startedBy(children.startChild(part({ id: 'a' })))
    expect(names.whereis('x')).toBeUndefined()
    expect(names.lookup('x')).toEqual([])
    expect(names.keys(nameless)).toEqual([])
    expect(names.count()).toBe(0)
    await take('x')
    expect(names.lookup('y')).toEqual([])
  })

  // REG-017, REG-018, REG-079, VIA-004, VIA-005, I5
  test('refuses a second holder: it leaves no trace and does not run init', async () => {
    const { names, take, node, host } = await start()
    const pid = await startedBy(take('x'))
    const journal: string[] = []
    const events: unknown[] = []
    const before = node.statistics()
    await host.settle()
    names.watch((event) => events.push(event))
    const refused = await take('x', { journal })
    expect(refused).toEqual({ ok: false, reason: { kind: 'already_started', pid } })
    await host.settle()
    expect([journal, events]).toEqual([[], []])
    expect(node.statistics()).toEqual({ ...before, sent: before.sent + 1 })
  })

  // REG-036, REG-037, REG-038 stronger, REG-044, I2
  test.each(Object.keys(endings))('frees the key of a holder that ends: %s', async (ending) => {
    const { names, take, host } = await start()
    const pid = await startedBy(take('x'))
    const reason = ended(pid)
    endings[ending]?.(pid)
    await reason
    expect(names.lookup('x')).toEqual([])
    expect(names.keys(pid)).toEqual([])
    expect(names.count()).toBe(0)
    await host.settle()
  })

  // REG-038 stronger, REG-039, I2
  test('frees the key in the turn of the exit', async () => {
    const { names, take } = await start()
    const pid = await startedBy(take('x'))
    exit(pid, 'kill')
    expect(isAlive(pid)).toBe(false)
    expect([names.whereis('x'), names.lookup('x'), names.keys(pid), names.count()]).toEqual([
      undefined,
      [],
      [],
      0,
    ])
  })

  // REG-040, VIA-008, I3
  test('gives the key to the next one in the turn of the exit', async () => {
    const { names, take } = await start()
    exit(await startedBy(take('x')), 'kill')
    const next = await startedBy(take('x'))
    expect(names.whereis('x')).toBe(next)
  })

  // REG-046, VIA-017: kill, look-up empty at once, then exactly one with another pid.
  test('shows the replacement of a permanent worker', async () => {
    const { names, take, host } = await start()
    const pid = await startedBy(take('x', {}, 'permanent'))
    exit(pid, 'kill')
    expect(names.lookup('x')).toEqual([])
    await host.settle()
    const [entry, ...others] = names.lookup('x')
    expect(others).toEqual([])
    expect(entry?.pid).not.toBe(pid)
    expect(await call(names.via('x'), 'id')).toBe('x')
  })
})

describe('keys', () => {
  const distinct: readonly Key[] = [
    1,
    '1',
    1n,
    true,
    'true',
    [1],
    ['1'],
    [1n],
    [[1]],
    ['a', 1],
    ['a', '1'],
    [['a'], 1],
    [],
    '',
    ['', ''],
    1.5,
    'é',
    'e\u0301',
    '__proto__',
    'constructor',
  ]

  // REG-021, VIA-026
  test('differ by type and structure, and each has its own holder', async () => {
    const { names, children } = await runWithKeys()
    for (const [index, key] of distinct.entries()) {
      const named = child(Worker, { id: String(index) }, { name: names.via(key) })
      expect((await children.startChild(named)).ok).toBe(true)
    }
    expect(names.count()).toBe(distinct.length)
    for (const [index, key] of distinct.entries()) {
      expect(await call(names.via(key), 'id')).toBe(String(index))
      const pid = names.whereis(key)
      expect(pid && names.keys(pid)).toEqual([key])
    }
  })

  test('that are equal in type and structure are one key', async () => {
    const { names, children } = await runWithKeys()
    const same: [Key, Key][] = [
      [
        ['a', [1, 2n]],
        ['a', [1, 2n]],
      ],
      [0, -0],
      [[0], [-0]],
      ['ab', `a${'b'}`],
    ]
    for (const [one, other] of same) {
      const started = await children.startChild(part({ id: 'a' }, { name: names.via(one) }))
      const again = await children.startChild(part({ id: 'b' }, { name: names.via(other) }))
      expect([started.ok, again.ok]).toEqual([true, false])
      expect(names.whereis(other)).toBe(names.whereis(one))
    }
  })

  test('cannot be changed by whoever gave them', async () => {
    const { names, children } = await runWithKeys()
    const key: Key[] = ['a', 1]
    const via = names.via(key)
    const pid = await startedBy(children.startChild(part({ id: 'x' }, { name: via })))
    key[1] = 2
    expect(via.key).toEqual(['a', 1])
    expect(names.whereis(['a', 1])).toBe(pid)
    expect(names.whereis(['a', 2])).toBeUndefined()
    expect(names.keys(pid)).toEqual([['a', 1]])
  })

  // VIA-024
  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, null, {}, new Date(0), () => 1])(
    'refuses %s',
    async (wrong) => {
      const { names } = await runWithKeys()
      for (const key of [wrong, ['a', wrong], Symbol('x')] as Key[]) {
        expect(codeOf(() => names.via(key))).toBe(argumentCodes.invalid_key)
        expect(codeOf(() => names.whereis(key))).toBe(argumentCodes.invalid_key)
        expect(codeOf(() => names.lookup(key))).toBe(argumentCodes.invalid_key)
      }
    },
  )
})

describe('a registry that does not run', () => {
  // REG-009, VIA-013
  test('is an error to look into or call through, but not to cast through', async () => {
    const names = uniqueRegistry<string, WorkerProtocol>({ name: 'nowhere' })
    expect(codeOf(() => names.whereis('x'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => names.lookup('x'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => call(names.via('x'), 'id'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => tryCall(names.via('x'), 'id'))).toBe(argumentCodes.not_started)
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
  })

  test('shows nothing any more after its node is over', async () => {
    const { names, take, node } = await runWithNames({})
    await take('x')
    await node.stop()
    expect([names.whereis('x'), names.lookup('x'), names.count()]).toEqual([undefined, [], 0])
  })
})

describe('a via', () => {
  // VIA-003
  test('reaches whoever holds the name', async () => {
    const { names, take } = await runWithNames({})
    const pid = await startedBy(take('x'))
    expect(await call(names.via('x'), 'pid')).toBe(pid)
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
    expect(await ended(pid)).toEqual({ kind: 'normal' })
  })

  // VIA-012, VIA-013, edge note 6
  test('to a free name: a call exits with noproc, a cast goes nowhere', async () => {
    const { names } = await runWithNames({})
    const failed = call(names.via('x'), 'id', undefined, { timeoutMs: 7 })
    await expect(failed).rejects.toMatchObject({
      reason: { kind: 'noproc' },
      message: expect.stringMatching(/^Call "id" to names "x" failed/),
    })
    expect(await tryCall(names.via('x'), 'id')).toMatchObject({ ok: false })
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
    expect(await ended(names.via('x'))).toMatchObject({ kind: 'noproc' })
  })

  // VIA-017
  test('is resolved at every use', async () => {
    const { names, take, host } = await runWithNames({})
    const via = names.via('x')
    const first = await startedBy(take('x', {}, 'permanent'))
    expect(await call(via, 'pid')).toBe(first)
    exit(first, 'kill')
    await host.settle()
    const second = await call(via, 'pid')
    expect(second).not.toBe(first)
    expect(second).toBe(names.whereis('x'))
  })

  // VIA-019
  test('is watched as the process that holds it now', async () => {
    const { names, take, host } = await runWithNames({})
    const pid = await startedBy(take('x', {}, 'permanent'))
    const reason = ended(names.via('x'))
    exit(pid, 'kill')
    await host.settle()
    expect(await reason).toEqual({ kind: 'killed' })
    expect(names.count()).toBe(1)
  })

  test('is plain data: registry and key', async () => {
    const { names } = await runWithNames({})
    expect({ ...names.via('x') }).toEqual({ registry: 'names', key: 'x' })
    expect(JSON.parse(JSON.stringify(names.via('x')))).toEqual({ registry: 'names', key: 'x' })
  })
})

describe('a start under a name', () => {
  // VIA-002, edge note 16
  test('takes the name before init: there it leads to the process itself', async () => {
    const { names, children } = await runWithNames({})
    const Curious = defineServer({
      name: 'curious',
      init: async (_: undefined, context): Promise<{ early: boolean; late: boolean }> => {
        const early = names.whereis('x') === context.self
        await Promise.resolve()
        return { early, late: names.whereis('x') === context.self }
      },
      calls: { seen: (seen) => reply(seen, seen) },
    })
    const pid = await startedBy(
      children.startChild(child(Curious, undefined, { name: names.via('x') as never })),
    )
    expect(await call(pid, 'seen')).toEqual({ early: true, late: true })
  })

  // VIA-009, I5, edge note 16
  test.each([
    ['at once', () => undefined],
    ['later', () => Promise.resolve()],
  ])('that fails %s has freed the name when its promise settles', async (_, before) => {
    const { names, take, node } = await runWithNames({})
    const rows = node.statistics().rows
    const init = (): Promise<void> | undefined => {
      const work = before()
      if (work === undefined) throw new Error('no')
      return work.then(() => Promise.reject(new Error('no')))
    }
    const seen = await take('x', { init: init as () => void }).then((started) => {
      return [started.ok, names.whereis('x'), names.count()]
    })
    expect(seen).toEqual([false, undefined, 0])
    expect(node.statistics().rows).toEqual(rows)
    expect((await take('x')).ok).toBe(true)
  })

  test.each([
    ['at once', () => undefined],
    ['later', () => Promise.resolve()],
  ])('by N at a time has one winner, and no loser runs init (%s)', async (_, init) => {
    const { names, take, children, other, host } = await runWithNames({})
    const journal: string[] = []
    const starts = from(1, 50).map((index) => {
      return take('x', { journal, init }, 'temporary', index % 2 === 0 ? children : other)
    })
    await host.settle()
    const settled = await Promise.all(starts)
    const winners = settled.flatMap((each) => (each.ok ? [each.pid] : []))
    const losers = settled.flatMap((each) => {
      return !each.ok && each.reason.kind === 'already_started' ? [each.reason.pid] : []
    })
    expect([winners.length, losers.length]).toEqual([1, 49])
    expect(new Set(losers)).toEqual(new Set(winners))
    expect(names.whereis('x')).toBe(winners[0])
    expect(journal).toEqual(['+x'])
  })

  test('beyond maxNames is a failed start with the limit as its cause', async () => {
    const { names, take, host } = await runWithNames({ maxNames: 2 })
    const first = await startedBy(take('a'))
    await take('b')
    const refused = await take('c')
    if (refused.ok || refused.reason.kind !== 'init_failed') throw new Error('it started')
    expect(refused.reason.exit.cause).toMatchObject({ code: argumentCodes.limit })
    expect(names.count()).toBe(2)
    exit(first, 'kill')
    await host.settle()
    expect((await take('c')).ok).toBe(true)
  })

  test('can be reached while init runs, and served once that is over', async () => {
    const { names, take, host } = await runWithNames({})
    const { wait, release } = gate()
    const started = take('x', { init: wait })
    await host.settle()
    const answer = call(names.via('x'), 'id')
    await host.settle()
    release()
    expect(await answer).toBe('x')
    expect((await started).ok).toBe(true)
  })

  test('whose init fails ends the calls that waited', async () => {
    const { names, take, host } = await runWithNames({})
    const { wait, release } = gate()
    const init = () => wait().then(() => Promise.reject(new Error('no database')))
    const started = take('x', { init })
    await host.settle()
    const answer = call(names.via('x'), 'id')
    release()
    await expect(answer).rejects.toMatchObject({ cause: { message: 'no database' } })
    expect((await started).ok).toBe(false)
  })
})

describe('under churn', () => {
  // REG-047, I1, I2, C2: 20,000 immediate look-ups after exits.
  test('a look-up after an exit never shows a dead process', async () => {
    const { names, take, host } = await runWithNames({})
    for (let round = 0; round < 20; round += 1) {
      const keys = from(1, 50).map((index) => `${round}.${index}`)
      await Promise.all(keys.map((key) => take(key)))
      for (const key of keys) {
        const pid = names.whereis(key)
        if (pid === undefined) throw new Error(`${key} does not run`)
        exit(pid, 'kill')
        for (const other of keys.slice(0, 20)) {
          const found = names.lookup(other)
          expect(found.length <= 1 && found.every((entry) => isAlive(entry.pid))).toBe(true)
        }
      }
      await host.settle()
    }
    expect(names.count()).toBe(0)
  })

  // I1, I3, I4: any mix of starts and kills agrees with a map.
  test('agrees with a map of keys to processes', async () => {
    const key = fc.constantFrom<Key>('a', 'b', 1, '1', ['a', 1])
    const step = fc.record({ kind: fc.constantFrom('start', 'kill', 'stop'), key })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { names, children, host, node } = await runWithKeys()
        const model = new Map<string, Pid>()
        for (const { kind, key } of steps) {
          const holder = model.get(JSON.stringify(key))
          if (kind === 'start') {
            const named = part({ id: 'w' }, { name: names.via(key), restart: 'temporary' })
            const started = await children.startChild(named)
            expect(started.ok).toBe(holder === undefined)
            if (started.ok) model.set(JSON.stringify(key), started.pid)
          } else if (holder !== undefined) {
            if (kind === 'kill') exit(holder, 'kill')
            else expect(await children.terminateChild(holder)).toBe(true)
            model.delete(JSON.stringify(key))
          }
          expect(names.whereis(key)).toBe(model.get(JSON.stringify(key)))
          expect(names.count()).toBe(model.size)
        }
        await node.stop()
        await host.settle()
      }),
      { numRuns: 40 },
    )
  })
})

async function runWithNames(options: object) {
  const names = uniqueRegistry<string, WorkerProtocol>({ name: 'names', ...options })
  const children = dynamicSupervisor({ name: 'children' })
  const other = dynamicSupervisor({ name: 'other' })
  const tree = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children, other])
  const take = (
    key: string,
    what: object = {},
    restart: 'permanent' | 'temporary' = 'temporary',
    under = children,
  ) => under.startChild(part({ id: key, ...what }, { name: names.via(key), restart }))
  return { names, children, other, take, ...(await run(tree)) }
}

async function runWithKeys() {
  const names = uniqueRegistry<Key, WorkerProtocol>({ name: 'names' })
  const children = dynamicSupervisor({ name: 'children' })
  const tree = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children])
  return { names, children, ...(await run(tree)) }
}

async function startedBy<P extends Protocol>(starting: Promise<Started<P>>): Promise<Pid<P>> {
  const started = await starting
  if (!started.ok) throw new Error(`not started: ${started.reason.kind}`)
  return started.pid
}

function codeOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    if (ArgumentError.is(error)) return error.code
    throw error
  }
  return 'nothing was thrown'
}
