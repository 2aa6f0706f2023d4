/**
 * Locks of registries of both kinds.
 */
import { Exit, exit, isAlive, type Key, type Pid } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { currentProcess } from '../../src/process/current.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { run } from '../supervisor/running.ts'
import { gate } from '../supervisor/worker.ts'
import { contextOf, inside, kinds, runKind } from './any-registry.ts'

const anyKind = kinds[0] ?? unreachable()

describe.each(kinds)(
  'a lock of a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('runs the work in the caller and gives its result [REG-085]', async () => {
      const { names, start } = await runKind(kind)
      const pid = await start()
      const given = await inside(pid, () => ({
        done: names.lock('k', () => currentProcess()?.pid),
      }))
      expect(await given.done).toBe(pid)
      expect(await names.lock('k', () => Promise.resolve('later'))).toBe('later')
      await expect(names.lock('k', () => fail('thrown'))).rejects.toThrow('thrown')
      await expect(names.lock('k', () => Promise.reject(new Error('late')))).rejects.toThrow('late')
    })

    test('of one key does not keep those of other keys waiting [REG-086]', async () => {
      const { names, host } = await runKind(kind)
      const { wait, release } = gate()
      const first = names.lock('a', wait)
      const others: readonly Key[] = ['b', 1, '1', ['a']]
      const done = await Promise.all(others.map((key) => names.lock(key, () => key)))
      expect(done).toEqual(others)
      release()
      await first
      await host.settle()
    })

    test('of one key is held by one at a time, first come first served [REG-087]', async () => {
      const { names, start, host } = await runKind(kind)
      const pids = await Promise.all(Array.from({ length: 5 }, () => start()))
      const journal: string[] = []
      const gates = pids.map(() => gate())
      const done: Promise<unknown>[] = []
      for (const [index, pid] of pids.entries()) {
        const work = async (): Promise<void> => {
          journal.push(`+${index}`)
          await gates[index]?.wait()
          journal.push(`-${index}`)
        }
        done.push((await inside(pid, () => ({ lock: names.lock('k', work) }))).lock)
      }
      // The last first: nobody overtakes.
      for (const { release } of gates.toReversed().slice(0, 4)) release()
      await host.settle()
      expect(journal).toEqual(['+0'])
      gates[0]?.release()
      await Promise.all(done)
      expect(journal.join(' ')).toBe('+0 -0 +1 -1 +2 -2 +3 -3 +4 -4')
    })

    test('has a key space of its own [REG-091]', async () => {
      const { names, start, enter } = await runKind(kind)
      const pid = await start()
      const seen = await names.lock('k', async () => {
        const before = [names.lookup('k'), names.count()]
        await enter(pid, 'k', 1)
        return [before, names.lookup('k')]
      })
      expect(seen).toEqual([[[], 0], [{ pid, value: 1 }]])
      expect(await names.lock('k', () => 'free')).toBe('free')
      expect(names.meta('k')).toEqual({ ok: false })
    })

    test('leaves nothing behind, however it ended', async () => {
      const { names, start, node, host } = await runKind(kind)
      const before = node.statistics()
      const pids = await Promise.all(Array.from({ length: 20 }, () => start()))
      const { wait, release } = gate()
      const holder = names.lock('k', wait)
      const outcomes = pids.flatMap((pid, index) => {
        const owner = contextOf(pid)
        const aborter = new AbortController()
        const waits = [
          names.lock('k', unreachable, { owner, timeoutMs: 10 }),
          names.lock('k', unreachable, { owner, signal: aborter.signal }),
          names.lock('k', unreachable, { owner }),
          names.lock(['other', index], wait, { owner }),
          names.lock('k', () => index),
        ]
        aborter.abort()
        return waits
      })
      await host.advance(10)
      for (const pid of pids) exit(pid, 'kill')
      release()
      const kinds = (await Promise.allSettled([holder, ...outcomes])).map(outcomeOf)
      expect(count(kinds)).toEqual({ timeout: 20, aborted: 20, killed: 20, done: 41 })
      await host.settle()
      const { rows, deadlines, processes } = node.statistics()
      const { rows: rowsBefore, deadlines: deadlinesBefore, processes: processesBefore } = before
      expect({ rows, deadlines, processes }).toEqual({
        rows: rowsBefore,
        deadlines: deadlinesBefore,
        processes: processesBefore,
      })
    })
  },
)

