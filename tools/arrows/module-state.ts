/** Module-level mutable state: two nodes in one OS process would notice each other through it. */
import type { Node, VariableDeclarator } from 'oxc-parser'
import type { Excuses } from '../house/excuses.ts'
import type { Problem } from '../problem.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'

/** Refuses `let`, `var` and empty collections at the top level of a file under `src`. */
export function moduleStateProblems(file: SourceFile, excuses: Excuses): Problem[] {
  const problems = file.program.body.flatMap((statement) => {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (node?.type !== 'VariableDeclaration' || node.declare === true) return []
    const mutable = node.kind === 'let' || node.kind === 'var'
    if (!mutable && !node.declarations.some(isWritableCollection)) {
      return []
    }
    return [
      {
        path: file.path,
        line: lineAt(file.text, node.start),
        message: 'keeps mutable state at module level',
        wanted: 'state owned by a node, or an entry with a reason in tools/house-allowances.ts',
      },
    ]
  })
  return problems.length > 0 && excuses.covers(file.path) ? [] : problems
}

/** A collection that starts empty is there to be written to, unless its type says otherwise. */
function isWritableCollection({ id, init }: VariableDeclarator): boolean {
  const type = id.typeAnnotation?.typeAnnotation
  return init !== null && isEmptyCollection(init) && !(type !== undefined && isReadonly(type))
}

function isReadonly(type: Node): boolean {
  if (type.type === 'TSTypeOperator') return type.operator === 'readonly'
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return false
  return type.typeName.name.startsWith('Readonly')
}

function isEmptyCollection(node: Node): boolean {
  if (node.type === 'ArrayExpression') return node.elements.length === 0
  return (
    node.type === 'NewExpression' &&
    node.callee.type === 'Identifier' &&
    (node.callee.name === 'Map' || node.callee.name === 'Set') &&
    node.arguments.length === 0
  )
}
