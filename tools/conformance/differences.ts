/**
 * The deliberate differences: the table under "Deliberately different" of docs/semantics.md.
 *
 * A row has the id, what OTP does, what happens here, and why. `SUP-026 in part` says that the line
 * holds but for what the row describes; then tests may claim both sides of it.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { proseLines, readMarkdown } from '../docs/markdown.ts'
import type { Problem } from '../problem.ts'

/** Where the differences are listed, from the repository root. */
export const differencesPath = 'docs/semantics.md'

const heading = 'Deliberately different'

/** One line of the catalogue that does not hold, by decision. */
export interface Difference {
  readonly id: string
  /** Whether the rest of the line holds. */
  readonly inPart: boolean
  readonly otp: string
  readonly here: string
  readonly why: string
  /** Where the row stands, from 1. */
  readonly line: number
}

/** The differences in their order, and what is wrong with the table itself. */
export interface Differences {
  readonly rows: readonly Difference[]
  readonly problems: readonly Problem[]
}

/** Reads the table; no document or no table is no difference. */
export function readDifferences(root: string): Differences {
  if (!existsSync(join(root, differencesPath))) return { rows: [], problems: [] }
  const rows: Difference[] = []
  const problems: Problem[] = []
  let inside = false
  for (const { text, number } of proseLines(readMarkdown(root, differencesPath))) {
    if (text.startsWith('#')) inside = text.replace(/^#+\s*/, '') === heading
    if (!inside || !/^\|\s*[A-Z]+-\d/.test(text)) continue
    const row = rowOf(text, number)
    if ('message' in row) problems.push(row)
    else if (rows.some(({ id }) => id === row.id)) {
      problems.push(problem(number, `${row.id} is there twice`, 'one row for one id'))
    } else rows.push(row)
  }
  return { rows, problems }
}

function rowOf(text: string, line: number): Difference | Problem {
  const [id = '', otp = '', here = '', why = '', ...rest] = text
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
  const parts = /^([A-Z]+-\d{3})( in part)?$/.exec(id)
  if (parts?.[1] === undefined) {
    return problem(line, `"${id}" is no id`, 'ABC-123 or ABC-123 in part')
  }
  if (otp === '' || here === '' || why === '' || rest.length > 0) {
    return problem(line, `${id} has not four cells`, '| id | OTP | here | why |')
  }
  return { id: parts[1], inPart: parts[2] !== undefined, otp, here, why, line }
}

function problem(line: number, message: string, wanted: string): Problem {
  return { path: differencesPath, line, message, wanted }
}
