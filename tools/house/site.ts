/** Naming a place in the source, for messages and for tools/house-allowances.ts. */
import type { Node } from 'oxc-parser'

/** The name of the nearest function, class, method, type or variable around a node. */
export function siteName(node: Node, ancestors: readonly Node[]): string {
  for (const candidate of [node, ...ancestors.toReversed()]) {
    const name = nameOf(candidate)
    if (name !== undefined) return name
  }
  return '(module)'
}

function nameOf(node: Node): string | undefined {
  if ('id' in node && node.id?.type === 'Identifier') return node.id.name
  if (!('key' in node)) return undefined
  if (node.key.type === 'Identifier') return node.key.name
  return node.key.type === 'PrivateIdentifier' ? `#${node.key.name}` : undefined
}
