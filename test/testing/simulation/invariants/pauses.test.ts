import { expect, test } from 'vitest'
import { Pauses } from '../../../../src/testing/simulation/invariants/pauses.ts'

test('a wait counts from the end of the last pause of its node, if that came later', () => {
  const pauses = new Pauses()
  pauses.on({ kind: 'node_paused', node: 'a', life: 1, sequence: 1, atMs: 20 })
  pauses.on({ kind: 'node_resumed', node: 'a', life: 1, sequence: 2, atMs: 50 })
  expect(pauses.countsFromMs('a', 10)).toBe(50)
  expect(pauses.countsFromMs('a', 70)).toBe(70)
  expect(pauses.countsFromMs('b', 10)).toBe(10)
})

test('a wait does not count while its node is paused, also if that crashes meanwhile', () => {
  const pauses = new Pauses()
  pauses.on({ kind: 'node_paused', node: 'a', life: 1, sequence: 1, atMs: 20 })
  pauses.on({ kind: 'node_crashed', node: 'a', life: 1, sequence: 2, atMs: 60 })
  expect(pauses.countsFromMs('a', 10)).toBe(Number.POSITIVE_INFINITY)
  pauses.on({ kind: 'node_starting', node: 'a', life: 2, sequence: 3, atMs: 90 })
  expect(pauses.countsFromMs('a', 95)).toBe(95)
})
