/**
 * The two seats of a game.
 *
 * Invariant: there are exactly two, and each is the opponent of the other.
 */

/** Both seats, in the order they are taken. */
export const players = ['player1', 'player2'] as const

/** One of the two seats. */
export type Player = (typeof players)[number]

/** One thing for each seat. */
export type ByPlayer<T> = Readonly<Record<Player, T>>

/** The seat across the table. */
export function opponentOf(player: Player): Player {
  return player === 'player1' ? 'player2' : 'player1'
}
