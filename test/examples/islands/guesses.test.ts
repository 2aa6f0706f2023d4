import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Board } from '../../../examples/islands/board.ts'
import { type Coordinate, everyCoordinate } from '../../../examples/islands/coordinate.ts'
import {
  type Finding,
  forestedIslands,
  type Guesses,
  guessCell,
  guessCount,
  hasGuessed,
  noGuesses,
} from '../../../examples/islands/guesses.ts'
import { layIsland } from '../../../examples/islands/island.ts'
import { seeds, startedGame } from './play.ts'

describe('guessCell', () => {
  test('tells a hit from a miss, and which island the last cell of it forests', () => {
    const board = twoIslands()
    const water = guess(noGuesses(), board, { row: 9, column: 9 })
    expect(water.finding).toEqual({ result: 'miss', forested: 'none', won: false })
    const dot = guess(water.guesses, board, { row: 5, column: 5 })
    expect(dot.finding).toEqual({ result: 'hit', forested: 'dot', won: false })
    const corner = guess(dot.guesses, board, { row: 1, column: 1 })
    expect(corner.finding).toEqual({ result: 'hit', forested: 'none', won: false })
  })

  test('refuses a cell that was guessed before, hit or miss', () => {
    const board = twoIslands()
    const hit = guess(noGuesses(), board, { row: 5, column: 5 })
    const both = guess(hit.guesses, board, { row: 9, column: 9 })
    const refused = { ok: false, reason: 'already_guessed' }
    expect(guessCell(both.guesses, board, { row: 5, column: 5 })).toEqual(refused)
    expect(guessCell(both.guesses, board, { row: 9, column: 9 })).toEqual(refused)
  })

  test('is not won on a board where islands are missing', () => {
    const board = twoIslands()
    const cells = board.islands.flatMap((island) => island.cells)
    expect(guessAll(board, cells).findings.some(({ won }) => won)).toBe(false)
  })

  test('agrees with sets of cells, whatever the islands and the order of the guesses', () => {
    const orders = fc.shuffledSubarray([...everyCoordinate], { minLength: 0 })
    fc.assert(
      fc.property(seeds, orders, (seed, order) => {
        const board = startedGame(seed).boards.player1
        const left = board.islands.map(({ type, cells }) => ({ type, open: textSet(cells) }))
        const { findings, guesses } = guessAll(board, order)
        for (const [index, target] of order.entries()) {
          const struck = left.find(({ open }) => open.delete(text(target)))
          const done = struck?.open.size === 0
          expect(findings[index]).toEqual({
            result: struck ? 'hit' : 'miss',
            forested: done ? struck.type : 'none',
            won: done && left.every(({ open }) => open.size === 0),
          })
        }
        const forested = left.filter(({ open }) => open.size === 0).map(({ type }) => type)
        expect(forestedIslands(board, guesses)).toEqual(forested)
        expect(guessCount(guesses)).toBe(order.length)
        expect(
          everyCoordinate
            .filter((cell) => hasGuessed(guesses, cell))
            .map(text)
            .sort(),
        ).toEqual(order.map(text).sort())
      }),
    )
  })
})

/** A square in the upper left corner and a dot at 5,5. */
function twoIslands(): Board {
  const square = layIsland('square', { row: 1, column: 1 })
  const dot = layIsland('dot', { row: 5, column: 5 })
  if (!square.ok || !dot.ok) throw new Error('The islands of the test do not fit')
  return { islands: [square.island, dot.island] }
}

function guess(guesses: Guesses, board: Board, target: Coordinate) {
  const result = guessCell(guesses, board, target)
  if (!result.ok) throw new Error(`The guess ${text(target)} was refused: ${result.reason}`)
  return result
}

function guessAll(board: Board, targets: readonly Coordinate[]) {
  let guesses = noGuesses()
  const findings: Finding[] = []
  for (const target of targets) {
    const result = guess(guesses, board, target)
    guesses = result.guesses
    findings.push(result.finding)
  }
  return { guesses, findings }
}

function textSet(cells: readonly Coordinate[]): Set<string> {
  return new Set(cells.map(text))
}

function text({ row, column }: Coordinate): string {
  return `${row},${column}`
}
