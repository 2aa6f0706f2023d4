import { describe, expect, test } from 'vitest'
import { collectGarbage } from '../collect-garbage.ts'
import { feed } from '../supervisor/running.ts'
import { forever, inside, openWorkshop } from './workshop.ts'

const empty = { specs: 0, active: 0, supervisors: 0, workers: 0 }

describe('a task supervisor under churn', () => {
  test('holds nothing of 100,000 tasks that came and went', { timeout: 60_000 }, async () => {
    const { tasks, owner, node } = await openWorkshop()
    const asker = await owner()
    const heap: number[] = []
    for (let round = 0; round < 4; round += 1) {
      await inside(asker, async (context) => {
        for (let count = 0; count < 25_000; count += 1) {
          const task = await tasks.async(context, () => count)
          if ((await task.await({ timeoutMs: 'infinity' })) !== count) throw new Error('mixed up')
        }
      })
      await collectGarbage()
      heap.push(process.memoryUsage().heapUsed)
    }
    // A byte per task that stayed would show: what is left is noise of the test runner.
    expect(Math.max(...heap.slice(1)) - (heap[0] ?? 0)).toBeLessThan(1_000_000)
    expect(node.statistics()).toMatchObject({
      ...{ processes: 5, deadlines: 0, monitors: 0, links: 0, queued: 0, deferred: 0 },
    })
    expect(tasks.countChildren()).toEqual(empty)
  })

  test('has empty tables after tasks of every fate', async () => {
    const { tasks, owner, host, node } = await openWorkshop()
    const asker = await owner()
    const before = node.statistics()
    await inside(asker, async (context) => {
      const fates = Array.from({ length: 400 }, async (_, index) => {
        const task = await tasks.asyncNolink(context, async (own) => {
          if (index % 4 === 0) throw new Error('one of four')
          if (index % 4 === 1) await forever()
          if (index % 4 === 2) own.trapExits(true)
          return index
        })
        if (index % 8 === 1) return task.shutdown()
        if (index % 8 === 3) return task.ignore()
        return task.yield({ timeoutMs: index % 4 === 1 ? 0 : 5000 }).then(() => task.shutdown())
      })
      await Promise.all(fates)
    })
    await host.settle()
    const keep = { sent: 0, started: 0, ended: 0, dropped: 0 }
    expect({ ...node.statistics(), ...keep }).toEqual({ ...before, ...keep })
  })

  test('reports a restarted task as any supervisor does', async () => {
    const events = feed()
    const { tasks, host } = await openWorkshop()
    let runs = 0
    await tasks.startChild(
      () => {
        runs += 1
        if (runs === 1) throw new Error('once')
      },
      { restart: 'transient', label: 'twice' },
    )
    await host.settle()
    expect(runs).toBe(2)
    const reports = events.filter(({ kind }) => kind === 'supervisor_report')
    expect(reports).toMatchObject([{ context: 'child_terminated', offender: { id: 'twice' } }])
  })
})
