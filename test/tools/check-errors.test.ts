import { describe, expect, it } from 'vitest'
import { checkErrors } from '../../tools/check-errors.ts'
import { plant, summary } from './plant.ts'

const clean = {
  'src/core/exit.ts': "export const exitCodes = { noproc: 'FLOTILLA_NOPROC' } as const",
  'src/core/argument-error.ts': "export const argumentCodes = { key: 'FLOTILLA_KEY' } as const",
  'docs/errors.md': '| code | when |\n|---|---|\n| `FLOTILLA_NOPROC` | x |\n| `FLOTILLA_KEY` | x |',
}

function check(files: Readonly<Record<string, string>>): string[] {
  return summary(checkErrors(plant({ ...clean, ...files })))
}

describe('error codes', () => {
  it('pass when source and document agree', () => {
    expect(check({})).toEqual([])
  })

  it('must be documented', () => {
    const text = "export const exitCodes = { noproc: 'FLOTILLA_NOPROC', new: 'FLOTILLA_NEW' }"
    expect(check({ 'src/core/exit.ts': text })).toEqual([
      'src/core/exit.ts:1 FLOTILLA_NEW is not documented',
    ])
    expect(check({ 'docs/errors.md': '' })).toHaveLength(2)
  })

  it('must exist when documented', () => {
    const text = `${clean['docs/errors.md']}\n| \`FLOTILLA_GONE\` | x |\n| \`FLOTILLA_KEY\` | x |`
    expect(check({ 'docs/errors.md': text })).toEqual([
      'docs/errors.md:6 FLOTILLA_KEY is documented twice',
      'docs/errors.md:5 FLOTILLA_GONE does not exist',
    ])
  })

  it('must be literals in their table', () => {
    const text = 'export const argumentCodes = Object.freeze({ key: make() })'
    expect(check({ 'src/core/argument-error.ts': text })).toContain(
      'src/core/argument-error.ts:1 (not a literal) is not documented',
    )
    expect(check({ 'src/core/argument-error.ts': '' })).toContain(
      'src/core/argument-error.ts:1 has no table argumentCodes',
    )
  })

  it('may not be spelt anywhere else', () => {
    const problems = check({
      'src/fleet/a.ts': "throw new Problem('FLOTILLA_KEY')\nthrow new Problem(`FLOTILLA_MADE`)",
    })
    expect(problems).toEqual([
      'src/fleet/a.ts:1 spells FLOTILLA_KEY',
      'src/fleet/a.ts:2 spells FLOTILLA_MADE',
    ])
  })
})
