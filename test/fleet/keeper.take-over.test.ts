import {
  dynamicSupervisor,
  exit,
  type FlotillaEvent,
  isAlive,
  type SupervisorHandle,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { expectNothingLeft, feed, type Running, run, startedPid } from '../supervisor/running.ts'
import { failingAt, from, gate, part } from '../supervisor/worker.ts'
import { type Crew, changes, crew, expectOneHolderEach, pidAt } from './crew.ts'

const keys = from(1, 20).map(String)
const together = { name: 'group', strategy: 'one_for_all' } as const

describe('when the supervisor of a fleet is killed', () => {
  it('brings every wanted worker back under its name', async () => {
    const { workers, killKeeper } = await supervised()
    const events = changes(workers)
    const journal: string[] = []
    const before = await Promise.all(keys.map((id) => workers.ensure({ id, journal })))
    events.length = 0
    await killKeeper()
    expect(workers.counts()).toEqual({ desired: 20, running: 20, pending: 0, parked: 0 })
    const after = keys.map((key) => pidAt(workers, key))
    expect(before.filter((pid) => isAlive(pid) || after.includes(pid))).toEqual([])
    expect(await Promise.all(keys.map((key) => workers.call(key, 'id')))).toEqual(keys)
    const kinds = events.map(({ kind }) => kind)
    expect(kinds.toSorted()).toEqual([
      ...keys.map(() => 'register'),
      ...keys.map(() => 'unregister'),
    ])
    expect(journal.toSorted()).toEqual([...keys, ...keys].map((key) => `+${key}`).toSorted())
  })

  it('gives a worker the argument of its latest start', async () => {
    const { workers, killKeeper } = await supervised({ maxRestarts: 0 })
    const journal: string[] = []
    exit(await workers.ensure({ id: 'a' }), 'kill')
    await workers.start({ id: 'a', journal })
    await killKeeper()
    expect(journal).toEqual(['+a', '+a'])
  })

  it('waits for the last words of workers that trap exits, and parks nobody', async () => {
    const { workers, killKeeper, host } = await supervised()
    changes(workers)
    const journal: string[] = []
    const { wait, release } = gate()
    const part = { journal, traps: true, terminate: wait }
    const before = await Promise.all(keys.map((id) => workers.ensure({ id, ...part })))
    await killKeeper()
    await host.advance(4000)
    expect(keys.map((key) => workers.whereis(key))).toEqual(before)
    expect(workers.counts()).toEqual({ desired: 20, running: 0, pending: 20, parked: 0 })
    release()
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 20, running: 20, pending: 0, parked: 0 })
    const life = keys.flatMap((key) => [`+${key}`, `-${key} killed`, `+${key}`])
    expect(journal.toSorted()).toEqual(life.toSorted())
  })

  it('waits for last words no longer than shutdownMs', async () => {
    const { workers, killKeeper, host } = await supervised({ shutdownMs: 100 })
    changes(workers)
    const { wait } = gate()
    const before = await workers.ensure({ id: 'a', traps: true, terminate: wait })
    await killKeeper()
    expect(workers.whereis('a')).toBe(before)
    await host.advance(100)
    expect(await workers.call('a', 'id')).toBe('a')
    expect(isAlive(before)).toBe(false)
  })

  it('gives whoever ensures meanwhile the new worker, not the one that says its last words', async () => {
    const { workers, killKeeper, host } = await supervised()
    const { wait, release } = gate()
    const before = await workers.ensure({ id: 'a', traps: true, terminate: wait })
    await killKeeper()
    const ensured = workers.ensure({ id: 'a' })
    const stopped = workers.stop('a').then(() => workers.whereis('a'))
    const again = workers.ensure({ id: 'a' })
    await host.settle()
    release()
    await expect(ensured).rejects.toMatchObject({ code: expect.stringContaining('EXIT') })
    expect(await stopped).not.toBe(before)
    expect(await again).toBe(pidAt(workers, 'a'))
    expect(await again).not.toBe(before)
  })

  it('waits longer and longer if each life is short, and not after a long one', async () => {
    const { workers, events, host } = await supervised({}, 100)
    await workers.ensure({ id: 'a' })
    const delays: number[] = []
    for (let kills = 0; kills < 11; kills += 1) {
      const killedAtMs = host.nowMs
      exit(startedPid(events, 'crew'), 'kill')
      await host.settle()
      while (workers.whereis('a') === undefined) await host.advance(10)
      delays.push(host.nowMs - killedAtMs)
    }
    expect(delays).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5000, 0])
  })

  it('brings back more workers than it takes up in one message', async () => {
    const { workers, killKeeper } = await supervised()
    await Promise.all(from(1, 1000).map((id) => workers.ensure({ id: String(id) })))
    await killKeeper()
    expect(workers.counts().running).toBe(1000)
  })

  it('leaves a parked key parked', async () => {
    const { workers, killKeeper, host } = await supervised({ maxRestarts: 0 })
    exit(await workers.ensure({ id: 'a' }), 'kill')
    await host.settle()
    await killKeeper()
    expect(workers.counts()).toEqual({ desired: 1, running: 0, pending: 0, parked: 1 })
    expect(await workers.release('a')).toBe(true)
    expect(await workers.call('a', 'id')).toBe('a')
  })

  it('does not bring back a key that was being stopped', async () => {
    const { workers, killKeeper, host } = await supervised()
    const { wait, release } = gate()
    await workers.ensure({ id: 'a', traps: true, terminate: wait })
    const stopped = expect(workers.stop('a')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_KILLED',
    })
    await host.settle()
    await killKeeper()
    release()
    await stopped
    await host.advance(60_000)
    expect([workers.whereis('a'), workers.counts().desired]).toEqual([undefined, 0])
  })

  it('does not bring back a key that is stopped before its turn', async () => {
    const { workers, events, host } = await supervised()
    await Promise.all(keys.map((id) => workers.ensure({ id })))
    exit(startedPid(events, 'crew'), 'kill')
    await host.settle()
    expect(workers.counts()).toEqual({ desired: 20, running: 0, pending: 20, parked: 0 })
    expect(await workers.stop('7')).toBe(true)
    const started = await workers.ensure({ id: '8' })
    await host.advance(60_000)
    expect(workers.whereis('7')).toBeUndefined()
    expect(workers.whereis('8')).toBe(started)
    expect(workers.counts()).toEqual({ desired: 19, running: 19, pending: 0, parked: 0 })
  })

  it('does not bring back a key that is stopped during the last words of its worker', async () => {
    const { workers, killKeeper, host } = await supervised()
    const { wait, release } = gate()
    await workers.ensure({ id: 'a', traps: true, terminate: wait })
    await killKeeper()
    const stopped = workers.stop('a')
    await host.settle()
    release()
    expect(await stopped).toBe(true)
    await host.advance(60_000)
    expect([workers.whereis('a'), workers.counts().desired]).toEqual([undefined, 0])
  })

  it('makes good a start that it had accepted', async () => {
    const { workers, killKeeper, host } = await supervised()
    const { wait, release } = gate()
    const started = expect(workers.ensure({ id: 'a', init: wait })).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_KILLED',
    })
    await host.settle()
    await killKeeper()
    await started
    release()
    await host.settle()
    expect(await workers.call('a', 'id')).toBe('a')
  })

  it('spends the budget of a key on a start that fails afterwards', async () => {
    const { workers, killKeeper, host } = await supervised()
    const { init } = failingAt(...from(2, 99))
    await workers.ensure({ id: 'poisoned', init })
    await Promise.all(keys.map((id) => workers.ensure({ id })))
    await killKeeper()
    await host.advance(60_000)
    expect(workers.counts()).toEqual({ desired: 21, running: 20, pending: 0, parked: 1 })
  })
})

