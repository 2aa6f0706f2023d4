/**
 * Every small program, in every order of events: what is enumerated is written down as numbers.
 */
import { describe, expect, test } from 'vitest'
import { programsOf } from '../../soak/races/enumerate.ts'
import { families, runStretch, stretchesOf, tiersOf } from '../../soak/races/exhaustive.ts'

/** Programs of at most three processes with up to so many steps, none the mirror of another. */
const counts = [
  [families.byHand, 3, 178],
  [families.byStart, 3, 178],
  [families.slowly, 3, 178],
  [families.guarded, 3, 178],
  [families.mixed, 3, 330],
  [families.crew, 3, 330],
  [families.locks, 3, 29],
  [families.twoKeys, 3, 628],
  [families.everything, 2, 570],
  [families.waits, 2, 30, 'chosen'],
] as const

describe('names, workers of fleets and locks are linearizable', () => {
  test.each(
    counts.map(([family, steps, programs, reactions = 'first']) => {
      return [`${family.name}, reactions ${reactions}`, { family, steps, programs, reactions }]
    }),
  )(
    'in every order of every program: %s',
    async (_, { family, steps, programs, reactions }: any) => {
      const { count, finding } = await runStretch({ family, stepsMax: steps, reactions })
      if (finding !== undefined) throw finding.error
      expect(count).toMatchObject({ programs, complete: programs })
      expect(count.interleavings).toBeGreaterThan(programs)
      expect(count.operations).toBeGreaterThan(2 * count.interleavings)
    },
    60_000,
  )

  test('in orders of programs of five to seven steps drawn by chance', async () => {
    const seed = Date.now() % 2 ** 32
    const heard: number[] = []
    const sample = tiersOf('quick', seed).at(-1)
    const result = await sample?.({ onProgress: ({ programs }) => heard.push(programs) })
    const { count, finding } = result ?? {}
    if (finding !== undefined) throw new Error(`seed ${seed}`, { cause: finding.error })
    expect(count?.programs).toBe(10)
    expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  }, 60_000)

  test('with nothing left out that the quick extent of the long form has', () => {
    const here = counts.map(([family, stepsMax, , reactions = 'first']) => {
      return { family, stepsMax, reactions }
    })
    expect(here).toEqual(stretchesOf('quick'))
    // Beside them there is the sample.
    expect(tiersOf('quick', 1)).toHaveLength(here.length + 1)
  })
})

describe('the programs of a family', () => {
  // Of 2 letters: 1 + 1 steps give 3 pairs without order beside 4 words, and so on.
  test.each([
    [1, 2],
    [2, 7],
    [3, 20],
    [4, 54],
  ])('of %i steps of two kinds are %i, each once in any order of the clients', (steps, count) => {
    const seen = new Set<string>()
    for (const program of programsOf(families.locks, steps)) {
      expect(program.length).toBeLessThanOrEqual(3)
      expect(program.flatMap((client) => client.steps)).toHaveLength(steps)
      const words = program.map((client) => client.steps.map(({ kind }) => kind).join())
      seen.add(words.toSorted().join(' | '))
    }
    expect(seen.size).toBe(count)
    expect([...programsOf(families.locks, steps)]).toHaveLength(count)
  })

  test('are not repeated with other names for the keys', () => {
    const seen = new Set<string>()
    for (const program of programsOf(families.twoKeys, 3)) {
      const texts = ['ab', 'ba'].map((names) => {
        const words = program.map(({ steps }) => {
          return steps.map(({ kind, key }) => `${kind} ${names['ab'.indexOf(key)]}`).join()
        })
        return words.toSorted().join(' | ')
      })
      expect(texts.some((text) => seen.has(text))).toBe(false)
      seen.add(texts[0] ?? '')
    }
    expect(seen.size).toBe(572)
  })
})
