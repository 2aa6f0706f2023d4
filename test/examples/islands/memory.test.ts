import { describe, expect, test } from 'vitest'
import type { Accepted, Command } from '../../../examples/islands/command.ts'
import {
  emptyMemory,
  type Memory,
  recall,
  remember,
  rememberedMax,
} from '../../../examples/islands/memory.ts'
import type { Player } from '../../../examples/islands/player.ts'

const joining: Accepted = { ok: true, kind: 'add_player', player: 'player1' }

describe('recall', () => {
  test('finds a retry with its first outcome, and calls other content under its id reused', () => {
    const first = guess('player1', 'id', 1)
    const outcome = hit('player1')
    const memory = remember(emptyMemory(), first, outcome)
    expect(recall(memory, { ...first })).toEqual({ kind: 'retry', outcome })
    expect(recall(memory, guess('player1', 'id', 2))).toEqual({ kind: 'reused' })
    expect(recall(memory, guess('player1', 'other', 1))).toEqual({ kind: 'new' })
  })

  test('keeps the ids of the two players apart', () => {
    const memory = remember(emptyMemory(), guess('player1', 'id', 1), hit('player1'))
    expect(recall(memory, guess('player2', 'id', 2))).toEqual({ kind: 'new' })
  })

  test('finds whoever joins among both players, for a joining command names neither', () => {
    const memory = remember(emptyMemory(), join('Ann'), joining)
    expect(recall(memory, join('Ann'))).toEqual({ kind: 'retry', outcome: joining })
    expect(recall(memory, join('Bob'))).toEqual({ kind: 'reused' })
  })

  test('finds a joining command again when both players used its id', () => {
    const first = remember(emptyMemory(), guess('player1', 'join', 1), hit('player1'))
    const memory = remember(first, join('Bob'), { ...joining, player: 'player2' })
    expect(recall(memory, join('Bob'))).toMatchObject({ kind: 'retry' })
  })
})

describe('remember', () => {
  test(`forgets the oldest of more than ${rememberedMax} commands that are not guesses`, () => {
    let memory = emptyMemory()
    for (let number = 0; number <= rememberedMax; number += 1) {
      memory = rememberPosition(memory, number)
    }
    expect(memory.player1).toHaveLength(rememberedMax)
    expect(recall(memory, position(0))).toEqual({ kind: 'new' })
    expect(recall(memory, position(1))).toMatchObject({ kind: 'retry' })
    expect(recall(memory, position(rememberedMax))).toMatchObject({ kind: 'retry' })
  })

  test('forgets no guess, however many commands follow it', () => {
    let memory = emptyMemory()
    for (let number = 0; number < 100; number += 1) {
      memory = remember(memory, guess('player1', `guess ${number}`, number), hit('player1'))
    }
    for (let number = 0; number < 2 * rememberedMax; number += 1) {
      memory = rememberPosition(memory, number)
    }
    expect(memory.player1).toHaveLength(100 + rememberedMax)
    expect(recall(memory, guess('player1', 'guess 0', 0))).toMatchObject({ kind: 'retry' })
  })

  test('leaves the memory it was given as it was', () => {
    const before = rememberPosition(emptyMemory(), 1)
    const copy = structuredClone(before)
    rememberPosition(before, 2)
    expect(before).toEqual(copy)
  })
})

function join(name: string): Command {
  return { kind: 'add_player', commandId: 'join', name }
}

function guess(player: Player, commandId: string, column: number): Command {
  return { kind: 'guess', commandId, player, target: { row: 1, column } }
}

function hit(player: Player): Accepted {
  return { ok: true, kind: 'guess', player, result: 'hit', forested: 'none', won: false }
}

function position(number: number): Command {
  const origin = { row: 1, column: number }
  const commandId = `position ${number}`
  return { kind: 'position_island', commandId, player: 'player1', type: 'dot', origin }
}

function rememberPosition(memory: Memory, number: number): Memory {
  const outcome = { ok: true, kind: 'position_island', player: 'player1', type: 'dot' } as const
  return remember(memory, position(number), outcome)
}
