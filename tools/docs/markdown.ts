/** Just enough Markdown for the checks: which lines are code, and what a fence holds. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One document, line by line. */
export interface MarkdownFile {
  readonly path: string
  readonly lines: readonly MarkdownLine[]
}

/** One line, and the fence it is in. */
export interface MarkdownLine {
  readonly text: string
  /** One-based. */
  readonly number: number
  /** What follows the opening backticks, or undefined outside of fences. */
  readonly fence: string | undefined
}

/** A fenced block. */
export interface Fence {
  readonly info: string
  readonly lines: readonly MarkdownLine[]
}

const fenceMark = /^\s*(`{3,}|~{3,})\s*(.*)$/

/** Reads one document. */
export function readMarkdown(root: string, path: string): MarkdownFile {
  const lines: MarkdownLine[] = []
  let open: { readonly mark: string; readonly info: string } | undefined
  for (const [index, text] of readFileSync(join(root, path), 'utf8').split('\n').entries()) {
    const found = fenceMark.exec(text)
    const mark = found?.[1] ?? ''
    const info = found?.[2]?.trim() ?? ''
    const closes = open !== undefined && mark.startsWith(open.mark) && info === ''
    const opens = open === undefined && mark !== ''
    if (!closes && !opens) lines.push({ text, number: index + 1, fence: open?.info })
    if (opens) open = { mark, info }
    if (closes) open = undefined
  }
  return { path, lines }
}

/** The lines outside of fences. */
export function proseLines(file: MarkdownFile): MarkdownLine[] {
  return file.lines.filter((line) => line.fence === undefined)
}

/** The fenced blocks, in order; an empty fence has no line and is left out. */
export function fences(file: MarkdownFile): Fence[] {
  const found: { info: string; lines: MarkdownLine[] }[] = []
  let previous: MarkdownLine | undefined
  for (const line of file.lines) {
    const continues = previous?.fence !== undefined && previous.number === line.number - 1
    if (line.fence !== undefined) {
      if (continues) found.at(-1)?.lines.push(line)
      else found.push({ info: line.fence, lines: [line] })
    }
    previous = line
  }
  return found
}
