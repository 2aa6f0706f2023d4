/**
 * Registries in which a key may have several holders, and dispatch in registries of both kinds.
 */
import {
  argumentCodes,
  call,
  child,
  duplicateRegistry,
  type Entry,
  exit,
  isAlive,
  type Key,
  type Pid,
  send,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { currentProcess } from '../../src/process/current.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { codeOf } from '../supervisor/running.ts'
import { Worker } from '../supervisor/worker.ts'
import { duplicates, inside, kinds, runKind } from './any-registry.ts'

// Elixir partitions by pid or by key; whichever it is, it looks like this.
describe.each(duplicates)('a registry of duplicates with $options [REG-010, REG-093]', (kind) => {
  test('has an entry for each registration: of several processes, and of one several times [REG-048, REG-083]', async () => {
    const { names, start, enter } = await runKind(kind)
    const [one, other] = [await start(), await start()]
    await enter(one, 'x', 1)
    await enter(other, 'x', 2)
    await enter(one, 'x', 3)
    await enter(one, 'x', 1)
    expect(sorted(names.lookup('x'))).toEqual(
      sorted([
        { pid: one, value: 1 },
        { pid: one, value: 1 },
        { pid: one, value: 3 },
        { pid: other, value: 2 },
      ]),
    )
    expect(names.count()).toBe(4)
  })

  test('lists the keys of a process once for each entry, and only its own values [REG-049, REG-094]', async () => {
    const { names, start, enter } = await runKind(kind)
    const [one, other] = [await start(), await start()]
    for (const key of ['x', 'y', 'x', 'z'] as const) await enter(one, key, `one ${key}`)
    await enter(other, 'x', 'other')
    expect(names.keys(one).toSorted()).toEqual(['x', 'x', 'y', 'z'])
    expect(names.keys(other)).toEqual(['x'])
    expect(names.values('x', one)).toEqual(['one x', 'one x'])
    expect([names.values('x', other), names.values('y', other)]).toEqual([['other'], []])
  })

  test('finds the keys of a process however many processes and keys there are [REG-094]', async () => {
    const { names, start, enter } = await runKind(kind)
    const pids = await Promise.all(Array.from({ length: 20 }, () => start()))
    for (const [index, pid] of pids.entries()) {
      for (let key = 0; key <= index; key += 1) await enter(pid, key, index)
    }
    for (const [index, pid] of pids.entries()) {
      expect(names.keys(pid)).toEqual(Array.from({ length: index + 1 }, (_, key) => key))
      expect(names.values(0, pid)).toEqual([index])
    }
    expect(names.lookup(19)).toHaveLength(1)
    expect(names.count()).toBe(210)
  })

  test('shows every holder of a key, in whatever order [REG-051]', async () => {
    const { names, start, enter } = await runKind(kind)
    const pids = await Promise.all(Array.from({ length: 10 }, () => start()))
    for (const pid of pids.toReversed()) await enter(pid, 'x')
    expect(new Set(names.lookup('x').map(({ pid }) => pid))).toEqual(new Set(pids))
  })

  test('unregisters every entry that the process has of a key, and none of others', async () => {
    const { names, start, enter } = await runKind(kind)
    const [one, other] = [await start(), await start()]
    for (const pid of [one, other, one]) await enter(pid, 'x')
    await enter(one, 'y')
    expect(await inside(one, (context) => names.unregister(context, 'x'))).toBe(true)
    expect(names.lookup('x')).toMatchObject([{ pid: other }])
    expect([names.keys(one), names.count()]).toEqual([['y'], 2])
  })

  test('has no via, and says why to whoever has no compiler [REG-052, VIA-023]', async () => {
    const { names } = await runKind(kind)
    expect(codeOf(() => Reflect.get(names, 'via').call(names, 'x'))).toBe(
      argumentCodes.invalid_argument,
    )
  })

  test('refuses to be the name of a start or an address, written out as data [REG-052, VIA-023]', async () => {
    const { start, enter, node } = await runKind(kind)
    const pid = await start()
    await enter(pid, 'x')
    const before = node.statistics()
    const name = { registry: 'names', key: 'x' }
    const codes = await inside(pid, (context) => [
      codeOf(() => child(Worker, { id: 'a' }, { name })),
      codeOf(() => call(name, 'id')),
      codeOf(() => context.monitor(name)),
    ])
    expect(codes).toEqual(Array(3).fill(argumentCodes.invalid_address))
    const said = await inside(pid, () => messageOf(() => call(name, 'id')))
    expect(said).toMatch(/the registry "names" may have several holders, so it names nobody/)
    expect(node.statistics().processes).toBe(before.processes)
  })

  test('has no updateValue, and says why to whoever has no compiler [REG-034]', async () => {
    const { names, start, enter } = await runKind(kind)
    const pid = await start()
    await enter(pid, 'x', 1)
    const code = await inside(pid, (context) => {
      return codeOf(() => Reflect.get(names, 'updateValue').call(names, context, 'x', () => 2))
    })
    expect([code, names.values('x', pid)]).toEqual([argumentCodes.invalid_argument, [1]])
  })

  test('gives nobody a name in reports', async () => {
    const { start, enter } = await runKind(kind)
    const pid = await start()
    await enter(pid, 'x')
    expect(LocalPid.processOf(pid)?.describe()).toMatch(/^worker </)
  })
})

describe.each(kinds)(
  'dispatch in a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('does nothing for a key without entries [REG-068]', async () => {
      const { names, start, enter } = await runKind(kind)
      await enter(await start(), 'y')
      expect(names.dispatch('x', unreachable)).toBeUndefined()
    })

    test('runs the callback here and now, with the entries of the key, and gives nothing [REG-069]', async () => {
      const { names, start, enter } = await runKind(kind)
      const [holder, caller] = [await start(), await start()]
      await enter(holder, 'x', 1)
      await enter(holder, 'y', 2)
      const seen = await inside(caller, () => {
        const calls: unknown[] = []
        const given: unknown = names.dispatch('x', (entries) => {
          calls.push(entries, currentProcess()?.pid)
          return 'ignored'
        })
        return { calls, given }
      })
      expect(seen).toEqual({ calls: [[{ pid: holder, value: 1 }], caller], given: undefined })
    })

    test('throws what the callback throws, and those registered learn nothing [REG-073]', async () => {
      const { names, start, enter } = await runKind(kind)
      const holder = await start()
      await enter(holder, 'x', 1)
      const thrown = new Error('callback')
      const fail = (): void => {
        throw thrown
      }
      expect(() => names.dispatch('x', fail)).toThrow(thrown)
      expect(names.lookup('x')).toEqual([{ pid: holder, value: 1 }])
      expect(await call(holder, 'id')).toBe('w')
    })

    test('may meet processes that have ended by then: what is sent to them goes nowhere [REG-075]', async () => {
      const { names, start, enter, host } = await runKind(kind)
      const pid = await start()
      await enter(pid, 'x')
      const sent: unknown[] = []
      names.dispatch('x', (entries) => {
        exit(pid, 'kill')
        for (const entry of entries) sent.push([isAlive(entry.pid), send(entry.pid, 'hello')])
      })
      await host.settle()
      expect(sent).toEqual([[false, true]])
      // And none that had ended before: OTP may show those for a moment.
      names.dispatch('x', unreachable)
    })

    test.each([undefined, null, 'x', {}, [{}, 'fun', []]])(
      'wants a function, and nothing but one: %j [differs: REG-074]',
      async (wrong) => {
        const { names, start, enter } = await runKind(kind)
        await enter(await start(), 'x')
        const code = codeOf(() => names.dispatch('x', trust(wrong)))
        expect(code).toBe(argumentCodes.invalid_argument)
      },
    )
  },
)

