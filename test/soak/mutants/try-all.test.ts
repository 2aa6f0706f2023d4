import { expect, test } from 'vitest'
import type { Mutant } from '../../../soak/mutants/mutant.ts'
import { baselineOf } from '../../../soak/mutants/try-all.ts'

const bySeeds: Mutant = { id: 'm', bug: 'none', targets: [], changes: [] }
const byTest: Mutant = { ...bySeeds, test: { path: 'test/a.test.ts', because: 'it is pure' } }

test('the sound source has to pass whatever hunts, each once', () => {
  expect(baselineOf([bySeeds, bySeeds]).map(({ test: given }) => given?.path)).toEqual([undefined])
  expect(baselineOf([byTest, byTest]).map(({ test: given }) => given?.path)).toEqual([
    'test/a.test.ts',
  ])
  expect(baselineOf([bySeeds, byTest])).toHaveLength(2)
  expect(baselineOf([bySeeds, byTest]).flatMap(({ changes }) => changes)).toEqual([])
})
