/** The tests of a test file by name; skipped and planned tests prove nothing: left out. */
import type { CallExpression, Node } from 'oxc-parser'
import { lineAt, type SourceFile } from './source-file.ts'
import { walk } from './walk.ts'

/** One test, or one row of tests made by `each`. */
export interface TestSite {
  /** The title of the test, exactly as written; `%s` and `${…}` are not filled in. */
  readonly title: string
  /** The titles of the `describe` blocks around it, outermost first. */
  readonly groups: readonly string[]
  /** Where it begins, from 1. */
  readonly line: number
}

const testFunctions: ReadonlySet<string> = new Set(['it', 'test'])
const groupFunctions: ReadonlySet<string> = new Set(['describe', 'suite'])

/** Forms under which a test may not run, or is expected to fail. */
const provesNothing: ReadonlySet<string> = new Set(['skip', 'todo', 'fails', 'skipIf', 'runIf'])

/** Titles given to `it` and `test` and their forms such as `it.each(…)`, exactly as written. */
export function testNames(file: SourceFile): ReadonlySet<string> {
  return new Set(testsIn(file).map(({ title }) => title))
}

/** Every test of the file that runs wherever the file does, in source order. */
export function testsIn(file: SourceFile): TestSite[] {
  const tests: TestSite[] = []
  walk(file.program, (node, ancestors) => {
    if (node.type !== 'CallExpression' || !isTest(node) || !proves(node)) return
    const title = titleOf(node, file)
    const around = ancestors.filter(isGroup)
    if (title === undefined || !around.every(proves)) return
    const groups = around.flatMap((group) => titleOf(group, file) ?? [])
    tests.push({ title, groups, line: lineAt(file.text, node.start) })
  })
  return tests
}

function titleOf(call: CallExpression, file: SourceFile): string | undefined {
  const title = call.arguments[0]
  if (title?.type === 'Literal' && typeof title.value === 'string') return title.value
  if (title?.type !== 'TemplateLiteral') return undefined
  return file.text.slice(title.start + 1, title.end - 1)
}

function isTest(node: CallExpression): boolean {
  return testFunctions.has(wordsOf(node.callee)[0] ?? '')
}

function isGroup(node: Node): node is CallExpression {
  return node.type === 'CallExpression' && groupFunctions.has(wordsOf(node.callee)[0] ?? '')
}

/** Not skipped or planned, neither by its form nor by its options. */
function proves(call: CallExpression): boolean {
  const [, ...forms] = wordsOf(call.callee)
  return !forms.some((form) => provesNothing.has(form)) && !call.arguments.some(optsOut)
}

function optsOut(argument: Node): boolean {
  if (argument.type !== 'ObjectExpression') return false
  return argument.properties.some(
    (property) =>
      property.type === 'Property' &&
      property.key.type === 'Identifier' &&
      provesNothing.has(property.key.name),
  )
}

/** The words of `it`, `it.each(rows)`, `test.concurrent`, …; none for anything else. */
function wordsOf(callee: Node): string[] {
  switch (callee.type) {
    case 'Identifier':
      return [callee.name]
    case 'CallExpression':
      return wordsOf(callee.callee)
    case 'TaggedTemplateExpression':
      return wordsOf(callee.tag)
    case 'MemberExpression':
      return callee.property.type === 'Identifier'
        ? [...wordsOf(callee.object), callee.property.name]
        : []
    default:
      return []
  }
}
