/**
 * The tables at which two bots play: as soon as a game is over the next one begins.
 *
 * Invariants checked: the bots, who retry what got no answer, never hear a refusal; every finished
 * game shows what it has accepted (see oracle/move-ledger.ts). A finished game is stopped for good,
 * which is no kill, and its row removed, so that a long run does not grow.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { Exit } from 'flotilla'
import { type GameId, gameId } from '../islands/game-id.ts'
import type { CommandAnswer, ViewAnswer } from '../islands/game-server.ts'
import type { Games } from '../islands/games.ts'
import { playGame } from '../islands/play.ts'
import type { ByPlayer, Player } from '../islands/player.ts'
import type { View } from '../islands/view.ts'
import type { Feed } from './feed.ts'
import type { Lookups } from './lookups.ts'
import type { Naps } from './naps.ts'
import { MoveLedger } from './oracle/move-ledger.ts'
import type { NameLedger, ViolationBook } from './oracle/name-ledger.ts'
import type { Perils } from './perils.ts'
import { type Randomness, randomFrom } from './random.ts'
import type { Tally } from './tally.ts'

/** What the seats need. */
export interface SeatsPlan {
  readonly games: Games
  readonly count: number
  readonly seed: number
  readonly perils: Perils
  readonly ledger: NameLedger
  readonly feed: Feed
  readonly lookups: Lookups
  readonly tally: Tally
  readonly violations: ViolationBook
  /** Where the bots think; over when time is up. */
  readonly naps: Naps
}

/** All bots together make about so many moves in a second, however many games there are. */
const movesPerSecond = 1000
/** How long a game may take to come back from its last kill. */
const settleMs = 10_000
const longestPauseMs = 50

/** Thrown into a game to leave it as it is. */
class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp'
}

/** One table: its game, and what that has accepted. */
export class Seat {
  readonly #plan: SeatsPlan
  readonly #number: number
  readonly #random: Randomness
  readonly #paced: Games
  #round = 0
  #id: GameId
  #moves = new MoveLedger()
  #isCleared = false

  constructor(plan: SeatsPlan, number: number) {
    this.#plan = plan
    this.#number = number
    this.#random = randomFrom(plan.seed, number)
    this.#id = idOf(number, 0)
    this.#paced = this.#pace(plan.games)
  }

  /** The game to aim at; none while the table is being cleared. */
  get target(): GameId | undefined {
    return this.#isCleared ? undefined : this.#id
  }

  get id(): GameId {
    return this.#id
  }

  /** Starts the present game. */
  async open(): Promise<void> {
    this.#plan.tally.gamesStarted += 1
    await this.#plan.games.start(this.#id)
  }

  /** Plays game after game until told to stop. */
  async play(): Promise<void> {
    const { naps } = this.#plan
    while (!naps.isOver) {
      const end = await this.#playOn()
      if (end === 'wrong') return
      if (end === 'over' && !naps.isOver) await this.#clear()
      if (end === 'left') await naps.nap(longestPauseMs)
    }
  }

  /** Holds the present game against what it has accepted. */
  audit(views: ByPlayer<View>): void {
    const findings = this.#moves.findings(views)
    this.#plan.tally.movesLost += findings.filter((each) => each.startsWith('lost')).length
    for (const finding of findings) {
      this.#plan.violations.add('lostMoves', `"${this.#id}": ${finding}`)
    }
  }

  /** Plays the present game from wherever it stands. */
  async #playOn(): Promise<'over' | 'left' | 'wrong'> {
    const { tally, violations } = this.#plan
    try {
      const views = await playGame(this.#paced, this.#id, {
        random: this.#random.u32,
        accepted: (command, answer) => {
          tally.movesAccepted += 1
          this.#moves.accept(command, answer)
        },
        retried: (exit) => tally.failed(exit.reason),
      })
      tally.gamesFinished += 1
      this.audit(views)
      return 'over'
    } catch (error) {
      // A game that does not answer for long is tried again; if it is gone, the last look tells.
      if (error instanceof TimeIsUp || Exit.is(error)) return 'left'
      // A refusal of a move that the rules allow: the game does not stand where it said.
      violations.add('lostMoves', `"${this.#id}": ${messageOf(error)}`)
      return 'wrong'
    }
  }

  /** Stops the finished game for good and sits down to the next. */
  async #clear(): Promise<void> {
    const { games, perils, ledger, feed } = this.#plan
    const id = this.#id
    this.#isCleared = true
    perils.disarmSave(id)
    const isBack = (): boolean => ledger.isHeld(id) && !perils.isInitArmed(id)
    if (await feed.until(isBack, settleMs)) {
      ledger.retire(id)
      await games.games.stop(id)
      games.store.remove(id)
    }
    this.#round += 1
    this.#id = idOf(this.#number, this.#round)
    this.#moves = new MoveLedger()
    // Also when time is up by now: the last look wants a game at every table.
    await this.open()
    this.#isCleared = false
  }

  /** The games as the bots reach them: counted, checked, and never faster than the pace. */
  #pace(games: Games): Games {
    return {
      ...games,
      view: (id, player) => this.#view(id, player),
      command: (id, command) => this.#command(id, command),
    }
  }

  async #view(id: GameId, player: Player): Promise<ViewAnswer> {
    this.#count(id)
    const answer = await this.#plan.games.view(id, player)
    if (answer.ok && (answer.view.id !== id || answer.view.player !== player)) {
      const from = `"${answer.view.id}" for ${answer.view.player}`
      this.#plan.violations.add('wrongAnswers', `"${id}" was asked for ${player}, but ${from} came`)
    }
    return answer
  }

  /**
   * Sends a command until it is answered, however often the game is struck meanwhile.
   *
   * Only a new command may be left out: of one that was sent and not answered nobody could say
   * whether it is in the game.
   */
  async #command(id: GameId, command: unknown): Promise<CommandAnswer> {
    const { games, naps, tally } = this.#plan
    await this.#think()
    for (let pauseMs = 0; ; pauseMs = Math.min(2 * pauseMs + 1, longestPauseMs)) {
      this.#count(id)
      try {
        return await games.command(id, command)
      } catch (error) {
        if (!Exit.is(error) || naps.overForMs > settleMs) throw error
        tally.failed(error.reason)
        tally.movesRetried += 1
      }
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }

  async #think(): Promise<void> {
    const { naps, count } = this.#plan
    await naps.nap(this.#random.below(2 * thinkMs(count, this.#number)))
    if (naps.isOver) throw new TimeIsUp()
  }

  #count(id: GameId): void {
    this.#plan.tally.calls += 1
    this.#plan.lookups.check(id, this.#plan.games.games.whereis(id))
  }
}

/**
 * The average time between two moves at a table, in milliseconds.
 *
 * One table in four plays fast, so that games come to their end in a short run as well.
 */
function thinkMs(tables: number, table: number): number {
  const averageMs = (1000 * tables) / movesPerSecond
  return Math.max(1, Math.round(averageMs * (table % 4 === 0 ? 0.4 : 2)))
}

function idOf(table: number, round: number): GameId {
  const id = gameId(`game-${table}-${round}`)
  if (!id.ok) throw new TypeError(`Cannot name game ${round} of table ${table}: ${id.reason}`)
  return id.value
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
