/**
 * What a game remembers of accepted commands, so that a retry is applied once.
 *
 * Invariants: every accepted guess is remembered for the whole game, so that its retry is never
 * "already guessed" (a board has 100 cells, so there are at most 100); of a player's other
 * commands the last `rememberedMax` are. Refused commands are not remembered: they changed
 * nothing, and a retry may find the game ready for them.
 */

import { type Accepted, type Command, contentOf } from './command.ts'
import { type ByPlayer, players } from './player.ts'

/** How many accepted commands of a player are remembered, beside the guesses. */
export const rememberedMax = 64

/** An accepted command and its answer. */
export interface Remembered {
  readonly commandId: string
  readonly content: string
  readonly outcome: Accepted
}

/** The remembered commands of both players, oldest first. */
export type Memory = ByPlayer<readonly Remembered[]>

/** What the memory says about a command: seen for the first time, a retry, or a reused id. */
export type Recalled =
  | { readonly kind: 'new' }
  | { readonly kind: 'retry'; readonly outcome: Accepted }
  | { readonly kind: 'reused' }

/** A memory of nothing. */
export function emptyMemory(): Memory {
  return { player1: [], player2: [] }
}

/** Looks a command up among those of its player; one who joins is not yet a player: in both. */
export function recall(memory: Memory, command: Command): Recalled {
  const owners = command.kind === 'add_player' ? players : [command.player]
  const sameId = owners.flatMap((player) =>
    memory[player].filter(({ commandId }) => commandId === command.commandId),
  )
  if (sameId.length === 0) return { kind: 'new' }
  const content = contentOf(command)
  const retried = sameId.find((remembered) => remembered.content === content)
  return retried ? { kind: 'retry', outcome: retried.outcome } : { kind: 'reused' }
}

/** Adds an accepted command, and forgets the oldest if there are too many that may be. */
export function remember(memory: Memory, command: Command, outcome: Accepted): Memory {
  const { commandId } = command
  const added = [...memory[outcome.player], { commandId, content: contentOf(command), outcome }]
  return { ...memory, [outcome.player]: forgetOldest(added) }
}

function forgetOldest(all: readonly Remembered[]): readonly Remembered[] {
  const forgettable = all.filter(({ outcome }) => outcome.kind !== 'guess')
  const oldest = forgettable.length > rememberedMax ? forgettable[0] : undefined
  return oldest ? all.filter((remembered) => remembered !== oldest) : all
}
