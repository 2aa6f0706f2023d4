import { expect, test } from 'vitest'
import { readList } from '../../../soak/mutants/list.ts'

const change = { path: 'src/core/a.ts', before: 'a', after: 'b' }
const mutant = { id: 'one', bug: 'none', targets: ['I1'], changes: [change] }

test('reads mutants as they are written, and nothing else of them', () => {
  expect(readList([mutant, { ...mutant, id: 'two', equivalent: 'no' }])).toEqual([
    mutant,
    { ...mutant, id: 'two' },
  ])
})

test.each([
  ['nothing', []],
  ['no list', mutant],
  ['no id', [{ ...mutant, id: 1 }]],
  ['no targets', [{ ...mutant, targets: 'I1' }]],
  ['no changes', [mutant, { ...mutant, changes: undefined }]],
])('refuses %s', (_name, document) => {
  expect(readList(document)).toBeUndefined()
})

test('what is missing in a change is empty, and so cannot be planted', () => {
  expect(readList([{ ...mutant, changes: [{}] }])?.[0]?.changes).toEqual([
    { path: '', before: '', after: '' },
  ])
})
