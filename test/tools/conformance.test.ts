import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fullTextOf, summaryOf } from '../../tools/conformance/print.ts'
import { differencesMax, type Table } from '../../tools/conformance/table.ts'
import { claimsOf, plainTitle } from '../../tools/conformance/test-title.ts'
import { checkConformance, readTable } from '../../tools/conformance.ts'
import { plant, summary } from './plant.ts'

const catalogue = [
  '| area | about | lines |',
  '| --- | --- | --- |',
  '| GS | servers | 3 |',
  '| REG | names | 1 |',
  '',
  '- GS-001 start → a pid [doc] ✓',
  '- GS-002 stop → ok',
  '- GS-003 call → a reply (≥1.18)',
  '- REG-001 register → the owner',
].join('\n')

const complete = [
  "describe('names', () => {",
  "  it('starts [GS-001, GS-002]', () => {})",
  "  it.each([1, 8])('replies to %d callers [GS-003]', () => {})",
  '})',
  "test('has no owner [differs: REG-001]', () => {})",
].join('\n')

const differences = (...rows: string[]): string =>
  [
    '## Deliberately different',
    '',
    '| id | OTP | here | why |',
    '| --- | --- | --- | --- |',
    ...rows,
  ]
    .concat('## Next', '| GS-009 | not | a | row |')
    .join('\n')

const owner = '| REG-001 | an owner | none | no process owns names \\| tables |'

/** A repository in which every line is accounted for, but for what is replaced. */
function repository(replaced: Readonly<Record<string, string>> = {}): string {
  return plant({
    'docs/conformance/catalogue.md': catalogue,
    'docs/semantics.md': differences(owner),
    'test/a.test.ts': complete,
    ...replaced,
  })
}

function check(replaced: Readonly<Record<string, string>> = {}): string[] {
  return summary(checkConformance(repository(replaced)))
}

function standings(table: Table): Record<string, string> {
  return Object.fromEntries(table.rows.map(({ id, standing }) => [id, standing]))
}

describe('the title of a test', () => {
  it('claims lines at its end, and differences, and keeps its sentence', () => {
    const title = 'frees %s at once [PROC-070, REG-036] [differs: REG-038]'
    expect(plainTitle(title)).toBe('frees %s at once')
    expect(claimsOf(title)).toEqual({
      holds: ['PROC-070', 'REG-036'],
      differs: ['REG-038'],
      astray: [],
    })
  })

  it.each([
    'frees GS-001',
    '[GS-001] frees',
    'frees[GS-001]',
    'frees [GS-001,GS-001]',
    'frees [difers: GS-001]',
    'frees [GS-1]',
    'frees (GS-001)',
  ])('claims nothing in "%s", where the id is astray', (title) => {
    const { holds, differs, astray } = claimsOf(title)
    expect([holds, differs]).toEqual([[], []])
    expect(astray).not.toEqual([])
    expect(plainTitle(title)).toBe(title)
  })

  it.each(['frees', 'keeps [1, 2]', 'takes ABC-123'])('claims nothing in "%s"', (title) => {
    expect(claimsOf(title)).toEqual({ holds: [], differs: [], astray: [] })
    expect(plainTitle(title)).toBe(title)
  })
})

describe('the table', () => {
  it('has every line with its tests, or with its difference', () => {
    const { rows, problems } = readTable(repository())
    expect(problems).toEqual([])
    expect(rows.map(({ id, area, standing }) => [id, area, standing])).toEqual([
      ['GS-001', 'GS', 'holds'],
      ['GS-002', 'GS', 'holds'],
      ['GS-003', 'GS', 'holds'],
      ['REG-001', 'REG', 'differs'],
    ])
    expect(rows[2]).toMatchObject({
      behaviour: 'call → a reply (≥1.18)',
      tests: [{ path: 'test/a.test.ts', line: 3, title: 'names > replies to %d callers [GS-003]' }],
    })
    expect(rows[3]?.difference).toEqual({
      inPart: false,
      otp: 'an owner',
      here: 'none',
      why: 'no process owns names \\| tables',
    })
  })

  it('prints counts per area and the ids that differ or are missing', () => {
    const table = readTable(repository({ 'test/a.test.ts': "it('starts [GS-001]', () => {})" }))
    expect(summaryOf(table)).toBe(
      [
        'area     holds differs missing   lines',
        'GS           1       0       2       3',
        'REG          0       1       0       1',
        'all          1       1       2       4',
        '',
        'differs: REG-001',
        'missing: GS-002 GS-003',
      ].join('\n'),
    )
    expect(fullTextOf(table)).toContain(
      'GS-001 holds: start → a pid [doc] ✓\n  test/a.test.ts:1 starts [GS-001]',
    )
  })

  it('lets the title of a group speak for every test in it', () => {
    const grouped = [
      "describe.each([1, 8])('with %d [GS-001]', () => {",
      "  describe('and [GS-002, GS-003]', () => { it('works [differs: REG-001]', () => {}) })",
      '})',
    ].join('\n')
    expect(check({ 'test/a.test.ts': grouped })).toEqual([])
  })
})