describe('the work', () => {
  test('begins when the code that asks is done, and its failure is for whoever asked', async () => {
    const { names } = await runKind(anyKind)
    const journal: string[] = []
    const lock = names.lock('k', () => journal.push('work'))
    journal.push('asked')
    await lock
    expect(journal).toEqual(['asked', 'work'])
  })

  test('that throws gives the lock to the next', async () => {
    const { names } = await runKind(anyKind)
    const first = names.lock('k', () => fail('one'))
    const second = names.lock('k', () => Promise.reject(new Error('two')))
    const third = names.lock('k', () => 'three')
    await expect(first).rejects.toThrow('one')
    await expect(second).rejects.toThrow('two')
    expect(await third).toBe('three')
  })

  test('has given the lock back when its result is known', async () => {
    const { names, node } = await runKind(anyKind)
    const rows = await names.lock('k', () => 1).then(() => node.statistics().rows)
    expect(rows).toEqual({ 'registry or fleet names': 0 })
  })

  test('shows as a row of the node while it holds the lock or waits for it', async () => {
    const { names, node } = await runKind(anyKind)
    const { wait, release } = gate()
    const both = [names.lock('k', wait), names.lock('k', wait)]
    expect(node.statistics().rows['locks of names']).toBe(2)
    release()
    await Promise.all(both)
    expect(node.statistics().rows['locks of names']).toBeUndefined()
  })

  test('belongs to the process that asked, also after others gave the lock back', async () => {
    const { names, start } = await runKind(anyKind)
    const [first, second] = [await start(), await start()]
    const { wait, release } = gate()
    const { held } = await inside(first, () => ({ held: names.lock('k', wait) }))
    const { waits } = await inside(second, () => ({
      waits: names.lock('k', async () => {
        await Promise.resolve()
        return currentProcess()?.pid
      }),
    }))
    release()
    await held
    expect(await waits).toBe(second)
  })
})

describe('whoever stops waiting', () => {
  test.each<[string, (use: Waiting) => Promise<unknown>, object]>([
    ['timed out', ({ host }) => host.advance(50), { kind: 'timeout', afterMs: 50 }],
    [
      'aborted',
      async ({ aborter, host }) => {
        aborter.abort('enough')
        await host.settle()
      },
      { kind: 'aborted', error: 'enough' },
    ],
    ['ended', async ({ pid }) => exit(pid, { kind: 'shutdown' }), { kind: 'shutdown' }],
    ['was killed', async ({ pid }) => exit(pid, 'kill'), { kind: 'killed' }],
  ])('never gets the lock later: %s', async (_, stop, reason) => {
    const { names, start, host } = await runKind(anyKind)
    const pid = await start()
    const { wait, release } = gate()
    const holder = names.lock('k', wait)
    const aborter = new AbortController()
    const { signal } = aborter
    const runs: string[] = []
    const owner = contextOf(pid)
    const work = () => runs.push('abandoned')
    const waiter = names.lock('k', work, { timeoutMs: 50, signal, owner })
    const next = names.lock('k', () => runs.push('next'))
    await stop({ host, aborter, pid })
    await expect(waiter).rejects.toMatchObject({ reason })
    expect(runs).toEqual([])
    release()
    await Promise.all([holder, next])
    expect(runs).toEqual(['next'])
  })

  test('is refused at once if its signal was aborted before', async () => {
    const { names } = await runKind(anyKind)
    const signal = AbortSignal.abort('early')
    await expect(names.lock('k', unreachable, { signal })).rejects.toMatchObject({
      reason: { kind: 'aborted', error: 'early' },
    })
    expect(await names.lock('k', () => 'free')).toBe('free')
  })

  test('need not look at the refusal', async () => {
    const { names, host } = await runKind(anyKind)
    const { wait, release } = gate()
    const holder = names.lock('k', wait)
    void names.lock('k', unreachable, { timeoutMs: 5 })
    // An unhandled rejection would fail the run.
    await host.advance(5)
    release()
    await holder
  })

  test('cannot stop work that has begun: neither time nor signal ends it', async () => {
    const { names, host } = await runKind(anyKind)
    const [before, during] = [gate(), gate()]
    const aborter = new AbortController()
    const options = { timeoutMs: 5, signal: aborter.signal }
    const journal: string[] = []
    const first = names.lock('k', before.wait)
    const work = names.lock('k', () => during.wait().then(() => journal.push('work')), options)
    const next = names.lock('k', () => journal.push('next'))
    before.release()
    await first
    await host.advance(50)
    aborter.abort()
    await host.settle()
    expect(journal).toEqual([])
    during.release()
    await Promise.all([work, next])
    expect(journal).toEqual(['work', 'next'])
  })
})

