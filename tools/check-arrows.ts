/**
 * Arrows: imports go one way, and effects come in through the `Host` only.
 *
 * Covers src (folder order, built-in modules, globals, module-level state) and the programs that
 * use the package (they import it by name). Deliberately absent: tests, which may reach anything.
 */
import { ambientProblems } from './arrows/ambient.ts'
import { programImportProblems, sourceImportProblems } from './arrows/imports.ts'
import { moduleStateProblems } from './arrows/module-state.ts'
import { Excuses } from './house/excuses.ts'
import { type Allowances, houseAllowances } from './house-allowances.ts'
import { runAsMain } from './main.ts'
import type { Problem } from './problem.ts'
import { sourceFiles } from './syntax/source-file.ts'

const programFolders = ['examples', 'bench', 'oracle', 'programs', 'soak']

/** Reports every import against the arrows and every effect outside the `Host`. */
export function checkArrows(root: string, allowances: Allowances = houseAllowances): Problem[] {
  const moduleState = new Excuses('moduleState', allowances.moduleState)
  const ambient = new Excuses('ambient', allowances.ambient)
  const sources = sourceFiles(root, 'src').flatMap((file) => [
    ...file.syntaxProblems,
    ...sourceImportProblems(file),
    ...ambientProblems(file, ambient),
    ...moduleStateProblems(file, moduleState),
  ])
  const programs = programFolders
    .flatMap((folder) => sourceFiles(root, folder))
    .flatMap((file) => [...file.syntaxProblems, ...programImportProblems(file)])
  return [...sources, ...programs, ...moduleState.unused(), ...ambient.unused()]
}

runAsMain(import.meta.url, checkArrows)
