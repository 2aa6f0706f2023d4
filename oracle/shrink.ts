/**
 * Makes a program that shows a difference as small as it can be made.
 *
 * Invariant: the result shows a difference, too, and none of the programs that are one step smaller
 * does.
 */
import {
  type Action,
  type ChildNode,
  isValid,
  type Operation,
  type Program,
  type Script,
  type SupervisorNode,
  type WorkerNode,
} from './program.ts'

/** Whether a program still shows what is looked for. */
export type StillFails = (candidates: readonly Program[]) => Promise<readonly boolean[]>

const candidatesAtOnce = 16

/** The smallest program on the way down from this one. */
export async function shrink(program: Program, stillFails: StillFails): Promise<Program> {
  let smallest = program
  for (;;) {
    const next = await firstThatFails(smallerPrograms(smallest), stillFails)
    if (next === undefined) return smallest
    smallest = next
  }
}

async function firstThatFails(
  candidates: Iterable<Program>,
  stillFails: StillFails,
): Promise<Program | undefined> {
  let some: Program[] = []
  for (const candidate of candidates) {
    if (!isValid(candidate)) continue
    some.push(candidate)
    if (some.length < candidatesAtOnce) continue
    const found = await firstOf(some, stillFails)
    if (found !== undefined) return found
    some = []
  }
  return await firstOf(some, stillFails)
}

async function firstOf(
  candidates: readonly Program[],
  stillFails: StillFails,
): Promise<Program | undefined> {
  const fails = await stillFails(candidates)
  return candidates.find((_, index) => fails[index] === true)
}

/** Every program that is one step smaller, those that leave out most first. */
function* smallerPrograms(program: Program): IterableIterator<Program> {
  const { root, operations } = program
  for (const fewer of without(operations)) yield { root, operations: fewer }
  for (const smaller of smallerChildren(root)) {
    // The driver neither restarts nor kills a root, whatever it says.
    const isOfUse = smaller.restart === root.restart && smaller.shutdown === root.shutdown
    if (isOfUse && smaller.kind !== 'worker') yield { root: smaller, operations }
  }
  for (const [index, operation] of operations.entries()) {
    for (const smaller of smallerOperations(operation)) {
      yield { root, operations: operations.with(index, smaller) }
    }
  }
}

/** The list without each half, then without each item. */
function* without<T>(items: readonly T[]): IterableIterator<readonly T[]> {
  const half = items.length >> 1
  if (half > 1) {
    yield items.slice(0, half)
    yield items.slice(half)
  }
  for (let index = items.length - 1; index >= 0; index -= 1) yield items.toSpliced(index, 1)
}

function* smallerChildren(node: ChildNode): IterableIterator<ChildNode> {
  switch (node.kind) {
    case 'worker':
      yield* smallerWorkers(node)
      return
    case 'supervisor':
      yield* smallerSupervisors(node)
      return
    case 'dynamic':
      if (node.maxChildren !== 'infinity') yield { ...node, maxChildren: 'infinity' }
      yield* plainer(node, { restart: 'permanent', shutdown: 'infinity', maxRestarts: 3 })
  }
}

function* smallerSupervisors(node: SupervisorNode): IterableIterator<SupervisorNode> {
  const { children } = node
  for (const fewer of without(children)) yield { ...node, children: fewer }
  for (const [index, child] of children.entries()) {
    // A child in the place of its supervisor.
    if (child.kind === 'supervisor') {
      yield { ...node, children: children.toSpliced(index, 1, ...child.children) }
    }
    for (const smaller of smallerChildren(child)) {
      yield { ...node, children: children.with(index, smaller) }
    }
  }
  yield* plainer(node, {
    restart: 'permanent',
    shutdown: 'infinity',
    significant: false,
    strategy: 'one_for_one',
    maxRestarts: 3,
  })
  yield* plainer(node, { autoShutdown: 'never' })
}

function* smallerWorkers(node: WorkerNode): IterableIterator<WorkerNode> {
  for (const inits of without(node.inits)) yield { ...node, inits }
  for (const atInit of without(node.atInit)) yield { ...node, atInit }
  for (const [index, action] of node.atInit.entries()) {
    for (const smaller of smallerActions(action)) {
      yield { ...node, atInit: node.atInit.with(index, smaller) }
    }
  }
  yield* plainer<WorkerNode>(node, {
    name: undefined,
    traps: false,
    significant: false,
    restart: 'permanent',
    shutdown: 5000,
    atExit: 'ignore',
    atDown: 'ignore',
    atTerminate: 'end',
  })
}

/** The value with each of these properties in turn, where it has another. */
function* plainer<T extends object>(value: T, plain: Partial<T>): IterableIterator<T> {
  for (const [name, wanted] of Object.entries(plain)) {
    if (Reflect.get(value, name) !== wanted) yield { ...value, [name]: wanted }
  }
}

function* smallerOperations(operation: Operation): IterableIterator<Operation> {
  switch (operation.op) {
    case 'send': {
      const { script } = operation
      for (const smaller of smallerScripts(script)) yield { ...operation, script: smaller }
      return
    }
    case 'start':
      for (const child of smallerChildren(operation.child)) yield { ...operation, child }
      return
    case 'burst':
      yield* operation.operations
      for (const operations of without(operation.operations)) yield { ...operation, operations }
      return
    case 'timed':
      for (const smaller of smallerOperations(operation.operation)) {
        yield { ...operation, operation: smaller }
      }
      return
    default:
  }
}

function* smallerScripts(script: Script): IterableIterator<Script> {
  const { actions } = script
  for (const fewer of without(actions)) yield { ...script, actions: fewer }
  for (const [index, action] of actions.entries()) {
    for (const smaller of smallerActions(action)) {
      yield { ...script, actions: actions.with(index, smaller) }
    }
  }
}

function* smallerActions(action: Action): IterableIterator<Action> {
  if ('script' in action) {
    for (const script of smallerScripts(action.script)) yield { ...action, script }
  }
  if (action.do === 'start' || action.do === 'spawn') {
    for (const child of smallerWorkers(action.child)) yield { ...action, child }
  }
}
