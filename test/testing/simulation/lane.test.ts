import { expect, test } from 'vitest'
import { Lane } from '../../../src/testing/simulation/lane.ts'
import { engineOf } from './bench.ts'

test('gives its tasks back in order', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  const seen: number[] = []
  for (const number of [1, 2, 3]) lane.push(() => void seen.push(number))
  await engine.run(1, () => false)
  expect(seen).toEqual([1, 2, 3])
})

test('keeps what it has while it is held up', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  const seen: number[] = []
  lane.holdUp()
  lane.push(() => void seen.push(engine.nowUs))
  engine.at(7, new Lane(engine, 'y'), () => lane.goOn())
  await engine.run(10, () => false)
  expect(seen).toEqual([7])
})

test('drops everything once it is closed', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  const seen: number[] = []
  lane.push(() => void seen.push(1))
  lane.close()
  lane.push(() => void seen.push(2))
  await engine.run(1, () => false)
  expect(seen).toEqual([])
})
