/**
 * Snippets: every `ts` block of the documents compiles against the built package.
 *
 * A block marked `ts ignore` is not compiled. One marked `ts continues` goes on where the block
 * before it in the same document ended, and sees its names. Each block becomes one module below
 * build/snippets, where the package's own name leads to what a user would install. A first line
 * such as `// visits.sim.ts` names it, so that others can import it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Problem } from '../problem.ts'
import { typeCheck } from '../type-check.ts'
import { fences, type MarkdownFile, type MarkdownLine } from './markdown.ts'

const folder = 'build/snippets'

const compilerOptions = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    noEmit: true,
    // A snippet may show a value without using it.
    noUnusedLocals: false,
    noUnusedParameters: false,
  },
  include: ['*.ts'],
}

const fileName = /^\/\/ ([\w.-]+\.ts)$/

interface Snippet {
  readonly path: string
  readonly document: string
  readonly lines: readonly MarkdownLine[]
}

/** Compiles all snippets of the documents together and reports errors at their Markdown lines. */
export function snippetProblems(root: string, documents: readonly MarkdownFile[]): Problem[] {
  const snippets = documents.flatMap(snippetsOf)
  rmSync(join(root, folder), { recursive: true, force: true })
  if (snippets.length === 0) return []
  mkdirSync(join(root, folder), { recursive: true })
  for (const { path, lines } of snippets) {
    // The last line makes it a module, so that snippets do not see each other's names.
    const text = [...lines.map((line) => line.text), 'export {}', ''].join('\n')
    writeFileSync(join(root, folder, path), text)
  }
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify(compilerOptions))
  return withoutRepeats(
    typeCheck(root, `${folder}/tsconfig.json`).map((problem) => atItsDocument(problem, snippets)),
  )
}

function snippetsOf(document: MarkdownFile): Snippet[] {
  const found: Snippet[] = []
  for (const fence of fences(document)) {
    const [language, mark] = fence.info.split(/\s+/)
    if ((language !== 'ts' && language !== 'typescript') || mark === 'ignore') continue
    const before = mark === 'continues' ? (found.at(-1)?.lines ?? []) : []
    const name = document.path.replaceAll('/', '-').replace(/\.md$/, '').toLowerCase()
    const first = fence.lines[0]
    const path = fileName.exec(first?.text ?? '')?.[1] ?? `${name}-${first?.number ?? 0}.ts`
    found.push({ path, document: document.path, lines: [...before, ...fence.lines] })
  }
  return found
}

function atItsDocument(problem: Problem, snippets: readonly Snippet[]): Problem {
  const snippet = snippets.find(({ path }) => path === basename(problem.path))
  if (snippet === undefined) return problem
  const line = snippet.lines[problem.line - 1]?.number ?? snippet.lines.at(-1)?.number ?? 1
  return { ...problem, path: snippet.document, line }
}

/** An error in a block that others continue would be told once for each of them. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Map(problems.map((each) => [`${each.path}:${each.line} ${each.message}`, each]))
  return [...seen.values()]
}
