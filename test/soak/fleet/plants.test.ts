import { expect, test } from 'vitest'
import { Defects, everyOf, type Plant, plants } from '../../../soak/fleet/plants.ts'

const events = { lookups: 1000, calls: 5000, ends: 500 }

test.each<[Plant, number]>([
  ['ghost-name', 20],
  ['lost-reply', 100],
  ['timer-leak', 10],
])('a short run meets %s fifty times: once in %d', (plant, every) => {
  expect(everyOf(plant, events)).toBe(every)
})

test('a long run meets it as rarely as the design asks, a tiny one every time', () => {
  const many = { lookups: 1e9, calls: 1e9, ends: 1e9 }
  expect(everyOf('ghost-name', many)).toBe(1e6)
  expect(everyOf('lost-reply', many)).toBe(1e6)
  expect(everyOf('timer-leak', many)).toBe(1e4)
  expect(everyOf('timer-leak', { ...events, ends: 3 })).toBe(1)
})

test('only what is planted happens', () => {
  for (const plant of [undefined, 'ghost-name', 'timer-leak', 'lost-reply'] as const) {
    using defects = new Defects(plant, events)
    const timersBefore = countTimers()
    let [ghosts, lost] = [0, 0]
    for (let time = 0; time < 1000; time += 1) {
      if (defects.showsGhost()) ghosts += 1
      if (defects.swallowsReply()) lost += 1
      defects.workerEnded()
    }
    const leaked = countTimers() - timersBefore
    expect([ghosts, lost, leaked]).toEqual([
      plant === 'ghost-name' ? 50 : 0,
      plant === 'lost-reply' ? 10 : 0,
      plant === 'timer-leak' ? 100 : 0,
    ])
  }
  expect(Object.keys(plants)).toHaveLength(3)
})

test('a leak is stopped up in the end, so that the program can end', () => {
  const before = countTimers()
  const defects = new Defects('timer-leak', { ...events, ends: 1 })
  defects.workerEnded()
  expect(countTimers()).toBe(before + 1)
  defects[Symbol.dispose]()
  expect(countTimers()).toBe(before)
})

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}
