import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../../examples/islands/command.ts'
import {
  commandIdLengthMax,
  nameLengthMax,
  parseCommand,
} from '../../../examples/islands/parse-command.ts'
import { commands } from './play.ts'

const guess = { kind: 'guess', commandId: 'c1', player: 'player1', target: { row: 3, column: 4 } }

describe('parseCommand, given a command', () => {
  test('returns an equal one, through JSON too, that shares nothing with it', () => {
    fc.assert(
      fc.property(commands.filter(hasIntegers), (command) => {
        const parsed = parseCommand(command)
        expect(parsed).toEqual({ ok: true, command })
        expect(parseCommand(JSON.parse(JSON.stringify(command)))).toEqual(parsed)
        if (!parsed.ok) return
        expect(parsed.command).not.toBe(command)
        if (parsed.command.kind !== 'guess' || command.kind !== 'guess') return
        expect(parsed.command.target).not.toBe(command.target)
      }),
    )
  })

  test('drops whatever a command does not have', () => {
    const more = { ...guess, admin: true, target: { row: 3, column: 4, depth: 5 } }
    expect(parseCommand(more)).toEqual({ ok: true, command: guess })
  })

  test('takes an id and a name up to their limits, and no longer', () => {
    const longest = {
      kind: 'add_player',
      commandId: 'i'.repeat(commandIdLengthMax),
      name: 'n'.repeat(nameLengthMax),
    }
    expect(parseCommand(longest)).toEqual({ ok: true, command: longest })
    expect(problemOf({ ...longest, commandId: `${longest.commandId}i` })).toContain('"commandId"')
    expect(problemOf({ ...longest, name: `${longest.name}n` })).toContain('"name"')
  })

  test('leaves it to the game whether an integer is on the board', () => {
    const far = { ...guess, target: { row: 0, column: 4000 } }
    expect(parseCommand(far)).toEqual({ ok: true, command: far })
  })
})

describe('parseCommand, given anything else', () => {
  const commandId = '"commandId" is missing, want printable text of 1 to 128 characters'
  const kinds = 'one of "add_player", "position_island", "set_islands", "guess"'
  test.each([
    [undefined, 'it is missing, want an object'],
    [null, 'it is null, want an object'],
    [7n, 'it is a bigint, want an object'],
    [Symbol('s'), 'it is a symbol, want an object'],
    [() => guess, 'it is a function, want an object'],
    ['guess', 'it is "guess", want an object'],
    [[guess], 'it is an array, want an object'],
    [{}, `${commandId}; "kind" is missing, want ${kinds}`],
    [{ ...guess, kind: 'resign' }, `"kind" is "resign", want ${kinds}`],
    [{ ...guess, player: 3 }, '"player" is 3, want one of "player1", "player2"'],
    [
      { ...guess, kind: 'position_island', type: ['dot'], origin: guess.target },
      '"type" is an array, want one of "square", "atoll", "dot", "l_shape", "s_shape"',
    ],
    [{ ...guess, target: 'A4' }, '"target" is "A4", want an object with "row" and "column"'],
    [
      { ...guess, target: { row: '3', column: 4.5 } },
      '"target.row" is "3", want an integer from 1 to 10; ' +
        '"target.column" is 4.5, want an integer from 1 to 10',
    ],
    [
      { kind: 'add_player', commandId: 'c1', name: '\u001b[2J' },
      '"name" is "\\u001b[2J", want printable text of 1 to 64 characters',
    ],
    [
      { ...guess, commandId: 'x'.repeat(2000) },
      `"commandId" is "${'x'.repeat(40)}"… (2000 characters), ` +
        'want printable text of 1 to 128 characters',
    ],
  ])('says what was given and what is wanted (%#)', (value, problem) => {
    expect(problemOf(value)).toBe(`Cannot read the command: ${problem}`)
  })
})

function problemOf(value: unknown): string {
  const parsed = parseCommand(value)
  if (parsed.ok) throw new Error('The value of the test was taken for a command')
  return parsed.problem
}

/** What comes from outside has integers; other numbers reach a game from our own code only. */
function hasIntegers(command: Command): boolean {
  const cell = 'target' in command ? command.target : 'origin' in command ? command.origin : {}
  return Object.values(cell).every(Number.isInteger)
}
