import { expect, test } from 'vitest'
import { oneLine } from '../../../soak/mutants/verdict.ts'

test('a message becomes one line of bounded length', () => {
  expect(oneLine(' a\n  b\t c ')).toBe('a b c')
  expect(oneLine('abcdef', 4)).toBe('abc…')
})
