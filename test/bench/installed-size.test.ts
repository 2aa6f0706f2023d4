import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { installedBytes, publishedBytes } from '../../bench/installed-size.ts'

/** Writes files; gives their folder. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

const manifest = (...needs: readonly string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(needs.map((need) => [need, '1'])) })

describe('the installed size', () => {
  test('counts a package and what it depends on, each once, and nothing else', () => {
    const files = {
      'node_modules/a/package.json': manifest('b', '@c/c'),
      'node_modules/a/index.js': '12345',
      // Its own copy of b, which hides the one outside.
      'node_modules/a/node_modules/b/package.json': manifest('@c/c'),
      'node_modules/b/package.json': manifest(),
      'node_modules/b/huge.js': 'x'.repeat(1000),
      'node_modules/@c/c/package.json': '{}',
      'node_modules/@c/c/lib/deep.js': '1234567',
      'node_modules/unrelated/package.json': manifest(),
    }
    const bytes = [
      files['node_modules/a/package.json'],
      '12345',
      files['node_modules/a/node_modules/b/package.json'],
      '{}',
      '1234567',
    ].join('').length
    expect(installedBytes(folderWith(files), 'a')).toBe(bytes)
  })

  test('of a package that is not there is refused', () => {
    expect(() => installedBytes(folderWith({ x: '' }), 'a')).toThrow('Cannot find a from')
  })

  test("of one's own package is what it publishes", () => {
    const own = JSON.stringify({ files: ['dist', 'README.md'] })
    const folder = folderWith({
      'package.json': own,
      'README.md': '123',
      'dist/a/b.js': '12345',
      'src/a.ts': 'not published',
    })
    expect(publishedBytes(folder)).toBe(own.length + 8)
  })
})
