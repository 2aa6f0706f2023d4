/**
 * The table: every line of the catalogue with the tests that show it, or the reason why it differs.
 *
 * Invariant: a line is missing unless something shows it; nothing here reads a file or runs a test.
 */
import type { Problem } from '../problem.ts'
import { type Catalogue, type CatalogueLine, cataloguePath } from './catalogue.ts'
import type { Claim } from './claims.ts'
import { type Difference, type Differences, differencesPath } from './differences.ts'

/** What has been read. */
export interface Sources {
  readonly catalogue: Catalogue
  readonly differences: Differences
  readonly claims: readonly Claim[]
}

/** Whether a line holds here. */
export type Standing = 'holds' | 'differs' | 'missing'

/** One line of the catalogue and where it stands. */
export interface Row {
  readonly id: string
  readonly area: string
  readonly behaviour: string
  readonly standing: Standing
  readonly tests: readonly { path: string; line: number; title: string }[]
  readonly difference?: Omit<Difference, 'id' | 'line'>
}

/** All lines, and everything that has to be put right. */
export interface Table {
  readonly rows: readonly Row[]
  readonly problems: readonly Problem[]
}

/** How many lines may differ before the whole is no longer what it says it is. */
export const differencesMax = 32

/** Joins what has been read. */
export function tableOf(sources: Sources): Table {
  const { catalogue, differences, claims } = sources
  const known = new Set(catalogue.lines.map(({ id }) => id))
  const rows = catalogue.lines.map((line) => rowOf(line, sources))
  return {
    rows,
    problems: [
      ...catalogue.problems,
      ...differences.problems,
      ...catalogue.lines.flatMap((line) => missing(line, rows)),
      ...claims.flatMap((claim) => claimProblems(claim, known)),
      ...differences.rows.flatMap((difference) => differenceProblems(difference, claims, known)),
      ...claims.flatMap((claim) => contradictions(claim, differences)),
      ...tooMany(differences),
    ],
  }
}

function rowOf({ id, area, text }: CatalogueLine, { differences, claims }: Sources): Row {
  const own = claims.filter((claim) => claim.id === id && claim.kind !== 'astray')
  const tests = own
    .map(({ path, line, title }) => ({ path, line, title }))
    .filter(({ path, line }, index, all) => {
      // One test may show both what holds of a line and what is different.
      return all.findIndex((test) => test.path === path && test.line === line) === index
    })
  const common = { id, area, behaviour: text, tests }
  const found = differences.rows.find((row) => row.id === id)
  if (found !== undefined) {
    const { inPart, otp, here, why } = found
    return { ...common, standing: 'differs', difference: { inPart, otp, here, why } }
  }
  const holds = own.some(({ kind }) => kind === 'holds')
  return { ...common, standing: holds ? 'holds' : 'missing' }
}

function missing({ id, line }: CatalogueLine, rows: readonly Row[]): Problem[] {
  if (rows.find((row) => row.id === id)?.standing !== 'missing') return []
  const wanted = `a test whose title ends in [${id}], or a row in ${differencesPath}`
  return [{ path: cataloguePath, line, message: `${id} is not shown by any test`, wanted }]
}

function claimProblems({ id, kind, path, line }: Claim, known: ReadonlySet<string>): Problem[] {
  if (kind === 'astray') {
    const wanted = `[${id}] or [differs: ${id}], after a space, at the end of the title`
    return [{ path, line, message: `${id} stands where it claims nothing`, wanted }]
  }
  if (known.has(id)) return []
  return [
    { path, line, message: `claims ${id}, which is unknown`, wanted: `an id of ${cataloguePath}` },
  ]
}

function differenceProblems(
  { id, line }: Difference,
  claims: readonly Claim[],
  known: ReadonlySet<string>,
): Problem[] {
  const at = { path: differencesPath, line }
  if (!known.has(id)) {
    return [{ ...at, message: `${id} is unknown`, wanted: `an id of ${cataloguePath}` }]
  }
  if (claims.some((claim) => claim.id === id && claim.kind === 'differs')) return []
  const wanted = `a test whose title ends in [differs: ${id}]`
  return [{ ...at, message: `nothing shows what happens instead of ${id}`, wanted }]
}

function contradictions({ id, kind, path, line }: Claim, { rows }: Differences): Problem[] {
  const difference = rows.find((row) => row.id === id)
  if (kind === 'differs' && difference === undefined) {
    const wanted = `a row for it in ${differencesPath}`
    return [{ path, line, message: `says that ${id} differs, which is not listed`, wanted }]
  }
  if (kind === 'holds' && difference !== undefined && !difference.inPart) {
    const message = `claims ${id}, which is listed as different`
    return [
      { path, line, message, wanted: `[differs: ${id}], or the row without it, or "in part"` },
    ]
  }
  return []
}

function tooMany({ rows }: Differences): Problem[] {
  const beyond = rows[differencesMax]
  if (beyond === undefined) return []
  const message = `${rows.length} lines are different`
  const wanted = `at most ${differencesMax}`
  return [{ path: differencesPath, line: beyond.line, message, wanted }]
}
