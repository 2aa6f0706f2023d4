/**
 * Random supervision trees of up to three levels.
 */
import type {
  AutoShutdown,
  ChildNode,
  DynamicNode,
  InitPlan,
  Life,
  Restart,
  Shutdown,
  SupervisorNode,
  WorkerNode,
} from '../program.ts'
import { initActions } from './actions.ts'
import type { Draft } from './draft.ts'

const levelsMax = 3
const placesMax = 14

/** The supervisors' memory; the clock moves in steps that never come near it. */
const maxSeconds = 10

/** A tree, whose places the draft knows from now on. */
export function makeRoot(draft: Draft): SupervisorNode | DynamicNode {
  const isDynamic = draft.chance('dynamic', 25)
  const root = isDynamic ? makeDynamic(draft, 'never') : makeSupervisor(draft, 1, 'never')
  // Its parent is the driver, which restarts nobody and waits as long as it takes.
  return { ...root, restart: 'temporary', shutdown: 'infinity' }
}

/** A worker under a supervisor that ends with its significant children, or does not. */
export function makeWorker(
  draft: Draft,
  autoShutdown: AutoShutdown,
  siblings: readonly ChildNode[],
): WorkerNode {
  const { random } = draft
  const hangs = draft.hangs && random.chance(40)
  const life = makeLife(draft, autoShutdown, 'worker')
  const worker: WorkerNode = {
    kind: 'worker',
    ...life,
    shutdown: hangs ? random.pick([1, 2, 'brutal_kill']) : life.shutdown,
    traps: hangs || draft.chance('trapping', 50),
    name: draft.chance('names', 60) ? draft.takeName() : undefined,
    inits: makeInits(draft),
    atInit: draft.chance('inits at work', 40) ? initActions(draft, siblings) : [],
    atExit: random.chance(30) ? 'stop' : 'ignore',
    atDown: random.chance(15) ? 'stop' : 'ignore',
    atTerminate: hangs ? 'hang' : random.chance(4) ? 'raise' : 'end',
  }
  draft.places.push(worker)
  return worker
}

/** A supervisor with its children, `level` counted from the root. */
export function makeSupervisor(
  draft: Draft,
  level: number,
  autoShutdown: AutoShutdown,
): SupervisorNode {
  const { random } = draft
  const life = makeLife(draft, autoShutdown, 'supervisor')
  const own = draft.chance('significant', 60)
    ? random.pick(['any_significant', 'all_significant'] as const)
    : 'never'
  const strategy = random.pick(['one_for_one', 'one_for_all', 'rest_for_one'] as const)
  const limits = { maxRestarts: random.pick([0, 1, 1, 2, 3, 3, 10]), maxSeconds }
  const children = makeChildren(draft, level, own)
  const node: SupervisorNode = {
    kind: 'supervisor',
    ...life,
    strategy,
    ...limits,
    autoShutdown: own,
    children,
  }
  draft.places.push(node)
  draft.children.set(node.id, [...children])
  return node
}

/** A dynamic supervisor. */
function makeDynamic(draft: Draft, autoShutdown: AutoShutdown): DynamicNode {
  const { random } = draft
  const node: DynamicNode = {
    kind: 'dynamic',
    ...makeLife(draft, autoShutdown, 'supervisor'),
    maxRestarts: random.pick([0, 1, 2, 3, 10]),
    maxSeconds,
    maxChildren: random.chance(25) ? random.below(3) : 'infinity',
  }
  draft.places.push(node)
  return node
}

function makeChildren(draft: Draft, level: number, autoShutdown: AutoShutdown): ChildNode[] {
  const { random } = draft
  const children: ChildNode[] = []
  const wanted = random.weighted([
    [1, 0],
    [3, 1],
    [6, 2],
    [6, 3],
    [3, 4],
  ])
  for (let index = 0; index < wanted && draft.places.length < placesMax; index += 1) {
    if (level < levelsMax && random.chance(level === 1 ? 35 : 25)) {
      children.push(makeSupervisor(draft, level + 1, autoShutdown))
    } else if (draft.chance('dynamic', 40)) {
      children.push(makeDynamic(draft, autoShutdown))
    } else children.push(makeWorker(draft, autoShutdown, children))
  }
  return children
}

function makeLife(draft: Draft, autoShutdown: AutoShutdown, type: 'worker' | 'supervisor'): Life {
  const { random } = draft
  const restart = random.weighted<Restart>([
    [5, 'permanent'],
    [3, 'transient'],
    [2, 'temporary'],
  ])
  const canBeSignificant = autoShutdown !== 'never' && restart !== 'permanent'
  const significant = canBeSignificant && random.chance(60)
  const shutdown: Shutdown =
    type === 'worker'
      ? random.pick([5000, 5000, 'infinity', 'brutal_kill'])
      : random.weighted<Shutdown>([
          [9, 'infinity'],
          [draft.hangs ? 0 : 1, 5000],
          [draft.hangs ? 0 : 1, 'brutal_kill'],
        ])
  return { id: draft.takeId(), restart, shutdown, significant }
}

const failures: readonly InitPlan[] = [
  'raise',
  'throw',
  'junk',
  'normal',
  'shutdown',
  'bye',
  'boom',
]

/** Mostly a success first, so that most trees start. */
function makeInits(draft: Draft): InitPlan[] {
  const { random } = draft
  const inits: InitPlan[] = []
  if (draft.chance('failing inits', 50)) {
    if (random.chance(85)) inits.push('ok')
    const failure = random.pick(failures)
    for (let count = random.between(1, 3); count > 0; count -= 1) inits.push(failure)
    if (random.chance(30)) inits.push('ok', random.pick(failures))
  }
  if (draft.chance('ignoring inits', 40)) {
    if (random.chance(60)) inits.push('ok')
    inits.push('ignore')
  }
  return inits
}
