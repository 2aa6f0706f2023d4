/**
 * The files that simulations are in.
 *
 * Invariant: the same files in the same order for the same tree, so that work is listed alike.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { noSimulation } from './load-simulations.ts'

/** Which files there are, or why none. */
export type Found =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** Where and what is looked for. */
export interface Search {
  /** The current folder. */
  readonly folder: string
  /** Whether files of TypeScript can be imported. */
  readonly readsTypeScript: boolean
}

/**
 * Finds the files of simulations.
 *
 * In folders these are `*.sim.js` and `*.sim.mjs`; where there are none of them `*.sim.ts`, since
 * what is built of a file would otherwise be run twice.
 *
 * @param given files and folders; none: the current folder
 * @returns absolute paths in order
 */
export function findFiles(given: readonly string[], search: Search): Found {
  const files = new Set<string>()
  const unread: string[] = []
  for (const path of given.length === 0 ? ['.'] : given) {
    const full = resolve(search.folder, path)
    const status = statSync(full, { throwIfNoEntry: false })
    if (status === undefined) return { ok: false, message: `There is no file or folder ${path}` }
    if (status.isDirectory()) {
      const all = walk(full)
      for (const file of runnable(all, search)) files.add(file)
      for (const file of all) unread.push(relative(search.folder, file))
    } else if (isTypeScript(full) && !search.readsTypeScript) {
      return { ok: false, message: cannotRead(path) }
    } else if (!isModule(full)) {
      return { ok: false, message: noSimulation(path, 'it is no module of JavaScript') }
    } else files.add(full)
  }
  if (files.size > 0) return { ok: true, files: [...files] }
  const where = given.length === 0 ? 'the current folder' : given.join(', ')
  const [source] = unread
  const message =
    `There is no *.sim.js or *.sim.mjs in ${where} — ` +
    'export what simulation() gave from a file with such a name'
  return { ok: false, message: source === undefined ? message : cannotRead(source) }
}

function cannotRead(path: string): string {
  return `This Node cannot import ${path} — compile it with tsc, or use Node 22.18 or newer`
}

function runnable(all: readonly string[], { readsTypeScript }: Search): readonly string[] {
  const built = all.filter((file) => /\.sim\.m?js$/.test(file))
  if (built.length > 0 || !readsTypeScript) return built
  return all.filter(isTypeScript)
}

function walk(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && /\.sim\.(m?js|m?ts)$/.test(entry.name))
  const folders = entries.filter((entry) => entry.isDirectory() && !isLeftOut(entry))
  return [
    ...files.map(({ name }) => join(folder, name)).sort(),
    ...folders
      .map(({ name }) => join(folder, name))
      .sort()
      .flatMap(walk),
  ]
}

function isLeftOut({ name }: Dirent): boolean {
  return name === 'node_modules' || name.startsWith('.')
}

function isModule(file: string): boolean {
  return /\.([mc]?js|[mc]?ts)$/.test(file)
}

function isTypeScript(file: string): boolean {
  return /\.[mc]?ts$/.test(file)
}
