/**
 * What became of the tests: the claims that a run has proven.
 *
 * Invariant: a claim counts only if its file ran a test with its id and no test of that file with
 * that id did anything but pass. What cannot be read proves nothing.
 */
import { listAt, parseJson, textAt } from '../json.ts'
import type { Problem } from '../problem.ts'
import type { Claim } from './claims.ts'
import { claimsOf } from './test-title.ts'

/** Claims that a run has proven, and a problem for each that it has not. */
export interface Verdicts {
  readonly claims: readonly Claim[]
  readonly problems: readonly Problem[]
}

interface Result {
  /** The test file, as the report names it. */
  readonly path: string
  readonly titles: readonly string[]
  readonly passed: boolean
}

/** Keeps of the claims what the run shows; `report` is the text of vitest's JSON reporter. */
export function proven(claims: readonly Claim[], report: string): Verdicts {
  const results = resultsIn(report).flatMap(({ path, titles, passed }) =>
    idsOf(titles).map((id) => ({ path, id, passed })),
  )
  const kept: Claim[] = []
  const problems: Problem[] = []
  for (const claim of claims) {
    const own = results.filter(({ path, id }) => id === claim.id && path.endsWith(`/${claim.path}`))
    if (claim.kind === 'astray' || (own.length > 0 && own.every(({ passed }) => passed))) {
      kept.push(claim)
      continue
    }
    const { path, line, id } = claim
    const message = `claims ${id}, but ${own.length === 0 ? 'did not run' : 'did not pass'}`
    problems.push({ path, line, message, wanted: 'a test that passes' })
  }
  return { claims: kept, problems }
}

function idsOf(titles: readonly string[]): string[] {
  const ids = titles.map(claimsOf).flatMap(({ holds, differs }) => [...holds, ...differs])
  return [...new Set(ids)]
}

function resultsIn(report: string): Result[] {
  return listAt(parseJson(report), 'testResults').flatMap((file) =>
    listAt(file, 'assertionResults').map((test) => ({
      path: textAt(file, 'name'),
      titles: [...listAt(test, 'ancestorTitles').map(String), textAt(test, 'title')],
      passed: textAt(test, 'status') === 'passed',
    })),
  )
}
