import { describe, expect, it } from 'vitest'
import { checkGuarantees } from '../../tools/check-guarantees.ts'
import { plant, summary } from './plant.ts'

const testFile = [
  "describe('names', () => {",
  "  it('frees the name', () => {})",
  "  it.each([1, 8])('keeps it with %d partitions', () => {})",
  '  test.concurrent(\'says "no"\', () => {})',
  "  it('tells why [GS-025] [differs: REG-025]', () => {})",
  "  it.skip('is skipped', () => {})",
  "  it.todo('is planned')",
  '})',
].join('\n')

function check(contract: string, readme = ''): string[] {
  const root = plant({
    'docs/semantics.md': contract,
    'README.md': readme,
    'test/a.test.ts': testFile,
  })
  return summary(checkGuarantees(root))
}

describe('guarantees', () => {
  it('pass when each names a test that exists', () => {
    const contract = [
      '# Semantics',
      '- **N1** A name is free',
      '  at once. test: `test/a.test.ts`',
      '  "frees the name"',
      '',
      '### **N2** Partitions',
      'Text. test: `test/a.test.ts` "keeps it with %d partitions"',
      '',
      '**N3.** Quotes. test: `test/a.test.ts` "says \\"no\\""',
    ].join('\n')
    expect(check(contract)).toEqual([])
  })

  it('may cite a test without the ids at the end of its title', () => {
    const contract = [
      '- **N1** test: `test/a.test.ts` "tells why"',
      '- **N2** test: `test/a.test.ts` "tells why [GS-025] [differs: REG-025]"',
      '- **N3** test: `test/a.test.ts` "tells why [GS-025]"',
      '- **N4** test: `test/a.test.ts` "tells"',
    ].join('\n')
    expect(check(contract)).toEqual([
      'docs/semantics.md:3 names the test "tells why [GS-025]", which does not exist',
      'docs/semantics.md:4 names the test "tells", which does not exist',
    ])
  })

  it('must name a test', () => {
    const contract = '- **N1** Promised.\n- **N2** Kept. test: `test/a.test.ts` "frees the name"'
    expect(check(contract)).toEqual(['docs/semantics.md:1 guarantee N1 names no test'])
  })

  it('may not borrow the test of the next section', () => {
    const contract = '- **N1** Promised.\n## Next\ntest: `test/a.test.ts` "frees the name"'
    expect(check(contract)).toEqual(['docs/semantics.md:1 guarantee N1 names no test'])
  })

  it('must name a test that exists and runs', () => {
    const contract = [
      '- **N1** test: `test/gone.test.ts` "frees the name"',
      '- **N2** test: `test/a.test.ts` "frees the names"',
      '- **N3** test: `test/a.test.ts` "is skipped"',
      '- **N4** test: `test/a.test.ts` "is planned"',
    ].join('\n')
    expect(check(contract)).toEqual([
      'docs/semantics.md:1 names test/gone.test.ts, which does not exist',
      'docs/semantics.md:2 names the test "frees the names", which does not exist',
      'docs/semantics.md:3 names the test "is skipped", which does not exist',
      'docs/semantics.md:4 names the test "is planned", which does not exist',
    ])
  })

  it('must have a number of their own, and exist', () => {
    const proof = 'test: `test/a.test.ts` "frees the name"'
    expect(check(`- **N1** a ${proof}\n- **N1** b ${proof}`)).toEqual([
      'docs/semantics.md:2 N1 is used twice',
    ])
    expect(check('')).toEqual(['docs/semantics.md:1 promises nothing'])
  })
})

describe('the readme', () => {
  it('may only name tests that exist', () => {
    const contract = '- **N1** test: `test/a.test.ts` "frees the name"'
    const readme = [
      '| claim | test: `test/a.test.ts` "frees the name" |',
      '| claim | test: `test/a.test.ts` "frees it" |',
    ].join('\n')
    expect(check(contract, readme)).toEqual([
      'README.md:2 names the test "frees it", which does not exist',
    ])
  })
})
