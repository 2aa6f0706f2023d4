import { describe, expect, test } from 'vitest'
import { Refusals } from '../../src/process/refusals.ts'
import { runProgram } from './run-program.ts'

describe('whoever asks again as soon as it was refused', () => {
  test.each([
    ['a worker that crashes', 'crash'],
    ['a name that nobody holds', 'absent'],
    ['a process that has ended', 'ended'],
    ['a name that nobody holds, by tryCall', 'outcome'],
    ['a process with a full mailbox', 'overload'],
    ['itself', 'self'],
    ['anybody, though its own process has ended', 'dead'],
    ['a supervisor that has ended', 'supervisor'],
    ['nobody, to stop', 'stop'],
    ['nobody, for its state', 'inquiry'],
  ])('asks %s and starves no timer', async (_whom, name) => {
    const { exitCode, printed, complaints } = await runProgram('again.mjs', name)
    expect([exitCode, complaints, printed.length]).toEqual([0, '', 1])
    expect(printed[0].tries).toBeGreaterThan(64)
    expect(printed[0].running).toBeGreaterThan(0)
  })
})

describe('refusals of a node', () => {
  test('are answered at once up to a number, and the others in order when the turn ends', () => {
    const { refusals, answered, refuse, turns } = stage()
    refuse(100)
    expect(answered).toEqual(numbersTo(64))
    expect(turns()).toBe(36)
    refusals.endTurn()
    expect(answered).toEqual(numbersTo(100))
  })

  test('that come while the others are answered wait for the next turn once there are many', () => {
    const { refusals, answered, refuse } = stage()
    refuse(65)
    refusals.answer(() => refuse(65))
    refusals.endTurn()
    expect(answered).toHaveLength(65 + 64)
    refusals.endTurn()
    expect(answered).toEqual(numbersTo(130))
  })

  test('are all answered when the node ends, and at once from then on', () => {
    const { refusals, answered, refuse } = stage()
    refuse(100)
    refusals.close()
    expect(answered).toHaveLength(100)
    refuse(100)
    expect(answered).toEqual(numbersTo(200))
  })
})

function stage() {
  let turns = 0
  let refused = 0
  const answered: number[] = []
  const refusals = new Refusals({
    openTurn() {
      turns += 1
    },
  })
  const refuse = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      refused += 1
      const number = refused
      refusals.answer(() => void answered.push(number))
    }
  }
  return { refusals, answered, refuse, turns: () => turns }
}

function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}
