/**
 * Free names: the identifiers a file uses without declaring them, that is, the globals it touches.
 *
 * Values and types are looked up in one scope, which is enough to tell `Date` the global from a
 * parameter called `process`. Deliberately absent: `var` hoisting (the linter refuses `var`).
 */
import type { Node } from 'oxc-parser'
import { lineAt, type SourceFile } from './source-file.ts'
import { childrenOf, nodesAt, walk } from './walk.ts'

/** One use of a global. */
export interface FreeName {
  readonly name: string
  /** `random` in `Math.random`; undefined when the global is used in any other way. */
  readonly member: string | undefined
  readonly line: number
}

interface Scope {
  readonly names: ReadonlySet<string>
  readonly outer: Scope | undefined
}

/** The free names of a file, in source order. */
export function freeNames(file: SourceFile): FreeName[] {
  const found: FreeName[] = []
  function visit(node: Node, outer: Scope | undefined, parent: Node | undefined): void {
    const declared = namesDeclaredBy(node)
    const scope = declared.size === 0 ? outer : { names: declared, outer }
    if (node.type === 'Identifier' && !isDeclared(node.name, scope)) {
      found.push({
        name: node.name,
        member: memberOf(node, parent),
        line: lineAt(file.text, node.start),
      })
    }
    for (const child of referringChildren(node)) visit(child, scope, node)
  }
  visit(file.program, undefined, undefined)
  return found
}

function isDeclared(name: string, scope: Scope | undefined): boolean {
  for (let current = scope; current !== undefined; current = current.outer) {
    if (current.names.has(name)) return true
  }
  return false
}

function memberOf(identifier: Node, parent: Node | undefined): string | undefined {
  if (parent?.type === 'MemberExpression' && parent.object === identifier && !parent.computed) {
    return 'name' in parent.property ? parent.property.name : undefined
  }
  if (parent?.type === 'TSQualifiedName' && parent.left === identifier) return parent.right.name
  return undefined
}

/** The names a node brings into scope for itself and everything below it. */
function namesDeclaredBy(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  for (const parameter of nodesAt(node, 'typeParameters').flatMap(childrenOf)) {
    if (parameter.type === 'TSTypeParameter') names.add(parameter.name.name)
  }
  if (isFunctionLike(node)) for (const child of nodesAt(node, 'params')) addPattern(child, names)
  for (const child of nodesAt(node, 'parameters')) addPattern(child, names)
  for (const statement of statementsOf(node)) addDeclaration(statement, names)
  if (node.type === 'CatchClause' && node.param !== null) addPattern(node.param, names)
  if (node.type === 'FunctionExpression' || node.type === 'ClassExpression') {
    if (node.id !== null) names.add(node.id.name)
  }
  if (node.type === 'TSMappedType') names.add(node.key.name)
  if (node.type === 'TSConditionalType') addInferred(node.extendsType, names)
  return names
}

/** The statements whose declarations belong to the scope that `node` opens. */
function statementsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      return node.body
    case 'SwitchStatement':
      return node.cases.flatMap((each) => each.consequent)
    case 'ForStatement':
      return nodesAt(node, 'init')
    case 'ForInStatement':
    case 'ForOfStatement':
      return [node.left]
    default:
      return []
  }
}

function isFunctionLike(node: Node): boolean {
  return 'params' in node && 'returnType' in node
}

function addDeclaration(node: Node, names: Set<string>): void {
  switch (node.type) {
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      for (const child of nodesAt(node, 'declaration')) addDeclaration(child, names)
      break
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) names.add(specifier.local.name)
      break
    case 'VariableDeclaration':
      for (const declarator of node.declarations) addPattern(declarator.id, names)
      break
    default:
      if (isDeclaration(node)) for (const id of nodesAt(node, 'id')) addPattern(id, names)
  }
}

function isDeclaration(node: Node): boolean {
  return node.type.endsWith('Declaration') || node.type === 'TSDeclareFunction'
}

/** Adds what a pattern binds; default values and type annotations bind nothing. */
function addPattern(node: Node, names: Set<string>): void {
  switch (node.type) {
    case 'Identifier':
      names.add(node.name)
      break
    case 'AssignmentPattern':
      addPattern(node.left, names)
      break
    case 'RestElement':
      addPattern(node.argument, names)
      break
    case 'ArrayPattern':
      for (const element of nodesAt(node, 'elements')) addPattern(element, names)
      break
    case 'ObjectPattern':
      for (const property of nodesAt(node, 'properties')) addPattern(property, names)
      break
    case 'Property':
      addPattern(node.value, names)
      break
    default:
  }
}

function addInferred(node: Node, names: Set<string>): void {
  walk(node, (inner) => {
    if (inner.type === 'TSInferType') names.add(inner.typeParameter.name.name)
  })
}

/** The children in which an identifier is a use, not a mere label such as a property name. */
function referringChildren(node: Node): Node[] {
  const labels = labelsOf(node)
  return childrenOf(node).filter((child) => !labels.includes(child))
}

function labelsOf(node: Node): readonly Node[] {
  const computed = 'computed' in node && node.computed
  switch (node.type) {
    case 'MemberExpression':
      return computed ? [] : [node.property]
    case 'ImportSpecifier':
      return [node.imported]
    case 'ExportSpecifier':
      return [node.exported]
    case 'ExportNamedDeclaration':
      return node.source === null ? [] : node.specifiers
    case 'ExportAllDeclaration':
      return nodesAt(node, 'exported')
    case 'TSQualifiedName':
      return [node.right]
    case 'TSNamedTupleMember':
      return [node.label]
    case 'TSImportType':
      return nodesAt(node, 'qualifier')
    case 'MetaProperty':
      return [node.meta, node.property]
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return nodesAt(node, 'label')
    case 'TSEnumMember':
      return [node.id]
    default:
      return 'key' in node && !computed && node.type !== 'TSMappedType' ? nodesAt(node, 'key') : []
  }
}
