/**
 * Who takes part: what each arm is called, and what has to be said about it.
 */
import type { ArmId } from '../row.ts'

/** An arm, as readers and the runner know it. */
export interface Arm {
  readonly id: ArmId
  readonly title: string
  readonly runtime: 'node' | 'beam'
  /** The file in `arms` without its ending, for those that run on Node. */
  readonly program: string
  /** What the BEAM is told: how many schedulers it has. */
  readonly schedulers: number
  /** The packages whose size on disk is its installed size. */
  readonly packageName?: string
  /** What a reader must know to compare it. */
  readonly about: string
}

/** All arms, in the order in which they take their turns and are shown. */
export const arms: readonly Arm[] = [
  onNode('flotilla', 'Flotilla', {
    packageName: 'flotilla',
    about: 'named, supervised workers; called by via, and beside peers by a pid that was kept',
  }),
  onNode('flotilla-slowed', 'Flotilla, slowed', {
    program: 'flotilla',
    about: 'does the work twice in the measured time and counts it once (`--plant slow`)',
  }),
  onNode('flotilla-uncharged', 'Flotilla, uncharged', {
    about:
      'with `chargeAsyncErrors: false`: errors that escape a handler end the node, not its process',
  }),
  onNode('flotilla-by-name', 'Flotilla, by name', {
    about: 'beside peers whose callers keep references: each message finds its worker by name',
  }),
  onNode('floor', 'floor', {
    about: 'a Map, a promise, a list and a run queue: no supervision, no checks, no errors',
  }),
  {
    id: 'beam',
    title: 'BEAM, 1 scheduler',
    runtime: 'beam',
    program: 'main',
    schedulers: 1,
    about: 'Registry, DynamicSupervisor and GenServer of Elixir; the fair match for one event loop',
  },
  {
    id: 'beam-2',
    title: 'BEAM, 2 schedulers',
    runtime: 'beam',
    program: 'main',
    schedulers: 2,
    about: 'the same with a second core',
  },
  onNode('nact', 'nact', {
    packageName: 'nact',
    about: 'actors with a mailbox; on a crash its default is to stop',
  }),
  onNode('comedy', 'comedy', {
    packageName: 'comedy',
    about: 'actors in memory, with a quiet logger',
  }),
  onNode('xstate', 'xstate', {
    packageName: 'xstate',
    about:
      'state machines: a send is synchronous, an ask is made of a send and a look at the state',
  }),
  onNode('effect', 'effect', {
    packageName: 'effect',
    about: 'a fiber with a queue, answers through a deferred, all of it effects',
  }),
  onNode('effect-unsafe', 'effect, unsafe', {
    packageName: 'effect',
    about:
      'the same through the synchronous doors that it calls unsafe, in loops that do not yield',
  }),
  onNode('effect-cluster', 'effect, cluster', {
    packageName: 'effect',
    about: 'cluster entities in memory, limits lifted',
  }),
  onNode('promise-chain', 'promise chain', {
    about: 'twenty lines by hand: a Map of promises, one per key; no supervision',
  }),
]

/** Whether an arm is Flotilla itself, however it is set up. */
export function isOurs(id: ArmId): boolean {
  return id.startsWith('flotilla')
}

/** The arm of an id. */
export function armOf(id: ArmId): Arm {
  const arm = arms.find((each) => each.id === id)
  if (arm === undefined) throw new RangeError(`No arm is called ${id}`)
  return arm
}

/** The arm a text names, or undefined. */
export function armIdOf(text: string): ArmId | undefined {
  return arms.find(({ id }) => id === text)?.id
}

function onNode(
  id: ArmId,
  title: string,
  { program = id, ...rest }: Pick<Arm, 'about'> & Partial<Pick<Arm, 'program' | 'packageName'>>,
): Arm {
  return { id, title, runtime: 'node', program, schedulers: 1, ...rest }
}
