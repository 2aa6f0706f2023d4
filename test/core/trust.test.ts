import { expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'

test('the very value comes back, whatever it is', () => {
  const value = {}
  const trusted: { readonly name?: string } = trust(value)
  expect(trusted).toBe(value)
  expect(trust<unknown>(undefined)).toBeUndefined()
})
