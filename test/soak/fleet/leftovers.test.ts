import { expect, test } from 'vitest'
import { activeResources, leftoversBetween } from '../../../soak/fleet/leftovers.ts'

const megabyte = 2 ** 20
const before = { heap: 10 * megabyte, heapMax: 110 * megabyte, resources: ['Timeout'] }
const after = { heap: 30 * megabyte, resources: ['Timeout'] }
const nothing = {
  ...{ sent: 9, refused: 0, dropped: 0, lateReplies: 0, started: 3, ended: 3 },
  ...{ processes: 0, deadlines: 0, rows: {}, monitors: 0, links: 0, aliases: 0 },
  ...{ queued: 0, deferred: 0, suspended: 0 },
}

test('nothing is left of a node whose tables are empty', () => {
  expect(leftoversBetween({ ...nothing, rows: { names: 0 } }, before, after)).toEqual([])
})

test.each([
  'processes',
  'deadlines',
  'monitors',
  'links',
  'aliases',
  'queued',
  'deferred',
] as const)('one of %s is left', (table) => {
  expect(leftoversBetween({ ...nothing, [table]: 1 }, before, after)).toEqual([`1 ${table}`])
})

test('rows, timers and memory are left', () => {
  expect(leftoversBetween({ ...nothing, rows: { a: 2, b: 1 } }, before, after)).toEqual(['3 rows'])
  const timers = { ...after, resources: ['Timeout', 'Timeout', 'Immediate'] }
  expect(leftoversBetween(nothing, before, timers)).toEqual(['1 Timeout', '1 Immediate'])
  const heap = 10 * megabyte + 26.5 * megabyte
  expect(leftoversBetween(nothing, before, { ...after, heap })).toEqual(['27136 kB of heap'])
})

test('a timer keeps the program alive, its output does not', () => {
  const timers = (): number => activeResources().filter((kind) => kind === 'Timeout').length
  const timersBefore = timers()
  const timer = setTimeout(() => undefined, 1e6)
  expect(timers()).toBe(timersBefore + 1)
  clearTimeout(timer)
  expect(activeResources()).not.toContain('PipeWrap')
})
