/**
 * A fleet of accounts and sessions that come and go, under every kind of fault.
 *
 * The oracle: each client numbers its operations and repeats one until it has an answer, so at the
 * end the disk has every operation once, whatever was killed, crashed or slow meanwhile.
 */
import {
  call,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Fleet,
  fleet,
  supervisor,
  tryCall,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import { type Client, simulation, sometimes } from 'flotilla/testing'
import { type AccountProtocol, type AccountStart, accountServer } from './account.ts'
import { Beacon, hearBeacons } from './beacon.ts'
import { Disk } from './disk.ts'
import { passing, persist } from './persistence.ts'
import { Session, type SessionProtocol } from './session.ts'

/** What runs on one node now. */
interface Running {
  readonly accounts: Fleet<number, AccountStart, AccountProtocol>
  readonly names: UniqueRegistry<number, SessionProtocol>
  readonly sessions: DynamicSupervisor
}

/** What clients and the oracle share. */
interface Memory {
  /** By name of the node; they outlive crashes. */
  readonly disks: Map<string, Disk>
  /** By name of the node; absent while it is down. */
  readonly running: Map<string, Running>
  /** How many operations of each account were answered, by name of the node and key. */
  readonly answered: Map<string, number>
}

const accountCount = 6
const sessionCount = 8
const untilAnswered = { timeoutMs: 2000 }

/**
 * The churn of a fleet, a registry and a dynamic supervisor on two nodes.
 *
 * @param makeDisk what accounts write to
 */
export const churnOn = (makeDisk: () => Disk) =>
  simulation<Memory>({
    name: 'churn',
    nodes: 2,
    settleMs: 120_000,
    memory: () => ({ disks: new Map(), running: new Map(), answered: new Map() }),
    async start(world, node) {
      const { memory } = world
      memory.running.delete(node.name)
      const disk = memory.disks.get(node.name) ?? makeDisk()
      memory.disks.set(node.name, disk)
      const accounts = fleet(accountServer(disk), {
        name: 'accounts',
        key: ({ key }: AccountStart) => key,
        onDemand: (key) => ({ key }),
      })
      const names = uniqueRegistry<number, SessionProtocol>({ name: 'names' })
      const sessions = dynamicSupervisor({ name: 'sessions', maxRestarts: 20 })
      const peers = world.nodes.filter(({ name }) => name !== node.name)
      const beacons = peers.map(({ name: peer }) =>
        child(Beacon, { transport: node.transport, peer }, { id: `beacon to ${peer}` }),
      )
      hearBeacons(node.transport)
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 100 } as const
      const tree = supervisor(options, [accounts, names, sessions, ...beacons])
      const started = await world.startNode(tree, node)
      memory.running.set(node.name, { accounts, names, sessions })
      return started
    },
    clients: {
      teller: { count: 3, run: (client) => tell(client) },
      visitor: { count: 2, run: (client) => client.every(1500, () => visit(client)) },
    },
    finally({ memory }) {
      for (const [name, disk] of memory.disks) {
        for (let key = 0; key < accountCount; key += 1) {
          const { count } = disk.load(key)
          const answered = memory.answered.get(`${name} ${key}`) ?? 0
          if (count === answered) continue
          throw new Error(
            `account ${key} of ${name}: ${answered} operations answered, ${count} done`,
          )
        }
      }
    },
  })

/** With a disk that keeps what it is given. */
export const churn = churnOn(() => new Disk())

/** Applies one operation after the other, each until it is answered. */
async function tell(client: Client<Memory>): Promise<void> {
  const { world } = client
  const { memory } = world
  let number = 0
  await client.every(500, async () => {
    number += 1
    const { name } = client.pick(world.nodes)
    const key = client.below(accountCount)
    const operation = { client: client.name, number }
    const running = (): Running | undefined => memory.running.get(name)
    const { value: count, tries } = await persist(client, {
      attempt() {
        const via = running()?.accounts.via(key)
        return via === undefined ? undefined : call(via, 'apply', operation, untilAnswered)
      },
      release() {
        sometimes('an account is parked')
        return running()?.accounts.release(key)
      },
    })
    const answered = (memory.answered.get(`${name} ${key}`) ?? 0) + 1
    memory.answered.set(`${name} ${key}`, answered)
    sometimes('an operation is answered at the second try or later', tries > 1)
    client.note(`operation ${number} on account ${key} of ${name} is number ${count}`)
  })
}

/** Starts a session, or talks to the one that there is. */
async function visit(client: Client<Memory>): Promise<void> {
  const running = client.world.memory.running.get(client.pick(client.world.nodes).name)
  if (running === undefined) return
  const { names, sessions, accounts } = running
  const key = client.below(sessionCount)
  const arg = { account: accounts.via(client.below(accountCount)) }
  try {
    const spec = child(Session, arg, { name: names.via(key), restart: 'transient' })
    const started = await sessions.startChild(spec)
    sometimes('a name is held by somebody else', !started.ok)
    sometimes('many sessions at a time', names.count() > 4)
    const friend = names.whereis(client.below(sessionCount))
    if (friend !== undefined && client.below(3) === 0) {
      await tryCall(names.via(key), 'join', friend, untilAnswered)
    }
    const word = client.below(4) === 0 ? 'leave' : 'ping'
    await tryCall(names.via(key), word, undefined, untilAnswered)
  } catch (error) {
    passing(error)
  }
}
