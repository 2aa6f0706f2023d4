import { expect, test } from 'vitest'
import { drawRates, isQuiet, planFaults } from '../../../src/testing/simulation/swarm.ts'

const seeds = Array.from({ length: 200 }, (_, index) => index)
const options = { rates: { crash: 3, kill: 20, cut: 2 }, nodes: ['a', 'b'], durationMs: 600_000 }

test('draws about half of the kinds for each seed, and none that is not wanted', () => {
  const counts = seeds.map((seed) => Object.keys(drawRates(seed, [])).length)
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  expect(mean).toBeGreaterThan(6)
  expect(mean).toBeLessThan(8)
  expect(new Set(counts).size).toBeGreaterThan(5)
  for (const seed of seeds) expect(drawRates(seed, ['crash']).crash).toBeUndefined()
})

test('draws each kind apart from the others', () => {
  for (const seed of seeds) {
    const { crash: _, ...others } = drawRates(seed, [])
    expect(drawRates(seed, ['crash'])).toEqual(others)
  }
})

test('leaves a quarter of the time quiet, and plans nothing there', () => {
  const quiet = seeds.filter((window) => isQuiet(7, window * 10_000))
  expect(quiet.length).toBeGreaterThan(30)
  expect(quiet.length).toBeLessThan(70)
  const plan = planFaults({ ...options, seed: 7 })
  expect(plan.length).toBeGreaterThan(100)
  expect(plan.filter(({ atUs }) => isQuiet(7, atUs / 1000))).toEqual([])
})

test('plans about as many as the rate says, in order of time and each under its own name', () => {
  const plan = planFaults({ ...options, seed: 3 })
  const kills = plan.filter(({ kind }) => kind === 'kill').length
  expect(kills).toBeGreaterThan(2 * 20 * 10 * 0.5)
  expect(kills).toBeLessThan(2 * 20 * 10)
  expect(plan).toEqual(plan.toSorted((one, other) => one.atUs - other.atUs))
  expect(new Set(plan.map(({ name }) => name)).size).toBe(plan.length)
})

test('plans the same for one node whatever else there is', () => {
  const both = planFaults({ ...options, seed: 5 })
  const alone = planFaults({ ...options, seed: 5, nodes: ['a'] })
  expect(alone).toEqual(both.filter(({ node, other }) => node === 'a' && other === undefined))
})

test('makes cuts that outlast a lease, and short ones', () => {
  const cuts = planFaults({ ...options, seed: 1 }).filter(({ kind }) => kind === 'cut')
  const durations = cuts.map(({ durationMs }) => durationMs)
  expect(Math.max(...durations)).toBeGreaterThan(20_000)
  expect(Math.min(...durations)).toBeLessThan(1000)
})
