/**
 * What a scenario, its clients and its invariants see of a simulation.
 */
import type { ChildSpec } from '../../core/child-spec.ts'
import type { Key } from '../../core/key.ts'
import type { Pid } from '../../core/pid.ts'
import type { Host } from '../../process/host.ts'
import type { Node } from '../../process/node.ts'
import type { NodeStatistics } from '../../process/statistics.ts'
import type { Transport } from '../../process/transport.ts'
import type { FaultRates } from './fault.ts'
import type { ProcessReference } from './simulation-event.ts'

/** Where a run stands: faults are injected, they are over, the nodes stop, they have stopped. */
export type SimulationPhase = 'faults' | 'settling' | 'stopping' | 'over'

/** One entry of a registry or fleet. */
export interface HeldName {
  readonly registry: string
  readonly key: Key
  readonly process: ProcessReference
  readonly isAlive: boolean
  /** False in a registry of duplicate keys. */
  readonly isUnique: boolean
}

/** One node of a simulation, over all of its lives. */
export interface SimulatedNode {
  readonly name: string
  /** Which life: 0 before its first start, one more with each. */
  readonly life: number
  readonly state: 'down' | 'starting' | 'running' | 'paused'
  /** Its clock, randomness and scheduler in this life, for `startNode(tree, { host })`. */
  readonly host: Host
  /** What `start` gave back; undefined while it is down. */
  readonly node: Node | undefined
  /** Its door to the other nodes, in this life. */
  readonly transport: Transport
  /** Counts and table sizes; undefined while it is down. */
  statistics(): NodeStatistics | undefined
  /** Every name held now. */
  names(): readonly HeldName[]
}

/** A simulation that runs. */
export interface World<M = unknown> {
  readonly seed: number
  /** Milliseconds since the start; no clock of any node. */
  readonly nowMs: number
  readonly phase: SimulationPhase
  readonly nodes: readonly SimulatedNode[]
  /** The strength of each fault in this run. */
  readonly faults: FaultRates
  /** How many of the calls that were sent have not settled. */
  readonly openCalls: number
  /** The node of a name. @throws Error if there is none */
  node(name: string): SimulatedNode
  /**
   * Starts a tree on a node of the simulation; it is `startNode` with the host and the name of it.
   */
  startNode(tree: ChildSpec, node: SimulatedNode): Promise<Node>
  /** The reference of a process, as events tell of it; also of one that has ended. */
  referenceOf(pid: Pid): ProcessReference
  /** Puts a line into the log and the timeline. */
  note(text: string): void
  /**
   * Whatever the clients and the checks of one run share: the same object for everybody, made anew
   * for each run by `memory` of the definition.
   */
  readonly memory: M
}

/** Code outside of any process that uses the system: the schedule orders its steps. */
export interface Client<M = unknown> {
  readonly name: string
  /** Its place in its group, from 0. */
  readonly index: number
  readonly world: World<M>
  /** Resolves after so many milliseconds of the time of the world. */
  sleepMs(delayMs: number): Promise<void>
  /** Resolves when the schedule lets this client go on; put it where order matters. */
  turn(): Promise<void>
  /** A number from 0 (included) to 1 (excluded), from a stream of its own. */
  random(): number
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /**
   * Does something again and again, with a pause before each, until the faults are over.
   *
   * @param intervalMs the pause, in milliseconds of the time of the world
   */
  every(intervalMs: number, work: () => unknown): Promise<void>
  /** Whether the faults are not over yet: a client goes on as long. */
  readonly goesOn: boolean
  /** Puts a line into the log and the timeline. */
  note(text: string): void
}
