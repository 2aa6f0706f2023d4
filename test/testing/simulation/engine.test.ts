import { randomSchedule } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { Lane } from '../../../src/testing/simulation/lane.ts'
import { engineOf } from './bench.ts'

test('moves time to the next thing that is due, and no farther than it may', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  const seen: number[] = []
  for (const dueUs of [300, 100, 200]) engine.at(dueUs, lane, () => void seen.push(engine.nowUs))
  expect(await engine.run(250, () => false)).toBe('time')
  expect(seen).toEqual([100, 200])
  expect(engine.nowUs).toBe(250)
})

test('runs every reaction of a promise before the next step', async () => {
  const { engine } = engineOf()
  const [one, other] = [new Lane(engine, 'one'), new Lane(engine, 'other')]
  const seen: string[] = []
  one.push(async () => {
    for (let count = 0; count < 5; count += 1) {
      await Promise.resolve()
      seen.push('reaction')
    }
  })
  other.push(() => void seen.push('next'))
  await engine.run(1, () => false)
  expect(seen).toEqual([...Array.from({ length: 5 }, () => 'reaction'), 'next'])
})

test('lets the schedule choose among those that can go on, and notes the choices', async () => {
  const order = async (seed: number) => {
    const { engine, choices } = engineOf(randomSchedule({ seed }))
    const seen: string[] = []
    for (const name of ['a', 'b', 'c', 'd']) new Lane(engine, name).push(() => void seen.push(name))
    await engine.run(1, () => false)
    expect(choices).toHaveLength(3)
    return seen.join('')
  }
  expect(await order(1)).toBe(await order(1))
  const orders = new Set<string>()
  for (let seed = 1; seed <= 20; seed += 1) orders.add(await order(seed))
  expect(orders.size).toBeGreaterThan(5)
})

test('runs what waits for later when nobody else can go on, before time moves', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  const seen: string[] = []
  engine.later(lane, () => void seen.push(`later at ${engine.nowUs}`))
  engine.at(5, lane, () => void seen.push(`due at ${engine.nowUs}`))
  lane.push(() => lane.push(() => void seen.push('second')))
  await engine.run(10, () => false)
  expect(seen).toEqual(['second', 'later at 0', 'due at 5'])
})

test('does nothing for what was taken back', async () => {
  const { engine } = engineOf()
  let ran = false
  const due = engine.after(5, new Lane(engine, 'x'), () => {
    ran = true
  })
  due.cancel()
  await engine.run(10, () => false)
  expect(ran).toBe(false)
})

test('stops when it is done, when it is told to, and when nothing will ever be due', async () => {
  const { engine } = engineOf()
  const lane = new Lane(engine, 'x')
  let count = 0
  engine.at(1, lane, () => {
    count += 1
  })
  expect(await engine.run(10, () => count === 1)).toBe('done')
  expect(await engine.run(Number.POSITIVE_INFINITY, () => false)).toBe('idle')
  engine.halt()
  expect(await engine.run(10, () => false)).toBe('halted')
})

test('reports what is thrown, and halts', async () => {
  const { engine, errors } = engineOf()
  const error = new Error('on purpose')
  new Lane(engine, 'x').push(() => {
    throw error
  })
  expect(await engine.run(10, () => false)).toBe('halted')
  expect(errors).toEqual([error])
})
