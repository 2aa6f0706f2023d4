/**
 * The Islands game under faults: players repeat a command under its id until it is answered, games
 * crash in the middle of a move, and no accepted move is lost and none is applied twice.
 *
 * The oracle hears what was answered: at the end each game on the disk has these moves and no
 * other, in this order.
 */
import { always, type Client, simulation, sometimes } from 'flotilla/testing'
import { nextCommand } from '../../examples/islands/bot.ts'
import { type Accepted, type Command, contentOf } from '../../examples/islands/command.ts'
import type { Game } from '../../examples/islands/game.ts'
import { type GameId, gameId } from '../../examples/islands/game-id.ts'
import { type Games, makeGames } from '../../examples/islands/games.ts'
import { guessCount } from '../../examples/islands/guesses.ts'
import { type Player, players } from '../../examples/islands/player.ts'
import { islandDisk } from './island-disk.ts'
import { persist } from './persistence.ts'

/** What players and the oracle share. */
interface Memory {
  /** Outlives crashes of the node. */
  readonly disk: Map<GameId, Game>
  /** Undefined while the node is down. */
  games: Games | undefined
  /** Every game that was begun. */
  readonly started: Set<GameId>
  /** What was answered, by game and player, in order. */
  readonly accepted: Map<string, Move[]>
}

interface Move {
  readonly command: Command
  readonly outcome: Accepted
}

const pollMs = 600

/**
 * Two tables at which one game after the other is played.
 *
 * @param storeOf what games are stored in, given the rows
 */
export const islandsOn = (storeOf: typeof islandDisk) =>
  simulation<Memory>({
    name: 'islands',
    settleMs: 120_000,
    memory: () => ({ disk: new Map(), games: undefined, started: new Set(), accepted: new Map() }),
    async start(world, node) {
      const { memory } = world
      memory.games = undefined
      const games = makeGames({ idleTimeoutMs: 10_000, through: () => storeOf(memory.disk) })
      const started = await world.startNode(games.tree, node)
      memory.games = games
      return started
    },
    clients: { player: { count: 4, run: (client) => play(client) } },
    finally({ memory }) {
      for (const id of memory.started) for (const player of players) judge(memory, id, player)
    },
  })

/** With a disk that keeps what it is given. */
export const islands = islandsOn(islandDisk)

/** Plays one game after the other, two players at each table. */
async function play(client: Client<Memory>): Promise<void> {
  const player = players[client.index % 2] ?? 'player1'
  const table = Math.floor(client.index / 2) + 1
  let game = 1
  await client.every(pollMs, async () => {
    const id = checkedId(`table ${table} game ${game}`)
    if (!(await moveOnce(client, id, player))) game += 1
  })
}

/** False if the game is over. */
async function moveOnce(client: Client<Memory>, id: GameId, player: Player): Promise<boolean> {
  const { memory } = client.world
  const asked = async <T>(ask: (games: Games) => Promise<T>) =>
    await persist(client, {
      attempt: () => (memory.games === undefined ? undefined : ask(memory.games)),
      release: () => memory.games?.games.release(id),
    })
  memory.started.add(id)
  if (!memory.disk.has(id)) await asked((games) => games.start(id))
  const { value: seen } = await asked((games) => games.view(id, player))
  if (!seen.ok) throw new Error(`cannot see ${id} as ${player}: ${seen.reason}`)
  if (seen.view.rules.phase === 'game_over') {
    sometimes('a game is played to its end')
    return false
  }
  const command = nextCommand(seen.view, () => client.below(2 ** 32))
  if (command === undefined) return true
  let isRepeated = false
  const { value: outcome, tries } = await asked((games) => {
    if (isRepeated) sayWhatIsRepeated(memory.disk.get(id), player, command)
    isRepeated = true
    return games.command(id, command)
  })
  if (!outcome.ok) throw new Error(`${command.kind} of ${player} in ${id}: ${outcome.reason}`)
  sometimes('a move is answered at the second try or later', tries > 1)
  const moves = memory.accepted.get(`${id}/${player}`) ?? []
  memory.accepted.set(`${id}/${player}`, [...moves, { command, outcome }])
  return true
}

/** A game has crashed, or was too slow: before its move was on the disk, or after that. */
function sayWhatIsRepeated(game: Game | undefined, player: Player, { commandId }: Command): void {
  const remembered = game?.memory[player] ?? []
  const isStored = remembered.some((each) => each.commandId === commandId)
  sometimes('a move is repeated that was not stored', !isStored)
  sometimes('a move is repeated that was stored and not answered', isStored)
}

/** Says whether the disk has exactly what a player was told. */
function judge({ disk, accepted }: Memory, id: GameId, player: Player): void {
  const game = disk.get(id)
  const moves = accepted.get(`${id}/${player}`) ?? []
  const remembered = game?.memory[player] ?? []
  const stored = remembered.map(({ commandId, content }) => `${commandId} ${content}`)
  const answered = moves.map(({ command }) => `${command.commandId} ${contentOf(command)}`)
  always(
    stored.join('\n') === answered.join('\n'),
    `${player} of ${id} was answered ${answered.length} moves, and ${stored.length} are stored`,
  )
  const guesses = moves.filter(({ outcome }) => outcome.kind === 'guess').length
  const applied = game === undefined ? 0 : guessCount(game.guesses[player])
  always(guesses === applied, `${player} of ${id} made ${guesses} guesses, and has ${applied}`)
}

function checkedId(text: string): GameId {
  const id = gameId(text)
  if (!id.ok) throw new Error(`${text} is no id of a game: ${id.reason}`)
  return id.value
}
