/**
 * House numbers: how long, how wide, how many; and what every file owes its reader.
 *
 * Lines, files: everywhere. Functions, parameters, casts: everywhere but in tests. Documentation,
 * test files and the median: `src`. Exceptions live in house-allowances.ts, each with a reason.
 */
import { parameterProblems, typeParameterProblems } from './house/arity.ts'
import { castProblems } from './house/casts.ts'
import { undocumentedExports } from './house/documented.ts'
import { Excuses } from './house/excuses.ts'
import {
  fileProblems,
  functionProblems,
  lineProblems,
  medianCodeLines,
  medianProblems,
} from './house/lengths.ts'
import { missingTests } from './house/mirrored.ts'
import { type Allowances, houseAllowances } from './house-allowances.ts'
import { isMain, runAsMain } from './main.ts'
import type { Problem } from './problem.ts'
import { type SourceFile, sourceFiles } from './syntax/source-file.ts'

const programFolders = ['examples', 'bench', 'oracle', 'programs', 'soak', 'tools']

/** Reports everything beyond the house numbers. */
export function checkSize(root: string, allowances: Allowances = houseAllowances): Problem[] {
  const sources = sourceFiles(root, 'src')
  const programs = programFolders.flatMap((folder) => sourceFiles(root, folder))
  const tests = sourceFiles(root, 'test')
  const untested = new Excuses('untested', allowances.untested)
  return [
    ...[...sources, ...programs, ...tests].flatMap(everywhere),
    ...outsideTests([...sources, ...programs], allowances),
    ...sources.flatMap(undocumentedExports),
    ...sources.flatMap((file) => missingTests(root, file, untested)),
    ...untested.unused(),
    ...medianProblems(sources),
  ]
}

function everywhere(file: SourceFile): Problem[] {
  return [...file.syntaxProblems, ...lineProblems(file), ...fileProblems(file)]
}

function outsideTests(files: readonly SourceFile[], allowances: Allowances): Problem[] {
  const casts = new Excuses('casts', allowances.casts)
  const parameters = new Excuses('parameters', allowances.parameters)
  const typeParameters = new Excuses('typeParameters', allowances.typeParameters)
  const problems = files.flatMap((file) => [
    ...functionProblems(file),
    ...parameterProblems(file, parameters),
    ...typeParameterProblems(file, typeParameters),
    ...castProblems(file, casts),
  ])
  return [...problems, ...casts.unused(), ...parameters.unused(), ...typeParameters.unused()]
}

runAsMain(import.meta.url, checkSize)
if (isMain(import.meta.url)) {
  console.log(`median file in src: ${medianCodeLines(sourceFiles(process.cwd(), 'src'))} lines`)
}
