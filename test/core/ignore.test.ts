import { expect, test } from 'vitest'
import { ignore } from '../../src/core/ignore.ts'

test('nothing comes of it', async () => {
  expect(ignore()).toBeUndefined()
  await expect(Promise.reject(new Error('x')).catch(ignore)).resolves.toBeUndefined()
})
