/** Every module a file names: import, export from, `import()`, and `import('…')` types. */
import type { Node, StringLiteral } from 'oxc-parser'
import { lineAt, type SourceFile } from './source-file.ts'
import { walk } from './walk.ts'

/** One mention of a module. */
export interface ModuleMention {
  /** The specifier, or undefined where it is computed and cannot be read. */
  readonly specifier: string | undefined
  readonly line: number
}

/** The modules named by a file, in source order. */
export function moduleMentions(file: SourceFile): ModuleMention[] {
  const mentions: ModuleMention[] = []
  walk(file.program, (node) => {
    const source = sourceOf(node)
    if (source === undefined) return
    const specifier = source.type === 'Literal' && typeof source.value === 'string'
    mentions.push({
      specifier: specifier ? String(source.value) : undefined,
      line: lineAt(file.text, node.start),
    })
  })
  return mentions
}

function sourceOf(node: Node): StringLiteral | Node | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source
    case 'ExportNamedDeclaration':
      return node.source ?? undefined
    case 'TSExternalModuleReference':
      return node.expression
    default:
      return undefined
  }
}
