/** Relative links in documents: the file exists, and so does the heading it points into. */
import { existsSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Problem } from '../problem.ts'
import { type MarkdownFile, proseLines, readMarkdown } from './markdown.ts'

const inlineLink = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g
const linkDefinition = /^\s*\[[^\]]+\]:\s*<?([^\s>]+)>?/g

/** Reports links that lead nowhere; links that leave the repository are not followed. */
export function brokenLinks(root: string, file: MarkdownFile): Problem[] {
  return proseLines(file).flatMap(({ text, number }) => {
    const prose = text.replace(/`[^`]*`/g, '')
    const targets = [...prose.matchAll(inlineLink), ...prose.matchAll(linkDefinition)]
    return targets.flatMap(([, target = '']) => {
      const wanted = whatIsMissing(root, file.path, target)
      if (wanted === undefined) return []
      return [{ path: file.path, line: number, message: `links to ${target}`, wanted }]
    })
  })
}

function whatIsMissing(root: string, from: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')) return undefined
  const [filePart = '', heading] = decodeURI(target).split('#')
  const path = filePart === '' ? from : posix.normalize(posix.join(posix.dirname(from), filePart))
  if (path.startsWith('..') || !existsSync(join(root, path))) return `a file at ${path}`
  if (heading === undefined || !path.endsWith('.md')) return undefined
  if (statSync(join(root, path)).isDirectory()) return undefined
  return headings(readMarkdown(root, path)).has(heading) ? undefined : `a heading #${heading}`
}

/** Anchors as code hosts make them: lower case, punctuation dropped, spaces to hyphens. */
function headings(file: MarkdownFile): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const { text } of proseLines(file)) {
    const title = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
    if (title === undefined) continue
    const plain = title.toLowerCase().replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    const anchor = plain.replaceAll(' ', '-')
    let unique = anchor
    for (let count = 1; anchors.has(unique); count += 1) unique = `${anchor}-${count}`
    anchors.add(unique)
  }
  return anchors
}
