import { expect, test } from 'vitest'
import { findTargets } from '../../src/cli/targets.ts'
import type { Performer } from '../../src/cli/task.ts'

const perform: Performer = async ({ file }) => {
  if (file === 'wrong') return { kind: 'refused', message: 'it is wrong' }
  if (file === 'dying') return { kind: 'died', message: 'it ended with code 3' }
  return { kind: 'listed', names: [`${file} one`, 'two'] }
}

test('lists every simulation of every file, or those of one name', async () => {
  expect(await findTargets(['a', 'b'], undefined, perform)).toEqual({
    ok: true,
    targets: [
      { file: 'a', name: 'a one' },
      { file: 'a', name: 'two' },
      { file: 'b', name: 'b one' },
      { file: 'b', name: 'two' },
    ],
  })
  expect(await findTargets(['a', 'b'], 'two', perform)).toEqual({
    ok: true,
    targets: [
      { file: 'a', name: 'two' },
      { file: 'b', name: 'two' },
    ],
  })
})

test('refuses a name that there is not, and files that cannot be used', async () => {
  expect(await findTargets(['a'], 'tow', perform)).toEqual({
    ok: false,
    message: 'There is no simulation tow among a one, two; did you mean two?',
  })
  expect(await findTargets(['a', 'wrong'], undefined, perform)).toEqual({
    ok: false,
    message: 'it is wrong',
  })
  expect(await findTargets(['dying'], undefined, perform)).toEqual({
    ok: false,
    message:
      'dying is no simulation: importing it failed: it ended with code 3 — ' +
      'export one with simulation(…)',
  })
})
