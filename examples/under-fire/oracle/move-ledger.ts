/**
 * The oracle of moves: what a game answered, held against what the game shows at the end.
 *
 * Invariant it checks: every accepted move is in the game, once, and nothing else is. It knows what
 * a move says and not how the game is played: it shares no rule with the game, so a mistake in the
 * rules cannot hide a lost move.
 */

import type { Accepted, Command } from '../../islands/command.ts'
import type { UncheckedCoordinate } from '../../islands/coordinate.ts'
import type { Guesses } from '../../islands/guesses.ts'
import type { Island } from '../../islands/island.ts'
import { type ByPlayer, opponentOf, type Player, players } from '../../islands/player.ts'
import type { View } from '../../islands/view.ts'

/** The accepted moves of one game. */
export class MoveLedger {
  readonly #expected: ByPlayer<Expected> = { player1: nothing(), player2: nothing() }
  #winner: Player | undefined = undefined
  #accepted = 0

  /** How many moves were accepted. */
  get accepted(): number {
    return this.#accepted
  }

  /** Books a move that the game has accepted. */
  accept(command: Command, answer: Accepted): void {
    this.#accepted += 1
    const expected = this.#expected[answer.player]
    switch (command.kind) {
      case 'add_player':
        expected.names.push(command.name)
        return
      case 'position_island':
        expected.islands.push(`${command.type} at ${cellText(command.origin)}`)
        return
      case 'set_islands':
        expected.sets += 1
        return
      case 'guess': {
        if (answer.kind !== 'guess') return
        const { hits, misses } = expected
        if (answer.result === 'hit') hits.push(cellText(command.target))
        else misses.push(cellText(command.target))
        if (answer.won) this.#winner = answer.player
      }
    }
  }

  /** What the views of both players at the end do not bear out; nothing if all is well. */
  findings(views: ByPlayer<View>): readonly string[] {
    return [
      ...players.flatMap((player) => this.#findingsOf(player, views)),
      ...winnerFindings(this.#winner, views),
    ]
  }

  #findingsOf(player: Player, views: ByPlayer<View>): string[] {
    const expected = this.#expected[player]
    const own = views[player]
    const other = views[opponentOf(player)]
    const name = own.names[player]
    const islands = own.islands.map(islandText)
    return [
      ...differences(`the name of ${player}`, expected.names, name === undefined ? [] : [name]),
      ...differences(`the islands of ${player}`, expected.islands, islands),
      ...guessFindings(`guesses of ${player}`, expected, own.guesses),
      ...guessFindings(`guesses of ${player} as the other sees them`, expected, other.received),
      ...(expected.sets > 0 && !hasSet(own, player) ? [`lost: ${player} had set the islands`] : []),
    ]
  }
}

interface Expected {
  readonly names: string[]
  readonly islands: string[]
  readonly hits: string[]
  readonly misses: string[]
  sets: number
}

function nothing(): Expected {
  return { names: [], islands: [], hits: [], misses: [], sets: 0 }
}

function guessFindings(what: string, expected: Expected, seen: Guesses): string[] {
  return [
    ...differences(`hitting ${what}`, expected.hits, seen.hits.map(cellText)),
    ...differences(`missing ${what}`, expected.misses, seen.misses.map(cellText)),
  ]
}

/** What was accepted and is not there, and what is there without being accepted, or too often. */
function differences(what: string, accepted: readonly string[], seen: readonly string[]): string[] {
  const surplus = [...seen]
  const lost: string[] = []
  for (const each of accepted) {
    const at = surplus.indexOf(each)
    if (at === -1) lost.push(each)
    else surplus.splice(at, 1)
  }
  return [
    ...lost.map((each) => `lost: ${what}: ${each}`),
    ...surplus.map((each) => `never accepted, or applied twice: ${what}: ${each}`),
  ]
}

function winnerFindings(winner: Player | undefined, views: ByPlayer<View>): string[] {
  return players.flatMap((player) => {
    const { rules } = views[player]
    const seen = rules.phase === 'game_over' ? rules.winner : undefined
    return seen === winner ? [] : [`lost: ${player} sees ${seen} as the winner, not ${winner}`]
  })
}

function hasSet({ rules }: View, player: Player): boolean {
  if (rules.phase === 'players_set') return rules.islandsSet.includes(player)
  return rules.phase !== 'initialized'
}

function cellText({ row, column }: UncheckedCoordinate): string {
  return `${row},${column}`
}

/** An island by its upper left corner, which is where a player asked to lay it. */
function islandText({ type, cells }: Island): string {
  const row = Math.min(...cells.map((cell) => cell.row))
  const column = Math.min(...cells.map((cell) => cell.column))
  return `${type} at ${cellText({ row, column })}`
}