describe('a line', () => {
  it('is missing when no test claims it', () => {
    const without = complete.replace('GS-001, GS-002', 'GS-001')
    expect(check({ 'test/a.test.ts': without })).toEqual([
      'docs/conformance/catalogue.md:7 GS-002 is not shown by any test',
    ])
  })

  it.each([
    ["it.skip('replies [GS-003]', () => {})"],
    ["it.todo('replies [GS-003]')"],
    ["it.fails('replies [GS-003]', () => {})"],
    ["it.skipIf(old)('replies [GS-003]', () => {})"],
    ["it.runIf(young)('replies [GS-003]', () => {})"],
    ["it.skip.each([1])('replies [GS-003]', () => {})"],
    ["it('replies [GS-003]', { skip: true }, () => {})"],
    ["describe.skip('calls', () => { it('replies [GS-003]', () => {}) })"],
    ["describe.skip('calls [GS-003]', () => { it('replies', () => {}) })"],
    ["describe('calls [GS-003]', () => {})"],
    ["// it('replies [GS-003]', () => {})"],
    ["const title = 'replies [GS-003]'"],
  ])('is missing when nothing that runs claims it: %s', (instead) => {
    const file = complete.replace(/ {2}it\.each.*/, () => instead)
    expect(check({ 'test/a.test.ts': file })).toEqual([
      'docs/conformance/catalogue.md:8 GS-003 is not shown by any test',
    ])
  })

  it('may not be claimed if the catalogue does not have it', () => {
    const more = "it('more [GS-099]', () => {})\nit('less [differs: GS-098]', () => {})"
    const file = `${complete}\n${more}`
    expect(check({ 'test/a.test.ts': file })).toEqual([
      'test/a.test.ts:6 claims GS-099, which is unknown',
      'test/a.test.ts:7 claims GS-098, which is unknown',
      'test/a.test.ts:7 says that GS-098 differs, which is not listed',
    ])
  })

  it('may not stand anywhere else in a title', () => {
    const file = `${complete}\nit('GS-001 starts', () => {})`
    expect(check({ 'test/a.test.ts': file })).toEqual([
      'test/a.test.ts:6 GS-001 stands where it claims nothing',
    ])
  })

  it('may not be twice in the catalogue, nor vanish from it', () => {
    const twice = `${catalogue}\n- GS-001 again → no`
    expect(check({ 'docs/conformance/catalogue.md': twice })).toEqual([
      'docs/conformance/catalogue.md:10 GS-001 is there twice',
      'docs/conformance/catalogue.md:3 GS has 4 lines',
    ])
    const gone = catalogue.replace('- GS-002 stop → ok\n', '').replace('| REG | names | 1 |\n', '')
    const file = complete.replace(', GS-002', '')
    const replaced = { 'docs/conformance/catalogue.md': gone, 'test/a.test.ts': file }
    expect(check(replaced)).toEqual([
      'docs/conformance/catalogue.md:3 GS has 2 lines',
      'docs/conformance/catalogue.md:1 REG is not in the table of areas',
    ])
    expect(summary(checkConformance(plant({})))).toEqual([
      'docs/conformance/catalogue.md:1 does not exist',
    ])
  })
})

