import { call, exit, isAlive } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { run } from '../supervisor/running.ts'
import { from, gate } from '../supervisor/worker.ts'
import { changes, crew, expectOneHolderEach, pidAt } from './crew.ts'

describe('a worker that is killed', () => {
  it('is gone from its name in the same turn, then one unregister and one register follow', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const events = changes(workers)
    const old = await workers.ensure({ id: 'a' })
    events.length = 0
    exit(old, 'kill')
    expect(workers.whereis('a')).toBeUndefined()
    expect([workers.size, [...workers.keys()]]).toEqual([0, []])
    await host.settle()
    const replacement = pidAt(workers, 'a')
    expect(events).toEqual([
      { kind: 'unregister', key: 'a', pid: old },
      { kind: 'register', key: 'a', pid: replacement },
    ])
    expect([replacement === old, isAlive(replacement), workers.size]).toEqual([false, true, 1])
  })

  it('is gone from its name for its own callers, who have its reason by then', async () => {
    const workers = crew()
    await run(workers)
    const old = await workers.ensure({ id: 'a' })
    const answer = expect(call(workers.via('a'), 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_KILLED',
    })
    exit(old, 'kill')
    await expect(call(workers.via('a'), 'id')).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_NOPROC',
    })
    await answer
    expect(await workers.ensure({ id: 'a' })).not.toBe(old)
  })

  it('is never found by a look-up under churn', async () => {
    const workers = crew({ maxRestarts: 1_000_000 })
    const { host } = await run(workers)
    const events = changes(workers)
    const keys = from(1, 100).map(String)
    await Promise.all(keys.map((id) => workers.ensure({ id })))
    let lookups = 0
    for (let round = 0; round < 50; round += 1) {
      for (const key of keys) {
        const pid = pidAt(workers, key)
        expect(isAlive(pid)).toBe(true)
        if (round % 2 === 0) exit(pid, 'kill')
        else workers.cast(key, 'crash', 'boom')
        if (round % 2 === 0) expect(workers.whereis(key)).toBeUndefined()
        lookups += 1
      }
      await host.settle()
    }
    expect(lookups).toBe(5000)
    expect(expectOneHolderEach(events).size).toBe(100)
    expect(events.length).toBe(100 + 2 * 5000)
  })
})

describe('a name', () => {
  it('is held from before init to the end of terminate', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const seen: boolean[] = []
    const look = () => void seen.push(workers.whereis('a') !== undefined)
    const { wait, release } = gate()
    const terminate = () => {
      look()
      return wait().then(look)
    }
    await workers.ensure({ id: 'a', traps: true, init: look, terminate })
    const stopped = workers.stop('a')
    await host.settle()
    release()
    expect(await stopped).toBe(true)
    look()
    expect(seen).toEqual([true, true, true, false])
  })

  it('follows the worker: a via reaches whoever has it now', async () => {
    const workers = crew()
    const { host } = await run(workers)
    const via = workers.via('a')
    for (let life = 0; life < 3; life += 1) {
      const pid = await workers.ensure({ id: 'a' })
      expect(await call(via, 'pid')).toBe(pid)
      exit(pid, 'kill')
      await host.settle()
    }
  })
})

describe('watch', () => {
  it('may begin before the start of the fleet, and ends when told', async () => {
    const workers = crew()
    const seen: string[] = []
    const watching = workers.watch(({ kind, key }) => void seen.push(`${kind} ${key}`))
    const { host } = await run(workers)
    await workers.ensure({ id: 'a' })
    await workers.stop('a')
    await host.settle()
    watching.stop()
    await workers.ensure({ id: 'b' })
    await host.settle()
    expect(seen).toEqual(['register a', 'unregister a'])
  })
})
