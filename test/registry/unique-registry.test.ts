import fc from 'fast-check'
import {
  argumentCodes,
  call,
  cast,
  child,
  ended,
  exit,
  isAlive,
  type Key,
  type Pid,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf } from '../supervisor/running.ts'
import {
  endings,
  from,
  part,
  startedBy,
  Worker,
  type WorkerProtocol,
} from '../supervisor/worker.ts'
import { runWithKeys, runWithNames } from './named-workers.ts'

describe('uniqueRegistry, given options', () => {
  test('is a child specification under its name [REG-008]', () => {
    const life = { id: 'it', restart: 'permanent', type: 'supervisor' }
    expect(uniqueRegistry({ name: 'it' })).toMatchObject(life)
  })

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
  ])('refuses %s %s [REG-003, REG-004, REG-005]', (name, value, code) => {
    expect(codeOf(() => uniqueRegistry({ name: 'it', [name]: value }))).toBe(code)
  })
})

// One table behind them all, whatever the option says.
describe.each([{}, { partitions: 1 }, { partitions: 8 }])(
  'a registry with %j [REG-002, REG-010]',
  (options) => {
    const start = () => runWithNames(options)

    test('shows who holds a key, and which keys a process holds', async () => {
      const { names, take } = await start()
      const pid = await startedBy(take('x'))
      expect(names.whereis('x')).toBe(pid)
      expect(names.lookup('x')).toEqual([{ pid, value: undefined }])
      expect(names.keys(pid)).toEqual(['x'])
      expect(names.count()).toBe(1)
    })

    test('is empty where nobody is [REG-014, REG-083]', async () => {
      const { names, take, children } = await start()
      const nameless = await startedBy(children.startChild(part({ id: 'a' })))
      expect(names.whereis('x')).toBeUndefined()
      expect(names.lookup('x')).toEqual([])
      expect(names.keys(nameless)).toEqual([])
      expect(names.count()).toBe(0)
      await take('x')
      expect(names.lookup('y')).toEqual([])
    })

    test('refuses a second holder: it leaves no trace and does not run init [REG-017, REG-018, REG-079, VIA-004, VIA-005]', async () => {
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

    test.each(Object.keys(endings))(
      'frees the key of a holder that ends: %s [REG-036, REG-037, REG-044] [differs: REG-038]',
      async (ending) => {
        const { names, take, host } = await start()
        const pid = await startedBy(take('x'))
        const reason = ended(pid)
        endings[ending]?.(pid)
        await reason
        expect(names.lookup('x')).toEqual([])
        expect(names.keys(pid)).toEqual([])
        expect(names.count()).toBe(0)
        await host.settle()
      },
    )

    test('frees the key in the turn of the exit [REG-039] [differs: REG-038]', async () => {
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

    test('gives the key to the next one in the turn of the exit [REG-040, VIA-008]', async () => {
      const { names, take } = await start()
      exit(await startedBy(take('x')), 'kill')
      const next = await startedBy(take('x'))
      expect(names.whereis('x')).toBe(next)
    })

    // Kill, look-up empty at once, then exactly one with another pid.
    test('shows the replacement of a permanent worker [REG-046, VIA-017]', async () => {
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
  },
)

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

  test('differ by type and structure, and each has its own holder [REG-021, VIA-026]', async () => {
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

  test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, null, {}, new Date(0), () => 1])(
    'refuses %s [differs: VIA-026]',
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
  test('is an error to look into or call through, but not to cast through [REG-009, VIA-013]', async () => {
    const names = uniqueRegistry<string, WorkerProtocol>({ name: 'nowhere' })
    expect(codeOf(() => names.whereis('x'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => names.lookup('x'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => call(names.via('x'), 'id'))).toBe(argumentCodes.not_started)
    expect(codeOf(() => tryCall(names.via('x'), 'id'))).toBe(argumentCodes.not_started)
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
  })

  test('is the same error after its node is over; a call through it finds nobody [REG-009]', async () => {
    const { names, take, node } = await runWithNames({})
    await take('x')
    await node.stop()
    for (const use of [() => names.whereis('x'), () => names.lookup('x'), () => names.count()]) {
      expect(codeOf(use)).toBe(argumentCodes.not_started)
    }
    await expect(call(names.via('x'), 'id')).rejects.toMatchObject({ reason: { kind: 'noproc' } })
  })
})

describe('under churn', () => {
  test('a look-up after an exit never shows a dead process [REG-047]', async () => {
    const { names, take, host } = await runWithNames({})
    const keys = from(1, 500).map(String)
    let [lookups, dead] = [0, 0]
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(keys.map((key) => take(key)))
      for (const [index, key] of keys.entries()) {
        exit(names.whereis(key) ?? unreachable(), 'kill')
        for (let offset = 0; offset < 100; offset += 1) {
          const found = names.whereis(keys[(index + offset) % 500] ?? unreachable())
          lookups += 1
          if (found !== undefined && !isAlive(found)) dead += 1
        }
      }
      await host.settle()
    }
    expect([lookups, dead, names.count()]).toEqual([1_000_000, 0, 0])
  })

  // Any mix of starts and kills agrees with a map.
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

function unreachable(): never {
  throw new Error('unreachable')
}
