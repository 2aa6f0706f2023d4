import {
  argumentCodes,
  call,
  cast,
  child,
  defineServer,
  ended,
  exit,
  isAlive,
  reply,
  stopServer,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { from, gate, startedBy } from '../supervisor/worker.ts'
import { runWithNames } from './named-workers.ts'

describe('a via', () => {
  test('reaches whoever holds the name [VIA-003]', async () => {
    const { names, take } = await runWithNames({})
    const pid = await startedBy(take('x'))
    expect(await call(names.via('x'), 'pid')).toBe(pid)
    expect(names.whereis('x')).toBe(pid)
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
    expect(await ended(pid)).toEqual({ kind: 'normal' })
    const next = await startedBy(take('x'))
    const reason = ended(next)
    await stopServer(names.via('x'), { reason: { kind: 'shutdown' } })
    expect([await reason, names.whereis('x')]).toEqual([{ kind: 'shutdown' }, undefined])
  })

  test('to a free name: a call exits with noproc, a cast goes nowhere [VIA-012, VIA-013]', async () => {
    const { names } = await runWithNames({})
    const failed = call(names.via('x'), 'id', undefined, { timeoutMs: 7 })
    await expect(failed).rejects.toMatchObject({
      reason: { kind: 'noproc', address: 'names "x"' },
      call: { name: 'id', to: 'names "x"', timeoutMs: 7 },
      message: 'Call "id" to names "x" failed: no process at names "x" (noproc)',
    })
    expect(await tryCall(names.via('x'), 'id')).toMatchObject({ ok: false })
    expect(cast(names.via('x'), 'stop', { kind: 'normal' })).toBe(true)
    expect(await ended(names.via('x'))).toMatchObject({ kind: 'noproc' })
  })

  test('is resolved at every use [VIA-017]', async () => {
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

  test('is watched as the process that holds it now [VIA-019]', async () => {
    const { names, take, host } = await runWithNames({})
    const pid = await startedBy(take('x', {}, 'permanent'))
    const reason = ended(names.via('x'))
    exit(pid, 'kill')
    await host.settle()
    expect(await reason).toEqual({ kind: 'killed' })
    expect(names.count()).toBe(1)
  })

  test('is looked up as a pid or as nobody; the pid may be dead a moment later [VIA-020]', async () => {
    const { names, take } = await runWithNames({})
    expect(names.whereis('x')).toBeUndefined()
    const pid = await startedBy(take('x'))
    const found = names.whereis('x')
    expect(found).toBe(pid)
    exit(pid, 'kill')
    expect([found && isAlive(found), names.whereis('x')]).toEqual([false, undefined])
  })

  test('is plain data: registry and key', async () => {
    const { names } = await runWithNames({})
    expect({ ...names.via('x') }).toEqual({ registry: 'names', key: 'x' })
    expect(JSON.parse(JSON.stringify(names.via('x')))).toEqual({ registry: 'names', key: 'x' })
  })
})

describe('a start under a name', () => {
  test('takes the name before init: there it leads to the process itself [VIA-002]', async () => {
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

  test.each([
    ['at once', () => undefined],
    ['later', () => Promise.resolve()],
  ])('that fails %s has freed the name when its promise settles [VIA-009]', async (_, before) => {
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
