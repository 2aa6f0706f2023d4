import { describe, expect, test } from 'vitest'
import { Refusals } from '../../src/process/refusals.ts'
import { virtualHost } from '../../src/testing/index.ts'
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

  test.each([
    ['a name that nobody holds', 'absent'],
    ['a process that has ended', 'ended'],
    ['a name that nobody holds, by tryCall', 'outcome'],
    ['anybody, in code that the node left behind', 'dead'],
    ['a supervisor that has ended', 'supervisor'],
    ['nobody, to stop', 'stop'],
    ['nobody, for its state', 'inquiry'],
  ])('asks %s once the node has stopped, and starves no timer', async (_whom, name) => {
    const { exitCode, printed, complaints } = await runProgram('again.mjs', name, 'stopped')
    expect([exitCode, complaints, printed.length]).toEqual([0, '', 1])
    expect(printed[0].tries).toBeGreaterThan(64)
    expect(printed[0].running).toBe(0)
  })
})

describe('refusals of a node', () => {
  test('are answered at once up to a number, and the others in order when the turn ends', () => {
    const { refusals, answered, refuse, turns } = stage()
    refuse(100)
    expect(answered).toEqual(numbersTo(64))
    expect(turns()).toBe(1)
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

  test('are all answered when the node ends, and take turns of the host from then on', () => {
    const { refusals, answered, refuse, turns, turnsAfterEnd } = stage()
    refuse(100)
    refusals.close()
    expect(answered).toHaveLength(100)
    refuse(100)
    expect(answered).toHaveLength(164)
    expect(turns()).toBe(1)
    turnsAfterEnd.shift()?.()
    expect(answered).toEqual(numbersTo(200))
    refuse(65)
    expect(answered).toHaveLength(264)
    expect(turnsAfterEnd).toHaveLength(1)
  })
})

function stage() {
  let turns = 0
  let refused = 0
  const answered: number[] = []
  const turnsAfterEnd: (() => void)[] = []
  const host = virtualHost()
  const scheduler = {
    openTurn() {
      turns += 1
    },
  }
  const refusals = new Refusals(scheduler, {
    ...host,
    scheduler: { ...host.scheduler, yieldAfterEnd: (run) => void turnsAfterEnd.push(run) },
  })
  const refuse = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      refused += 1
      const number = refused
      refusals.answer(() => void answered.push(number))
    }
  }
  return { refusals, answered, refuse, turns: () => turns, turnsAfterEnd }
}

function numbersTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}
