import { expect, test } from 'vitest'
import {
  declare,
  Groups,
  lifeOf,
  lifeOfReference,
  violated,
} from '../../../../src/testing/simulation/invariants/violated.ts'

test('an invariant cannot be changed', () => {
  const make = () => ({})
  const invariant = declare('X', 'it is so', make)
  expect(invariant).toEqual({ id: 'X', title: 'it is so', make })
  expect(Object.isFrozen(invariant)).toBe(true)
})

test('what does not hold is thrown', () => {
  expect(() => violated('it is not so')).toThrow('it is not so')
})

test('a life is called as its processes are', () => {
  expect(lifeOf({ node: 'a', life: 1 })).toBe('a')
  expect(lifeOf({ node: 'a', life: 3 })).toBe('a~3')
  expect(lifeOfReference('a~3/17')).toBe('a~3')
  expect(lifeOfReference('client x')).toBe('client x')
})

test('a group goes with the last thing in it', () => {
  const groups = new Groups<number, string>()
  groups.set('one', 1, 'a')
  groups.set('one', 2, 'b')
  groups.set('two', 1, 'c')
  expect([...groups.names()]).toEqual(['one', 'two'])
  expect(groups.get('one', 2)).toBe('b')
  expect(groups.delete('one', 1)).toBe(true)
  expect(groups.delete('one', 1)).toBe(false)
  expect(groups.size).toBe(2)
  groups.delete('one', 2)
  groups.drop('two')
  expect(groups.size).toBe(0)
  expect(groups.of('one')).toBeUndefined()
})

test('a group that is filled again and again stays until it is dropped', () => {
  const groups = new Groups<number, string>(true)
  groups.set('one', 1, 'a')
  groups.delete('one', 1)
  expect(groups.of('one')?.size).toBe(0)
  groups.drop('one')
  expect(groups.size).toBe(0)
})
