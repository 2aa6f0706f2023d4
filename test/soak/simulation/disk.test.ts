import { expect, test } from 'vitest'
import { Disk, Overtaken } from '../../../soak/simulation/disk.ts'

test('keeps a row, and takes its successor alone', () => {
  const disk = new Disk()
  expect(disk.load(1)).toEqual({ version: 0, count: 0, last: {} })
  const first = { version: 1, count: 1, last: { teller: 1 } }
  disk.save(1, first)
  expect(disk.load(1)).toBe(first)
  expect(disk.load(2).version).toBe(0)
  expect(() => disk.save(1, first)).toThrow(Overtaken)
  expect(() => disk.save(1, { ...first, version: 3 })).toThrow(Overtaken)
  disk.save(1, { ...first, version: 2 })
  expect(disk.load(1).version).toBe(2)
})
