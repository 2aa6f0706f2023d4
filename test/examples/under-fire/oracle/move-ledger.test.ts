import { describe, expect, it } from 'vitest'
import type { Accepted, Command } from '../../../../examples/islands/command.ts'
import type { Coordinate } from '../../../../examples/islands/coordinate.ts'
import type { Game } from '../../../../examples/islands/game.ts'
import type { ByPlayer } from '../../../../examples/islands/player.ts'
import { type View, viewFor } from '../../../../examples/islands/view.ts'
import { MoveLedger } from '../../../../examples/under-fire/oracle/move-ledger.ts'
import { playBots } from '../../islands/play.ts'

const turns = playBots(11)
const end = turns.at(-1)?.game
const middle = turns[60]?.game

describe('findings', () => {
  it('has none when the game shows every accepted move, at any point of it', () => {
    const ledger = new MoveLedger()
    for (const { command, outcome, game } of turns) {
      ledger.accept(command, accepted(outcome))
      expect(ledger.findings(viewsOf(game))).toEqual([])
    }
    expect(ledger.accepted).toBe(turns.length)
  })

  it('finds every move that a game forgot, whichever it is', () => {
    for (const [index, { game }] of turns.entries()) {
      const ledger = ledgerOf(turns.length)
      const findings = ledger.findings(viewsOf(game))
      if (index === turns.length - 1) expect(findings).toEqual([])
      else expect(findings.filter((each) => each.startsWith('lost: '))).not.toEqual([])
    }
  })

  it('names the guess that was lost', () => {
    const ledger = ledgerOf(61)
    const target = { row: 9, column: 9 }
    const command: Command = { kind: 'guess', commandId: 'x', player: 'player1', target }
    ledger.accept(command, { ...guessAnswer, player: 'player1' })
    const findings = ledger.findings(viewsOf(middle))
    expect(findings).toContain('lost: missing guesses of player1: 9,9')
    expect(findings).toContain('lost: missing guesses of player1 as the other sees them: 9,9')
  })

  it('finds a move that was applied twice', () => {
    const views = viewsOf(middle)
    const [first] = views.player1.guesses.misses
    const doubled = withMisses(views, [...views.player1.guesses.misses, first as Coordinate])
    expect(ledgerOf(61).findings(doubled)).toEqual([
      expect.stringContaining('applied twice: missing guesses of player1: '),
    ])
  })

  it('finds a hit that became a miss', () => {
    const views = viewsOf(end)
    const { hits, misses } = views.player1.guesses
    const [first, ...others] = hits
    const guesses = { hits: others, misses: [...misses, first as Coordinate] }
    const changed = { ...views, player1: { ...views.player1, guesses } }
    expect(ledgerOf(turns.length).findings(changed)).toHaveLength(2)
  })

  it('finds an island that was moved, a name that was changed and a winner who is not', () => {
    const views = viewsOf(end)
    const { islands, names } = views.player2
    const moved = islands.filter(({ type }) => type !== 'dot')
    const rules = { phase: 'player1_turn' } as const
    const player2 = { ...views.player2, islands: moved, names: { ...names, player2: 'Eve' }, rules }
    const findings = ledgerOf(turns.length).findings({ ...views, player2 })
    expect(findings).toContain('lost: the name of player2: bot player2')
    expect(findings).toContainEqual(expect.stringContaining('lost: the islands of player2: dot at'))
    expect(findings).toContainEqual(expect.stringMatching(/lost: player2 sees undefined as the/))
  })

  it('finds that the islands are no longer set', () => {
    const views = viewsOf(middle)
    const rules = { phase: 'players_set', islandsSet: [] } as const
    const reset = { ...views, player1: { ...views.player1, rules } }
    expect(ledgerOf(61).findings(reset)).toEqual(['lost: player1 had set the islands'])
  })
})

const guessAnswer = {
  ok: true,
  kind: 'guess',
  result: 'miss',
  forested: 'none',
  won: false,
} as const

function ledgerOf(count: number): MoveLedger {
  const ledger = new MoveLedger()
  for (const { command, outcome } of turns.slice(0, count)) {
    ledger.accept(command, accepted(outcome))
  }
  return ledger
}

function accepted(outcome: { readonly ok: boolean }): Accepted {
  if (!outcome.ok) throw new Error('The bots made a move that was refused')
  return outcome as Accepted
}

function viewsOf(game: Game | undefined): ByPlayer<View> {
  if (game === undefined) throw new Error('The bots made too few moves')
  return { player1: viewFor(game, 'player1'), player2: viewFor(game, 'player2') }
}

function withMisses(views: ByPlayer<View>, misses: readonly Coordinate[]): ByPlayer<View> {
  const guesses = { ...views.player1.guesses, misses }
  return { ...views, player1: { ...views.player1, guesses } }
}
