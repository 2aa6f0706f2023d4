/**
 * Ambient effects: globals that bring in time, randomness, scheduling or the OS process.
 *
 * They come in through the `Host` and nowhere else; that is what lets the simulator replay a run.
 * In `core` nothing asynchronous is allowed either, not even as a type: it only decides.
 */
import type { Excuses } from '../house/excuses.ts'
import type { Problem } from '../problem.ts'
import { type FreeName, freeNames } from '../syntax/free-names.ts'
import { lineAt, type SourceFile } from '../syntax/source-file.ts'
import { walk } from '../syntax/walk.ts'
import { folderOf, hostFile } from './imports.ts'

const hostNames: ReadonlySet<string> = new Set([
  'Date',
  'FinalizationRegistry',
  'WeakRef',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'crypto',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
])

/** Members of otherwise harmless globals. */
const hostMembers: ReadonlySet<string> = new Set(['AbortSignal.timeout', 'Math.random'])

const coreNames: ReadonlySet<string> = new Set(['Promise', 'PromiseLike', 'console'])

/** Checks the globals one file under `src` uses, and in `core` its async syntax. */
export function ambientProblems(file: SourceFile, excuses: Excuses): Problem[] {
  const globals = freeNames(file).flatMap((use) => {
    const wanted = refusal(file.path, use)
    if (wanted === undefined || excuses.covers(file.path)) return []
    const name = use.member === undefined ? use.name : `${use.name}.${use.member}`
    return [{ path: file.path, line: use.line, message: `uses ${name}`, wanted }]
  })
  return folderOf(file.path) === 'core' ? [...globals, ...asyncProblems(file)] : globals
}

/** Why this file may not use this global, or undefined when it may. */
function refusal(path: string, use: FreeName): string | undefined {
  if (path === hostFile) return undefined
  const folder = folderOf(path)
  if (use.name === 'process') return `only ${hostFile} may touch the OS process`
  if (use.name === 'globalThis') return 'name the global, so that this check can see it'
  if (folder === 'core' && coreNames.has(use.name)) return 'core is pure: it only decides'
  if (folder === 'testing') return undefined
  if (hostNames.has(use.name) || hostMembers.has(`${use.name}.${use.member}`)) {
    return folder === 'core' ? 'core is pure: take it as an argument' : 'take it from the Host'
  }
  // `const { random } = Math` or `Math[name]` would hide the member from this check.
  if (use.name === 'Math' && use.member === undefined) return 'use it only as Math.member'
  return undefined
}

function asyncProblems(file: SourceFile): Problem[] {
  const problems: Problem[] = []
  walk(file.program, (node) => {
    const async =
      ('async' in node && node.async === true) ||
      node.type === 'AwaitExpression' ||
      (node.type === 'ForOfStatement' && node.await)
    if (!async) return
    const line = lineAt(file.text, node.start)
    const wanted = 'core is pure: it only decides'
    problems.push({ path: file.path, line, message: 'is asynchronous', wanted })
  })
  return problems
}
