import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, commandKinds, contentOf } from '../../../examples/islands/command.ts'
import { commands } from './play.ts'

describe('contentOf', () => {
  test('is the same for a retry, whatever its id and the order of its fields', () => {
    const first: Command = {
      kind: 'position_island',
      commandId: 'first',
      player: 'player1',
      type: 'dot',
      origin: { row: 1, column: 2 },
    }
    const second: Command = {
      origin: { column: 2, row: 1 },
      type: 'dot',
      player: 'player1',
      commandId: 'second',
      kind: 'position_island',
    }
    expect(contentOf(second)).toBe(contentOf(first))
  })

  test('differs as soon as one field does', () => {
    const texts = [
      guess('player1', 1, 11),
      guess('player1', 11, 1),
      guess('player1', 1, 12),
      guess('player2', 1, 11),
      position('player1', 'dot', 1),
      position('player2', 'dot', 1),
      position('player1', 'atoll', 1),
      position('player1', 'dot', 2),
      { kind: 'set_islands', commandId: 'id', player: 'player1' } as const,
      { kind: 'set_islands', commandId: 'id', player: 'player2' } as const,
      { kind: 'add_player', commandId: 'id', name: 'Ann' } as const,
      { kind: 'add_player', commandId: 'id', name: 'Ann","' } as const,
    ].map(contentOf)
    expect(new Set(texts).size).toBe(texts.length)
  })

  test('begins with the kind, which is one of the four', () => {
    fc.assert(
      fc.property(commands, (command) => {
        expect(commandKinds).toContain(command.kind)
        expect(contentOf(command).startsWith(`["${command.kind}",`)).toBe(true)
      }),
    )
  })
})

function guess(player: 'player1' | 'player2', row: number, column: number): Command {
  return { kind: 'guess', commandId: 'id', player, target: { row, column } }
}

function position(player: 'player1' | 'player2', type: 'dot' | 'atoll', row: number): Command {
  return { kind: 'position_island', commandId: 'id', player, type, origin: { row, column: 1 } }
}
