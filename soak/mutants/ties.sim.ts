/**
 * Monitors, links, timers and aliases among members that come and go.
 *
 * The oracle: each member knows what it has taken back (`member.ts`), and when all have left, the
 * tables of the node are empty.
 */
import {
  type Address,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Pid,
  type StaticSupervisor,
  supervisor,
  tryCall,
} from 'flotilla'
import { always, type Client, simulation, type World } from 'flotilla/testing'
import { passing } from '../simulation/persistence.ts'
import { answerTwice, type MemberProtocol, MemberServer } from './member.ts'

interface Memory {
  members: DynamicSupervisor | undefined
  /** Above one who is watched, stays, and is asked nothing. */
  top: StaticSupervisor | undefined
}

const memberCount = 7
const waiting = { timeoutMs: 300 }
const rockId = 'rock'
const hourMs = 3_600_000

/** The scenario, with the checkers of some invariants put out. */
export const tiesUnder = (without: readonly string[] = []) =>
  simulation<Memory>({
    name: 'ties',
    settleMs: 120_000,
    // A node does not count the casts of timers as sent, and I24 does.
    withoutInvariants: [...new Set(['I24', ...without])],
    memory: () => ({ members: undefined, top: undefined }),
    async start(world, node) {
      world.memory.members = undefined
      world.memory.top = undefined
      const members = dynamicSupervisor({ name: 'members', maxRestarts: 1000 })
      const rock = child(MemberServer, undefined, { id: rockId })
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
      const top = supervisor(options, [members, rock])
      const started = await world.startNode(top, node)
      world.memory.members = members
      world.memory.top = top
      return started
    },
    clients: {
      host: (client) => client.every(50, () => invite(client)),
      guest: { count: 3, run: (client) => client.every(30, () => meddle(client)) },
    },
    finally: (world) => everybodyLeaves(world),
  })

/** With every checker. */
export const ties = tiesUnder()

async function invite({ world }: Client<Memory>): Promise<void> {
  try {
    if (membersOf(world).length >= memberCount) return
    await world.memory.members?.startChild(child(MemberServer, undefined, { restart: 'temporary' }))
  } catch (error) {
    passing(error)
  }
}

async function meddle(client: Client<Memory>): Promise<void> {
  try {
    const members = membersOf(client.world)
    if (members.length < 2) return
    const one = client.pick(members)
    await ask(client, one, client.pick(members))
  } catch (error) {
    passing(error)
  }
}

async function ask(
  client: Client<Memory>,
  one: Address<MemberProtocol>,
  other: Pid<MemberProtocol>,
): Promise<unknown> {
  switch (client.below(16)) {
    case 0:
    case 1:
      return await tryCall(one, 'watch', other, waiting)
    case 2: {
      const rock = client.world.memory.top?.child(rockId)?.pid
      return await tryCall(one, 'watch', typeof rock === 'object' ? rock : other, waiting)
    }
    case 3:
      return await tryCall(one, 'unwatch', client.below(3) > 0, waiting)
    case 4:
      return await tryCall(one, 'tie', other, waiting)
    case 5:
      return await tryCall(one, 'untie', other, waiting)
    case 6:
      return await tryCall(one, 'trap', client.below(2) > 0, waiting)
    case 7:
      return await tryCall(one, 'remind', client.pick([0, 5, 100, hourMs]), waiting)
    case 8:
      return await tryCall(one, 'dismiss', undefined, waiting)
    case 9: {
      const invited = await tryCall(one, 'invite', undefined, waiting)
      if (invited.ok) answerTwice(invited.value)
      return invited
    }
    case 10:
      return await tryCall(one, 'disinvite', undefined, waiting)
    case 11:
    case 12:
      return await tryCall(one, 'pass', { to: other, count: 1 + client.below(5) }, waiting)
    case 13:
      return await busyEnd(client, one, other)
    case 14:
      return await tryCall(one, 'leave', undefined, waiting)
    default:
      return await tryCall(one, 'crash', undefined, waiting)
  }
}

/** Keeps one busy while reports of the other's end, and more, pile up in its mailbox. */
async function busyEnd(
  client: Client<Memory>,
  one: Address<MemberProtocol>,
  other: Pid<MemberProtocol>,
): Promise<unknown> {
  const asked = [
    tryCall(one, 'watch', other, waiting),
    tryCall(one, 'wait', 20, waiting),
    tryCall(one, 'unwatch', true, waiting),
    tryCall(other, 'pass', { to: other, count: 2 }, waiting),
  ]
  await client.turn()
  asked.push(tryCall(other, client.pick(['leave', 'crash']), undefined, waiting))
  return await Promise.all(asked)
}

function membersOf({ memory }: World<Memory>): readonly Pid<MemberProtocol>[] {
  const children = memory.members?.whichChildren() ?? []
  return children.flatMap(({ pid }) => (typeof pid === 'object' ? [pid] : []))
}

/** Then nobody has a monitor, link, timer or alias of anybody. */
async function everybodyLeaves(world: World<Memory>): Promise<void> {
  for (const pid of membersOf(world)) await world.memory.members?.terminateChild(pid)
  for (const node of world.nodes) {
    const statistics = node.statistics()
    if (statistics === undefined) continue
    const { deadlines, monitors, links, aliases } = statistics
    const left = { deadlines, monitors, links, aliases }
    const isEmpty = deadlines + monitors + links + aliases === 0
    always(isEmpty, `I20: everybody has left, and there are ${JSON.stringify(left)}`)
  }
}
