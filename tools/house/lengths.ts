/** How long a line, a function and a file may be. */
import type { Problem } from '../problem.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'
import { walk } from '../syntax/walk.ts'
import { siteName } from './site.ts'

const lineColumnsMax = 100
const functionLinesMax = 70
const fileLinesMax = 400
const medianLinesMax = 150

/** The formatter keeps a test's title, which is a sentence, on the line of its call. */
const testTitle = /^\s*(?:describe|it|test)\((['"`]).*\1, (?:async )?\([^)]*\) => \{$/

/** With `each` it gives the title a line; nothing can break one that ends in ids. */
const titleWithIds =
  /^\s*(?:\]\)\()?(['"`]).* \[[A-Z]+-\d{3}[^\]]*\]\1,(?: (?:async )?\([^)]*\) => \{)?$/

const functionTypes: ReadonlySet<string> = new Set([
  'ArrowFunctionExpression',
  'FunctionDeclaration',
  'FunctionExpression',
])

/** Lines wider than the screen of a reader. */
export function lineProblems(file: SourceFile): Problem[] {
  return file.text.split('\n').flatMap((text, index) => {
    if (text.length <= lineColumnsMax || isTestTitle(text)) return []
    const message = `line of ${text.length} columns`
    return [{ path: file.path, line: index + 1, message, wanted: `at most ${lineColumnsMax}` }]
  })
}

function isTestTitle(text: string): boolean {
  return testTitle.test(text) || titleWithIds.test(text)
}

/** Functions that do not fit on a page. */
export function functionProblems(file: SourceFile): Problem[] {
  const problems: Problem[] = []
  walk(file.program, (node, ancestors) => {
    if (!functionTypes.has(node.type)) return
    const line = lineAt(file.text, node.start)
    const lines = lineAt(file.text, node.end) - line + 1
    if (lines <= functionLinesMax) return
    const message = `function ${siteName(node, ancestors)} has ${lines} lines`
    problems.push({ path: file.path, line, message, wanted: `at most ${functionLinesMax}` })
  })
  return problems
}

/** Files that hold more than one concept. */
export function fileProblems(file: SourceFile): Problem[] {
  const lines = codeLines(file)
  if (lines <= fileLinesMax) return []
  const wanted = `at most ${fileLinesMax}; split it by concept`
  return [{ path: file.path, line: 1, message: `has ${lines} lines of code`, wanted }]
}

/** The median of lines of code over all files, which says whether small files are the habit. */
export function medianProblems(files: readonly SourceFile[]): Problem[] {
  const lines = medianCodeLines(files)
  if (lines <= medianLinesMax) return []
  const message = `median file has ${lines} lines of code`
  return [{ path: 'src', line: 1, message, wanted: `at most ${medianLinesMax}` }]
}

/** The median of lines of code; 0 for no files. */
export function medianCodeLines(files: readonly SourceFile[]): number {
  const sorted = files.map(codeLines).sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Lines that are neither blank nor only comment. */
export function codeLines(file: SourceFile): number {
  let code = ''
  let position = 0
  for (const comment of file.comments) {
    const lineBreaks = file.text.slice(comment.start, comment.end).replace(/[^\n]/g, '')
    code += file.text.slice(position, comment.start) + lineBreaks
    position = comment.end
  }
  code += file.text.slice(position)
  return code.split('\n').filter((line) => line.trim() !== '').length
}
