/**
 * What partition_supervisor_test.exs has of a supervisor whose partitions run, for partitions that
 * do not: those in a restart loop, those that are done, and a supervisor that stops.
 */
import {
  call,
  cast,
  exit,
  type PartitionSupervisorOptions,
  partitionSupervisor,
  type Strategy,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { watchedBy } from './watched.ts'
import { breakable, endings, gate, part, pidOf } from './worker.ts'

const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']

describe('a partition in a restart loop', () => {
  test.each(strategies)('%s: leads nowhere, and every other key somewhere', async (strategy) => {
    const { parts, broken, host } = await runBroken({ strategy })
    const seen: unknown[] = []
    exit(pidAt(parts, 2), 'kill')
    const resized = parts.resize(4).then((former) => {
      seen.push(former, parts.whereis(2), parts.whichChildren()[2]?.pid)
      seen.push(parts.countChildren().active)
      return call(parts.via(2), 'id').catch((error) => error.reason.kind)
    })
    // The loop is mended only after it was looked at.
    expect(await resized.finally(() => broken.mend())).toBe('noproc')
    const others = { one_for_one: 3, one_for_all: 2, rest_for_one: 2 }[strategy]
    expect(seen).toEqual([4, undefined, 'restarting', others])
    await host.settle()
    expect(await call(parts.via(2), 'id')).toBe('2')
    expect(parts.countChildren().active).toBe(4)
  })

  test.each(strategies)('%s: is given up when it is taken out of service', async (strategy) => {
    const { parts, broken, host } = await runBroken({ strategy })
    exit(pidAt(parts, 2), 'kill')
    expect(await parts.resize(2)).toBe(4)
    const tries = broken.tries()
    await host.settle()
    expect(broken.tries()).toBe(tries)
    expect(parts.countChildren()).toMatchObject({ specs: 4, active: 2 })
    broken.mend()
    expect(await parts.resize(4)).toBe(2)
    expect(parts.countChildren().active).toBe(4)
    expect(await call(parts.via(2), 'id')).toBe('2')
  })

  test.each(strategies)('%s: does not hold up the end of its supervisor', async (strategy) => {
    const { parts, broken, host, top } = await runBroken({ strategy })
    exit(pidAt(parts, 2), 'kill')
    expect(await top.terminateChild('parts')).toEqual({ ok: true })
    const tries = broken.tries()
    await host.settle()
    expect(broken.tries()).toBe(tries)
    expect(parts.whereis(0)).toBeUndefined()
    expect(() => parts.partitions()).toThrow('noproc')
  })

  test('uses up the budget of all, and the supervisor comes back whole', async () => {
    const { parts, broken, host, top } = await runBroken({ maxRestarts: 2 })
    const before = pidOf(top, 'parts')
    await parts.resize(3)
    exit(pidAt(parts, 2), 'kill')
    broken.mendAfter(3)
    await host.settle()
    expect(pidOf(top, 'parts')).not.toBe(before)
    expect([parts.partitions(), parts.countChildren().active]).toEqual([4, 4])
  })
})

describe('a transient partition that is done', () => {
  test.each(['normal', 'shutdown'])(
    'by %s: is missing until it is taken out and back',
    async (it) => {
      const parts = partitionSupervisor({ name: 'parts', partitions: 3 }, (partition) => {
        return part({ id: `${partition}` }, { restart: 'transient' })
      })
      const { host } = await run(parts)
      for (const partition of [0, 2]) endings[it]?.(pidAt(parts, partition))
      await host.settle()
      expect(parts.countChildren()).toMatchObject({ specs: 3, active: 1 })
      expect(await call(parts.via(2), 'id').catch((error) => error.reason.kind)).toBe('noproc')
      expect(await parts.resize(2)).toBe(3)
      expect(await parts.resize(3)).toBe(2)
      expect(await call(parts.via(2), 'id')).toBe('2')
      expect(parts.whereis(0)).toBeUndefined()
      expect(parts.partitions()).toBe(3)
    },
  )
})

describe('a partition supervisor that stops', () => {
  test('stops its partitions highest first, one after the other, and serves nobody', async () => {
    const journal: string[] = []
    const watched = watchedBy(journal)
    const { wait, release } = gate()
    const parts = partitionSupervisor({ name: 'parts', partitions: 3 }, (partition) => {
      return watched(`${partition}`, partition === 2 ? { terminate: wait } : {})
    })
    const { node, host } = await run(parts)
    const stopped = node.stop()
    await host.settle()
    const resized = parts.resize(1).catch((error) => error.reason.kind)
    expect(journal.slice(3)).toEqual(['-2'])
    expect(await call(parts.via(1), 'id')).toBe('1')
    release()
    await stopped
    expect(journal.slice(3)).toEqual(['-2', '-1', '-0'])
    expect(await resized).toBe('shutdown')
  })

  test('is restarted whole when it is killed in the middle of a resize', async () => {
    const journal: string[] = []
    const watched = watchedBy(journal)
    const { wait, release } = gate()
    const parts = partitionSupervisor({ name: 'parts', partitions: 3 }, (partition) => {
      return watched(`${partition}`, partition === 2 ? { terminate: wait } : {})
    })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [parts])
    const { host } = await run(top)
    const resized = parts.resize(1).catch((error) => error.reason.kind)
    await host.settle()
    exit(pidOf(top, 'parts'), 'kill')
    expect(await resized).toBe('killed')
    release()
    await host.settle()
    expect([parts.partitions(), parts.countChildren().active]).toEqual([3, 3])
    cast(parts.via(2), 'crash', 'boom')
    await host.settle()
    expect(await call(parts.via(2), 'id')).toBe('2')
  })
})

function pidAt(parts: ReturnType<typeof makeParts>, key: number) {
  const pid = parts.whereis(key)
  if (pid === undefined) throw new Error(`no partition for ${key}`)
  return pid
}

function makeParts(options: Partial<PartitionSupervisorOptions>, init: () => void) {
  return partitionSupervisor({ name: 'parts', partitions: 4, ...options }, (partition) => {
    return part({ id: `${partition}`, ...(partition === 2 ? { init } : {}) })
  })
}

/** Four partitions, of which number 2 starts once and then never again until it is mended. */
async function runBroken(options: Partial<PartitionSupervisorOptions>) {
  const loop = breakable()
  let mendAt = Number.POSITIVE_INFINITY
  const init = () => {
    if (loop.tries() >= mendAt) loop.mend()
    loop.init()
  }
  const broken = {
    ...loop,
    mendAfter: (tries: number) => {
      mendAt = tries
    },
  }
  const parts = makeParts({ maxRestarts: 1_000_000, ...options }, init)
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [parts])
  const { host } = await run(top)
  return { parts, broken, host, top }
}
