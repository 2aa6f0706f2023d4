import fc from 'fast-check'
import { exit, type Store, startNode } from 'flotilla'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../examples/islands/command.ts'
import type { Game } from '../../../examples/islands/game.ts'
import { type GameId, gameId } from '../../../examples/islands/game-id.ts'
import { type Games, type GamesOptions, makeGames } from '../../../examples/islands/games.ts'
import { type PlayOptions, playGame, seededRandom } from '../../../examples/islands/play.ts'
import { seeds } from './play.ts'

describe('two bots', () => {
  it('play a game to its end', async () => {
    await withGames({}, async (games) => {
      const views = await playGame(games, id, inPeace(1))
      expect(views.player1.rules).toEqual(views.player2.rules)
      expect(views.player1.rules.phase).toBe('game_over')
      expect([views.player1, views.player2].filter(hasForestedAll)).toHaveLength(1)
    })
  })

  it('play the same game from the same seed, and another from another', async () => {
    const played = [await play(1), await play(1), await play(2)]
    expect(played[1]).toEqual(played[0])
    expect(played[2]).not.toEqual(played[0])
  })

  it('take up a game in the middle', async () => {
    await withGames({}, async (games) => {
      const stop = new Error('the players leave')
      const commands: Command[] = []
      const leaving = playGame(games, id, {
        ...inPeace(3),
        accepted: (command) => {
          if (commands.push(command) === 40) throw stop
        },
      })
      await expect(leaving).rejects.toBe(stop)
      const views = await playGame(games, id, {
        ...inPeace(4),
        accepted: (command) => commands.push(command),
      })
      expect(views.player1.rules.phase).toBe('game_over')
      expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(commands.length)
    })
  })

  it('play many games at once, each its own', async () => {
    await withGames({}, async (games) => {
      const ids = Array.from({ length: 20 }, (_, index) => checked(`game ${index}`))
      const views = await Promise.all(ids.map((each, seed) => playGame(games, each, inPeace(seed))))
      expect(views.map(({ player1 }) => player1.id)).toEqual(ids)
      expect(views.every(({ player2 }) => player2.rules.phase === 'game_over')).toBe(true)
    })
  })
})

describe('a game under fire', () => {
  it('goes exactly as the same game in peace, wherever its process is ended', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 9 }), async (seed, every) => {
        const peace = await play(seed)
        const fire = await play(seed, new Fire(seed, every))
        expect(fire).toEqual(peace)
      }),
      { numRuns: 10 },
    )
  })

  it('tells whoever watches of every call that got no answer', async () => {
    const fire = new Fire(5, 4)
    const { retries } = await play(5, fire).then(() => fire)
    expect(retries.length).toBeGreaterThan(5)
    expect(new Set(retries)).toEqual(new Set(['FLOTILLA_EXIT_CRASH', 'FLOTILLA_EXIT_KILLED']))
  })
})

describe('playing', () => {
  it('gives up, with the reason, on a game that never answers', async () => {
    let pauses = 0
    const through = (rows: Store<GameId, Game>): Store<GameId, Game> => ({
      load: () => {
        throw new Error('the table is gone')
      },
      save: (key, game) => rows.save(key, game),
      remove: (key) => rows.remove(key),
    })
    await withGames({ through }, async (games) => {
      const pause = async () => {
        pauses += 1
      }
      const played = playGame(games, id, { ...inPeace(1), pause })
      await expect(played).rejects.toMatchObject({ cause: new Error('the table is gone') })
    })
    expect(pauses).toBeGreaterThan(10)
  })

  it('does not try again what can only fail again', async () => {
    const games = makeGames()
    const retries: string[] = []
    const retried: PlayOptions['retried'] = ({ code }) => retries.push(code)
    const played = playGame(games, id, { ...inPeace(1), retried })
    await expect(played).rejects.toThrow(/never started/)
    expect(retries).toEqual([])
  })
})

describe('random numbers', () => {
  it('are the same for the same seed, and spread over all 32 bits', () => {
    const draw = (seed: number) => Array.from({ length: 1000 }, seededRandom(seed))
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    const mean = draw(7).reduce((sum, number) => sum + number, 0) / 1000
    expect(Math.abs(mean / 2 ** 31 - 1)).toBeLessThan(0.1)
  })
})

const id = checked('a game')

interface Played {
  readonly commands: readonly Command[]
  readonly views: unknown
}

/** One game of a seed from its start to its end, as its players see it. */
async function play(seed: number, fire?: Fire): Promise<Played> {
  const commands: Command[] = []
  const options: GamesOptions = fire === undefined ? {} : fire.options
  const views = await withGames(options, (games) => {
    fire?.aimAt(games)
    return playGame(games, id, {
      ...inPeace(seed),
      accepted: (command) => commands.push(command),
      retried: (failure) => fire?.retries.push(failure.code),
    })
  })
  return { commands, views }
}

/** Ends the process of the game at every so many saves, each time in another way. */
class Fire {
  readonly retries: string[] = []
  readonly options: GamesOptions = { maxRestarts: 1_000_000, through: (rows) => this.#over(rows) }
  readonly #random: () => number
  readonly #every: number
  #games: Games | undefined = undefined

  constructor(seed: number, every: number) {
    this.#random = seededRandom(seed + 1)
    this.#every = every
  }

  aimAt(games: Games): void {
    this.#games = games
  }

  #over(rows: Store<GameId, Game>): Store<GameId, Game> {
    return {
      load: (key) => rows.load(key),
      remove: (key) => rows.remove(key),
      save: async (key, game) => {
        const shot = this.#random() % this.#every === 0 ? this.#random() % 4 : undefined
        if (shot === 0) throw new Error('crashed before saving')
        if (shot === 1) this.#kill(key)
        await rows.save(key, game)
        if (shot === 2) this.#kill(key)
        if (shot === 3) throw new Error('crashed after saving')
      },
    }
  }

  #kill(key: GameId): void {
    const pid = this.#games?.games.whereis(key)
    if (pid !== undefined) exit(pid, 'kill')
  }
}

async function withGames<T>(options: GamesOptions, use: (games: Games) => Promise<T>): Promise<T> {
  const games = makeGames(options)
  await using _node = await startNode(games.tree)
  return await use(games)
}

function inPeace(seed: number): PlayOptions {
  return { random: seededRandom(seed), pause: () => Promise.resolve() }
}

function hasForestedAll({ forested }: { readonly forested: readonly string[] }): boolean {
  return forested.length === 5
}

function checked(text: string): GameId {
  const result = gameId(text)
  if (!result.ok) throw new Error(`"${text}" is not a game id`)
  return result.value
}