describe.each(duplicates)('dispatch to several processes with $options [REG-010]', (kind) => {
  test('calls once, with all entries of the key and no others [REG-069] [differs: REG-070]', async () => {
    const { names, start, enter } = await runKind(kind)
    const pids = await Promise.all(Array.from({ length: 20 }, () => start()))
    for (const [index, pid] of pids.entries()) {
      await enter(pid, 'x', index)
      await enter(pid, 'other', index)
    }
    const calls: (readonly Entry[])[] = []
    names.dispatch('x', (entries) => void calls.push(entries))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toEqual(pids.map((pid, value) => ({ pid, value })))
  })

  test('goes on with the entries there were, whatever the callback does', async () => {
    const { names, start, enter } = await runKind(kind)
    const pids: Pid[] = []
    for (const index of [0, 1, 2]) {
      const pid = await start()
      pids.push(pid)
      await enter(pid, 'x', index)
    }
    const seen: unknown[] = []
    names.dispatch('x', (entries) => {
      for (const { value } of entries) {
        seen.push(value)
        for (const pid of pids) exit(pid, 'kill')
      }
    })
    expect([seen, names.count()]).toEqual([[0, 1, 2], 0])
  })
})

test('a registry of duplicates is a child specification under its name [REG-008]', () => {
  const groups = duplicateRegistry<Key>({ name: 'groups' })
  expect(groups).toMatchObject({ id: 'groups', restart: 'permanent', type: 'supervisor' })
})

function messageOf(use: () => unknown): string {
  try {
    use()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return 'nothing was thrown'
}

function sorted(items: readonly unknown[]): unknown[] {
  return items.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
}

function unreachable(): never {
  throw new Error('unreachable')
}
