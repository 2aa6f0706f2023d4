/** The names of the tests in a test file; skipped and planned tests prove nothing: left out. */
import type { Node } from 'oxc-parser'
import type { SourceFile } from './source-file.ts'
import { walk } from './walk.ts'

/** Names given to `it` and `test` and their forms such as `it.each(…)`, exactly as written. */
export function testNames(file: SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  walk(file.program, (node) => {
    if (node.type !== 'CallExpression' || !isTest(node.callee)) return
    const name = node.arguments[0]
    if (name?.type === 'Literal' && typeof name.value === 'string') names.add(name.value)
    if (name?.type === 'TemplateLiteral') names.add(file.text.slice(name.start + 1, name.end - 1))
  })
  return names
}

/** `it`, `it.each(rows)`, `test.concurrent`, …: follows members and calls down to the name. */
function isTest(callee: Node): boolean {
  switch (callee.type) {
    case 'Identifier':
      return callee.name === 'it' || callee.name === 'test'
    case 'CallExpression':
      return isTest(callee.callee)
    case 'TaggedTemplateExpression':
      return isTest(callee.tag)
    case 'MemberExpression':
      return callee.property.type === 'Identifier' && proves(callee.property.name)
        ? isTest(callee.object)
        : false
    default:
      return false
  }
}

function proves(form: string): boolean {
  return form !== 'skip' && form !== 'todo' && form !== 'fails'
}
