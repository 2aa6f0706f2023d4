import type { Outcome } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { end } from '../../src/process/dying.ts'
import type { Process } from '../../src/process/process.ts'
import type { TaskListener } from '../../src/task/task-behaviour.ts'
import { launchTask } from '../../src/task/task-child.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { forever } from './workshop.ts'

/** Writes down what it is told. */
class Log implements TaskListener {
  readonly told: unknown[] = []
  process: Process | undefined = undefined

  started(process: Process): void {
    this.process = process
    this.told.push('started')
  }

  over(outcome: Outcome<unknown>): void {
    this.told.push(outcome.ok ? outcome.value : outcome.exit.reason.kind)
    this.told.push(this.process?.phase)
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('launchTask', () => {
  test('tells the value before the end, and a failure in the step of the end, once', async () => {
    const parent = bareProcess(bareNode())
    const [good, bad] = [new Log(), new Log()]
    launchTask({ label: 'good', work: () => 5, listener: good }, parent, undefined)
    launchTask({ label: 'bad', work: forever, listener: bad }, parent, undefined)
    await turn()
    expect(good.told).toEqual(['started', 5, 'running'])
    if (bad.process !== undefined) end(bad.process, { kind: 'killed' })
    expect(bad.told).toEqual(['started', 'killed', 'dead'])
  })

  test('starts nothing for an owner that has ended', () => {
    const node = bareNode()
    const [parent, owner] = [bareProcess(node), bareProcess(node)]
    end(owner, { kind: 'killed' })
    const listener = new Log()
    const outcome = launchTask({ label: 'x', work: forever, owner, listener }, parent, undefined)
    expect(outcome).toEqual({ kind: 'failed', reason: { kind: 'killed' } })
    expect([node.processes.size, listener.told]).toEqual([1, []])
  })

  test('links the owner only if told so', () => {
    const node = bareNode()
    const [parent, owner] = [bareProcess(node), bareProcess(node)]
    launchTask({ label: 'x', work: forever, owner }, parent, undefined)
    expect(owner.extrasIfAny?.links).toBeUndefined()
    launchTask({ label: 'x', work: forever, owner, isLinked: true }, parent, undefined)
    expect(owner.extrasIfAny?.links?.size).toBe(1)
  })
})
