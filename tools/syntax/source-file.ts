/** Source files: finding them, parsing them, and turning offsets into lines. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Comment, type Program, parseSync } from 'oxc-parser'
import type { Problem } from '../problem.ts'

/** One parsed source file. */
export interface SourceFile {
  /** Path from the repository root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly program: Program
  readonly comments: readonly Comment[]
  /** One problem for each place that cannot be parsed. */
  readonly syntaxProblems: readonly Problem[]
}

/** Reads and parses every TypeScript file under `root`/`folder`; none when there is no folder. */
export function sourceFiles(root: string, folder: string): SourceFile[] {
  return listFiles(root, folder, '.ts').map((path) => readSource(root, path))
}

/** Reads and parses one file. */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const { program, comments, errors } = parseSync(path, text, { preserveParens: false })
  const syntaxProblems = errors.map((error) => ({
    path,
    line: lineAt(text, error.labels[0]?.start ?? 0),
    message: `cannot be parsed: ${error.message}`,
    wanted: 'valid TypeScript',
  }))
  return { path, text, program, comments, syntaxProblems }
}

/** Paths of the files below `root`/`folder` that end in `extension`, sorted, outputs left out. */
export function listFiles(root: string, folder: string, extension: string): string[] {
  const start = join(root, folder)
  if (!existsSync(start)) return []
  return readdirSync(start, { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return isOutput(entry.name) ? [] : listFiles(root, path, extension)
      return path.endsWith(extension) ? [path] : []
    })
    .sort()
}

/** The one-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let index = text.indexOf('\n'); index !== -1 && index < offset; line += 1) {
    index = text.indexOf('\n', index + 1)
  }
  return line
}

function isOutput(folder: string): boolean {
  return folder.startsWith('.') || ['node_modules', 'dist', 'build', 'coverage'].includes(folder)
}
