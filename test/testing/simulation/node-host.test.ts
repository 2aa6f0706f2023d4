import { tryCall } from 'flotilla'
import { simulate } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { ignore } from '../../../src/core/ignore.ts'
import { NodeHost } from '../../../src/testing/simulation/node-host.ts'
import { counting } from './counters.ts'

test('fires its timers by its own clock, and forgets those that are taken back', async () => {
  const seen: (number | string)[] = []
  const run = await simulate(
    counting({
      faults: { drift: 0.02 },
      clients: {
        tester: async (client) => {
          const { host } = client.world.node('a')
          if (!(host instanceof NodeHost)) throw new Error('another host')
          const before = host.pendingTimers
          const startMs = host.clock.monotonicMs()
          host.clock.after(
            100,
            () => void seen.push(Math.round(host.clock.monotonicMs() - startMs)),
          )
          const other = host.clock.after(50, () => void seen.push('never'))
          expect(host.pendingTimers).toBe(before + 2)
          other.cancel()
          other.cancel()
          expect(host.pendingTimers).toBe(before + 1)
          await client.sleepMs(200)
          expect(host.pendingTimers).toBe(before)
        },
      },
    }),
    { seed: 1, minutes: 0.01 },
  )
  expect(run.failure).toBeUndefined()
  expect(seen).toEqual([100])
})

test('does nothing once it is closed', async () => {
  let ran = false
  const run = await simulate(
    counting({
      faults: 'none',
      clients: {
        tester: async (client) => {
          const { host } = client.world.node('a')
          if (!(host instanceof NodeHost)) throw new Error('another host')
          const spoil = () => {
            ran = true
          }
          host.clock.after(10, spoil)
          host.scheduler.yieldThen(spoil)
          host.close()
          host.scheduler.soon?.(spoil)
          await client.sleepMs(100)
          throw new Error('over')
        },
      },
    }),
    { seed: 1, minutes: 0.01 },
  )
  expect(run.failure?.message).toBe('over')
  expect(ran).toBe(false)
})

test('lets whoever asks an ended node again and again take turns', async () => {
  let refused = 0
  const run = await simulate(
    counting({
      faults: 'none',
      clients: {
        tester: async ({ world }) => {
          const counter = world.memory.counters.get('a')
          if (counter === undefined) throw new Error('no counter')
          const { host, node } = world.node('a')
          await node?.stop()
          // As after a crash: nothing that the node was given runs any more.
          if (host instanceof NodeHost) host.close()
          for (let asked = 0; asked < 200; asked += 1) {
            if (!(await tryCall(counter, 'read')).ok) refused += 1
          }
        },
      },
    }),
    { seed: 1, minutes: 0.01 },
  )
  expect([refused, run.failure]).toEqual([200, undefined])
})

test('counts what the runtime has set, not what code sets by itself', async () => {
  const pending: number[] = []
  await simulate(
    counting({
      faults: 'none',
      clients: {
        tester: async (client) => {
          const { host } = client.world.node('a')
          if (!(host instanceof NodeHost)) throw new Error('another host')
          const before = host.pendingTimers
          const timers = [
            host.after(10, ignore),
            host.after(20, ignore),
            host.codeTimer(10, ignore),
          ]
          pending.push(host.pendingTimers - before)
          await client.sleepMs(15)
          pending.push(host.pendingTimers - before)
          for (const timer of timers) timer.cancel()
          pending.push(host.pendingTimers - before)
        },
      },
    }),
    { seed: 1, minutes: 0.01 },
  )
  expect(pending).toEqual([2, 1, 0])
})
