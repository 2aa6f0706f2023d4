import { describe, expect, test } from 'vitest'
import {
  answerTo,
  perOperation,
  perSecond,
  readTask,
  type Task,
  TaskError,
  timed,
} from '../../../bench/arms/arm.ts'

const task: Task = { workload: 'work', size: 3, count: 10, slow: false }

describe('a task', () => {
  test('is read as it was written', () => {
    expect(readTask(JSON.stringify(task))).toEqual(task)
  })

  test.each([
    ['nothing', undefined],
    ['no JSON', 'call-one'],
    ['no object', '7'],
    ['null', 'null'],
    ['a missing part', JSON.stringify({ ...task, slow: undefined })],
    ['a negative size', JSON.stringify({ ...task, size: -1 })],
    ['half an operation', JSON.stringify({ ...task, count: 0.5 })],
    ['a count in words', JSON.stringify({ ...task, count: 'ten' })],
  ])('that is %s is refused', (_what, given) => {
    expect(() => readTask(given)).toThrow(TaskError)
  })

  test('that nobody knows is refused with what there is', async () => {
    const workloads = { other: async () => ({ lacks: 'everything' }) }
    await expect(answerTo(workloads, JSON.stringify(task))).rejects.toThrow(
      'Cannot do the workload "work": there are other',
    )
    const inherited = JSON.stringify({ ...task, workload: 'toString' })
    await expect(answerTo(workloads, inherited)).rejects.toThrow(TaskError)
  })
})

describe('an interval', () => {
  test('has the work once, and what it says it has completed', async () => {
    const passes: number[] = []
    const interval = await timed(task, (pass) => passes.push(pass))
    expect(passes).toEqual([0])
    expect(interval.completed).toBe(1)
    expect(interval.nanoseconds).toBeGreaterThan(0)
  })

  test('of a slowed arm has the work twice and counts it once, the worse time of the two', async () => {
    const passes: number[] = []
    const slowed = { ...task, slow: true }
    const { completed } = await timed(slowed, (pass) => {
      passes.push(pass)
      return pass === 0 ? 10 : 9
    })
    expect(passes).toEqual([0, 1])
    expect(completed).toBe(9)
  })

  test('is told by what was intended, so what is missing cannot make it look faster', () => {
    const interval = { completed: 5, nanoseconds: 2000 }
    expect(perOperation(10, interval)).toEqual({
      intended: 10,
      completed: 5,
      figures: { nsPerOperation: 200 },
    })
    expect(perSecond(10, interval).figures).toEqual({ operationsPerSecond: 5_000_000 })
  })
})
