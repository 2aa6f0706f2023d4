/** Walking a syntax tree, parents before children, in source order. */
import { type Node, visitorKeys } from 'oxc-parser'

/** Called once for each node; `ancestors` has the root first and the parent last. */
export type Visit = (node: Node, ancestors: readonly Node[]) => void

/** Calls `visit` for `root` and everything below it. */
export function walk(root: Node, visit: Visit, ancestors: readonly Node[] = []): void {
  visit(root, ancestors)
  const below = [...ancestors, root]
  for (const child of childrenOf(root)) walk(child, visit, below)
}

/** The direct children of a node, in source order. */
export function childrenOf(node: Node): Node[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => nodesAt(node, key))
}

/** The nodes at one property of a node: none, one or several. */
export function nodesAt(node: Node, key: string): Node[] {
  const value: unknown = Reflect.get(node, key)
  if (Array.isArray(value)) return value.filter(isNode)
  return isNode(value) ? [value] : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
