/**
 * A player without a will: it joins, lays its islands at random, and guesses until the end.
 *
 * Invariants: the same view and the same random numbers give the same command; every guess is a
 * cell not guessed before that may hold an island. It sees what a player sees and keeps nothing:
 * whoever sends its command keeps it for the retry.
 */

import { positionIsland } from './board.ts'
import type { Command } from './command.ts'
import { type Coordinate, cellIndex, everyCoordinate } from './coordinate.ts'
import { guessCount } from './guesses.ts'
import { type IslandType, islandTypes, layIsland } from './island.ts'
import type { Player } from './player.ts'
import { turnOf } from './rules.ts'
import type { View } from './view.ts'

/** Gives an integer from 0 to 2³² - 1. */
export type Random = () => number

/** What the bot does next, or `undefined` while it has to wait and after the game. */
export function nextCommand(view: View, random: Random): Command | undefined {
  switch (view.rules.phase) {
    case 'initialized':
      return join(view)
    case 'players_set':
      return view.rules.islandsSet.includes(view.player) ? undefined : prepare(view, random)
    case 'player1_turn':
    case 'player2_turn':
      return turnOf(view.rules) === view.player ? attack(view, random) : undefined
    case 'game_over':
      return undefined
  }
}

/** The seats are taken in order, so the second bot waits until the first has joined. */
function join({ player, names }: View): Command | undefined {
  const nextSeat = names.player1 === undefined ? 'player1' : 'player2'
  if (player !== nextSeat) return undefined
  return { kind: 'add_player', commandId: commandId(player, 0), name: `bot ${player}` }
}

function prepare({ player, islands }: View, random: Random): Command | undefined {
  const id = commandId(player, 1 + islands.length)
  const type = islandTypes.find((each) => islands.every((island) => island.type !== each))
  if (type === undefined) return { kind: 'set_islands', commandId: id, player }
  const free = placements.filter(
    ({ island }) => island.type === type && positionIsland({ islands }, island).ok,
  )
  const placement = pick(free, random)
  if (placement === undefined) return undefined
  return { kind: 'position_island', commandId: id, player, type, origin: placement.origin }
}

function attack(view: View, random: Random): Command | undefined {
  const { player } = view
  const target = pick(bestTargets(view), random)
  if (target === undefined) return undefined
  const id = commandId(player, commandsBeforeGuessing + guessCount(view.guesses))
  return { kind: 'guess', commandId: id, player, target }
}

/** Joining, positioning every island, and setting them. */
const commandsBeforeGuessing = 1 + islandTypes.length + 1

/** A player's accepted commands are numbered without gaps, so the number tells which is next. */
function commandId(player: Player, sequence: number): string {
  return `${player}-${sequence}`
}

/** Every way to lay every island. */
const placements = islandTypes.flatMap((type) =>
  everyCoordinate.flatMap((origin) => placementsAt(type, origin)),
)

function placementsAt(type: IslandType, origin: Coordinate) {
  const laid = layIsland(type, origin)
  if (!laid.ok) return []
  return [{ origin, island: laid.island, indexes: laid.island.cells.map(cellIndex) }]
}

/** How much more a placement counts for each hit it would explain: hunting becomes targeting. */
const weightOfHit = 16

function bestTargets(view: View): readonly Coordinate[] {
  const scores = scoreCells(view)
  const best = Math.max(...scores)
  return best === 0 ? [] : everyCoordinate.filter((_, index) => scores[index] === best)
}

/** For each cell, the weight of the placements that may still hold there; 0 when guessed. */
function scoreCells({ guesses, forested }: View): readonly number[] {
  const known = everyCoordinate.map((): 'unknown' | 'hit' | 'miss' => 'unknown')
  for (const cell of guesses.hits) known[cellIndex(cell)] = 'hit'
  for (const cell of guesses.misses) known[cellIndex(cell)] = 'miss'
  const scores = everyCoordinate.map(() => 0)
  for (const { island, indexes } of placements) {
    if (forested.includes(island.type)) continue
    let weight = 1
    for (const index of indexes) {
      if (known[index] === 'hit') weight *= weightOfHit
      else if (known[index] === 'miss') weight = 0
    }
    if (weight === 0) continue
    for (const index of indexes) {
      if (known[index] === 'unknown') scores[index] = (scores[index] ?? 0) + weight
    }
  }
  return scores
}

function pick<T>(choices: readonly T[], random: Random): T | undefined {
  return choices[(random() >>> 0) % choices.length]
}
