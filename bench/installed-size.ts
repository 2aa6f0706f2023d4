/**
 * What a package takes on disk with everything it brings.
 *
 * Invariant: a package that several others depend on counts once.
 * Deliberately absent: peer and optional dependencies, which an installation may do without.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Decoder, list, parseAs, record, table, text } from './decode.ts'

/** Bytes of the files of this repository's own package, as it would be published. */
export function publishedBytes(root: string): number {
  const { files } = parseAs(record({ files: list(text) }), manifestOf(root), `${root}/package.json`)
  return [...files, 'package.json'].reduce((sum, name) => sum + bytesOf(join(root, name)), 0)
}

/** Bytes of an installed package and of all that it depends on. */
export function installedBytes(root: string, name: string): number {
  const counted = new Set<string>()
  const count = (folder: string): number => {
    if (counted.has(folder)) return 0
    counted.add(folder)
    const needs = dependenciesOf(folder).map((each) => packageFolder(folder, each))
    return needs.reduce((sum, each) => sum + count(each), bytesOf(folder))
  }
  return count(packageFolder(root, name))
}

function dependenciesOf(folder: string): string[] {
  const manifest: Decoder<Record<string, string>> = (value, at) =>
    typeof value === 'object' && value !== null && 'dependencies' in value
      ? table(text)(value.dependencies, `${at}.dependencies`)
      : {}
  return Object.keys(parseAs(manifest, manifestOf(folder), `${folder}/package.json`))
}

/** Where a package that is required from a folder lies. */
function packageFolder(from: string, name: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
    if (folder === dirname(folder)) throw new Error(`Cannot find ${name} from ${from}: npm ci`)
  }
}

/** Bytes of a file or of all files of a folder, without packages inside it. */
function bytesOf(path: string): number {
  const entry = statSync(path)
  if (!entry.isDirectory()) return entry.size
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
}

function manifestOf(folder: string): string {
  return readFileSync(join(folder, 'package.json'), 'utf8')
}
