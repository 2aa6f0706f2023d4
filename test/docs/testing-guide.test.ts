/**
 * docs/testing.md, followed from top to bottom: its snippets are compiled and run, its commands are
 * given, and what they print is what it shows.
 *
 * A snippet whose first line is a comment with a name is the file of that name. A line `…` in an
 * output stands for any lines. Figures that depend on the machine are not compared.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fences, readMarkdown } from '../../tools/docs/markdown.ts'
import { compilerPath } from '../../tools/type-check.ts'

interface Block {
  readonly language: string
  readonly text: string
  /** Where it begins in the document. */
  readonly line: number
}

const root = fileURLToPath(new URL('../../', import.meta.url))
const blocks = fences(readMarkdown(root, 'docs/testing.md')).map(({ info, lines }): Block => {
  const text = lines.map((line) => line.text).join('\n')
  return { language: info, text, line: lines[0]?.number ?? 0 }
})
const sources = blocks.filter(({ language }) => language === 'ts')
const commands = blocks.flatMap((block, index) => {
  if (block.language !== 'sh') return []
  const next = blocks[index + 1]
  return [{ ...block, output: next?.language === 'text' ? next.text : undefined }]
})
let folder = ''

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'flotilla-guide-')))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/flotilla'))
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const source of sources) writeFileSync(join(folder, nameOf(source)), source.text)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the guide to testing', () => {
  test('has snippets that compile under strict, as a user would compile them', async () => {
    const files = sources.map(nameOf)
    const given = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes']
    given.push('--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--types', 'node')
    given.push('--module', 'nodenext', '--rewriteRelativeImportExtensions', '--outDir', 'build')
    const compiled = await run(process.execPath, [compilerPath(), ...given, ...files])
    expect(compiled).toEqual({ code: 0, out: '', err: '' })
  })

  const programs = sources.filter((source) => !nameOf(source).endsWith('.sim.ts'))
  test.each(programs.map((source) => [source.line, source] as const))(
    'has a program at line %i that does what it says',
    async (_line, source) => {
      const file = join('build', nameOf(source).replace(/\.ts$/, '.js'))
      expect(await run(process.execPath, [file])).toEqual({ code: 0, out: '', err: '' })
    },
  )

  const shown = commands.filter(({ text }) => /^npx flotilla .*(?<!json)$/.test(text))
  test.each(shown.map((command) => [command.text, command] as const))(
    'prints what it shows after %s',
    async (_text, { text, output }) => {
      const line = text.replace('npx flotilla', `'${process.execPath}' ${program}`)
      const { code, out } = await run('sh', ['-c', line])
      expect([0, 1]).toContain(code)
      if (output === undefined) expect(out).toMatch(/^FAILED /)
      else expect(comparable(out)).toMatch(pattern(output))
    },
  )

  test('has simulations with a command each, and one that nothing is wrong with', async () => {
    expect(shown.map(({ text }) => text).join('\n')).toMatch(
      / build\/visits\.sim[\s\S]* build\/safe-visits\.sim/,
    )
    const { code, out } = await run(process.execPath, [
      ...[program, 'sim', 'run', 'build/rates.sim.js', '--seeds', '20', '--json'],
    ])
    expect(JSON.parse(out)).toMatchObject({ ok: true, neverSeen: [] })
    expect(code).toBe(0)
  })

  test('shows what the Islands game prints in the repository', async () => {
    const islands = commands.find(({ text }) => text.startsWith('npm run sim'))
    const [, options = ''] = islands?.text.split(' -- ') ?? []
    const given = ['dist/cli/main.js', 'sim', 'run', 'build/soak/simulation', ...options.split(' ')]
    const { code, out } = await run(process.execPath, given, root)
    expect(comparable(out)).toMatch(pattern(islands?.output ?? ''))
    expect(code).toBe(0)
  })
})

const program = 'node_modules/flotilla/dist/cli/main.js'

function nameOf({ text, line }: Block): string {
  return /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? `line-${line}.ts`
}

function run(command: string, given: readonly string[], cwd = folder) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(command, given, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

/** Without what depends on the machine: how long it took. */
function comparable(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/in [\d.]+ s, [\d.]+ simulated hours per/g, 'in 1.0 s, 1.0 simulated hours per')
    .replaceAll(/hash [0-9a-f]+/g, 'hash 0')
}

function pattern(shown: string): RegExp {
  const parts = comparable(shown)
    .split(/^ *…$/m)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`)
}
