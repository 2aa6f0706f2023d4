/** The claims: which tests say in their titles which lines of the catalogue they show. */
import { sourceFiles } from '../syntax/source-file.ts'
import { type TestSite, testsIn } from '../syntax/test-names.ts'
import { claimsOf } from './test-title.ts'

/** One test that speaks about one line. */
export interface Claim {
  readonly id: string
  /** What the title says: the line holds, differs, or the id stands where it says nothing. */
  readonly kind: 'holds' | 'differs' | 'astray'
  /** The test file, from the repository root. */
  readonly path: string
  /** Where the test begins, from 1. */
  readonly line: number
  /** The titles of the groups around the test and its own, joined by ` > `. */
  readonly title: string
}

/** The claims of every test under `test`; tests that are skipped or planned claim nothing. */
export function readClaims(root: string): Claim[] {
  return sourceFiles(root, 'test')
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap((file) => testsIn(file).flatMap((test) => claimsOfTest(file.path, test)))
}

function claimsOfTest(path: string, test: TestSite): Claim[] {
  const titles = [...test.groups, test.title]
  const all = titles.map(claimsOf)
  const common = { path, line: test.line, title: titles.join(' > ') }
  const kinds = ['holds', 'differs', 'astray'] as const
  return kinds.flatMap((kind) =>
    [...new Set(all.flatMap((claims) => claims[kind]))].map((id) => ({ ...common, id, kind })),
  )
}
