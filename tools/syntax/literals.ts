/** String literals of a file, wherever they stand: values, types, property names. */
import type { Node } from 'oxc-parser'
import { lineAt, type SourceFile } from './source-file.ts'
import { walk } from './walk.ts'

/** One string literal. */
export interface StringUse {
  readonly text: string
  readonly start: number
  readonly line: number
}

/** Every string literal and every fixed piece of a template, in source order. */
export function stringUses(file: SourceFile): StringUse[] {
  const uses: StringUse[] = []
  walk(file.program, (node) => {
    const text = stringOf(node)
    if (text === undefined) return
    uses.push({ text, start: node.start, line: lineAt(file.text, node.start) })
  })
  return uses
}

function stringOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  return node.type === 'TemplateElement' ? node.value.raw : undefined
}
