import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../examples/islands/parse-command.ts'

const guess = { kind: 'guess', commandId: 'c1', player: 'player1', target: { row: 3, column: 4 } }

describe('parseCommand, given a hostile value', () => {
  test('takes nothing from a prototype, not even under the key __proto__', () => {
    expect(problemOf(Object.create(guess))).toContain('"kind" is missing')
    expect(problemOf(JSON.parse(`{"__proto__":${JSON.stringify(guess)}}`))).toContain('missing')
    const target: unknown = JSON.parse('{"__proto__":{"row":1,"column":1}}')
    expect(problemOf({ ...guess, target })).toContain('"target.row" is missing')
  })

  test.each([
    ['a proxy whose every trap throws', () => throwingProxy({})],
    ['a revoked proxy', revokedProxy],
    ['a getter that throws', () => Object.defineProperty({ ...guess }, 'kind', { get: explode })],
    ['a target that throws', () => ({ ...guess, target: throwingProxy({}) })],
    ['a revoked proxy as a target', () => ({ ...guess, target: revokedProxy() })],
    ['a proxy that throws a proxy', () => throwingProxy(throwingProxy({}))],
  ])('refuses %s without throwing', (_, make) => {
    expect(problemOf(make())).toBe(
      'Cannot read the command: ' +
        'a field threw an error when it was read, want an object of plain fields',
    )
  })

  test('reads no more of a cyclic or a huge value than the fields of a command', () => {
    const cyclic = { ...guess }
    Object.assign(cyclic, { self: cyclic, target: cyclic })
    expect(problemOf(cyclic)).toContain('"target.row" is missing')
    const huge = 'x'.repeat(2 ** 24)
    const problem = problemOf({ commandId: huge, kind: huge, player: huge, target: huge })
    expect(problem.length).toBeLessThan(400)
  })

  test('never throws, and answers shortly, with the fields of a command or without', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    const kind = fc.constantFrom('add_player', 'position_island', 'set_islands', 'guess')
    const broken = fc.record(
      {
        kind: fc.oneof(kind, anything),
        commandId: fc.oneof(fc.string(), anything),
        name: fc.oneof(fc.string(), anything),
        player: fc.oneof(fc.constantFrom('player1', 'player2'), anything),
        type: fc.oneof(fc.constantFrom('dot', 'atoll'), anything),
        origin: fc.oneof(fc.record({ row: anything, column: fc.integer() }), anything),
        target: fc.oneof(fc.record({ row: fc.integer(), column: anything }), anything),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(anything, broken), (value) => {
        const parsed = parseCommand(value)
        if (parsed.ok) {
          expect(parseCommand(parsed.command)).toEqual(parsed)
          return
        }
        expect(parsed.reason).toBe('invalid_command')
        expect(parsed.problem).toMatch(/^Cannot read the command: .* is .*, want /)
        expect(parsed.problem.length).toBeLessThan(600)
      }),
      { numRuns: 1000 },
    )
  })
})

function problemOf(value: unknown): string {
  const parsed = parseCommand(value)
  if (parsed.ok) throw new Error('The value of the test was taken for a command')
  return parsed.problem
}

function explode(): never {
  throw new Error('It is forbidden to read this field')
}

function throwingProxy(thrown: object): object {
  const traps = new Proxy(
    {},
    {
      get: () => () => {
        throw thrown
      },
    },
  )
  return new Proxy({}, traps)
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
