import { expect, test } from 'vitest'
import type { NewFault } from '../../../src/testing/simulation/fault.ts'
import { HandlerFaultDraw } from '../../../src/testing/simulation/handler-fault-draw.ts'
import { isQuiet } from '../../../src/testing/simulation/swarm.ts'
import { bareNode, bareProcess } from '../../process/bare.ts'

function drawn({ nowMs = loudMs(), areOver = false, allowed = true } = {}) {
  const faults: NewFault[] = []
  const draw = new HandlerFaultDraw(
    1,
    { throw_before: 0.1, slow: 0.1 },
    {
      nowMs: () => nowMs,
      areOver: () => areOver,
      reference: () => 'a/4',
      inject: (fault) => {
        faults.push(fault)
        return allowed
      },
    },
  )
  const process = bareProcess(bareNode())
  const befell = Array.from({ length: 1000 }, (_, turn) => {
    process.turn = turn
    return draw.draw(process)?.name
  })
  return { faults, befell: befell.filter((name) => name !== undefined) }
}

function loudMs(): number {
  for (let window = 0; ; window += 1) if (!isQuiet(1, window * 10_000)) return window * 10_000
}

function quietMs(): number {
  for (let window = 0; ; window += 1) if (isQuiet(1, window * 10_000)) return window * 10_000
}

test('befalls about as many as the rates say, the same each time', () => {
  const { befell } = drawn()
  expect(befell.length).toBeGreaterThan(140)
  expect(befell.length).toBeLessThan(260)
  expect(drawn().befell).toEqual(befell)
})

test('befalls nobody in quiet times, when faults are over, or if it is not allowed', () => {
  expect(drawn({ nowMs: quietMs() }).befell).toEqual([])
  expect(drawn({ areOver: true }).befell).toEqual([])
  expect(drawn({ allowed: false }).befell).toEqual([])
})
