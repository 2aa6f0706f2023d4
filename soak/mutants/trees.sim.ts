/**
 * Supervisors of every strategy, whose children end in every way, near the limits of how often they
 * may.
 *
 * The oracle: the checkers of what the supervisors were given (`strategies.ts`, and the standard
 * one
 * of restart intensities), and whoever stands beside all this is not touched.
 */
import {
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type ExitReason,
  type Fleet,
  fleet,
  type Pid,
  type SupervisorHandle,
  supervisor,
  tryCall,
} from 'flotilla'
import {
  type Client,
  type Invariant,
  restartIntensity,
  simulation,
  sometimes,
} from 'flotilla/testing'
import { passing } from '../simulation/persistence.ts'
import { type HandProtocol, type HandStart, handServer } from './hand.ts'
import { errorsAreOwn, type Group, strategiesHold } from './strategies.ts'

interface Memory {
  /** Those whose children are told to end, in the present life of the node. */
  trees: readonly SupervisorHandle[]
  loose: DynamicSupervisor | undefined
  /** A key whose worker comes back after pauses that grow. */
  crew: Crew | undefined
}

type Crew = Fleet<string, HandStart, HandProtocol>

const intensity = { maxRestarts: 3, maxSeconds: 2 } as const
const groups: Readonly<Record<string, Group>> = {
  rest: {
    strategy: 'rest_for_one',
    children: [
      ['rest a', 'permanent'],
      ['rest b', 'permanent'],
      ['rest c', 'transient'],
    ],
  },
  all: {
    strategy: 'one_for_all',
    children: [
      ['all a', 'permanent'],
      ['all b', 'transient'],
      ['all c', 'permanent'],
    ],
  },
  one: {
    strategy: 'one_for_one',
    children: [
      ['one a', 'permanent'],
      ['one b', 'transient'],
      ['one c', 'temporary'],
      ['one d', 'permanent'],
    ],
  },
}
const looseMax = 5
const waiting = { timeoutMs: 300 }
const patient = { shutdownMs: 400 } as const

/** The scenario, with the checkers of some invariants put out. */
export const treesUnder = (without: readonly string[] = []) =>
  simulation<Memory>({
    name: 'trees',
    settleMs: 120_000,
    withoutInvariants: without,
    invariants: ownInvariants.filter(({ id }) => !without.includes(id.replace(/ .*/, ''))),
    memory: () => ({ trees: [], loose: undefined, crew: undefined }),
    async start(world, node) {
      world.memory.trees = []
      world.memory.loose = undefined
      world.memory.crew = undefined
      const trees = Object.entries(groups).map(([name, { strategy, children }]) => {
        const specs = children.map(([label, restart], index) => {
          return child(handServer(label), startOf(index), { restart, ...patient })
        })
        return supervisor({ name, strategy, ...intensity }, specs)
      })
      const loose = dynamicSupervisor({ name: 'loose', maxChildren: looseMax, ...intensity })
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
      const bystander = child(handServer('bystander'), startOf(0))
      const crew = fleet(handServer('crew'), {
        name: 'crew',
        key: () => 'only',
        maxRestarts: 100,
        onDemand: () => startOf(0),
      })
      const tree = supervisor(options, [...trees, loose, bystander, crew])
      const started = await world.startNode(tree, node)
      world.memory.trees = [...trees, loose]
      world.memory.crew = crew
      world.memory.loose = loose
      return started
    },
    clients: {
      host: (client) => client.every(150, () => host(client)),
      foreman: { count: 2, run: (client) => client.every(180, () => direct(client)) },
    },
  })

const ownInvariants: readonly Invariant[] = [
  strategiesHold(groups),
  errorsAreOwn,
  restartIntensity({ rest: intensity, all: intensity, one: intensity, loose: intensity }),
]

/** With every checker. */
export const trees = treesUnder()

/** Some of every kind: quick and slow, with last words and without. */
function startOf(index: number): HandStart {
  return {
    traps: index % 2 === 1,
    initMs: index === 2 ? 10 : 0,
    lastMs: index === 1 ? 15 : 0,
    mumbles: index === 2,
    lives: { count: 0 },
  }
}

async function host(client: Client<Memory>): Promise<void> {
  const { loose } = client.world.memory
  const kind = client.below(3)
  const restart = client.pick(['temporary', 'temporary', 'transient', 'permanent'] as const)
  const spec = child(handServer(`loose ${kind}`), startOf(kind), { restart, ...patient })
  try {
    await loose?.startChild(spec)
  } catch (error) {
    passing(error)
  }
}

async function direct(client: Client<Memory>): Promise<void> {
  const { trees, crew } = client.world.memory
  if (trees.length === 0) return
  try {
    const worker = crew?.via('only')
    if (worker !== undefined && client.below(5) === 0) {
      await tryCall(worker, 'crash', undefined, waiting)
      return
    }
    const hands = client
      .pick(trees)
      .whichChildren()
      .flatMap(({ pid }) => {
        return typeof pid === 'object' ? [pid] : []
      })
    if (hands.length > 0) await order(client, client.pick(hands))
  } catch (error) {
    passing(error)
  }
}

async function order(client: Client<Memory>, to: Pid<HandProtocol>): Promise<void> {
  switch (client.below(8)) {
    case 0:
      await tryCall(to, 'end', { kind: 'normal' }, waiting)
      return
    case 1:
      await tryCall(
        to,
        'end',
        { kind: 'shutdown', detail: 'as asked' } satisfies ExitReason,
        waiting,
      )
      return
    case 2:
    case 3:
      await tryCall(to, 'crash', undefined, waiting)
      return
    default:
      sometimes('work is done', (await tryCall(to, 'work', 1, waiting)).ok)
  }
}
