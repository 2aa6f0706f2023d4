/**
 * Supervision programs as data: a tree, then operations on it, one after the other.
 *
 * Invariant: a program says everything that both sides need; it holds no randomness, no time but
 * what its operations move, and every id in it is unique. What it means is written down in
 * oracle/README.md and implemented twice: flotilla/ here, elixir/ on the BEAM.
 */

/** Why somebody is to end; `bye` stands for `{shutdown, bye}`, `boom` and `bang` for crashes. */
export type Reason = 'normal' | 'shutdown' | 'bye' | 'boom' | 'bang' | 'kill'
export type Restart = 'permanent' | 'transient' | 'temporary'
/** Milliseconds, or one of OTP's two words. */
export type Shutdown = 'brutal_kill' | 'infinity' | number
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant'

/** What every child has. */
export interface Life {
  /** Its place in the tree; one number for all lives that begin there. */
  readonly id: number
  readonly restart: Restart
  readonly shutdown: Shutdown
  readonly significant: boolean
}

/** How one `init` ends. */
export type InitPlan = 'ok' | 'ignore' | 'raise' | 'throw' | 'junk' | Reason

export interface WorkerNode extends Life {
  readonly kind: 'worker'
  readonly traps: boolean
  /** The name it is started under, by number. */
  readonly name: number | undefined
  /** One for each life; every later life is `ok`. */
  readonly inits: readonly InitPlan[]
  /** What a successful `init` does. */
  readonly atInit: readonly Action[]
  /** What it does with the trapped exit signal of a stranger. */
  readonly atExit: 'ignore' | 'stop'
  /** What it does with a DOWN. */
  readonly atDown: 'ignore' | 'stop'
  /** `hang` waits in `terminate` until it is killed. */
  readonly atTerminate: 'end' | 'raise' | 'hang'
}

export interface SupervisorNode extends Life {
  readonly kind: 'supervisor'
  readonly strategy: Strategy
  readonly maxRestarts: number
  readonly maxSeconds: number
  readonly autoShutdown: AutoShutdown
  readonly children: readonly ChildNode[]
}

export interface DynamicNode extends Life {
  readonly kind: 'dynamic'
  readonly maxRestarts: number
  readonly maxSeconds: number
  readonly maxChildren: number | 'infinity'
}

export type ChildNode = WorkerNode | SupervisorNode | DynamicNode

/** A process, by the id of its place or, when negative, by the name with the number -1 - to. */
export type Target = number

/** What a worker does while it handles one message; those that end it end the script, too. */
export type Action =
  | { readonly do: 'stop'; readonly reason: Reason; readonly replies: boolean }
  | { readonly do: 'raise' | 'throw' | 'junk' }
  | { readonly do: 'exit'; readonly reason: Reason }
  /** Puts the answer of the present call off; `answer` answers the oldest call put off. */
  | { readonly do: 'later' | 'answer' }
  | { readonly do: 'trap'; readonly on: boolean }
  | { readonly do: 'link' | 'unlink' | 'monitor'; readonly to: Target }
  | { readonly do: 'demonitor'; readonly to: Target }
  | {
      readonly do: 'call'
      readonly to: Target
      readonly script: Script
      /** Whether the exit of the call is caught; if not it ends the caller. */
      readonly caught: boolean
      /** Gives up after a millisecond, long before the answer. */
      readonly timesOut: boolean
    }
  | { readonly do: 'cast' | 'info'; readonly to: Target; readonly script: Script }
  | { readonly do: 'signal'; readonly to: Target; readonly reason: Reason }
  | { readonly do: 'halt'; readonly to: Target; readonly reason: Reason }
  | { readonly do: 'start'; readonly under: number; readonly child: WorkerNode }
  /** Starts a process of its own, of which no supervisor knows. */
  | { readonly do: 'spawn'; readonly child: WorkerNode; readonly linked: boolean }
  | { readonly do: 'where' | 'register' | 'unregister'; readonly name: number }
  | { readonly do: 'continue'; readonly script: Script }

/** A message: a number to know it by in the trace, and what its receiver does. */
export interface Script {
  readonly tag: number
  readonly actions: readonly Action[]
}