describe('the end of the owner', () => {
  test('gives the lock back in its own step; the next work begins when that is done', async () => {
    const { names, start, node } = await runKind(anyKind)
    const owner = await start()
    const { wait, release } = gate()
    const journal: string[] = []
    const held = names.lock('k', wait, { owner: contextOf(owner) })
    const next = names.lock('k', () => journal.push('next'))
    await Promise.resolve()
    exit(owner, 'kill')
    expect(journal).toEqual([])
    expect(node.statistics().rows['locks of names']).toBe(1)
    await next
    // The work itself cannot be stopped: it is over when it is over.
    expect(journal).toEqual(['next'])
    release()
    await held
  })

  test('gives back the lock of a handler that waits for something else, without any option', async () => {
    const { names, start } = await runKind(anyKind)
    const pid = await start()
    const { wait, release } = gate()
    const { held } = await inside(pid, () => ({ held: names.lock('k', wait) }))
    const next = names.lock('k', () => 'next')
    exit(pid, 'kill')
    expect(await next).toBe('next')
    release()
    await held
  })

  test('between the grant and the work means that the work is not run', async () => {
    const { names, start } = await runKind(anyKind)
    const owner = await start()
    const granted = names.lock('k', unreachable, { owner: contextOf(owner) })
    exit(owner, 'kill')
    await expect(granted).rejects.toMatchObject({ reason: { kind: 'killed' } })
    expect(await names.lock('k', () => 'free')).toBe('free')
  })

  test('of holder and first waiter in one step passes both over', async () => {
    const { names, start, host } = await runKind(anyKind)
    const [one, other] = [await start(), await start()]
    await inside(one, (context) => context.link(other))
    const { wait, release } = gate()
    const held = names.lock('k', wait, { owner: contextOf(one) })
    const waits = names.lock('k', unreachable, { owner: contextOf(other) })
    const next = names.lock('k', () => 'next')
    await host.settle()
    exit(one, { kind: 'crash', error: 'boom' })
    expect([isAlive(one), isAlive(other)]).toEqual([false, false])
    await expect(waits).rejects.toMatchObject({ reason: { kind: 'crash' } })
    expect(await next).toBe('next')
    release()
    await held
  })

  test('before it asks is a refusal with its reason: dead code gets no lock', async () => {
    const { names, start, node } = await runKind(anyKind)
    const pid = await start()
    const owner = contextOf(pid)
    exit(pid, 'kill')
    const killed = { reason: { kind: 'killed' } }
    await expect(names.lock('k', unreachable, { owner })).rejects.toMatchObject(killed)
    const other = await start()
    const asked: Promise<unknown>[] = []
    const late = inside(other, (context) => {
      exit(context.self, 'kill')
      asked.push(names.lock('k', unreachable))
    })
    await expect(late).rejects.toMatchObject(killed)
    await expect(asked[0]).rejects.toMatchObject(killed)
    expect(node.statistics().rows['locks of names']).toBeUndefined()
  })

  test('leaves its other locks alone that it has given back before', async () => {
    const { names, start } = await runKind(anyKind)
    const pid = await start()
    const owner = contextOf(pid)
    for (let round = 0; round < 100; round += 1) {
      await names.lock(['k', round], () => round, { owner })
    }
    expect(LocalPid.processOf(pid)?.extrasIfAny?.leases?.size).toBe(0)
  })
})

interface Waiting {
  readonly host: Awaited<ReturnType<typeof run>>['host']
  readonly aborter: AbortController
  readonly pid: Pid
}

function outcomeOf(settled: PromiseSettledResult<unknown>): string {
  if (settled.status === 'fulfilled') return 'done'
  return Exit.is(settled.reason) ? settled.reason.reason.kind : String(settled.reason)
}

function count(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function fail(message: string): never {
  throw new Error(message)
}

function unreachable(): never {
  throw new Error('unreachable')
}
