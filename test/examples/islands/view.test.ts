import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Coordinate,
  cellIndex,
  everyCoordinate,
} from '../../../examples/islands/coordinate.ts'
import { type Game, newGame } from '../../../examples/islands/game.ts'
import { hasGuessed } from '../../../examples/islands/guesses.ts'
import { covers } from '../../../examples/islands/island.ts'
import { opponentOf, type Player, players } from '../../../examples/islands/player.ts'
import { reveal, viewFor } from '../../../examples/islands/view.ts'
import { playBots, randomFrom, seeds, someId, startedGame } from './play.ts'

describe('viewFor', () => {
  test('shows the own board, what the opponent found there, and the own guesses', () => {
    const game = middleOf(1)
    const view = viewFor(game, 'player1')
    expect(view).toEqual({
      id: game.id,
      player: 'player1',
      names: { player1: 'bot player1', player2: 'bot player2' },
      rules: game.rules,
      islands: game.boards.player1.islands,
      received: game.guesses.player2,
      guesses: game.guesses.player1,
      forested: expect.any(Array),
    })
  })

  test('names exactly the islands of the opponent of which every cell is hit', () => {
    const forestedSoFar = playBots(2).flatMap(({ outcome, game }) =>
      outcome.ok && outcome.kind === 'guess' && outcome.forested !== 'none'
        ? [{ outcome, view: viewFor(game, outcome.player) }]
        : [],
    )
    expect(forestedSoFar.length).toBeGreaterThanOrEqual(5)
    for (const { outcome, view } of forestedSoFar) {
      expect(view.forested).toContain(outcome.forested)
      expect(view.forested.length).toBeLessThanOrEqual(view.guesses.hits.length)
    }
    expect(viewFor(startedGame(2), 'player1').forested).toEqual([])
  })

  test('depends on no cell of the opponent that is not hit', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...players), (seed, player) => {
        const game = middleOf(seed)
        const moved = moveHiddenCells(game, opponentOf(player), seed)
        expect(moved.boards[opponentOf(player)]).not.toEqual(game.boards[opponentOf(player)])
        expect(viewFor(moved, player)).toEqual(viewFor(game, player))
      }),
    )
  })

  test('is plain data, for an empty game too', () => {
    for (const game of [newGame(someId()), middleOf(3)]) {
      const view = viewFor(game, 'player2')
      expect(JSON.parse(JSON.stringify(view))).toStrictEqual(view)
    }
  })
})

describe('reveal', () => {
  test('refuses until the game is over', () => {
    for (const { game } of playBots(4).slice(0, -1)) {
      expect(reveal(game)).toEqual({ ok: false, reason: 'game_not_over' })
    }
  })

  test('shows the islands of both players when it is', () => {
    const game = playBots(4).at(-1)?.game
    expect(game && reveal(game)).toEqual({
      ok: true,
      islands: {
        player1: startedGame(4).boards.player1.islands,
        player2: startedGame(4).boards.player2.islands,
      },
    })
  })
})

/** A game of two bots as it is half way through the guesses. */
function middleOf(seed: number): Game {
  const turns = playBots(seed).filter(({ command }) => command.kind === 'guess')
  const game = turns[Math.floor(turns.length / 2)]?.game
  if (game === undefined) throw new Error(`The bots of seed ${seed} did not play`)
  return game
}

/** The same game, but every cell not hit lies on some other cell that nobody has guessed. */
function moveHiddenCells(game: Game, owner: Player, seed: number): Game {
  const random = randomFrom(seed)
  const guesses = game.guesses[opponentOf(owner)]
  const { islands } = game.boards[owner]
  const free = everyCoordinate.filter(
    (cell) => !hasGuessed(guesses, cell) && !islands.some((island) => covers(island, cell)),
  )
  const hits = new Set(guesses.hits.map(cellIndex))
  const move = (cell: Coordinate): Coordinate =>
    hits.has(cellIndex(cell)) ? cell : (free.splice(random() % free.length, 1)[0] ?? cell)
  const moved = islands.map(({ type, cells }) => ({ type, cells: cells.map(move) }))
  return { ...game, boards: { ...game.boards, [owner]: { islands: moved } } }
}
