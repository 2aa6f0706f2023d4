/**
 * The catalogue: docs/conformance/catalogue.md, the behaviours of OTP by id.
 *
 * Its first table says how many lines each area has, so that none can be lost without a trace.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type MarkdownFile, proseLines, readMarkdown } from '../docs/markdown.ts'
import type { Problem } from '../problem.ts'

/** Where the catalogue is, from the repository root. */
export const cataloguePath = 'docs/conformance/catalogue.md'

/** One behaviour. */
export interface CatalogueLine {
  readonly id: string
  /** The letters before the number: REG, SUP, … */
  readonly area: string
  /** Stimulus and outcome, with version marks and sources. */
  readonly text: string
  /** Where it stands, from 1. */
  readonly line: number
}

/** The behaviours in their order, and what is wrong with the document itself. */
export interface Catalogue {
  readonly lines: readonly CatalogueLine[]
  readonly problems: readonly Problem[]
}

/** Reads the catalogue. */
export function readCatalogue(root: string): Catalogue {
  if (!existsSync(join(root, cataloguePath))) {
    return { lines: [], problems: [problem(1, 'does not exist', 'the list of behaviours')] }
  }
  const document = readMarkdown(root, cataloguePath)
  const lines = linesOf(document)
  return { lines, problems: [...repeated(lines), ...miscounted(document, lines)] }
}

function linesOf(document: MarkdownFile): CatalogueLine[] {
  return proseLines(document).flatMap(({ text, number }) => {
    const [, id = '', area = '', said = ''] = /^- (([A-Z]+)-\d{3}) (.+)$/.exec(text) ?? []
    return id === '' ? [] : [{ id, area, text: said, line: number }]
  })
}

function repeated(lines: readonly CatalogueLine[]): Problem[] {
  const seen = new Set<string>()
  return lines.flatMap(({ id, line }) => {
    if (seen.has(id)) return [problem(line, `${id} is there twice`, 'one line for one id')]
    seen.add(id)
    return []
  })
}

/** Rows `| REG | Registry | 71 |` of the first table, against the lines there are. */
function miscounted(document: MarkdownFile, lines: readonly CatalogueLine[]): Problem[] {
  const promised = new Map<string, number>()
  const problems: Problem[] = []
  for (const { text, number } of proseLines(document)) {
    const [, area, count] = /^\| ([A-Z]+) \|[^|]*\| (\d+) \|$/.exec(text) ?? []
    if (area === undefined) continue
    promised.set(area, Number(count))
    const found = lines.filter((line) => line.area === area).length
    if (found === Number(count)) continue
    const wanted = `${count} lines, as the table of areas says`
    problems.push(problem(number, `${area} has ${found} lines`, wanted))
  }
  for (const area of new Set(lines.map((line) => line.area))) {
    if (promised.has(area)) continue
    problems.push(
      problem(1, `${area} is not in the table of areas`, 'a row with its number of lines'),
    )
  }
  return problems
}

function problem(line: number, message: string, wanted: string): Problem {
  return { path: cataloguePath, line, message, wanted }
}
