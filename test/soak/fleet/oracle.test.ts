import { beforeEach, describe, expect, test } from 'vitest'
import {
  type Answer,
  type GapEvent,
  Oracle,
  type Wrong,
  wrongs,
} from '../../../soak/fleet/oracle.ts'

let oracle: Oracle
let gaps: GapEvent[]

beforeEach(() => {
  gaps = []
  oracle = new Oracle({ workers: 4, fleets: 2, onGap: (gap) => gaps.push(gap) })
  for (let key = 0; key < 4; key += 1) oracle.held({ key, serial: 10 + key, life: 1 }, 0)
})

const answer = (changes: Partial<Answer> = {}): Answer => {
  return { key: 0, life: 1, serial: 10, index: 1, operations: 1, ...changes }
}

function expectOnly(wrong?: Wrong): void {
  const expected = Object.fromEntries(wrongs.map((each) => [each, each === wrong ? 1 : 0]))
  expect(oracle.wrong).toEqual(expected)
  expect(oracle.findings).toHaveLength(wrong === undefined ? 0 : 1)
}

function kill(key: number, atMs: number): void {
  oracle.strike(key, atMs)
  oracle.freed(key, { serial: 10 + key, reason: 'killed', returns: true }, atMs)
}

describe('a reply', () => {
  test('that is the next of its life is right', () => {
    const first = oracle.call(0)
    oracle.cast(0)
    const second = oracle.call(0)
    oracle.answered(first, answer())
    oracle.answered(second, answer({ index: 3, operations: 3 }))
    expectOnly()
    expect(oracle.inFlight).toBe(0)
  })

  test.each<[Wrong, Partial<Answer>]>([
    ['wrongOwner', { key: 1 }],
    ['wrongOwner', { serial: 99 }],
    ['wrongIncarnation', { life: 2 }],
    ['lostEffect', { operations: 0 }],
    ['duplicateEffect', { operations: 2 }],
    ['duplicateEffect', { index: 2 }],
  ])('is a %s with %j', (wrong, changes) => {
    oracle.answered(oracle.call(0), answer(changes))
    expectOnly(wrong)
  })

  test('that does not count a cast before it has lost an effect', () => {
    oracle.cast(0)
    oracle.answered(oracle.call(0), answer())
    expectOnly('lostEffect')
  })

  test('that comes after its successor is out of order', () => {
    const [first, second] = [oracle.call(0), oracle.call(0)]
    oracle.answered(second, answer({ index: 2, operations: 2 }))
    oracle.answered(first, answer())
    expectOnly('orderViolation')
  })

  test('of the life before, to a call that was sent to this one, is of the wrong incarnation', () => {
    kill(0, 1)
    oracle.held({ key: 0, serial: 20, life: 2 }, 2)
    oracle.answered(oracle.call(0), answer())
    expectOnly('wrongIncarnation')
  })

  test('to a call that had to wait for a start may be told after the next one', () => {
    kill(0, 1)
    const waiting = oracle.call(0)
    oracle.held({ key: 0, serial: 20, life: 2 }, 2)
    const next = oracle.call(0)
    const life = { life: 2, serial: 20 }
    oracle.answered(next, answer({ ...life, index: 2, operations: 2 }))
    oracle.answered(waiting, answer({ ...life, index: 1, operations: 1 }))
    expectOnly()
  })
})

describe('a failed call', () => {
  test('is explained by the end of the life it was sent to, and allowed for', () => {
    const sent = oracle.call(0)
    kill(0, 1)
    oracle.failed(sent, 'killed')
    expectOnly()
    expect(oracle.allowedFailures).toBe(1)
  })

  test.each(['timeout', 'crash', 'noproc'])('is not explained with %s by a kill', (reason) => {
    const sent = oracle.call(0)
    kill(0, 1)
    oracle.failed(sent, reason)
    expectOnly('unexplainedFailure')
  })

  test('is not explained by an end before it, nor by the end of a later life', () => {
    kill(0, 1)
    oracle.held({ key: 0, serial: 20, life: 2 }, 2)
    const sent = oracle.call(0)
    oracle.failed(sent, 'killed')
    expectOnly('unexplainedFailure')
    expect(oracle.allowedFailures).toBe(0)
  })

  test('that waited for a start is explained by the loss of the keeper', () => {
    kill(0, 1)
    const waiting = oracle.call(0)
    oracle.strikeKeeperOf(0)
    oracle.failed(waiting, 'killed')
    expectOnly()
    expect(oracle.allowedFailures).toBe(1)
  })

  test('that was sent to a struck worker is allowed for as well', () => {
    oracle.strike(0)
    oracle.call(0)
    expect(oracle.allowedFailures).toBe(1)
  })
})