/** What the driver does; after each one both sides wait until nothing moves any more. */
export type Operation =
  | {
      readonly op: 'send'
      readonly how: 'call' | 'cast' | 'info'
      readonly to: Target
      readonly script: Script
    }
  | { readonly op: 'signal' | 'halt'; readonly to: Target; readonly reason: Reason }
  | { readonly op: 'start'; readonly under: number; readonly child: ChildNode }
  | {
      readonly op: 'terminate' | 'restart' | 'delete'
      readonly under: number
      readonly child: number
    }
  | { readonly op: 'count'; readonly of: number }
  /** Moves the clock, by which supervisors forget restarts. */
  | { readonly op: 'advance'; readonly seconds: number }
  /** Several at once: only afterwards does anybody wait. */
  | { readonly op: 'burst'; readonly operations: readonly Operation[] }
  /** One that takes a few milliseconds, since a call of it times out. */
  | { readonly op: 'timed'; readonly operation: Operation }

export interface Program {
  readonly root: SupervisorNode | DynamicNode
  readonly operations: readonly Operation[]
}

/** Every place of a tree, parents first. */
function* placesOf(node: ChildNode): IterableIterator<ChildNode> {
  yield node
  if (node.kind !== 'supervisor') return
  for (const child of node.children) yield* placesOf(child)
}

/** Every operation, those of bursts one by one. */
export function* singleOperations(operations: readonly Operation[]): IterableIterator<Operation> {
  for (const operation of operations) {
    if (operation.op === 'burst') yield* singleOperations(operation.operations)
    else if (operation.op === 'timed') yield* singleOperations([operation.operation])
    else yield operation
  }
}

/** What workers do because of an operation, messages inside messages included. */
function* actionsIn(operation: Operation): IterableIterator<Action> {
  if (operation.op === 'send') yield* actionsOf(operation.script.actions)
  if (operation.op !== 'start') return
  for (const place of placesOf(operation.child)) {
    if (place.kind === 'worker') yield* actionsOf(place.atInit)
  }
}

/** Actions, and those that their messages carry. */
function* actionsOf(actions: readonly Action[]): IterableIterator<Action> {
  for (const action of actions) {
    yield action
    if ('script' in action) yield* actionsOf(action.script.actions)
  }
}

/** Every place a program has, those that its operations and scripts start included. */
export function allPlaces(program: Program): ChildNode[] {
  const places = [...placesOf(program.root)]
  for (const operation of singleOperations(program.operations)) {
    if (operation.op === 'start') places.push(...placesOf(operation.child))
    for (const action of actionsIn(operation)) {
      if (action.do === 'start' || action.do === 'spawn') places.push(action.child)
    }
  }
  return places
}

/** Whether some worker hangs in `terminate`, so that waiting for it takes milliseconds. */
export function hasHanging(places: readonly ChildNode[]): boolean {
  return places.some((place) => place.kind === 'worker' && place.atTerminate === 'hang')
}

/** Whether both sides accept every specification of a program, and nobody hangs for long. */
export function isValid(program: Program): boolean {
  const places = allPlaces(program)
  const parents = new Map(places.map((place) => [place.id, place]))
  const started = [...singleOperations(program.operations)].flatMap((operation) => {
    if (operation.op !== 'start') return []
    return [{ child: operation.child, parent: parents.get(operation.under) }]
  })
  return (
    places.every(isKilledSoon) &&
    places.every((place) => {
      return place.kind !== 'supervisor' || place.children.every((child) => fits(child, place))
    }) &&
    started.every(({ child, parent }) => fits(child, parent))
  )
}

function isKilledSoon(place: ChildNode): boolean {
  if (place.kind !== 'worker' || place.atTerminate !== 'hang') return true
  return place.shutdown === 'brutal_kill' || Number(place.shutdown) < 10
}

/** A significant child must be able to end for good, and its supervisor must care. */
function fits(child: Life, parent: ChildNode | undefined): boolean {
  if (!child.significant) return true
  const cares = parent?.kind === 'supervisor' && parent.autoShutdown !== 'never'
  return cares && child.restart !== 'permanent'
}
