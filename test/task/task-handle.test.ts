import { completedTask } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { newTask, TaskHandle } from '../../src/task/task-handle.ts'

describe('TaskHandle', () => {
  test('is told from everything else, without asking it anything', () => {
    const trap = new Proxy(
      {},
      {
        has: () => {
          throw new Error('asked')
        },
      },
    )
    expect(TaskHandle.pendingOf(completedTask(1))).toBeDefined()
    for (const value of [trap, {}, null, undefined, 5]) {
      expect(TaskHandle.pendingOf(value)).toBeUndefined()
    }
  })

  test('shows the methods of a task and nothing of the runtime', () => {
    const names = Object.getOwnPropertyNames(TaskHandle.prototype)
    expect(names.sort()).toEqual(
      ['await', 'constructor', 'ignore', 'owner', 'pid', 'shutdown', 'yield'].sort(),
    )
    expect(Object.getOwnPropertyNames(completedTask(1))).toEqual([])
  })

  test('waits for what its process tells', async () => {
    const { task, pending } = newTask<number>({
      ...{ label: 'x', owner: undefined, deliverAs: undefined },
    })
    pending.over({ ok: true, value: 5 })
    expect(await task.await()).toBe(5)
  })
})
