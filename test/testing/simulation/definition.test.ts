import { type Simulation, simulation } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { trust } from '../../../src/core/trust.ts'
import { planBehind } from '../../../src/testing/simulation/definition.ts'
import { startCounter, type Tally } from './counters.ts'

const run = () => Promise.resolve()
const least = {
  name: 'x',
  start: startCounter,
  memory: (): Tally => ({ counters: new Map(), added: 0 }),
}

test('names the clients of a group one by one', () => {
  const plan = planBehind(
    'test',
    simulation({ ...least, clients: { one: run, many: { count: 2, run }, single: { run } } }),
  )
  const names = plan.clients.map(({ name, index }) => [name, index])
  expect(names).toEqual([
    ['one', 0],
    ['many 1', 0],
    ['many 2', 1],
    ['single', 0],
  ])
})

test('has one node, and faults as they are drawn, unless it says otherwise', () => {
  const plan = planBehind('test', simulation(least))
  expect(plan).toMatchObject({ nodes: 1, faults: 'swarm', settleMs: 60_000, clients: [] })
})

test('refuses a simulation that was not defined here', () => {
  const forged: Simulation = trust({ name: 'x' })
  expect(() => planBehind('test', forged)).toThrow(/wanted what simulation\(\) gave back/)
})
