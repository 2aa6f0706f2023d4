/** A small repository in a temporary folder, for the checks to look at. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Allowances } from '../../tools/house-allowances.ts'
import type { Problem } from '../../tools/problem.ts'

/** Writes the files, by path, and gives the root; gone again when the test is over. */
export function plant(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'flotilla-check-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** Problems without what is wanted, short enough to compare. */
export function summary(problems: readonly Problem[]): string[] {
  return problems.map(({ path, line, message }) => `${path}:${line} ${message}`)
}

/** No exceptions at all. */
export const noAllowances: Allowances = {
  moduleState: {},
  ambient: {},
  casts: {},
  typeParameters: {},
  parameters: {},
  untested: {},
}
