import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

function oracle(path: string, ...given: readonly string[]) {
  const options = { encoding: 'utf8', env: { ...process.env, PATH: path } } as const
  return spawnSync(process.execPath, ['build/oracle/main.js', ...given], options)
}

function folderWith(name: string, script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-oracle-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, name), script)
  chmodSync(join(folder, name), 0o755)
  return folder
}

describe('the oracle without Elixir', () => {
  test('says how to install it and ends with exit code 2', () => {
    const { status, stderr } = oracle('/nowhere', '--programs', '10')
    expect(stderr).toContain('apt-get install -y elixir')
    expect(stderr).toContain('ENOENT')
    expect(status).toBe(2)
  })

  test('says so, too, if what is called elixir does not work', () => {
    const folder = folderWith('elixir', '#!/bin/sh\nexit 3\n')
    const { status, stderr } = oracle(`${folder}:/bin:/usr/bin`, '--programs', '10')
    expect(stderr).toContain('exit code 3')
    expect(status).toBe(2)
  })
})

describe('the command line of the oracle', () => {
  test('is refused with exit code 2 when it is not understood', () => {
    const { status, stderr } = oracle('/nowhere', '--programs', 'many')
    expect(stderr).toContain('--programs is "many"')
    expect(status).toBe(2)
  })

  test('tells about itself', () => {
    const { status, stdout } = oracle('/nowhere', '--help')
    expect(stdout).toContain('npm run test:otp')
    expect(status).toBe(0)
  })
})
