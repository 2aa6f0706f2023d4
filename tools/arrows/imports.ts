/** Imports against the arrows: inside `src`, and from the programs that use the package. */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { Problem } from '../problem.ts'
import { moduleMentions } from '../syntax/imports.ts'
import type { SourceFile } from '../syntax/source-file.ts'
import { describeReach, entryFolder, isKnownFolder, mayImport } from './folder-order.ts'

/** Built-in modules that only a few files may touch. */
const ownedBuiltins: ReadonlyMap<string, readonly string[]> = new Map([
  ['async_hooks', ['src/process/attribution.ts', 'src/process/promise-owners.ts']],
  ['diagnostics_channel', ['src/process/events.ts']],
])

/** Built-in modules that bring in time, randomness, scheduling or the OS process. */
const hostBuiltins: ReadonlySet<string> = new Set([
  'crypto',
  'perf_hooks',
  'process',
  'timers',
  'timers/promises',
])

/** Names under which programs may import the package. */
const entryPoints: ReadonlySet<string> = new Set(['flotilla', 'flotilla/testing'])

/** Libraries that a folder of programs may import as well. */
const programLibraries: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'bench',
    new Set(['comedy', 'effect', 'effect/cluster', 'effect/rpc', 'nact', 'vega', 'xstate']),
  ],
  ['programs', new Set(['vega'])],
  ['soak', new Set(['vega'])],
])

/**
 * Folders whose files a program may import beside its own: what programs have in common; the
 * simulations play the Islands game of the examples, which must be the very code that users read;
 * and mutants are planted as the bugs of `conformance:plants` are. The examples have no neighbours,
 * so that each can be read by itself.
 */
const programNeighbours: ReadonlyMap<string, readonly string[]> = new Map([
  ['bench', ['programs']],
  ['oracle', ['programs']],
  ['soak', ['examples', 'programs', 'tools']],
])

/** Where the files of users come in, whose names nobody knows beforehand. */
const loaderFile = 'src/cli/load-simulations.ts'

/** Where time, randomness and scheduling come in. */
export const hostFile = 'src/process/system-host.ts'

/** What is wrong with one import, before it is known where. */
type Finding = Pick<Problem, 'message' | 'wanted'>

/** Checks every import of one file under `src`. */
export function sourceImportProblems(file: SourceFile): Problem[] {
  const folder = folderOf(file.path)
  const problems = findings(file, (specifier) => sourceImportFinding(file.path, specifier))
  if (isKnownFolder(folder)) return problems
  const message = `folder src/${folder} has no place in the order`
  return [{ path: file.path, line: 1, message, wanted: 'one in tools/arrows/folder-order.ts' }]
}

/** Checks every import of one program: an example, a bench or a soak. */
export function programImportProblems(file: SourceFile): Problem[] {
  const home = file.path.split('/')[0] ?? ''
  const reach = [home, ...(programNeighbours.get(home) ?? [])]
  return findings(file, (specifier) => {
    if (entryPoints.has(specifier) || specifier.startsWith('node:')) return undefined
    if (programLibraries.get(home)?.has(specifier)) return undefined
    const target = isRelative(specifier) ? resolve(file.path, specifier) : ''
    if (reach.some((folder) => target.startsWith(`${folder}/`))) return undefined
    const wanted = `'flotilla', 'flotilla/testing', 'node:…' or a file in ${reach.join('/ or ')}/`
    return { message: `imports '${specifier}'`, wanted }
  })
}

function findings(file: SourceFile, judge: (specifier: string) => Finding | undefined): Problem[] {
  return moduleMentions(file).flatMap(({ specifier, line }) => {
    if (specifier === undefined && file.path === loaderFile) return []
    const finding =
      specifier === undefined
        ? { message: 'imports a computed module', wanted: 'a literal module name' }
        : judge(specifier)
    return finding === undefined ? [] : [{ path: file.path, line, ...finding }]
  })
}

function sourceImportFinding(path: string, specifier: string): Finding | undefined {
  if (isRelative(specifier)) return arrowFinding(path, resolve(path, specifier))
  if (isBuiltin(specifier)) return builtinFinding(path, specifier)
  return { message: `imports '${specifier}'`, wanted: 'no dependencies: node:* or own files' }
}

function arrowFinding(path: string, target: string): Finding | undefined {
  if (!target.startsWith('src/')) {
    return { message: `imports ${target}`, wanted: 'src imports only files in src' }
  }
  const from = folderOf(path)
  const to = folderOf(target)
  if (mayImport(from, to)) return undefined
  const name = from === entryFolder ? path : from
  const message = `${name} imports ${to === entryFolder ? target : to} against the arrows`
  return { message, wanted: `${name} may import ${describeReach(from)}` }
}

function builtinFinding(path: string, specifier: string): Finding | undefined {
  const folder = folderOf(path)
  const name = specifier.replace(/^node:/, '')
  const message = `imports '${specifier}'`
  if (folder === 'core') return { message, wanted: 'core is pure' }
  const owners = ownedBuiltins.get(name)
  if (owners?.includes(path) === false) return { message, wanted: `only ${owners.join(', ')} may` }
  if (!hostBuiltins.has(name) || path === hostFile) return undefined
  if (folder === 'testing' && name !== 'process') return undefined
  return { message, wanted: 'take time, randomness and scheduling from the Host' }
}

/** The folder of `src` a path is in; empty for files directly in `src`. */
export function folderOf(path: string): string {
  const parts = path.split('/')
  return parts.length > 2 ? (parts[1] ?? entryFolder) : entryFolder
}

function resolve(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier))
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.')
}
