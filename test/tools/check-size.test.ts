import { describe, expect, it } from 'vitest'
import { checkSize } from '../../tools/check-size.ts'
import { codeLines } from '../../tools/house/lengths.ts'
import { readSource } from '../../tools/syntax/source-file.ts'
import { noAllowances, plant, summary } from './plant.ts'

function check(
  files: Readonly<Record<string, string>>,
  allowances: Partial<typeof noAllowances> = {},
): string[] {
  return summary(checkSize(plant(files), { ...noAllowances, ...allowances }))
}

/** One file that needs neither a comment nor a test of its own. */
function checkText(text: string, allowances: Partial<typeof noAllowances> = {}): string[] {
  return check({ 'tools/a.ts': text }, allowances)
}

function lines(count: number): string {
  return 'f()\n'.repeat(count)
}

describe('a clean tree', () => {
  it('passes', () => {
    const problems = check({
      'src/core/pid.ts': '/** What it is. */\nexport const one = 1 as const\n',
      'src/core/types.ts': '/** A type. */\nexport type A = string\n',
      'src/index.ts': "export { one as uno } from './core/pid.ts'\n",
      'test/core/pid.test.ts': 'const given = value as never\n',
    })
    expect(problems).toEqual([])
  })
})

describe('lengths', () => {
  it('lets the title of a test take the line its call is formatted to', () => {
    const title = `it('${'is said in so many words '.repeat(4)}', async () => {\n})\n`
    expect(check({ 'test/a.test.ts': title })).toEqual([])
    const long = `'%s ${'is said in so many words '.repeat(4)}[GS-001, GS-002]',`
    const rows = `it.each([\n  1,\n])(${long} () => {\n})\n`
    const each = `it.each([1])(\n  ${long}\n  () => {},\n)\n${rows}`
    expect(check({ 'test/a.test.ts': each })).toEqual([])
  })

  it('refuses lines over 100 columns, in tests too', () => {
    const text = `// ${'x'.repeat(98)}\n// ${'x'.repeat(97)}`
    expect(check({ 'test/a.test.ts': text })).toEqual(['test/a.test.ts:1 line of 101 columns'])
  })

  it('refuses functions over 70 lines', () => {
    expect(checkText(`function long() {\n${lines(68)}}\n`)).toEqual([])
    expect(checkText(`function long() {\n${lines(69)}}\n`)).toEqual([
      'tools/a.ts:1 function long has 71 lines',
    ])
    expect(checkText(`const arrow = () => {\n${lines(69)}}\n`)).toEqual([
      'tools/a.ts:1 function arrow has 71 lines',
    ])
    expect(checkText(`class A { method() {\n${lines(69)}} }\n`)).toEqual([
      'tools/a.ts:1 function method has 71 lines',
    ])
  })

  it('refuses files over 400 lines of code, comments and blank lines not counted', () => {
    expect(checkText(`${lines(400)}\n\n/*\n * why\n */\n// why\n`)).toEqual([])
    expect(checkText(lines(401))).toEqual(['tools/a.ts:1 has 401 lines of code'])
  })

  it('counts a line with code beside a comment, and a comment mark inside a string', () => {
    const root = plant({
      'a.ts': "f() // why\n/* why */ g()\nconst glob = '/* not a comment */'\n",
    })
    expect(codeLines(readSource(root, 'a.ts'))).toBe(3)
  })

  it('refuses a median over 150 lines', () => {
    const text = lines(151)
    const test = { 'test/core/a.test.ts': '', 'test/core/b.test.ts': '' }
    expect(check({ 'src/core/a.ts': text, 'src/core/b.ts': text, ...test })).toEqual([
      'src:1 median file has 151 lines of code',
    ])
  })
})

describe('parameters', () => {
  it('refuses more than three positional parameters, in types and constructors too', () => {
    const text = [
      'function f(a, b, c, d) {}',
      'class A { constructor(a, b, c, d) {} }',
      'type F = (a, b, c, d) => void',
      'function g(this: A, a, b, { c, d }) {}',
    ].join('\n')
    expect(checkText(text)).toEqual([
      'tools/a.ts:1 f has 4 positional parameters',
      'tools/a.ts:2 constructor has 4 positional parameters',
      'tools/a.ts:3 F has 4 positional parameters',
    ])
  })

  it('refuses more than three type parameters', () => {
    const text = 'type T<A, B, C, D> = [A, B, C, D]\nfunction f<A, B, C>() {}'
    expect(checkText(text)).toEqual(['tools/a.ts:1 T has 4 type parameters'])
  })

  it('accepts excused sites, and reports excuses that are not needed', () => {
    const parameters = { 'tools/a.ts#f': 'why' }
    const typeParameters = { 'tools/a.ts#f': 'why' }
    expect(checkText('function f(a, b, c, d) {}', { parameters, typeParameters })).toEqual([
      "tools/house-allowances.ts:1 typeParameters: 'tools/a.ts#f' excuses nothing",
    ])
  })
})

describe('casts', () => {
  const text = [
    'let a: any',
    'const b = a as string',
    'const c = <string>a',
    '// @ts-expect-error: why',
    "import { d as e } from './d.ts'",
  ].join('\n')

  it('refuses any, as, and comments that silence the type checker', () => {
    expect(checkText(text)).toEqual([
      'tools/a.ts:1 says `any`',
      'tools/a.ts:2 casts with `as`',
      'tools/a.ts:3 casts with `as`',
      'tools/a.ts:4 silences the type checker',
    ])
  })

  it('accepts an excused file', () => {
    expect(checkText(text, { casts: { 'tools/a.ts': 'why' } })).toEqual([])
  })
})

describe('what a source file owes', () => {
  it('wants a doc comment on every export', () => {
    const text = [
      'export const a = 1',
      '',
      '// not a doc comment',
      'export function b() {}',
      '/** Documented. */',
      'export function c(x: string): void',
      'export function c(x: number): void',
      'export function c(x: unknown): void {}',
      'interface D {}',
      '/** Documented. */',
      '// and a note for those who change it',
      'interface E {}',
      'export type { D, E }',
    ].join('\n')
    expect(check({ 'src/core/a.ts': text, 'test/core/a.test.ts': '' })).toEqual([
      'src/core/a.ts:1 export a is not documented',
      'src/core/a.ts:4 export b is not documented',
      'src/core/a.ts:9 export D is not documented',
    ])
  })

  it('wants a test file in the same place', () => {
    const files = { 'src/core/a.ts': 'f()', 'src/fleet/b.ts': 'f()' }
    const untested = { 'src/fleet/b.ts': 'covered by test/fleet/c.test.ts' }
    expect(check(files, { untested })).toEqual(['src/core/a.ts:1 has no test file'])
  })
})
