import { callsSettleOnce, nobodyIsServedLate } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, gone, type Made, sent, settled, verdict, worldOf } from './feeding.ts'

const resumed = (atMs: number): Made & { atMs: number } => {
  return { kind: 'node_resumed', node: 'a', life: 1, atMs }
}
const crash = (node: string): Made => ({ kind: 'node_crashed', node, life: 1 })

describe('I11, every call settles once', () => {
  test('holds for replies, time-outs and refusals', () => {
    const late = settled(2, { outcome: 'timeout', afterMs: 100, atMs: 100 })
    const refused = settled(undefined, { outcome: 'overload' })
    const events = [sent(1), sent(2), settled(1), refused, late, ended('a/2'), gone('a/2')]
    expect(verdict(callsSettleOnce, events)).toBeUndefined()
  })

  test('says which call settled twice', () => {
    const message = verdict(callsSettleOnce, [sent(1), settled(1), settled(1)])
    expect(message).toBe('call #1 of a/1 to a/2 settled twice')
  })

  test('takes the answer of one for no answer of another', () => {
    const message = verdict(callsSettleOnce, [sent(1), settled(1, { to: 'a/9' })])
    expect(message).toBe('call #1 of a/1 to a/9 settled twice')
  })

  test('says which call settled after its limit', () => {
    const late = settled(1, { outcome: 'timeout', afterMs: 150, atMs: 150 })
    const message = verdict(callsSettleOnce, [sent(1, { atMs: 0 }), late])
    expect(message).toBe('call #1 "add" to a/2 settled 48 ms after its limit')
  })

  test('lets a node that was paused be late, but not without end', () => {
    const call = sent(1, { atMs: 0 })
    const soon = settled(1, { outcome: 'timeout', afterMs: 900, atMs: 901 })
    expect(verdict(callsSettleOnce, [call, resumed(900), soon])).toBeUndefined()
    const never = settled(1, { outcome: 'timeout', afterMs: 2000, atMs: 2000 })
    expect(verdict(callsSettleOnce, [call, resumed(900), never])).toContain('after its limit')
  })

  test('allows for a clock that is slow', () => {
    const late = settled(1, { outcome: 'timeout', afterMs: 104, atMs: 110 })
    const events = [sent(1, { atMs: 0 }), late]
    expect(verdict(callsSettleOnce, events, worldOf({ faults: { drift: 0.1 } }))).toBeUndefined()
  })

  test('says which answer a process owed when it ended', () => {
    const message = verdict(callsSettleOnce, [sent(1), ended('a/2'), gone('a/2')])
    expect(message).toBe('a/2 has ended and owes an answer: #1 "add" of a/1')
  })

  test('expects no answer for callers whose node has crashed', () => {
    const call = sent(1, { from: 'b/1' })
    expect(verdict(callsSettleOnce, [call, crash('b'), gone('a/2')])).toBeUndefined()
    expect(verdict(callsSettleOnce, [call, crash('c'), gone('a/2')])).toContain('owes an answer')
    const client = sent(1, { from: 'client b' })
    expect(verdict(callsSettleOnce, [client, crash('b'), gone('a/2')])).toContain('client b')
  })

  test('says at the end which call was never settled', () => {
    const message = verdict(callsSettleOnce, [sent(1, { messageKind: 'system', name: 'stop' })])
    expect(message).toBe('a call to a/2 was never settled: #1 "stop" of a/1')
  })
})

describe('I12, nobody is served late', () => {
  const call = sent(1, { atMs: 0 })

  test('holds for a handler in time, and for one whose caller was told', () => {
    expect(verdict(nobodyIsServedLate, [call, began(1, { atMs: 100 })])).toBeUndefined()
    const told = [call, settled(1, { atMs: 100 }), began(1, { atMs: 500, isSettled: true })]
    expect(verdict(nobodyIsServedLate, told)).toBeUndefined()
    const patient = sent(1, { atMs: 0, timeoutMs: 'infinity' })
    expect(verdict(nobodyIsServedLate, [patient, began(1, { atMs: 1e6 })])).toBeUndefined()
  })

  test('says which call a handler takes for one that somebody waits for', () => {
    const message = verdict(nobodyIsServedLate, [call, began(1, { atMs: 500 })])
    expect(message).toBe('a/2 begins #1 "add" of a/1 after its time limit')
  })

  test('counts from the end of a pause', () => {
    const events = [call, resumed(450), began(1, { atMs: 500 })]
    expect(verdict(nobodyIsServedLate, events)).toBeUndefined()
  })
})