describe('a deliberate difference', () => {
  it('may not be claimed to hold as well', () => {
    const file = complete.replace('GS-001,', 'GS-001, REG-001,')
    expect(check({ 'test/a.test.ts': file })).toEqual([
      'test/a.test.ts:2 claims REG-001, which is listed as different',
    ])
  })

  it('may hold in part, if the row says so; it still counts as different', () => {
    const root = repository({
      'test/a.test.ts': complete.replace('GS-001,', 'GS-001, REG-001,'),
      'docs/semantics.md': differences(owner.replace('REG-001', 'REG-001 in part')),
    })
    const table = readTable(root)
    expect(table.problems).toEqual([])
    expect(standings(table)['REG-001']).toBe('differs')
    expect(table.rows[3]?.tests).toHaveLength(2)
    const both = complete.replace('owner [', 'owner [REG-001] [')
    const document = { 'docs/semantics.md': differences(owner.replace('001', '001 in part')) }
    const one = readTable(repository({ ...document, 'test/a.test.ts': both }))
    expect([one.problems, one.rows[3]?.tests.length]).toEqual([[], 1])
  })

  it('needs a test of what happens instead', () => {
    const file = complete.replace(' [differs: REG-001]', '')
    expect(check({ 'test/a.test.ts': file })).toEqual([
      'docs/semantics.md:5 nothing shows what happens instead of REG-001',
    ])
  })

  it('needs a row, once, with an id that exists, what OTP does, what we do, and why', () => {
    expect(check({ 'docs/semantics.md': differences() })).toEqual([
      'docs/conformance/catalogue.md:9 REG-001 is not shown by any test',
      'test/a.test.ts:5 says that REG-001 differs, which is not listed',
    ])
    const rows = differences(
      owner,
      owner,
      '| REG-01 | a | b | c |',
      '| GS-001 | a |  | c |',
      '| GS-077 | a | b | c |',
    )
    expect(check({ 'docs/semantics.md': rows })).toEqual([
      'docs/semantics.md:6 REG-001 is there twice',
      'docs/semantics.md:7 "REG-01" is no id',
      'docs/semantics.md:8 GS-001 has not four cells',
      'docs/semantics.md:9 GS-077 is unknown',
    ])
  })

  it('is an exception: there may not be many', () => {
    const numbers = Array.from({ length: differencesMax + 1 }, (_, index) => `A-${100 + index}`)
    const root = plant({
      'docs/conformance/catalogue.md': [
        `| A | all | ${numbers.length} |`,
        ...numbers.map((id) => `- ${id} this → that`),
      ].join('\n'),
      'docs/semantics.md': differences(...numbers.map((id) => `| ${id} | a | b | c |`)),
      'test/a.test.ts': `it('differs [differs: ${numbers.join(', ')}]', () => {})`,
    })
    expect(summary(checkConformance(root))).toEqual([
      `docs/semantics.md:${5 + differencesMax} ${differencesMax + 1} lines are different`,
    ])
  })
})

describe('with the report of a run', () => {
  interface Planted {
    readonly title: string
    readonly status: string
    readonly groups?: readonly string[]
  }

  function report(root: string, tests: readonly Planted[]): string {
    const assertionResults = tests.map(({ title, status, groups = [] }) => ({
      title,
      status,
      ancestorTitles: groups,
    }))
    return JSON.stringify({
      testResults: [{ name: join(root, 'test/a.test.ts'), assertionResults }],
    })
  }

  const passing: readonly Planted[] = [
    { title: 'starts [GS-001, GS-002]', status: 'passed', groups: ['names'] },
    { title: 'replies to 1 callers [GS-003]', status: 'passed', groups: ['names'] },
    { title: 'replies to 8 callers [GS-003]', status: 'passed', groups: ['names'] },
    { title: 'has no owner [differs: REG-001]', status: 'passed' },
  ]

  it('a line holds if every test that carries it passed', () => {
    const root = repository()
    const table = readTable(root, (paths) => {
      expect(paths).toEqual(['test/a.test.ts'])
      return report(root, passing)
    })
    expect(table.problems).toEqual([])
    expect(Object.values(standings(table))).toEqual(['holds', 'holds', 'holds', 'differs'])
  })

  it.each(['failed', 'skipped', 'pending', 'todo'])('not if one of them was %s', (status) => {
    const root = repository()
    const tests = passing.map((test, index) => (index === 2 ? { ...test, status } : test))
    const table = readTable(root, () => report(root, tests))
    expect(standings(table)['GS-003']).toBe('missing')
    expect(summary(table.problems)).toEqual([
      'docs/conformance/catalogue.md:8 GS-003 is not shown by any test',
      'test/a.test.ts:3 claims GS-003, but did not pass',
    ])
  })

  it('nor if it did not run: the file was not loaded, or there is no report', () => {
    const root = repository()
    for (const text of ['', '{', 'null', '{"testResults":[{}]}', report(root, [])]) {
      const { rows, problems } = readTable(root, () => text)
      expect(rows.map(({ standing }) => standing)).toEqual([
        'missing',
        'missing',
        'missing',
        'differs',
      ])
      expect(summary(problems)).toContain('test/a.test.ts:5 claims REG-001, but did not run')
    }
  })

  it('nor if only another file ran a test with its id', () => {
    const root = repository()
    const text = report(root, passing).replaceAll('a.test.ts', 'b.test.ts')
    const { problems } = readTable(root, () => text)
    expect(summary(problems)).toContain('test/a.test.ts:2 claims GS-001, but did not run')
  })
})

describe('this repository', () => {
  const root = join(import.meta.dirname, '../..')

  it('accounts for all 382 lines of the catalogue', () => {
    const { rows } = readTable(root)
    expect(rows).toHaveLength(382)
    const areas = new Set(rows.map(({ area }) => area))
    expect([...areas]).toEqual(['REG', 'DSUP', 'SUP', 'PSUP', 'GS', 'PROC', 'VIA', 'TASK'])
  })
})
