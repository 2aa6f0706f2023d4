import fc from 'fast-check'
import {
  fifoSchedule,
  prioritySchedule,
  randomSchedule,
  replaySchedule,
  type Schedule,
} from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

const seeds = fc.nat({ max: 2 ** 32 - 1 })
const crowd = ['a', 'b', 'c']

describe('any schedule', () => {
  test('decides the same again, and always for somebody who is there', () => {
    const counts = fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 40 })
    const makers = fc.constantFrom<(seed: number) => Schedule>(
      fifoSchedule,
      (seed) => randomSchedule({ seed }),
      (seed) => prioritySchedule({ seed }),
      (seed) => prioritySchedule({ seed, changePoints: 9, decisions: 10 }),
    )
    fc.assert(
      fc.property(makers, seeds, counts, (make, seed, counts) => {
        const [one, again] = [make(seed), make(seed)]
        for (const count of counts) {
          const choice = one.choose(count, String)
          expect(again.choose(count, String)).toBe(choice)
          expect(Number.isInteger(choice) && choice >= 0 && choice < count).toBe(true)
        }
      }),
    )
  })
})

describe('a random schedule', () => {
  test('comes to every order of a few events', () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 200; seed += 1) orders.add(orderOf(randomSchedule({ seed })))
    expect(orders.size).toBe(6)
  })
})

describe('a schedule by priorities', () => {
  test('without change points lets each go on as long as it can', () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < 200; seed += 1) {
      orders.add(orderOf(prioritySchedule({ seed, changePoints: 0 }), [...crowd, ...crowd]))
    }
    expect([...orders].sort()).toEqual(['aabbcc', 'aaccbb', 'bbaacc', 'bbccaa', 'ccaabb', 'ccbbaa'])
  })

  test('puts the one that leads behind all others at a change point', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const schedule = prioritySchedule({ seed, changePoints: 1, decisions: 1 })
      const plain = prioritySchedule({ seed, changePoints: 0, decisions: 1 })
      const demoted = schedule.choose(3, (index) => crowd[index] ?? '')
      expect(schedule.choose(3, (index) => crowd[index] ?? '')).toBe(demoted)
      expect(plain.choose(3, (index) => crowd[index] ?? '')).toBeTypeOf('number')
    }
    const interrupted = new Set<string>()
    for (let seed = 0; seed < 300; seed += 1) {
      const schedule = prioritySchedule({ seed, changePoints: 1, decisions: 4 })
      interrupted.add(orderOf(schedule, ['a', 'a', 'b', 'b']))
    }
    expect([...interrupted].sort()).toEqual(['aabb', 'abba', 'baab', 'bbaa'])
  })

  // Burckhardt et al.: a bug of depth d is met with a probability of at least 1 / (n k^(d-1)).
  test('meets an order of depth two far more often than chance does', () => {
    // The first of b must come before the last of a: 1 in 2^20 by chance, and the reverse.
    const long = [...Array<string>(20).fill('a'), 'b']
    let [byPriority, byChance] = [0, 0]
    for (let seed = 0; seed < 500; seed += 1) {
      if (orderOf(prioritySchedule({ seed, changePoints: 0 }), long).endsWith('b')) byPriority += 1
      if (orderOf(randomSchedule({ seed }), long).endsWith('b')) byChance += 1
    }
    expect(byPriority).toBeGreaterThan(200)
    expect(byChance).toBeLessThan(5)
  })
})

describe('a replayed schedule', () => {
  test('takes the choices in their order, then whoever has waited longest', () => {
    const schedule = replaySchedule([1, 0, 2])
    expect(Array.from({ length: 5 }, () => schedule.choose(3, String))).toEqual([1, 0, 2, 0, 0])
  })

  test('refuses to go on where fewer can than when it was recorded', () => {
    const schedule = replaySchedule([2])
    expect(() => schedule.choose(2, String)).toThrow('choice 1 of the schedule is 2')
  })

  test('is not changed by changing the list', () => {
    const choices = [1]
    const schedule = replaySchedule(choices)
    choices[0] = 0
    expect(schedule.choose(2, String)).toBe(1)
  })
})

test.each<[() => unknown, string]>([
  [() => randomSchedule({ seed: -1 }), 'FLOTILLA_INVALID_OPTION'],
  [() => randomSchedule({} as never), 'FLOTILLA_INVALID_OPTION'],
  [() => randomSchedule({ sed: 1 } as never), 'FLOTILLA_UNKNOWN_OPTION'],
  [() => randomSchedule(undefined as never), 'FLOTILLA_INVALID_ARGUMENT'],
  [() => prioritySchedule({ seed: 1, changePoints: -1 }), 'FLOTILLA_INVALID_OPTION'],
  [() => prioritySchedule({ seed: 1, decisions: 0 }), 'FLOTILLA_INVALID_OPTION'],
  [() => replaySchedule([0, 1.5]), 'FLOTILLA_INVALID_ARGUMENT'],
  [() => replaySchedule('01' as never), 'FLOTILLA_INVALID_ARGUMENT'],
])('%s is refused', (make, code) => {
  expect(make).toThrow(expect.objectContaining({ code }))
})

/** In which order those who wait go, each as often as it is in the list. */
function orderOf(schedule: Schedule, waiting: readonly string[] = crowd): string {
  const left = [...waiting]
  let order = ''
  while (left.length > 0) {
    const ready = [...new Set(left)]
    const choice = ready.length === 1 ? 0 : schedule.choose(ready.length, (at) => ready[at] ?? '')
    const gone = ready[choice] ?? ''
    left.splice(left.indexOf(gone), 1)
    order += gone
  }
  return order
}
