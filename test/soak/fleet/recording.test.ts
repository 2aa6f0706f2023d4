import { expect, test } from 'vitest'
import { Recording } from '../../../soak/fleet/recording.ts'

test('a recording gives back what was added, line by line', () => {
  const recording = new Recording<'a' | 'b'>(2)
  expect([recording.length, recording.lines()]).toEqual([0, []])
  const lines = [
    { a: 1, b: 0.1 },
    { b: -2, a: Number.NaN },
  ]
  for (const line of lines) recording.add(line)
  expect([recording.length, recording.lines()]).toEqual([2, lines])
})

test('a recording takes more lines than were announced', () => {
  const recording = new Recording<'a' | 'b'>(1)
  const lines = Array.from({ length: 9 }, (_, index) => ({ a: index, b: -index }))
  for (const line of lines) recording.add(line)
  expect(recording.lines()).toEqual(lines)
})

test('a recording takes its memory with the first line, not with the later ones', () => {
  const recording = new Recording<'a' | 'b'>(100_000)
  recording.add({ a: 0, b: 0 })
  const { arrayBuffers } = process.memoryUsage()
  for (let index = 1; index < 100_000; index += 1) recording.add({ a: index, b: index })
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(100_000)
})
