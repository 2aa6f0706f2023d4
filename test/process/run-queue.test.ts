import fc from 'fast-check'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { Note } from '../../src/process/envelope.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { Process } from '../../src/process/process.ts'
import { RunQueue } from '../../src/process/run-queue.ts'
import { bareBehaviour } from './bare.ts'

const note = (name: string): Note => new Note('info', name, undefined)

describe('the run queue', () => {
  test('gives the processes back in the order in which they came, and their messages once', () => {
    const [a, b, c] = processes(3)
    const queue = new RunQueue()
    if (a === undefined || b === undefined || c === undefined) throw new Error('no process')
    const woken = note('woken')
    queue.push(a, undefined)
    queue.push(b, woken)
    expect([queue.takeMessage(a), queue.takeMessage(b), queue.takeMessage(b)]).toEqual([
      undefined,
      woken,
      undefined,
    ])
    expect(queue.takeMessage(c)).toBeUndefined()
    queue.push(c, woken)
    const left = [a, b, c].map(() => [queue.peek(), queue.shift()])
    expect(left).toEqual([
      [a, undefined],
      [b, undefined],
      [c, woken],
    ])
    expect([queue.peek(), queue.shift()]).toEqual([undefined, undefined])
    expect([a, b, c].map(({ queuedAt }) => queuedAt)).toEqual([-1, -1, -1])
  })

  test('is what an array would be, however often it grows and goes round', () => {
    const all = processes(200)
    const steps = fc.array(fc.nat(3), { maxLength: 600 })
    fc.assert(
      fc.property(steps, (taken) => {
        const queue = new RunQueue()
        let model: { process: Process; message: Note | undefined }[] = []
        for (const [number, step] of taken.entries()) {
          const idle = all.find((each) => each.queuedAt < 0)
          const known = model[number % Math.max(1, model.length)]
          if (step === 0) {
            expect(queue.peek()).toBe(model[0]?.process)
            expect(queue.shift()).toBe(model[0]?.message)
            model = model.slice(1)
          } else if (step === 1 && known !== undefined) {
            expect(queue.takeMessage(known.process)).toBe(known.message)
            known.message = undefined
          } else if (idle !== undefined) {
            const message = step === 2 ? note(`${number}`) : undefined
            queue.push(idle, message)
            model.push({ process: idle, message })
          }
          expect([...queue]).toEqual(model.map(({ process }) => process))
          expect(queue.size).toBe(model.length)
        }
        for (const { process, message } of model) {
          expect(queue.peek()).toBe(process)
          expect(queue.shift()).toBe(message)
        }
      }),
      { seed: 11, numRuns: 60 },
    )
  })

  test('gives its room back after a rush', () => {
    const queue = new RunQueue()
    for (const process of processes(20_000)) queue.push(process, undefined)
    const { placeCount } = queue
    for (; queue.size > 0; queue.shift());
    expect([placeCount, queue.placeCount]).toEqual([32_768, 64])
  })
})

function processes(count: number): Process[] {
  const node = new NodeRuntime({ name: 'local', host: virtualHost(), chargesEscapes: false })
  return Array.from({ length: count }, () => new Process(node, bareBehaviour(), undefined))
}
