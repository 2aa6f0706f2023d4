/** Programs made by hand, for the tests of the oracle itself. */
import type {
  ChildNode,
  Operation,
  Program,
  SupervisorNode,
  WorkerNode,
} from '../../oracle/program.ts'

/** A worker with nothing special about it. */
export function plainWorker(id: number, traits: Partial<WorkerNode> = {}): WorkerNode {
  return {
    kind: 'worker',
    id,
    restart: 'permanent',
    shutdown: 5000,
    significant: false,
    traps: false,
    name: undefined,
    inits: [],
    atInit: [],
    atExit: 'ignore',
    atDown: 'ignore',
    atTerminate: 'end',
    ...traits,
  }
}

/** A one_for_one supervisor, unless it is to be another. */
export function plainSupervisor(
  id: number,
  children: readonly ChildNode[],
  traits: Partial<SupervisorNode> = {},
): SupervisorNode {
  return {
    kind: 'supervisor',
    id,
    restart: 'temporary',
    shutdown: 'infinity',
    significant: false,
    strategy: 'one_for_one',
    maxRestarts: 3,
    maxSeconds: 10,
    autoShutdown: 'never',
    children,
    ...traits,
  }
}

/** A program whose root is supervisor 0. */
export function programOf(
  children: readonly ChildNode[],
  operations: readonly Operation[] = [],
  traits: Partial<SupervisorNode> = {},
): Program {
  return { root: plainSupervisor(0, children, traits), operations }
}

/** The driver's exit signal `kill`. */
export function kill(to: number): Operation {
  return { op: 'signal', to, reason: 'kill' }
}
