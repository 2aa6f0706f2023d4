/**
 * Names and groups, taken by hand and by being started, given up, and lost by ends of every kind.
 *
 * The oracle: each holder compares what it is told with what it did (`holder.ts`); whoever looks
 * finds nobody dead, and counts what there is; the feed of changes has no gap.
 */
import {
  child,
  type DynamicSupervisor,
  duplicateRegistry,
  dynamicSupervisor,
  isAlive,
  type Key,
  type Pid,
  type RegistryEvent,
  samePid,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { always, type Client, simulation } from 'flotilla/testing'
import { passing } from '../simulation/persistence.ts'
import { type HolderProtocol, HolderServer, maxNames, type Registries } from './holder.ts'

interface Running extends Registries {
  readonly holders: DynamicSupervisor
  /** What the feed of the names has told, in this life of the node. */
  readonly told: Map<Key, Pid>
}

interface Memory {
  running: Running | undefined
}

const keyCount = 14
const groupNames = ['red', 'blue']
const holderCount = 6
const waiting = { timeoutMs: 500 }

/** The scenario, with the checkers of some invariants put out. */
export const namesUnder = (without: readonly string[] = []) =>
  simulation<Memory>({
    name: 'names',
    settleMs: 120_000,
    withoutInvariants: without,
    memory: () => ({ running: undefined }),
    async start(world, node) {
      world.memory.running = undefined
      const names = uniqueRegistry<number, HolderProtocol, number>({
        ...{ name: 'names', maxNames, initialValue: -1 },
      })
      const groups = duplicateRegistry<string, HolderProtocol, number>({ name: 'groups', maxNames })
      const holders = dynamicSupervisor({ name: 'holders', maxRestarts: 1000 })
      const told = new Map<Key, Pid>()
      names.watch((event) => follow(told, event))
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
      const started = await world.startNode(supervisor(options, [names, groups, holders]), node)
      world.memory.running = { names, groups, holders, told }
      return started
    },
    clients: {
      host: (client) => client.every(40, () => start(client)),
      guest: { count: 3, run: (client) => client.every(20, () => act(client)) },
    },
    finally({ memory: { running } }) {
      if (running === undefined) return
      look(running)
      const { told, names } = running
      always(told.size === names.count(), 'I3: the feed has told of every name that is held')
    },
  })

/** With every checker. */
export const names = namesUnder()

async function start(client: Client<Memory>): Promise<void> {
  const { running } = client.world.memory
  if (running === undefined) return
  const { names, groups, holders } = running
  try {
    if (holders.whichChildren().length >= holderCount) return
    const restart = client.pick(['temporary', 'transient'] as const)
    const isNamed = client.below(2) === 0
    const named = isNamed ? { name: names.via(client.below(keyCount)) } : {}
    await holders.startChild(child(HolderServer, { names, groups }, { ...named, restart }))
  } catch (error) {
    passing(error)
  }
}

async function act(client: Client<Memory>): Promise<void> {
  const { running } = client.world.memory
  if (running === undefined) return
  try {
    look(running)
    const pids = running.holders.whichChildren().flatMap(({ pid }) => {
      return typeof pid === 'object' ? [pid] : []
    })
    if (pids.length === 0) return
    await ask(client, client.pick(pids))
    look(running)
  } catch (error) {
    passing(error)
  }
}

function ask(client: Client<Memory>, to: Pid<HolderProtocol>): Promise<unknown> {
  const key = client.below(keyCount)
  const group = client.pick(groupNames)
  switch (client.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return tryCall(to, 'take', key, waiting)
    case 4:
    case 5:
      return tryCall(to, 'give', key, waiting)
    case 6:
    case 7:
    case 8:
      return tryCall(to, 'join', group, waiting)
    case 9:
      return tryCall(to, 'part', group, waiting)
    case 10:
      return tryCall(to, 'leave', undefined, waiting)
    default:
      return tryCall(to, 'crash', undefined, waiting)
  }
}

/** What anybody sees at one instant. */
function look({ names, groups }: Running): void {
  judge(names.select({}), names.count())
  judge(groups.select({}), groups.count())
  for (let key = 0; key < keyCount; key += 1) {
    const pid = names.whereis(key)
    always(pid === undefined || isAlive(pid), 'I2: whoever is found lives')
  }
}

function judge(all: readonly { readonly pid: Pid }[], count: number): void {
  always(all.length === count, 'I4: as many entries are selected as are counted')
  always(all.length <= maxNames, 'I18: there are no more entries than may be')
  for (const { pid } of all) always(isAlive(pid), 'I2: whoever is selected lives')
}

/** What the feed says must fit what it said before. */
function follow(told: Map<Key, Pid>, { kind, key, pid }: RegistryEvent<Key, unknown>): void {
  const holder = told.get(key)
  if (kind === 'register') {
    always(holder === undefined, `I3: the feed tells of a new holder of ${String(key)} too early`)
    told.set(key, pid)
    return
  }
  const isHolder = holder !== undefined && samePid(holder, pid)
  always(isHolder, `I3: the feed tells of the end of a holder of ${String(key)} that it never had`)
  told.delete(key)
}
