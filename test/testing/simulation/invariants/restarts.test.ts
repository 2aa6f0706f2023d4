import { givingUpIsFinal, restartIntensity } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, done, ended, living, type Made, reported, verdict } from './feeding.ts'

const top = living('a/1', { label: 'top', behaviour: 'supervisor' })
const child = living('a/2', { parent: 'a/1' })
const takes = (nodeMs: number): Made => began(nodeMs, { to: 'a/1', messageKind: 'exit', nodeMs })
const retries = (nodeMs: number): Made => {
  return began(nodeMs, { to: 'a/1', messageKind: 'own', name: 'retry', nodeMs })
}
const restartAt = (nodeMs: number) => [takes(nodeMs), reported(1, 'child_terminated', 2)]
const gaveUp = reported(1, 'shutdown')
const end = ended('a/1')
const limits = restartIntensity({ top: { maxRestarts: 2, maxSeconds: 1 } })

describe('I16, giving up', () => {
  test('holds for a supervisor that ends of it', () => {
    const dead = done(1, { to: 'a/1', isProcessAlive: false })
    expect(verdict(givingUpIsFinal, [top, gaveUp, dead, end, child])).toBeUndefined()
    const goesOn = [top, reported(1, 'child_terminated', 2), child, done(1, { to: 'a/1' })]
    expect(verdict(givingUpIsFinal, goesOn)).toBeUndefined()
  })

  test('says who starts somebody all the same', () => {
    const message = verdict(givingUpIsFinal, [top, gaveUp, child])
    expect(message).toBe('a/1 has given up and starts a/2 (x)')
  })

  test('says who goes on all the same', () => {
    const message = verdict(givingUpIsFinal, [top, gaveUp, done(1, { to: 'a/1' })])
    expect(message).toBe('a/1 has given up and goes on')
  })
})

describe('I16, restart intensity', () => {
  test('holds for as many restarts as are allowed in every window', () => {
    const events = [0, 500, 1001, 1502, 2003].flatMap(restartAt)
    expect(verdict(limits, [top, events, takes(3000)])).toBeUndefined()
  })

  test('holds for one that gives up at the restart that is too many', () => {
    const events = [0, 500, 1000].flatMap(restartAt)
    expect(verdict(limits, [top, events, gaveUp, end, takes(1100)])).toBeUndefined()
  })

  test('counts the retries of starts that failed', () => {
    const events = [...restartAt(0), retries(1), retries(2), gaveUp, end]
    expect(verdict(limits, [top, events])).toBeUndefined()
  })

  test('says who restarts once too often', () => {
    const message = verdict(limits, [top, [0, 500, 1000].flatMap(restartAt), takes(1001)])
    expect(message).toBe('a/1 has used up its restart intensity and does not give up')
  })

  test('says who gives up too early', () => {
    const message = verdict(limits, [top, [0, 500].flatMap(restartAt), gaveUp])
    expect(message).toBe('a/1 gives up before 2 restarts within 1 s')
    const spread = verdict(limits, [top, [0, 500, 1001].flatMap(restartAt), gaveUp])
    expect(spread).toBe('a/1 gives up before 2 restarts within 1 s')
  })

  test('is not about supervisors of another name, nor about an earlier life', () => {
    const other = living('a/1', { label: 'other', behaviour: 'supervisor' })
    const many = [0, 1, 2, 3].flatMap(restartAt)
    expect(verdict(limits, [other, many, takes(4)])).toBeUndefined()
    const twice = [[0, 1].flatMap(restartAt), end, top, [2, 3].flatMap(restartAt), takes(4)]
    expect(verdict(limits, [top, ...twice])).toBeUndefined()
  })

  test('takes the limits of OTP where none are given', () => {
    const usual = restartIntensity({ top: {} })
    expect(verdict(usual, [top, [0, 1, 2].flatMap(restartAt), takes(4)])).toBeUndefined()
    expect(verdict(usual, [top, [0, 1, 2, 3].flatMap(restartAt), takes(4)])).toContain('used up')
  })

  test('refuses limits that are none', () => {
    expect(() => restartIntensity({ top: { maxRestarts: -1 } })).toThrow('maxRestarts')
  })
})
