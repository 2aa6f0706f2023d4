import { type Simulation, simulate } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { churnOn } from '../../../soak/simulation/churn.sim.ts'
import { Disk, type Row } from '../../../soak/simulation/disk.ts'
import { islandDisk } from '../../../soak/simulation/island-disk.ts'
import { islandsOn } from '../../../soak/simulation/islands.sim.ts'

const seeds = 10

/** The subject of the first failure, and how many seeds it took. */
async function find<M>(planted: Simulation<M>) {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { failure } = await simulate(planted, { seed, minutes: 0.5 })
    if (failure !== undefined) return failure
  }
  return undefined
}

test('the oracle of the churn sees a disk that says it has written and has not', async () => {
  class Forgetful extends Disk {
    #saves = 0
    override save(key: number, row: Row): void {
      this.#saves += 1
      if (this.#saves % 20 !== 0) super.save(key, row)
    }
  }
  expect(await find(churnOn(() => new Forgetful()))).toMatchObject({
    kind: 'check',
    subject: 'finally',
    message: expect.stringMatching(/operations answered/),
  })
})

test('the oracle of the churn sees an operation that is applied twice', async () => {
  class Amnesic extends Disk {
    override load(key: number): Row {
      return { ...super.load(key), last: {} }
    }
  }
  expect(await find(churnOn(() => new Amnesic()))).toMatchObject({ kind: 'check' })
})

test('the oracle of Islands sees a store that writes only after it has answered', async () => {
  const late = islandsOn((rows) => {
    const store = islandDisk(rows)
    return {
      ...store,
      save(id, game) {
        void Promise.resolve(store.save(id, game)).catch(() => undefined)
      },
    }
  })
  expect(await find(late)).toMatchObject({ kind: 'check' })
})
