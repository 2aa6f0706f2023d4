/**
 * Where code outside of any process belongs: to a client, to the start of a node, to the checks.
 */
import type { Lane } from './lane.ts'
import type { NodeHost } from './node-host.ts'

/** Marks the asynchronous context of code that belongs to no process. */
export class Place {
  /** For events, such as `client player 1`. */
  readonly name: string
  /** Where its timers fire. */
  readonly lane: Lane
  /** The node whose clocks it sees; none: those of the world. */
  readonly host: NodeHost | undefined

  constructor(name: string, lane: Lane, host?: NodeHost) {
    this.name = name
    this.lane = lane
    this.host = host
  }
}
