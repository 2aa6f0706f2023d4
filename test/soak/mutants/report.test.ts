import { expect, test } from 'vitest'
import type { Mutant } from '../../../soak/mutants/mutant.ts'
import {
  evidencePage,
  exitCodeOf,
  survivors,
  trialLine,
  verdictJson,
  verdictText,
} from '../../../soak/mutants/report.ts'
import { sound, type Trial } from '../../../soak/mutants/trial.ts'
import type { Kill } from '../../../soak/mutants/verdict.ts'

const mutant: Mutant = { id: 'm', bug: 'a | b', targets: ['I1'], changes: [] }
const kill: Kill = {
  ...{ by: 'I1', message: 'two holders', scenario: 'names', seeds: 3 },
  kind: 'invariant',
}
const killed: Trial = { mutant, kill, ownSeeds: 3, runs: 9, seconds: 1.25 }
const survived: Trial = { ...killed, kill: undefined, ownSeeds: undefined }
const harmless: Trial = { ...survived, mutant: { ...mutant, id: 'h', equivalent: 'dead code' } }
const baseline: readonly Trial[] = [{ ...survived, mutant: sound, runs: 80 }]
const at = {
  ...{ node: 'v20.0.0', platform: 'linux x64', commit: 'abc', date: '2026-01-01' },
  ...{ seconds: 60, seeds: 40 },
}

test('a survivor fails the run, a mutant with a reason does not, unless it was found', () => {
  expect(exitCodeOf({ baseline, trials: [killed, harmless] })).toBe(0)
  expect(exitCodeOf({ baseline, trials: [killed, survived] })).toBe(1)
  const found = { ...killed, mutant: harmless.mutant }
  expect(survivors([killed, harmless, survived, found])).toEqual([survived, found])
  expect(verdictText({ baseline, trials: [found, survived] })).toMatch(
    /1 of 2 mutants killed\n {2}h was found.*\n {2}m was not found: a \| b\n/,
  )
})

test('a sound source that falls fails the run, and says that nothing was tried', () => {
  const fallen = { baseline: [{ ...killed, mutant: sound }], trials: [] }
  expect(exitCodeOf(fallen)).toBe(1)
  expect(verdictText(fallen)).toMatch(/no mutant was tried:\n {2}I1 names two holders\n/)
})

test('a line says who saw it, with which seed, and whether the targeted checker does', () => {
  expect(trialLine(killed)).toBe('killed    m (I1) by I1, seed 3 of names, 1.3 s: two holders')
  expect(trialLine({ ...killed, kill: { ...kill, by: 'I2' }, ownSeeds: 2 })).toContain(
    'by I2, seed 3 of names; its own checker with seed 2',
  )
  expect(trialLine(survived)).toMatch(/^SURVIVED {2}m/)
  expect(trialLine(harmless)).toMatch(/^equivalent {2}h/)
})

test('the page has a row for the sound source and one for each mutant, cells kept apart', () => {
  const byTest: Trial = {
    ...killed,
    mutant: { ...mutant, id: 't', test: { path: 'test/a.test.ts', because: 'it is pure' } },
    kill: { ...kill, kind: 'test', by: 'test/a.test.ts', scenario: '', seeds: 0 },
  }
  const first = { ...killed, kill: { ...kill, by: 'I2' }, ownSeeds: undefined }
  const page = evidencePage({ baseline, trials: [killed, first, byTest, harmless] }, at)
  expect(page).toContain('**3 of 4 mutants killed**, 2 of them by the simulator; 1 equivalent.')
  expect(page).toContain(
    '| *no bug* | *the source as it is, 80 runs* | | *nobody* | *40* | | 1.3 |',
  )
  expect(page).toContain('| `m` | a \\| b | I1 | **I1** in names | 3 | first | 1.3 |')
  expect(page).toContain('| `m` | a \\| b | I1 | **I2** in names | 3 | — | 1.3 |')
  expect(page).toContain('| `t` | a \\| b | I1 | test `a.test.ts` |  |  | 1.3 |')
  expect(page).toContain('- `t`: it is pure')
  expect(page).toContain('- `h`: dead code')
})

test('JSON has everything', () => {
  const document = JSON.parse(verdictJson({ baseline, trials: [survived] }, at))
  expect(document).toMatchObject({ ok: false, ...at, trials: [{ mutant: { id: 'm' } }] })
})
