import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DecodeError } from '../../bench/decode.ts'
import { currentLoad, elixirVersions, lookAtMachine } from '../../bench/machine.ts'

describe('the machine', () => {
  test('is told with the Node that the arms run on, which must be one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const other = join(folder, 'node')
    writeFileSync(other, '#!/bin/sh\necho \'{"node": "99.1.0", "v8": "99.1"}\'\n')
    chmodSync(other, 0o755)
    expect(lookAtMachine(process.cwd(), other)).toMatchObject({ node: 'v99.1.0', v8: '99.1' })
    expect(() => lookAtMachine(process.cwd(), '/nowhere/node')).toThrow(DecodeError)
    expect(() => lookAtMachine(process.cwd(), '/nowhere/node')).toThrow('Cannot run /nowhere/node')
  })

  test('is told with the versions of everything that is measured', () => {
    const machine = lookAtMachine(process.cwd(), process.execPath)
    expect(machine).toMatchObject({ node: process.version, v8: process.versions.v8 })
    expect(machine.processors).toBeGreaterThan(0)
    expect(Object.keys(machine.peers).toSorted()).toEqual(['comedy', 'effect', 'nact', 'xstate'])
    expect(currentLoad()).toBeGreaterThanOrEqual(0)
  })

  test('tells Elixir and OTP in one line', () => {
    const printed =
      'Erlang/OTP 25 [erts-13.1.5] [source] [64-bit] [smp:2:2] [jit:ns]\n\n' +
      'Elixir 1.14.0 (compiled with Erlang/OTP 24)\n'
    expect(elixirVersions(printed)).toBe('Elixir 1.14.0, OTP 25 [erts-13.1.5]')
    expect(elixirVersions('')).toBe('')
  })
})