describe('when everything above a fleet is restarted', () => {
  it('brings every wanted worker back under its name', async () => {
    const events = feed()
    const workers = crew()
    const middle = supervisor(one('middle'), [workers])
    const { host } = await run(supervisor(one('top'), [middle]))
    const seen = changes(workers)
    const before = await Promise.all(keys.map((id) => workers.ensure({ id })))
    exit(startedPid(events, 'middle'), 'kill')
    await host.advance(10)
    expect([...expectOneHolderEach(seen).keys()].toSorted()).toEqual(keys.toSorted())
    expect(before.filter((pid) => isAlive(pid))).toEqual([])
    expect(workers.counts().running).toBe(20)
  })

  it('waits for the last words of workers that trap exits, and gives up nowhere', async () => {
    const events = feed()
    const workers = crew()
    changes(workers)
    const middle = supervisor(one('middle'), [workers])
    const { host, node } = await run(supervisor(one('top'), [middle]))
    const { wait, release } = gate()
    const before = await workers.ensure({ id: 'a', traps: true, terminate: wait })
    await workers.ensure({ id: 'b' })
    exit(startedPid(events, 'middle'), 'kill')
    await host.advance(4000)
    expect(workers.whereis('a')).toBe(before)
    release()
    await host.advance(10)
    expect(await workers.call('a', 'pid')).not.toBe(before)
    expect(workers.counts()).toEqual({ desired: 2, running: 2, pending: 0, parked: 0 })
    expect(node.statistics().processes).toBe(6)
  })

  it('does so too when it was stopped in order, by a sibling that failed', async () => {
    const journal: string[] = []
    const workers = crew()
    const group = supervisor(together, [workers, part({ id: 'sibling' })])
    const { host } = await run(group)
    await workers.ensure({ id: 'a', journal, traps: true })
    exit(siblingOf(group), 'kill')
    await host.advance(10)
    expect(workers.counts()).toEqual({ desired: 1, running: 1, pending: 0, parked: 0 })
    expect(journal).toEqual(['+a', '-a shutdown', '+a'])
  })

  it('spends no budget on a start that this interrupts', async () => {
    const { wait, release } = gate()
    const events = feed()
    const workers = crew({ maxRestarts: 1, maxSeconds: 100 })
    const group = supervisor(together, [workers, part({ id: 'sibling' })])
    const { host } = await run(group)
    let lives = 0
    const init = () => {
      lives += 1
      return lives === 2 ? wait() : undefined
    }
    // It keeps the fleet from ending in the turn in which it is told to.
    await workers.ensure({ id: 'last', traps: true, terminate: wait })
    exit(await workers.ensure({ id: 'a', init }), 'kill')
    await host.settle()
    expect(workers.counts().pending).toBe(1)
    exit(siblingOf(group), 'kill')
    await host.settle()
    expect(workers.size).toBe(1)
    release()
    await host.advance(10)
    expect(events.filter(({ kind }) => kind === 'parked')).toEqual([])
    expect(workers.counts().running).toBe(2)
  })
})

