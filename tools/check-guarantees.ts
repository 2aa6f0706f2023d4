/**
 * Guarantees: everything docs/semantics.md promises under a number names a test that exists.
 *
 * A guarantee is a heading, list item or table row that begins with its number in bold: **P1**. It
 * reaches to the next one or the next heading. README.md may name tests too; those must exist.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { proseLines, readMarkdown } from './docs/markdown.ts'
import {
  brokenReferences,
  type Passage,
  referenceForm,
  testReferences,
} from './docs/test-references.ts'
import { runAsMain } from './main.ts'
import type { Problem } from './problem.ts'

const contractPath = 'docs/semantics.md'
const readmePath = 'README.md'

interface Guarantee extends Passage {
  readonly id: string
}

/** Reports guarantees without a test, and tests that are named but do not exist. */
export function checkGuarantees(root: string): Problem[] {
  const guarantees = guaranteesIn(root)
  const none =
    guarantees.length === 0
      ? [{ path: contractPath, line: 1, message: 'promises nothing', wanted: '**P1** …' }]
      : []
  return [
    ...none,
    ...guarantees.flatMap((guarantee, index) => [
      ...repeatedId(guarantee, guarantees.slice(0, index)),
      ...untested(guarantee),
      ...brokenReferences(root, guarantee),
    ]),
    ...readmePassages(root).flatMap((passage) => brokenReferences(root, passage)),
  ]
}

function guaranteesIn(root: string): Guarantee[] {
  if (!existsSync(join(root, contractPath))) return []
  const found: Guarantee[] = []
  let current: Guarantee | undefined
  for (const { text, number } of proseLines(readMarkdown(root, contractPath))) {
    const id = /^\s*(?:#{1,6}\s+|[-*+]\s+|\d+[.)]\s+|\|\s*)?\*\*([A-Z]+\d+[a-z]?)[^\w*]*\*\*/.exec(
      text,
    )?.[1]
    if (id !== undefined || text.startsWith('#')) {
      if (current !== undefined) found.push(current)
      current = id === undefined ? undefined : { id, path: contractPath, line: number, text }
    } else if (current !== undefined) {
      current = { ...current, text: `${current.text}\n${text}` }
    }
  }
  return current === undefined ? found : [...found, current]
}

/** README.md cut at blank lines and table rows, so that a problem points near its place. */
function readmePassages(root: string): Passage[] {
  if (!existsSync(join(root, readmePath))) return []
  const passages: Passage[] = []
  let current: Passage | undefined
  for (const { text, number } of proseLines(readMarkdown(root, readmePath))) {
    if (current === undefined || text.trim() === '' || text.startsWith('|')) {
      if (current !== undefined) passages.push(current)
      current = { path: readmePath, line: number, text }
    } else {
      current = { ...current, text: `${current.text}\n${text}` }
    }
  }
  return current === undefined ? passages : [...passages, current]
}

function untested(guarantee: Guarantee): Problem[] {
  if (testReferences(guarantee).length > 0) return []
  const { path, line, id } = guarantee
  return [{ path, line, message: `guarantee ${id} names no test`, wanted: referenceForm }]
}

function repeatedId(guarantee: Guarantee, earlier: readonly Guarantee[]): Problem[] {
  const { path, line, id } = guarantee
  if (!earlier.some((other) => other.id === id)) return []
  return [{ path, line, message: `${id} is used twice`, wanted: 'one number for one guarantee' }]
}

runAsMain(import.meta.url, checkGuarantees)
