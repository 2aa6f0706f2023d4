/** Places where the type checker is told instead of asked: `any`, `as`, and silencing comments. */
import type { Node } from 'oxc-parser'
import type { Problem } from '../problem.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'
import { walk } from '../syntax/walk.ts'
import type { Excuses } from './excuses.ts'

const silencer = /^[\s*/]*@ts-(ignore|expect-error|nocheck)\b/

/** Reports every `any`, every `as` but `as const`, and every `@ts-` silencer of a file. */
export function castProblems(file: SourceFile, excuses: Excuses): Problem[] {
  const problems: Problem[] = []
  function report(offset: number, message: string): void {
    const wanted = 'a type that says it, or an entry with a reason in tools/house-allowances.ts'
    problems.push({ path: file.path, line: lineAt(file.text, offset), message, wanted })
  }
  walk(file.program, (node) => {
    if (node.type === 'TSAnyKeyword') report(node.start, 'says `any`')
    if (isCast(node)) report(node.start, 'casts with `as`')
  })
  for (const comment of file.comments) {
    if (silencer.test(comment.value)) report(comment.start, 'silences the type checker')
  }
  return problems.length > 0 && excuses.covers(file.path) ? [] : problems
}

function isCast(node: Node): boolean {
  if (node.type === 'TSTypeAssertion') return true
  return node.type === 'TSAsExpression' && !isConst(node.typeAnnotation)
}

function isConst(type: Node): boolean {
  return (
    type.type === 'TSTypeReference' &&
    type.typeName.type === 'Identifier' &&
    type.typeName.name === 'const'
  )
}
