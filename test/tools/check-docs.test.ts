import { describe, expect, it } from 'vitest'
import { checkDocs } from '../../tools/check-docs.ts'
import { inReadingOrder } from '../../tools/problem.ts'
import { plant, summary } from './plant.ts'

/** A package as it is after the build. */
const built = {
  'package.json': JSON.stringify({
    name: 'flotilla',
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  }),
  'dist/index.d.ts': 'export declare function startNode(): number',
  'tsconfig.base.json': JSON.stringify({
    compilerOptions: { strict: true, module: 'nodenext', lib: ['es2023'], types: [] },
  }),
}

function check(files: Readonly<Record<string, string>>): string[] {
  return summary(inReadingOrder(checkDocs(plant({ ...built, ...files }))))
}

describe('links', () => {
  it('pass when they lead somewhere or leave the repository', () => {
    const problems = check({
      'README.md': [
        '# The first part',
        '[a](docs/a.md) [b](./docs/a.md#two-words--twice) [c](https://example.org/x) [d](docs)',
        '[e](#the-first-part) `[code](not-a-link.md)`',
        '```md',
        '[in a fence](not-a-link.md)',
        '```',
        '[f]: docs/a.md "title"',
      ].join('\n'),
      'docs/a.md': '# Two words — twice?\n[up](../README.md)',
    })
    expect(problems).toEqual([])
  })

  it('are reported when they lead nowhere', () => {
    const problems = check({
      'README.md': '# Title\n[a](docs/gone.md) [b](#gone) [c](../outside.md)\n\n[d]: gone.md',
    })
    expect(problems).toEqual([
      'README.md:2 links to docs/gone.md',
      'README.md:2 links to #gone',
      'README.md:2 links to ../outside.md',
      'README.md:4 links to gone.md',
    ])
  })
})

describe('snippets', () => {
  it('compile against the package', { timeout: 30_000 }, () => {
    const problems = check({
      'README.md': [
        '```ts',
        "import { startNode } from 'flotilla'",
        'const node = startNode()',
        '```',
        'and then',
        '```ts continues',
        'const twice: number = node * 2',
        '```',
        '```ts ignore',
        'nothing that compiles',
        '```',
        '```sh',
        'npm test',
        '```',
      ].join('\n'),
    })
    expect(problems).toEqual([])
  })

  it('are reported at their line when they do not', { timeout: 30_000 }, () => {
    const problems = check({
      'README.md': "text\n\n```ts\nimport { startNodes } from 'flotilla'\n```",
      'docs/a.md': '```ts\nconst own = 1\n```\n\n```ts\nconst text: string = own\n```',
      'docs/decisions/1.md': '```ts\nconst text: string = 1\n```',
    })
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('docs/a.md:6 TS2304')
    expect(problems[1]).toContain('README.md:4 TS')
  })
})
