import { expect, test } from 'vitest'
import { copyOf } from '../../src/testing/copy-of.ts'

const isNumber = (item: number): boolean => typeof item === 'number'

test('gives a list of its own', () => {
  const list = [1, 2]
  const copy = copyOf(list, isNumber)
  list.push(3)
  expect(copy).toEqual([1, 2])
})

test.each([
  ['no array', '12'],
  ['a list with a wrong item', [1, 'x']],
  ['a list with a hole', Array(1)],
  ['a list as long as can be', Array(2 ** 32 - 1)],
  ['a list that throws', new Proxy([1], { get: () => expect.fail('read') })],
])('gives nothing for %s', (_, list) => {
  expect(copyOf(list, isNumber)).toBeUndefined()
})

test('takes an error of the check for a no', () => {
  expect(copyOf<{ a: { b: 1 } }>([undefined], ({ a }) => a.b === 1)).toBeUndefined()
})

test('reads each item once', () => {
  let reads = 0
  const list: number[] = []
  Object.defineProperty(list, 0, { get: () => (reads += 1) })
  expect(copyOf(list, isNumber)).toEqual([1])
})
