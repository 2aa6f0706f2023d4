import { describe, expect, test } from 'vitest'
import { andThen, inOrder, type Work } from '../../src/supervisor/hold.ts'

describe('andThen', () => {
  test('goes on in the same step if there is nothing to wait for', () => {
    expect(andThen(1, (value) => value + 1)).toBe(2)
  })

  test('goes on later if there is', async () => {
    const work = andThen(Promise.resolve(1), (value) => value + 1)
    expect(work).toBeInstanceOf(Promise)
    expect(await work).toBe(2)
  })
})

describe('inOrder', () => {
  const now = (item: number): Work<number | undefined> => (item === 3 ? item : undefined)
  const later = async (item: number): Promise<number | undefined> => now(item)
  const mixed = (item: number): Work<number | undefined> => (item % 2 === 0 ? later : now)(item)

  test.each([
    ['at once', now],
    ['later', later],
    ['some of it later', mixed],
  ])('takes one after the other, %s, up to the first result', async (_, step) => {
    const seen: number[] = []
    const result = inOrder([1, 2, 3, 4], (item) => {
      seen.push(item)
      return step(item)
    })
    expect(await result).toBe(3)
    expect(seen).toEqual([1, 2, 3])
  })

  test('is done in the same step if every step is', () => {
    expect(inOrder([1, 2], now)).toBeUndefined()
    expect(inOrder([], now)).toBeUndefined()
  })

  test('waits for one step before it takes the next', async () => {
    const journal: string[] = []
    await inOrder([1, 2], async (item) => {
      journal.push(`begin ${item}`)
      await Promise.resolve()
      journal.push(`end ${item}`)
    })
    expect(journal).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2'])
  })

  test('needs no stack for a long list', async () => {
    const items = Array.from({ length: 50_000 }, (_, index) => index)
    let count = 0
    const step = (): undefined => {
      count += 1
    }
    expect(inOrder(items, step)).toBeUndefined()
    expect(count).toBe(50_000)
  })
})