describe('a look-up', () => {
  test('hits the holder, misses a wanted one and knows who is absent by intent', () => {
    oracle.lookedUp(0, 10)
    kill(0, 1)
    oracle.lookedUp(0, undefined)
    oracle.strike(1)
    oracle.freed(1, { serial: 11, reason: 'normal', returns: false }, 1)
    oracle.lookedUp(1, undefined)
    expect(oracle.lookups).toMatchObject({ hit: 1, miss: 1, absent: 1 })
    expectOnly()
  })

  test('that shows who has ended shows the dead', () => {
    kill(0, 1)
    oracle.lookedUp(0, 10, true)
    expectOnly('deadLookup')
    expect(oracle.lookups).toMatchObject({ afterEnd: 1, deadAfterEnd: 1, miss: 0 })
  })

  test.each([undefined, 99])('that shows %s in the place of the holder is wrong', (serial) => {
    oracle.lookedUp(0, serial)
    expectOnly('wrongLookup')
  })

  test('that counts one too many is wrong', () => {
    oracle.counted(0, 2)
    expectOnly()
    oracle.counted(0, 3)
    expectOnly('wrongCount')
  })
})

describe('a worker', () => {
  test('that comes back ends a gap and a restart', () => {
    kill(2, 5)
    expect(oracle.outstanding).toBe(1)
    oracle.held({ key: 2, serial: 30, life: 2 }, 8)
    expect(oracle.outstanding).toBe(0)
    expect(gaps).toEqual([{ key: 2, gapMs: 3, restartMs: 3, isKeeperLoss: false }])
    expectOnly()
  })

  test('lost with its keeper has a gap of its own kind and no restart of its own', () => {
    oracle.strikeKeeperOf(2)
    oracle.freed(2, { serial: 12, reason: 'killed', returns: true }, 5)
    oracle.held({ key: 2, serial: 30, life: 2 }, 105)
    expect(gaps).toEqual([{ key: 2, gapMs: 100, restartMs: undefined, isKeeperLoss: true }])
  })

  test('that takes a name which is held is a second holder', () => {
    oracle.strike(0)
    oracle.held({ key: 0, serial: 20, life: 2 }, 1)
    expect(oracle.wrong.twoHolders).toBe(1)
  })

  test('that skips a life is of the wrong incarnation', () => {
    kill(0, 1)
    oracle.held({ key: 0, serial: 20, life: 3 }, 2)
    expectOnly('wrongIncarnation')
  })

  test('that ends unasked is reported', () => {
    oracle.freed(0, { serial: 10, reason: 'crash', returns: true }, 1)
    expectOnly('unplannedEnd')
  })

  test('that is started on demand after it was stopped is not needless', () => {
    oracle.strike(0)
    oracle.freed(0, { serial: 10, reason: 'shutdown', returns: false }, 1)
    expect([oracle.absent, oracle.isAbsent(0)]).toEqual([1, true])
    oracle.held({ key: 0, serial: 20, life: 2 }, 2)
    expect([oracle.absent, oracle.isAbsent(0)]).toEqual([0, false])
    expectOnly()
  })

  test.each<[number, Wrong | undefined]>([
    [0, 'lostEffect'],
    [1, undefined],
    [2, undefined],
    [3, 'duplicateEffect'],
  ])('with %d operations left, of 1 acknowledged and 2 sent, is judged %s', (operations, wrong) => {
    oracle.answered(oracle.call(0), answer())
    oracle.cast(0)
    oracle.finallyHas(0, operations)
    expectOnly(wrong)
  })
})
