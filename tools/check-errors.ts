/**
 * Errors: every code in the source is documented, and every documented code exists.
 *
 * The codes are the string values of two tables in `src/core`; docs/errors.md has table rows that
 * begin with a code in backticks. Invariant: no code is spelt anywhere else in `src`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Node } from 'oxc-parser'
import { runAsMain } from './main.ts'
import type { Problem } from './problem.ts'
import { stringUses } from './syntax/literals.ts'
import { lineAt, readSource, type SourceFile, sourceFiles } from './syntax/source-file.ts'
import { walk } from './syntax/walk.ts'

const documentPath = 'docs/errors.md'
const prefix = 'FLOTILLA_'

/** Where the codes are, each table by its exported name. */
const tables: ReadonlyMap<string, string> = new Map([
  ['src/core/exit.ts', 'exitCodes'],
  ['src/core/argument-error.ts', 'argumentCodes'],
])

interface Code {
  readonly code: string
  readonly path: string
  readonly line: number
}

/** Reports codes without documentation, documentation without code, and codes spelt elsewhere. */
export function checkErrors(root: string): Problem[] {
  const missing: Problem[] = []
  const codes = [...tables].flatMap(([path, name]) => {
    const found = existsSync(join(root, path)) ? codesIn(readSource(root, path), name) : []
    if (found.length === 0) {
      const wanted = `export const ${name} = { name: '${prefix}…' } as const`
      missing.push({ path, line: 1, message: `has no table ${name}`, wanted })
    }
    return found
  })
  const documented = documentedCodes(root)
  return [
    ...missing,
    ...repeated(codes, 'is the code of something else too'),
    ...repeated(documented, 'is documented twice'),
    ...notIn(codes, documented, `a table row in ${documentPath} that begins with it`),
    ...notIn(documented, codes, 'only codes that exist in the source'),
    ...sourceFiles(root, 'src').flatMap((file) => strayCodes(file, codes)),
  ]
}

function codesIn(file: SourceFile, table: string): Code[] {
  const found: Code[] = []
  walk(file.program, (node) => {
    if (node.type !== 'VariableDeclarator' || node.init === null) return
    if (node.id.type !== 'Identifier' || node.id.name !== table) return
    for (const value of propertyValues(node.init)) {
      const line = lineAt(file.text, value.start)
      const code = value.type === 'Literal' ? String(value.value) : '(not a literal)'
      found.push({ code, path: file.path, line })
    }
  })
  return found
}

function propertyValues(node: Node): Node[] {
  if (node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression') {
    return propertyValues(node.expression)
  }
  if (node.type === 'CallExpression') return node.arguments.flatMap(propertyValues)
  if (node.type !== 'ObjectExpression') return []
  return node.properties.map((each) => (each.type === 'Property' ? each.value : each))
}

function documentedCodes(root: string): Code[] {
  const path = join(root, documentPath)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const code = /^\|\s*`([^`]+)`\s*\|/.exec(text)?.[1]
      return code?.startsWith(prefix) ? [{ code, path: documentPath, line: index + 1 }] : []
    })
}

function notIn(codes: readonly Code[], others: readonly Code[], wanted: string): Problem[] {
  const known = new Set(others.map(({ code }) => code))
  return codes
    .filter(({ code }) => !known.has(code))
    .map(({ code, path, line }) => ({
      path,
      line,
      message: path === documentPath ? `${code} does not exist` : `${code} is not documented`,
      wanted,
    }))
}

function repeated(codes: readonly Code[], message: string): Problem[] {
  return codes
    .filter(({ code }, index) => codes.findIndex((other) => other.code === code) < index)
    .map(({ code, path, line }) => ({ path, line, message: `${code} ${message}`, wanted: 'one' }))
}

/** A code spelt outside the tables can drift from them. */
function strayCodes(file: SourceFile, codes: readonly Code[]): Problem[] {
  const inTable = new Set(codes.filter(({ path }) => path === file.path).map(({ line }) => line))
  return stringUses(file)
    .filter(({ text, line }) => text.startsWith(prefix) && !inTable.has(line))
    .map(({ text, line }) => {
      const wanted = `a name from ${[...tables.values()].join(' or ')}`
      return { path: file.path, line, message: `spells ${text}`, wanted }
    })
}

runAsMain(import.meta.url, checkErrors)
