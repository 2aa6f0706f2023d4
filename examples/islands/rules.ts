/**
 * Who may do what, and when: the state machine of a game.
 *
 * initialized → players_set → player1_turn ⇄ player2_turn → game_over
 *
 * Invariant: every event is either a step of this picture or refused with the reason why.
 * It does not know boards or cells; whoever asks says whether a guess wins.
 */

import { opponentOf, type Player } from './player.ts'

/** Where a game stands. */
export type Rules =
  | { readonly phase: 'initialized'; readonly playersPresent: 0 | 1 }
  | { readonly phase: 'players_set'; readonly islandsSet: readonly Player[] }
  | { readonly phase: 'player1_turn' }
  | { readonly phase: 'player2_turn' }
  | { readonly phase: 'game_over'; readonly winner: Player }

/** What somebody wants to do. */
export type RulesEvent =
  | { readonly kind: 'add_player' }
  | { readonly kind: 'position_island'; readonly player: Player }
  | { readonly kind: 'set_islands'; readonly player: Player }
  | { readonly kind: 'guess'; readonly player: Player; readonly wins: boolean }

/** Why the rules refuse an event. */
export type RulesRefusal =
  | 'game_full' // a third player wants to join
  | 'players_missing' // islands before both players are there
  | 'islands_already_set' // this player's islands no longer move
  | 'game_not_started' // a guess before both have set their islands
  | 'not_your_turn' // a guess while the opponent is to guess
  | 'game_over' // anything after the end

/** What becomes of an event. */
export type Step =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly reason: RulesRefusal }

/** Where every game begins. */
export function initialRules(): Rules {
  return { phase: 'initialized', playersPresent: 0 }
}

/** Takes one step of the machine, or says why it may not be taken. */
export function step(rules: Rules, event: RulesEvent): Step {
  switch (rules.phase) {
    case 'initialized':
      return whileJoining(rules.playersPresent, event)
    case 'players_set':
      return whilePositioning(rules.islandsSet, event)
    case 'player1_turn':
      return whilePlaying('player1', event)
    case 'player2_turn':
      return whilePlaying('player2', event)
    case 'game_over':
      return refuse('game_over')
  }
}

/** Whose turn it is, if it is anybody's. */
export function turnOf(rules: Rules): Player | undefined {
  if (rules.phase === 'player1_turn') return 'player1'
  if (rules.phase === 'player2_turn') return 'player2'
  return undefined
}

function whileJoining(playersPresent: 0 | 1, event: RulesEvent): Step {
  if (event.kind === 'guess') return refuse('game_not_started')
  if (event.kind !== 'add_player') return refuse('players_missing')
  if (playersPresent === 0) return go({ phase: 'initialized', playersPresent: 1 })
  return go({ phase: 'players_set', islandsSet: [] })
}

function whilePositioning(islandsSet: readonly Player[], event: RulesEvent): Step {
  if (event.kind === 'add_player') return refuse('game_full')
  if (event.kind === 'guess') return refuse('game_not_started')
  if (islandsSet.includes(event.player)) return refuse('islands_already_set')
  if (event.kind === 'position_island') return go({ phase: 'players_set', islandsSet })
  if (islandsSet.includes(opponentOf(event.player))) return go(turn('player1'))
  return go({ phase: 'players_set', islandsSet: [...islandsSet, event.player] })
}

function whilePlaying(player: Player, event: RulesEvent): Step {
  if (event.kind === 'add_player') return refuse('game_full')
  if (event.kind !== 'guess') return refuse('islands_already_set')
  if (event.player !== player) return refuse('not_your_turn')
  return go(event.wins ? { phase: 'game_over', winner: player } : turn(opponentOf(player)))
}

function turn(player: Player): Rules {
  return { phase: `${player}_turn` }
}

function go(rules: Rules): Step {
  return { ok: true, rules }
}

function refuse(reason: RulesRefusal): Step {
  return { ok: false, reason }
}
