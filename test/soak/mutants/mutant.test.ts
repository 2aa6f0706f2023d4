import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { allMutants } from '../../../soak/mutants/bugs/all.ts'
import { type Mutant, misfits, plant } from '../../../soak/mutants/mutant.ts'
import { standardInvariants } from '../../../src/testing/index.ts'

const path = 'src/core/a.ts'
const base: Mutant = { id: 'one', bug: 'none', targets: ['I1'], changes: [] }
const change = (before: string, after: string) => ({ path, before, after })
const mutant = (...changes: Mutant['changes']): Mutant => ({ ...base, changes })

test('a change is made at its one place, and the changes of a file follow one another', () => {
  const read = () => 'a < b && b < c'
  expect(plant(mutant(change('a < b', 'a <= b')), read)).toEqual([
    { path, text: 'a <= b && b < c' },
  ])
  expect(plant(mutant(change('a < b', '$& < d'), change('b < c', 'c')), read)).toEqual([
    { path, text: '$& < d && c' },
  ])
})

test('a change that fits nowhere, or twice, is an error and not a mutant', () => {
  expect(() => plant(mutant(change('x', 'y')), () => 'a b')).toThrow(/has 0 places like "x"/)
  expect(() => plant(mutant(change('a', 'y')), () => 'a a')).toThrow(/has 2 places like "a"/)
  expect(() => plant(mutant(change('', 'y')), () => 'ab')).toThrow(/no text to replace/)
})

test('nothing is planted outside of src', () => {
  for (const outside of ['test/a.ts', '/etc/a.ts', 'src/../a.ts']) {
    const changes = [{ path: outside, before: 'a', after: 'b' }]
    expect(() => plant({ ...base, changes }, () => 'a')).toThrow(/no file of src/)
  }
})

test('everything that does not fit is told at once, repeated ids too', () => {
  const unfit = mutant(change('x', 'y'))
  expect(misfits([base, base, unfit], () => 'a')).toEqual([
    'one: two mutants have this id',
    'one: two mutants have this id',
    expect.stringMatching(/^one: src\/core\/a\.ts has 0 places/),
  ])
})

test('every mutant of the list fits the source as it is, and changes it', () => {
  expect(misfits(allMutants, (file) => readFileSync(file, 'utf8'))).toEqual([])
  for (const { id, changes } of allMutants) {
    expect(changes, id).not.toEqual([])
    for (const { before, after } of changes) expect(after, id).not.toBe(before)
  }
})

test('every invariant of the simulator has at least two mutants, most of them for the simulator', () => {
  for (const id of [...standardInvariants.map((each) => each.id), 'I25']) {
    const aimed = allMutants.filter(({ targets, equivalent }) => {
      return targets.includes(id) && equivalent === undefined
    })
    expect(aimed.length, id).toBeGreaterThanOrEqual(2)
  }
  const bySeeds = allMutants.filter((each) => each.test === undefined)
  expect(bySeeds.length * 3).toBeGreaterThanOrEqual(allMutants.length * 2)
})
