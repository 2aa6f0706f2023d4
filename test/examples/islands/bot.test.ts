import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextCommand } from '../../../examples/islands/bot.ts'
import type { Command } from '../../../examples/islands/command.ts'
import { cellIndex, everyCoordinate } from '../../../examples/islands/coordinate.ts'
import { apply, type Game, newGame } from '../../../examples/islands/game.ts'
import type { IslandType } from '../../../examples/islands/island.ts'
import { type Player, players } from '../../../examples/islands/player.ts'
import { viewFor } from '../../../examples/islands/view.ts'
import { playBots, randomFrom, seeds, someId, startedGame } from './play.ts'

describe('nextCommand', () => {
  test('joins, lays five islands, sets them and guesses, with ids in sequence', () => {
    const all = playBots(1).map(({ command }) => command)
    for (const player of players) {
      const own = all.filter((command) => command.commandId.startsWith(player))
      expect(own.map(({ commandId }) => commandId)).toEqual(own.map((_, at) => `${player}-${at}`))
      expect(own.slice(0, 8).map(({ kind }) => kind)).toEqual([
        'add_player',
        ...Array.from({ length: 5 }, () => 'position_island'),
        'set_islands',
        'guess',
      ])
    }
  })

  test('is the same for the same view and the same random numbers', () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 100 }), (seed, at) => {
        const game = playBots(seed)[at]?.game ?? newGame(someId())
        for (const player of players) {
          expect(botCommand(game, player, seed)).toEqual(botCommand(game, player, seed))
        }
      }),
    )
  })

  test('waits for the seat before its own, for the other to set, and for its turn', () => {
    expect(botCommand(newGame(someId()), 'player2', 1)).toBeUndefined()
    const { game: joined } = applyBot(newGame(someId()), 'player1')
    expect(botCommand(joined, 'player1', 1)).toBeUndefined()
    const set = playBots(1).find(({ command }) => command.kind === 'set_islands')
    expect(set && botCommand(set.game, 'player1', 1)).toBeUndefined()
    const game = startedGame(1)
    expect(botCommand(game, 'player2', 1)).toBeUndefined()
    expect(botCommand(game, 'player1', 1)?.kind).toBe('guess')
  })

  test('has nothing more to do when the game is over', () => {
    const over = playBots(1).at(-1)?.game ?? newGame(someId())
    expect(players.map((player) => botCommand(over, player, 1))).toEqual([undefined, undefined])
  })

  test('lays its islands in many ways', () => {
    const layouts = Array.from({ length: 20 }, (_, seed) => startedGame(seed).boards.player1)
    expect(new Set(layouts.map((board) => JSON.stringify(board))).size).toBe(20)
  })

  test('guesses beside a hit while the island there is not forested', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const game = startedGame(seed)
        const [island] = game.boards.player2.islands
        const hit = island?.cells[0]
        if (hit === undefined) throw new Error('The board has no islands')
        const { game: after } = apply(game, guess('player1', hit))
        const { game: back } = applyBot(after, 'player2')
        const next = botCommand(back, 'player1', seed)
        if (next?.kind !== 'guess') throw new Error('The bot does not guess')
        const { row, column } = next.target
        expect(Math.abs(row - hit.row) + Math.abs(column - hit.column)).toBeLessThanOrEqual(3)
      }),
    )
  })

  test('looks only for islands that are not forested yet', () => {
    const block = ['1,1', '1,2', '2,1', '2,2']
    const open = [...block, '10,10']
    const misses = everyCoordinate.filter(({ row, column }) => !open.includes(`${row},${column}`))
    const view = { ...viewFor(startedGame(1), 'player1'), guesses: { hits: [], misses } }
    const targets = (forested: readonly IslandType[]) =>
      open.map((_, at) => {
        const command = nextCommand({ ...view, forested }, () => at)
        return command?.kind === 'guess' && `${command.target.row},${command.target.column}`
      })
    expect(new Set(targets([]))).toEqual(new Set(block))
    expect(targets(['square', 'atoll', 'l_shape', 's_shape'])).toEqual(open)
  })

  test('never guesses a cell twice, and hunts with far fewer guesses than cells', () => {
    const counts = Array.from({ length: 40 }, (_, seed) => {
      const cells = playBots(seed).flatMap(({ command, outcome, game }) =>
        command.kind === 'guess' && outcome.ok ? [{ player: outcome.player, game }] : [],
      )
      const winner = cells.at(-1)
      const guesses = winner?.game.guesses[winner.player]
      const indexes = [...(guesses?.hits ?? []), ...(guesses?.misses ?? [])].map(cellIndex)
      expect(new Set(indexes).size).toBe(indexes.length)
      return indexes.length
    })
    const mean = counts.reduce((sum, count) => sum + count) / counts.length
    expect(mean).toBeGreaterThan(17)
    expect(mean).toBeLessThan(65)
  })

  test('takes any random numbers, even wrong ones', () => {
    for (const wrong of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53]) {
      const command = nextCommand(viewFor(startedGame(1), 'player1'), () => wrong)
      expect(command?.kind).toBe('guess')
    }
  })
})

function botCommand(game: Game, player: Player, seed: number): Command | undefined {
  return nextCommand(viewFor(game, player), randomFrom(seed))
}

function applyBot(game: Game, player: Player) {
  const command = botCommand(game, player, 1)
  if (command === undefined) throw new Error(`The bot of ${player} has nothing to do`)
  return apply(game, command)
}

function guess(player: Player, target: { row: number; column: number }): Command {
  return { kind: 'guess', commandId: 'by hand', player, target }
}
