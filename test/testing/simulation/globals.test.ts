import childProcess from 'node:child_process'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import dns from 'node:dns/promises'
import fs, { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import timers from 'node:timers'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { call, child, defineServer, reply, supervisor } from 'flotilla'
import { type External, type SimulationRun, simulate, simulation } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

/** Runs code of a user in a server of a simulation; what it gives, and the run. */
async function inServer<T>(
  work: () => T | Promise<T>,
  given: { readonly externals?: Readonly<Record<string, External>>; readonly seed?: number } = {},
): Promise<{ readonly run: SimulationRun; readonly value: T | undefined }> {
  const outcome: { value: T | undefined } = { value: undefined }
  const Server = defineServer({
    name: 'user',
    init: () => 0,
    calls: {
      work: async (state) => {
        outcome.value = await work()
        return reply(undefined, state)
      },
    },
  })
  const { externals = {}, seed = 1 } = given
  const run = await simulate(
    simulation({
      name: 'globals',
      faults: 'none',
      externals,
      start: (world, node) => {
        const only = child(Server, undefined, { id: 'only' })
        return world.startNode(supervisor({ name: 'top', strategy: 'one_for_one' }, [only]), node)
      },
      clients: {
        user: async ({ world }) => {
          const pid = world.node('a').node?.processes().at(-1)
          if (pid !== undefined) await call(pid, 'work')
        },
      },
    }),
    { seed, minutes: 0.1 },
  )
  return { run, value: outcome.value }
}

describe('inside a simulation', () => {
  test('time is that of the node', async () => {
    const { run, value } = await inServer(async () => {
      const before = [Date.now(), performance.now(), process.hrtime.bigint(), new Date()] as const
      await new Promise((resolve) => setTimeout(resolve, 1500))
      await wait(500)
      return {
        dateMs: Date.now() - before[0],
        monotonicMs: performance.now() - before[1],
        nanoseconds: process.hrtime.bigint() - before[2],
        // biome-ignore lint/complexity/useDateNow: this is what is tested
        newDateMs: new Date().getTime() - before[3].getTime(),
        year: new Date().getFullYear(),
        isDate: new Date(0) instanceof Date && new Date().constructor === Date,
      }
    })
    expect(run.failure).toBeUndefined()
    expect(value).toEqual({
      dateMs: 2000,
      monotonicMs: 2000,
      nanoseconds: 2_000_000_000n,
      newDateMs: 2000,
      year: 2026,
      isDate: true,
    })
  })

  test('randomness is that of the seed', async () => {
    const draw = () => [Math.random(), randomUUID(), randomInt(1e9), randomBytes(4).toString('hex')]
    const first = await inServer(draw)
    const second = await inServer(draw)
    const other = await inServer(draw, { seed: 2 })
    expect(first.value).toEqual(second.value)
    expect(other.value).not.toEqual(first.value)
    expect(first.value?.[1]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
  })

  test('an error in a timer ends the process that has set it', async () => {
    const { run } = await inServer(async () => {
      setTimeout(() => {
        throw new Error('late')
      }, 10)
      await wait(1000)
    })
    // The client sees its call fail, because the server has ended.
    expect(run.failure).toMatchObject({ kind: 'client' })
    expect(run.failure?.message).toContain('late')
  })
})

describe('what leads out of a simulation', () => {
  const ways: readonly [string, () => unknown][] = [
    ['fetch', () => fetch('http://localhost')],
    ['http.request', () => http.request('http://localhost')],
    ['net.connect', () => net.connect(1)],
    ['net.Socket', () => new net.Socket()],
    ['dns.promises.lookup', () => dns.lookup('localhost')],
    ['fs.readFileSync', () => readFileSync('/etc/hostname')],
    ['fs.promises.readFile', () => readFile('/etc/hostname')],
    ['fs.writeFileSync', () => fs.writeFileSync('/tmp/nothing', '')],
    ['child_process.spawn', () => childProcess.spawn('true')],
    ['worker_threads.Worker', () => new Worker('')],
  ]

  test.each(ways)('%s is refused by name and call site', async (name, use) => {
    const { run } = await inServer(async () => void (await use()))
    expect(run.failure).toMatchObject({ kind: 'refused', subject: name })
    expect(run.failure?.message).toContain(`${name} leads out of the simulation`)
    expect(run.failure?.message).toContain('globals.test.ts')
  })

  test('is refused even if the code catches what is thrown', async () => {
    const { run } = await inServer(() => {
      try {
        return readFileSync('/etc/hostname')
      } catch {
        return undefined
      }
    })
    expect(run.failure).toMatchObject({ kind: 'refused', subject: 'fs.readFileSync' })
  })

  test('is answered by a double after its latency', async () => {
    const externals = {
      fetch: { implementation: (url: string) => new Response(`from ${url}`), latencyMs: 250 },
      'fs.readFileSync': { implementation: () => 'a file', style: 'sync' as const },
      'fs.readFile': { implementation: () => 'another', latencyMs: 10, style: 'callback' as const },
    }
    const { run, value } = await inServer(
      async () => {
        const startMs = performance.now()
        const text = await (await fetch('http://x')).text()
        const afterMs = performance.now() - startMs
        const other = await new Promise((resolve) => fs.readFile('x', (_error, it) => resolve(it)))
        return { text, afterMs, file: readFileSync('x'), other }
      },
      { externals },
    )
    expect(run.failure).toBeUndefined()
    expect(value).toEqual({ text: 'from http://x', afterMs: 250, file: 'a file', other: 'another' })
  })

  test('fails as often as its double is to fail', async () => {
    const externals = { fetch: { implementation: () => 'yes', failureRate: 0.5 } }
    const { value } = await inServer(
      async () => {
        let failures = 0
        for (let count = 0; count < 200; count += 1) {
          await fetch('http://x').catch(() => {
            failures += 1
          })
        }
        return failures
      },
      { externals },
    )
    expect(value).toBeGreaterThan(60)
    expect(value).toBeLessThan(140)
  })
})

describe('after a simulation', () => {
  const look = () => [
    Date,
    Date.now,
    Date.prototype.constructor,
    performance.now,
    Math.random,
    crypto.randomUUID,
    setTimeout,
    setInterval,
    setImmediate,
    clearTimeout,
    process.hrtime,
    process.uptime,
    AbortSignal.timeout,
    fetch,
    timers.setTimeout,
    wait,
    readFileSync,
    readFile,
    randomUUID,
    http.request,
    net.Socket,
    Worker,
    process.listeners('unhandledRejection').length,
    process.listeners('uncaughtException').length,
    Object.getOwnPropertyNames(performance).length,
    Object.getOwnPropertyNames(crypto).length,
  ]

  test('every global is as it was', async () => {
    const before = look()
    let during: unknown[] = []
    const { run } = await inServer(() => {
      during = look()
    })
    expect(run.ok).toBe(true)
    expect(look()).toEqual(before)
    expect(look().every((value, index) => value === before[index])).toBe(true)
    const changed = during.filter((value, index) => value !== before[index])
    expect(changed.length).toBeGreaterThan(20)
  })

  test('every global is as it was, also after one that failed', async () => {
    const before = look()
    const { run } = await inServer(() => readFileSync('/etc/hostname'))
    expect(run.ok).toBe(false)
    expect(look().every((value, index) => value === before[index])).toBe(true)
    expect(readFileSync(import.meta.filename, 'utf8')).toContain('every global')
  })
})
