/**
 * Calls to busy desks with small mailboxes: replies at once, later, twice, too late and never.
 *
 * The oracle: each caller has the answer to its own question.
 */
import {
  cast,
  child,
  type Outcome,
  supervisor,
  tryCall,
  type UniqueRegistry,
  uniqueRegistry,
  type Via,
} from 'flotilla'
import { always, type Client, simulation, sometimes } from 'flotilla/testing'
import { passing } from '../simulation/persistence.ts'
import { type DeskProtocol, deskServer } from './desk.ts'

interface Memory {
  desks: UniqueRegistry<number, DeskProtocol> | undefined
  questions: number
}

const deskCount = 3
const lobbyKey = deskCount
const crowd = 80

/** The scenario, with the checkers of some invariants put out. */
export const callsUnder = (without: readonly string[] = []) =>
  simulation<Memory>({
    name: 'calls',
    settleMs: 120_000,
    withoutInvariants: without,
    memory: () => ({ desks: undefined, questions: 0 }),
    async start(world, node) {
      world.memory.desks = undefined
      const desks = uniqueRegistry<number, DeskProtocol>({ name: 'desks' })
      const servers = Array.from({ length: deskCount }, (_, key) => {
        return child(deskServer(8), undefined, { id: `desk ${key}`, name: desks.via(key) })
      })
      const lobby = child(deskServer(1000), undefined, { id: 'lobby', name: desks.via(lobbyKey) })
      const tree = supervisor({ name: 'hall', strategy: 'one_for_one', maxRestarts: 1000 }, [
        desks,
        ...servers,
        lobby,
      ])
      const started = await world.startNode(tree, node)
      world.memory.desks = desks
      return started
    },
    clients: {
      asker: { count: 4, run: (client) => client.every(15, () => askOne(client)) },
      filler: (client) => client.every(60, () => fill(client)),
      crowd: (client) => client.every(2500, () => askTogether(client)),
    },
  })

/** With every checker. */
export const calls = callsUnder()

async function askOne(client: Client<Memory>): Promise<void> {
  const { memory } = client.world
  const { desks } = memory
  if (desks === undefined) return
  memory.questions += 1
  const question = memory.questions
  const timeoutMs = client.pick([5, 20, 80, 400])
  try {
    const to = desks.via(client.below(deskCount))
    const answer = await ask(client, { to, question, timeoutMs })
    sometimes('a mailbox is full', !answer.ok && answer.exit.reason.kind === 'overload')
    judge(answer, question)
  } catch (error) {
    passing(error)
  }
}

interface Asked {
  readonly to: Via<DeskProtocol>
  readonly question: number
  readonly timeoutMs: number
}

function ask(client: Client<Memory>, { to, question, timeoutMs }: Asked): Promise<Outcome<number>> {
  const waiting = { timeoutMs }
  switch (client.below(8)) {
    case 0:
    case 1:
      return tryCall(to, 'echo', question, waiting)
    case 2: {
      const durationMs = client.pick([1, 4, 10, 60])
      return tryCall(to, 'slowly', { question, durationMs }, waiting)
    }
    case 3:
    case 4:
      return tryCall(to, 'putOff', question, waiting)
    case 5:
      return tryCall(to, 'catchUp', question, waiting)
    case 6: {
      const { desks } = client.world.memory
      const other = desks?.via(client.below(deskCount)) ?? to
      return tryCall(to, 'relay', { to: other, question }, waiting)
    }
    default:
      return client.below(4) === 0
        ? tryCall(to, 'close', question, waiting)
        : tryCall(to, 'echo', question, { timeoutMs: 'infinity' })
  }
}

function judge(answer: Outcome<number>, question: number): void {
  if (!answer.ok) return
  always(answer.value === question, `I11: the answer to ${question} is ${answer.value}`)
}

async function fill({ world }: Client<Memory>): Promise<void> {
  const to = world.memory.desks?.via(0)
  if (to === undefined) return
  try {
    for (let count = 0; count < 12; count += 1) cast(to, 'fill', count % 3)
  } catch (error) {
    passing(error)
  }
}

/** More calls in one turn than the runtime keeps in its list of new ones. */
async function askTogether({ world }: Client<Memory>): Promise<void> {
  const { desks } = world.memory
  if (desks === undefined) return
  try {
    const to = desks.via(lobbyKey)
    cast(to, 'fill', 100)
    const asked = Array.from({ length: crowd }, (_, index) => {
      return tryCall(to, 'putOff', index, { timeoutMs: 30 + index })
    })
    for (const [index, answer] of (await Promise.all(asked)).entries()) judge(answer, index)
  } catch (error) {
    passing(error)
  }
}
