/**
 * The checks find what is planted in a copy of the real tree, not only in made-up ones.
 *
 * Each test compares with the same check before planting, so that it speaks about the check alone.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkArrows } from '../../tools/check-arrows.ts'
import { checkErrors } from '../../tools/check-errors.ts'
import { checkGuarantees } from '../../tools/check-guarantees.ts'
import { checkSize } from '../../tools/check-size.ts'
import type { Check } from '../../tools/problem.ts'
import { summary } from './plant.ts'

function copyOfTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'flotilla-planted-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const part of ['src', 'test', 'docs', 'README.md']) {
    if (existsSync(part)) cpSync(part, join(root, part), { recursive: true })
  }
  return root
}

/** What a check reports after `change` that it did not report before. */
function newProblems(check: Check, path: string, change: (text: string) => string): string[] {
  const root = copyOfTree()
  const before = summary(check(root))
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')))
  return summary(check(root)).filter((problem) => !before.includes(problem))
}

describe('planted in the real tree', () => {
  it('an import against the arrows is found', () => {
    const found = newProblems(
      checkArrows,
      'src/process/process.ts',
      (text) => `${text}import '../supervisor/supervisor.ts'\n`,
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('process imports supervisor against the arrows')
  })

  it('a Date.now() in core is found', () => {
    const found = newProblems(
      checkArrows,
      'src/core/exit.ts',
      (text) => `${text}export const now = () => Date.now()\n`,
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('uses Date.now')
  })

  it('an undocumented error code is found', () => {
    const found = newProblems(checkErrors, 'src/core/exit.ts', (text) =>
      text.replace(
        'exitCodes = Object.freeze({',
        "exitCodes = Object.freeze({ planted: 'FLOTILLA_PLANTED',",
      ),
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toContain('FLOTILLA_PLANTED is not documented')
  })

  it('a guarantee without a test is found', () => {
    const found = newProblems(
      checkGuarantees,
      'docs/semantics.md',
      (text) => `${text}\n- **Z99** Everything is fine.\n`,
    )
    expect(found).toEqual([expect.stringContaining('guarantee Z99 names no test')])
  })

  it('a cast is found', () => {
    const found = newProblems(
      checkSize,
      'src/core/pid.ts',
      (text) => `${text}/** Planted. */\nexport const planted = 1 as unknown\n`,
    )
    expect(found).toEqual([expect.stringContaining('casts with `as`')])
  })
})
