import { expect, test } from 'vitest'
import { EventLog, lineOf } from '../../../src/testing/simulation/event-log.ts'

function digestOf(fill: (log: EventLog) => void, nowUs = 0): string {
  const log = new EventLog(
    () => nowUs,
    10,
    () => undefined,
  )
  fill(log)
  return log.digest()
}

const note = (text: string) => (log: EventLog) =>
  log.add({ kind: 'noted', by: 'world', note: text })

test('has one digest for one story, and another for another story, time or choice', () => {
  const digests = [
    digestOf(note('x')),
    digestOf(note('y')),
    digestOf(note('x'), 1),
    digestOf((log) => {
      note('x')(log)
      log.addChoice(1)
    }),
    digestOf(() => undefined),
  ]
  expect(digestOf(note('x'))).toBe(digests[0])
  expect(new Set(digests).size).toBe(5)
})

test('digests long stories whole', () => {
  const long = (last: string) => (log: EventLog) => {
    for (let count = 0; count < 5000; count += 1) note(`number ${count}`)(log)
    note(last)(log)
  }
  expect(digestOf(long('x'))).not.toBe(digestOf(long('y')))
})

test('keeps the last events, and shows each to whoever listens', () => {
  const heard: number[] = []
  const log = new EventLog(
    () => 1500,
    3,
    ({ sequence }) => void heard.push(sequence),
  )
  for (let count = 0; count < 5; count += 1) note('x')(log)
  expect(log.recent().map(({ sequence }) => sequence)).toEqual([3, 4, 5])
  expect(heard).toEqual([1, 2, 3, 4, 5])
  expect(log.recent().map(lineOf)[0]).toBe('      3        1.500 ms  world notes: x')
})
