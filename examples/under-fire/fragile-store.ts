/**
 * The store of the games, made to fail: the one thing a game server depends on.
 *
 * Invariant: it fails only when asked to. A save takes a turn of the event loop after the row is
 * written, so that a game can be struck between storing a move and answering it, which is the
 * hardest moment for whoever sent it.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pid, Store } from 'flotilla'
import type { Game } from '../islands/game.ts'
import type { GameId } from '../islands/game-id.ts'
import { type Perils, Struck } from './perils.ts'

/** What makes a store fragile. */
export interface Fragility {
  readonly perils: Perils
  /** Who runs a game now. */
  readonly holderOf: (id: GameId) => Pid | undefined
}

/** Puts perils between the games and their rows. */
export function fragileStore(
  rows: Store<GameId, Game>,
  { perils, holderOf }: Fragility,
): Store<GameId, Game> {
  return {
    load(id) {
      const pid = holderOf(id)
      if (pid !== undefined && perils.canStrike(pid)) perils.duringInit(id, pid)
      return rows.load(id)
    },
    async save(id, game) {
      const pid = holderOf(id)
      const fault = pid === undefined ? undefined : perils.takeSaveFault(id)
      if (fault === 'before') fail(id, pid)
      await rows.save(id, game)
      if (fault === 'after') fail(id, pid)
      await nextTurn()
    },
    remove: (id) => rows.remove(id),
  }

  function fail(id: GameId, pid: Pid | undefined): void {
    if (pid === undefined || !perils.canStrike(pid)) return
    perils.strike('throw', id, pid)
    throw new Struck(`the store of ${id} is made to fail`)
  }
}
