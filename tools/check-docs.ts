/**
 * Documents: every relative link leads somewhere, every TypeScript snippet compiles.
 *
 * Links: all Markdown files. Snippets: README.md and docs/*.md, against the built package, so build
 * first. Deliberately absent: decision records as snippets; they may quote what was rejected.
 */
import { brokenLinks } from './docs/links.ts'
import { readMarkdown } from './docs/markdown.ts'
import { snippetProblems } from './docs/snippets.ts'
import { runAsMain } from './main.ts'
import type { Problem } from './problem.ts'
import { listFiles } from './syntax/source-file.ts'

/** Reports broken links and snippets that do not compile. */
export function checkDocs(root: string): Problem[] {
  const documents = listFiles(root, '', '.md').map((path) => readMarkdown(root, path))
  const withSnippets = documents.filter(({ path }) => /^(?:README|docs\/[^/]+)\.md$/.test(path))
  return [
    ...documents.flatMap((document) => brokenLinks(root, document)),
    ...snippetProblems(root, withSnippets),
  ]
}

runAsMain(import.meta.url, checkDocs)
