import { shrinkSimulation, simulate } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { counting, losing } from './counters.ts'

test('makes a lost update as small as it can be, and brings it about again', async () => {
  const noisy = losing({ nodes: 3, faults: { jump: 60, pause: 5 } })
  let found = await simulate(noisy, { seed: 1, minutes: 0.5 })
  for (let seed = 2; found.ok && seed <= 100; seed += 1) {
    found = await simulate(noisy, { seed, minutes: 0.5 })
  }
  expect(found.failure?.kind).toBe('check')
  const { run, runs } = await shrinkSimulation(noisy, found.options)
  expect(run.failure?.kind).toBe('check')
  expect(run.drawn.clients).toHaveLength(2)
  expect(run.drawn.nodes).toBe(1)
  expect(run.injected).toEqual([])
  expect(run.drawn.minutes).toBeLessThan(0.5)
  expect(runs).toBeLessThanOrEqual(200)
  const again = await simulate(noisy, run.options)
  expect(again.hash).toBe(run.hash)
  expect(again.failure?.message).toBe(run.failure?.message)
})

test('keeps the fault that a failure needs, and no other', async () => {
  const fragile = counting({
    faults: { kill: 30, jump: 30 },
    invariants: [
      {
        id: 'X',
        title: 'nobody is killed after a while',
        make: () => ({
          on: (event) => {
            if (event.kind === 'process_ended' && event.reason.kind === 'killed') {
              if (event.atMs > 10_000) throw new Error(`${event.label} was killed`)
            }
          },
        }),
      },
    ],
  })
  const { run } = await shrinkSimulation(fragile, { seed: 1, minutes: 2 })
  expect(run.failure).toMatchObject({ kind: 'invariant', subject: 'X' })
  expect(run.injected).toHaveLength(1)
  expect(run.injected[0]?.name).toMatch(/^kill a \d+$/)
  expect(run.injected[0]?.atMs).toBeCloseTo(run.failure?.atMs ?? 0, 0)
})

test('stops after as many runs as it may take', async () => {
  const failing = counting({ clients: { tester: () => Promise.reject(new Error('on purpose')) } })
  const { runs } = await shrinkSimulation(failing, { seed: 1 }, { maxRuns: 3 })
  expect(runs).toBe(3)
})

test('refuses a run that does not fail', async () => {
  const passing = counting({ faults: 'none' })
  await expect(shrinkSimulation(passing, { seed: 1, minutes: 0.01 })).rejects.toMatchObject({
    code: 'FLOTILLA_INVALID_ARGUMENT',
  })
})
