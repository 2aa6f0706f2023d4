import { describe, expect, test } from 'vitest'
import { currentLoad, elixirVersions, lookAtMachine } from '../../bench/machine.ts'

describe('the machine', () => {
  test('is told with the versions of everything that is measured', () => {
    const machine = lookAtMachine(process.cwd())
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
