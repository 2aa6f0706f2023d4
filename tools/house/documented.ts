/** Every export of `src` says in a doc comment what it is. */
import type { Node } from 'oxc-parser'
import type { Problem } from '../problem.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'
import { nodesAt } from '../syntax/walk.ts'
import { siteName } from './site.ts'

/** Reports exported declarations without a doc comment; re-exports have theirs at the source. */
export function undocumentedExports(file: SourceFile): Problem[] {
  const seen = new Set<string>()
  return exportedDeclarations(file).flatMap(({ statement, names }) => {
    // Overloads share one comment: the one above the first of them.
    const fresh = names.filter((name) => !seen.has(name))
    for (const name of fresh) seen.add(name)
    if (fresh.length === 0 || hasDocComment(file, statement)) return []
    const line = lineAt(file.text, statement.start)
    const message = `export ${fresh.join(', ')} is not documented`
    return [{ path: file.path, line, message, wanted: 'a /** … */ comment right above it' }]
  })
}

interface Declared {
  readonly statement: Node
  readonly names: readonly string[]
}

function exportedDeclarations(file: SourceFile): Declared[] {
  const named = new Set(file.program.body.flatMap(exportedByName))
  return file.program.body.flatMap((statement) => {
    const names = declaredNames(statement)
    const exported =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
        ? names
        : names.filter((name) => named.has(name))
    return exported.length === 0 ? [] : [{ statement, names: exported }]
  })
}

/** The local names of `export { a, b }`. */
function exportedByName(statement: Node): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || statement.source !== null) return []
  return statement.specifiers.flatMap(({ local }) => ('name' in local ? [local.name] : []))
}

function declaredNames(statement: Node): string[] {
  if (statement.type === 'ExportNamedDeclaration') {
    return statement.declaration === null ? [] : declaredNames(statement.declaration)
  }
  if (statement.type === 'ExportDefaultDeclaration') return ['default']
  const nodes = statement.type === 'VariableDeclaration' ? statement.declarations : [statement]
  return nodes.flatMap((node) => (nodesAt(node, 'id').length > 0 ? [siteName(node, [])] : []))
}

/** Whether a doc comment stands above the statement, with nothing but other comments between. */
function hasDocComment(file: SourceFile, statement: Node): boolean {
  let start = statement.start
  for (const comment of file.comments.toReversed()) {
    if (comment.end > start) continue
    if (file.text.slice(comment.end, start).trim() !== '') return false
    if (comment.type === 'Block' && comment.value.startsWith('*')) return true
    start = comment.start
  }
  return false
}
