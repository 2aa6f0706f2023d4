import { expect, it } from 'vitest'
import {
  type Invariant,
  invariants,
  keptInWords,
  Violations,
} from '../../../../examples/under-fire/oracle/invariants.ts'

const names = Object.keys(invariants) as Invariant[]

it('counts nothing before anything broke', () => {
  const violations = new Violations()
  expect(violations.total).toBe(0)
  expect(Object.values(violations.counts())).toEqual(names.map(() => 0))
  expect(violations.inWords()).toEqual([])
})

it.each(names)('counts %s apart from the others', (name) => {
  const violations = new Violations()
  violations.add(name, 'what')
  violations.add(name, 'that')
  const others = names.filter((other) => other !== name)
  expect(violations.counts()[name]).toBe(2)
  expect(others.map((other) => violations.counts()[other])).toEqual(others.map(() => 0))
  expect(violations.total).toBe(2)
})

it('keeps the first violations of each kind in words and counts the rest', () => {
  const violations = new Violations()
  for (let count = 0; count < 1000; count += 1) violations.add('deadLookups', `number ${count}`)
  violations.add('lostMoves', 'a guess')
  expect(violations.total).toBe(1001)
  expect(violations.inWords()).toHaveLength(keptInWords + 1)
  expect(violations.inWords()[0]).toBe('deadLookups: number 0')
  expect(violations.inWords().at(-1)).toBe('lostMoves: a guess')
})
