/**
 * A game of two bots that survives a crash in the middle.
 *
 * Usage: node build/examples/islands/main.js [--seed N] [--json]
 */

import { parseArgs } from 'node:util'
import { type Exit, type Store, startNode } from 'flotilla'
import { type Coordinate, everyCoordinate, sameCell } from './coordinate.ts'
import type { Game } from './game.ts'
import { type GameId, gameId } from './game-id.ts'
import { type Games, makeGames } from './games.ts'
import { type Guesses, guessCount, hasGuessed } from './guesses.ts'
import type { Island } from './island.ts'
import { playGame, seededRandom } from './play.ts'
import { type ByPlayer, players } from './player.ts'
import { type View, viewFor } from './view.ts'

const usage = `Two bots play a game of Islands; in the middle its process crashes and comes back.

Usage: node build/examples/islands/main.js [--seed N] [--json] [--help]

  --seed N  the game to play, a whole number from 0 to 4294967295; default 1
  --json    print the result as one JSON document and nothing else
  --help    print this text
`

/** The crash comes after this many guesses; a game has at least twice 18 of them. */
const guessesBeforeCrash = 20

type Print = (line: string) => void

async function main(seed: number, print: Print): Promise<object> {
  const games = makeGames({ through: crashingOnce })
  await using _node = await startNode(games.tree, { name: 'islands' })
  const id = checkedId(`game of seed ${seed}`)
  print(`Two bots play the ${id}`)
  const names: string[] = []
  const feed = games.games.watch(({ kind }) => {
    names.push(kind)
    print(`  ${kind} "${id}"`)
  })
  const failures: string[] = []
  const views = await playGame(games, id, {
    random: seededRandom(seed),
    retried(exit) {
      failures.push(exit.reason.kind)
      reportCrash(exit, games.store.load(id), print)
    },
  })
  feed.stop()
  print('The end:')
  showBoards(views, print)
  const { player1, player2 } = views
  const winner = player1.rules.phase === 'game_over' ? player1.rules.winner : undefined
  const guesses = { player1: guessCount(player1.guesses), player2: guessCount(player2.guesses) }
  print(`${winner} wins after ${guesses[winner ?? 'player1']} guesses of its own`)
  return { seed, winner, guesses, failures, names, islands: await revealed(games, id) }
}

/** Crashes a game once, between storing a move and answering: the hardest moment for a client. */
function crashingOnce(rows: Store<GameId, Game>): Store<GameId, Game> {
  let crashed = false
  return {
    load: (id) => rows.load(id),
    remove: (id) => rows.remove(id),
    async save(id, game) {
      await rows.save(id, game)
      const made = guessCount(game.guesses.player1) + guessCount(game.guesses.player2)
      if (crashed || made !== guessesBeforeCrash) return
      crashed = true
      throw new Error(`the power goes out after guess ${made}`)
    },
  }
}

function reportCrash(exit: Exit, stored: Game | undefined, print: Print): void {
  print(`The caller hears: ${exit.message}`)
  if (stored !== undefined) {
    print('The process is gone, the table has the game:')
    showBoards({ player1: viewFor(stored, 'player1'), player2: viewFor(stored, 'player2') }, print)
  }
  print('The bot sends the same command again, with the same command id')
}

async function revealed(games: Games, id: GameId): Promise<object> {
  const answer = await games.reveal(id)
  return answer.ok ? answer.islands : answer
}

function showBoards(views: ByPlayer<View>, print: Print): void {
  const [left = [], right = []] = players.map((player) => {
    const { islands, received } = views[player]
    return [`board of ${player}`, ...boardLines(islands, received)]
  })
  for (const [index, line] of left.entries()) {
    print(`  ${line.padEnd(24)}${right[index] ?? ''}`)
  }
  print('  # island   X island, hit   o guessed in vain')
}

function boardLines(islands: readonly Island[], received: Guesses): string[] {
  const lines: string[][] = Array.from({ length: 10 }, () => [])
  for (const cell of everyCoordinate) lines[cell.row - 1]?.push(markOf(cell, islands, received))
  return lines.map((marks) => marks.join(' '))
}

function markOf(cell: Coordinate, islands: readonly Island[], received: Guesses): string {
  const isLand = islands.some(({ cells }) => cells.some((each) => sameCell(each, cell)))
  if (hasGuessed(received, cell)) return isLand ? 'X' : 'o'
  return isLand ? '#' : '.'
}

function checkedId(text: string): GameId {
  const id = gameId(text)
  if (!id.ok) throw new Error(`Cannot name a game "${text}": ${id.reason}`)
  return id.value
}

type Choices =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'play'; readonly seed: number; readonly json: boolean }

function readChoices(): Choices {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const seed = Number(values.seed)
    if (/^\d+$/.test(values.seed) && seed < 2 ** 32)
      return { kind: 'play', seed, json: values.json }
    const problem = `option --seed is "${values.seed}", want a whole number from 0 to 4294967295`
    return { kind: 'wrong', problem }
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) }
  }
}

const choices = readChoices()
if (choices.kind === 'help') process.stdout.write(usage)
else if (choices.kind === 'wrong') {
  process.stderr.write(`Cannot play: ${choices.problem}\n\n${usage}`)
  process.exitCode = 2
} else {
  const { seed, json } = choices
  const result = await main(seed, json ? () => undefined : console.log)
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`)
}
