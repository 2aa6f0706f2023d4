/**
 * A copy of the source to plant mutants in.
 *
 * Invariant: nothing outside of the copy is ever written; it lies in the folder for temporary files
 * of the OS, so that whatever ends this program, the source is as it was.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilerPath } from '../../tools/type-check.ts'
import { type Mutant, type PlantedFile, plant } from './mutant.ts'
import { type Finished, runProgram } from './program.ts'

/** What is needed to build the package, to hunt and to run tests. */
const parts = [
  ...['src', 'test', 'soak', 'examples', 'tools', 'build/soak', 'build/examples', 'build/tools'],
  ...['package.json', 'tsconfig.base.json', 'tsconfig.build.json', 'vitest.config.ts'],
]

/** One copy; one mutant at a time lives in it. */
export class Copy implements Disposable {
  readonly path: string
  /** What the planted files were before. */
  #before: readonly PlantedFile[] = []

  /** @param root of the repository, with its programs built */
  constructor(root: string) {
    this.path = mkdtempSync(join(tmpdir(), 'flotilla-mutants-'))
    for (const part of parts) cpSync(join(root, part), join(this.path, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'))
  }

  /** Puts a mutant in the place of the last one. @throws Error if it does not fit */
  plant(mutant: Mutant): void {
    this.#write(this.#before)
    const read = (path: string): string => readFileSync(join(this.path, path), 'utf8')
    const files = plant(mutant, read)
    this.#before = files.map(({ path }) => ({ path, text: read(path) }))
    this.#write(files)
  }

  /**
   * Builds the package, as the many files that it is made of; types are not looked at, for a mutant
   * need not have the right ones.
   */
  async build(signal: AbortSignal): Promise<Finished> {
    const project = ['-p', 'tsconfig.build.json', '--outDir', 'dist', '--noCheck']
    return await runProgram([compilerPath(), ...project, '--pretty', 'false'], {
      cwd: this.path,
      signal,
    })
  }

  #write(files: readonly PlantedFile[]): void {
    for (const { path, text } of files) writeFileSync(join(this.path, path), text)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
