import {
  argumentCodes,
  child,
  defineServer,
  exit,
  ignore,
  isAlive,
  type StaticSupervisor,
  type Strategy,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, feed, run } from './running.ts'
import {
  endings,
  failingAt,
  from,
  gate,
  idsOf,
  ok,
  part,
  pidOf,
  refused,
  startedBy,
  supervisorNames,
} from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('a child that is being restarted', () => {
  test('leaves the supervisor answering, and terminateChild ends its tries [SUP-058]', async () => {
    const broken = failingAt(...from(2, 1000))
    const top = supervisor({ ...one, maxRestarts: 1000 }, [
      part({ id: 'a', init: broken.init }),
      part({ id: 'b' }),
    ])
    const { host } = await run(top)
    const seen: unknown[] = []
    const look = () => {
      seen.push(top.child('a')?.pid, top.countChildren().active)
      return ignore()
    }
    exit(pidOf(top, 'a'), 'kill')
    const Looking = defineServer({ name: 'looking', init: look })
    const answers = [
      top.startChild(child(Looking, undefined, { restart: 'temporary' })),
      top.startChild(part({ id: 'a' })),
      top.restartChild('a'),
      top.deleteChild('a'),
      top.terminateChild('a'),
    ]
    expect(await Promise.all(answers)).toEqual([
      refused('ignored'),
      refused('already_present'),
      refused('restarting'),
      refused('restarting'),
      ok,
    ])
    expect(seen).toEqual(['restarting', 1])
    const tries = broken.tries()
    await host.advance(60_000)
    expect(broken.tries()).toBe(tries)
    expect(top.child('a')).toMatchObject({ id: 'a', pid: undefined, type: 'worker' })
    expect(await top.deleteChild('a')).toEqual(ok)
  })

  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s does not hold up the end of its supervisor, whose name is free after [SUP-060]',
    async (strategy) => {
      const names = supervisorNames()
      let tries = 0
      const init = () => {
        tries += 1
        if (tries > 1) throw new Error('poisoned')
      }
      const loops = supervisor(
        { name: 'loops', strategy, maxRestarts: 1_000_000, registerAs: names.via('loops') },
        [part({ id: 'a' }), part({ id: 'b', init }), part({ id: 'c' })],
      )
      const top = supervisor(one, [names, loops])
      const { host } = await run(top)
      expect(names.whereis('loops')).toBe(pidOf(top, 'loops'))
      exit(pidOf(loops, 'b'), 'kill')
      // The tries go on for as long as they are let: the order comes in between two of them.
      while (tries < 100) await new Promise(setImmediate)
      expect(await top.terminateChild('loops')).toEqual(ok)
      const triesBefore = tries
      expect(names.whereis('loops')).toBeUndefined()
      await host.settle()
      expect(tries).toBe(triesBefore)
      expect(tries).toBeLessThan(1_000_000)
    },
  )
})

describe('a request about a child', () => {
  test('of a supervisor that was never started is a wrong argument [SUP-035]', () => {
    const top = supervisor(one, [])
    for (const use of requests(top)) expect(codeOf(use)).toBe(argumentCodes.not_started)
    expect(codeOf(() => top.child('a'))).toBe(argumentCodes.not_started)
  })

  test('of a supervisor that is gone exits with noproc [SUP-035]', async () => {
    const top = supervisor(one, [])
    const { node } = await run(top)
    await node.stop()
    for (const use of requests(top)) {
      await expect(use()).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    }
    expect(() => top.child('a')).toThrow('noproc')
  })

  test('that names a pid finds nobody [SUP-034]', async () => {
    const top = supervisor(one, [part({ id: 'a' })])
    await run(top)
    const pid = pidOf(top, 'a') as never
    expect(await top.terminateChild(pid)).toEqual(refused('not_found'))
    expect(await top.restartChild(pid)).toEqual(refused('not_found'))
    expect(await top.deleteChild(pid)).toEqual(refused('not_found'))
    expect(top.child(pid)).toBeUndefined()
    expect(isAlive(pid)).toBe(true)
  })

  test('of a supervisor by itself is refused instead of waited for', async () => {
    const outcomes: unknown[] = []
    const init = async () => {
      outcomes.push(await top.startChild(part({ id: 'b' })).catch((error) => error.reason.kind))
    }
    const top = supervisor(one, [part({ id: 'a', init })])
    await run(top)
    expect(outcomes).toEqual(['calling_self'])
  })

  test('is settled when the supervisor is killed while it is carried out', async () => {
    const inner = supervisor({ ...one, name: 'inner' }, [])
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    const journal: string[] = []
    const { wait, release } = gate()
    const started = inner.startChild(part({ id: 'a', journal, init: wait }))
    await host.settle()
    exit(pidOf(top, 'inner'), 'kill')
    await expect(started).rejects.toMatchObject({ reason: { kind: 'killed' } })
    release()
    await host.settle()
    expect(inner.whichChildren()).toEqual([])
  })
})

describe('a supervisor that is restarted', () => {
  test('starts with the children it was made with, not with those of its last life', async () => {
    const inner = supervisor({ ...one, name: 'inner' }, [part({ id: 'a' }), part({ id: 'b' })])
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    await inner.startChild(part({ id: 'c' }))
    await inner.terminateChild('a')
    await inner.deleteChild('a')
    exit(pidOf(top, 'inner'), 'kill')
    await host.settle()
    expect(idsOf(inner)).toEqual(['a', 'b'])
    expect(inner.countChildren().active).toBe(2)
  })
})

describe('reports of requests', () => {
  test('are none: whoever asks is told', async () => {
    const events = feed()
    const top = supervisor(one, [])
    await run(top)
    await top.startChild(part({ id: 'a', init: failingAt(1).init }))
    await startedBy(top.startChild(part({ id: 'b' })))
    await top.terminateChild('b')
    expect(events.filter(({ kind }) => kind === 'supervisor_report')).toEqual([])
  })
})

describe('very many children, added one by one', () => {
  // A quadratic cost would show as a factor of 256.
  test('take about linear time to start, end and stop [SUP-082]', async () => {
    const timeOf = async (count: number) => {
      const inner = supervisor({ ...one, name: 'inner' }, [])
      const { host, node } = await run(supervisor(one, [inner]), `of ${count}`)
      const before = performance.now()
      const kind = { restart: 'temporary' } as const
      await Promise.all(
        from(1, count).map((id) => inner.startChild(part({ id: String(id) }, kind))),
      )
      for (const { pid } of inner.whichChildren().slice(count / 2)) endings.kill?.(pid as never)
      await host.settle()
      expect(inner.countChildren().specs).toBe(count / 2)
      await node.stop()
      return performance.now() - before
    }
    const small = await timeOf(1000)
    expect(await timeOf(16_000)).toBeLessThan(64 * (small + 5))
  })
})

/** Every request there is. */
function requests(top: StaticSupervisor): (() => Promise<unknown>)[] {
  return [
    () => top.startChild(part({ id: 'a' })),
    () => top.terminateChild('a'),
    () => top.restartChild('a'),
    () => top.deleteChild('a'),
  ]
}