describe('when the node ends', () => {
  it('forgets everything, and the fleet may run on another node', async () => {
    const host = virtualHost()
    const workers = crew({ maxRestarts: 0 })
    const first = await startNode(workers, { host, name: 'first' })
    await Promise.all(keys.map((id) => workers.ensure({ id })))
    exit(pidAt(workers, '1'), 'kill')
    await host.settle()
    expect(first.statistics().rows).toEqual({
      'registry or fleet crew': 19,
      'desired set of the fleet crew': 20,
    })
    await first.stop()
    expectNothingLeft(first, host)
    expect(workers.counts()).toEqual({ desired: 0, running: 0, pending: 0, parked: 0 })
    expect([workers.size, [...workers.keys()], workers.parked()]).toEqual([0, [], []])
    expect(() => workers.ensure({ id: 'a' })).not.toThrow()
    await expect(workers.ensure({ id: 'a' })).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_NOPROC',
    })
    const second = await startNode(workers, { host, name: 'second' })
    expect(workers.counts().desired).toBe(0)
    expect((await workers.ensure({ id: '1' })).node).toBe('second')
    await second.stop()
    expectNothingLeft(second, host)
  })
})

describe('a fleet under a dynamic supervisor', () => {
  it('comes back with its workers', async () => {
    const events = feed()
    const workers = crew()
    const places = dynamicSupervisor({ name: 'places' })
    const { host } = await run(places)
    expect((await places.startChild(workers)).ok).toBe(true)
    await workers.ensure({ id: 'a' })
    exit(startedPid(events, 'crew'), 'kill')
    await host.advance(10)
    expect(await workers.call('a', 'id')).toBe('a')
  })
})

interface Supervised extends Running {
  readonly workers: Crew
  readonly events: readonly FlotillaEvent[]
  /** Kills it, and gives its successor the time it takes to take over. */
  readonly killKeeper: () => Promise<void>
}

async function supervised(
  options: Parameters<typeof crew>[0] = {},
  maxRestarts = 3,
): Promise<Supervised> {
  const events = feed()
  const workers = crew(options)
  const running = await run(supervisor({ ...one('top'), maxRestarts }, [workers]))
  const killKeeper = async () => {
    exit(startedPid(events, 'crew'), 'kill')
    await running.host.advance(10)
  }
  return { ...running, workers, events, killKeeper }
}

function siblingOf(group: SupervisorHandle) {
  const pid = group.whichChildren().find(({ id }) => id === 'sibling')?.pid
  if (typeof pid !== 'object') throw new Error('the sibling does not run')
  return pid
}

function one(name: string) {
  return { name, strategy: 'one_for_one' } as const
}
