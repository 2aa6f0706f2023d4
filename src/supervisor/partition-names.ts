/**
 * The names that lead to partitions: every key is one, and names whichever process runs the
 * partition it belongs to.
 *
 * Invariant: a name leads to a living process or to nobody. The supervisor's own name is taken
 * before its partitions start, and free in the step in which it ends; no two partition supervisors
 * or registries of one node have the same.
 */
import { argumentError } from '../core/argument-error.ts'
import { type Key, ownKey } from '../core/key.ts'
import { Slot } from '../core/name-table.ts'
import { partitionOf } from '../core/partition.ts'
import type { Pid } from '../core/pid.ts'
import { type Resolver, ViaName } from '../process/address.ts'
import { holdEntry } from '../process/held-names.ts'
import type { Holding, NodeRuntime } from '../process/node-runtime.ts'
import type { Process } from '../process/process.ts'
import { Tenancy } from '../process/tenancy.ts'
import type { PartitionBehaviour } from './partition-behaviour.ts'

/** How keys find their partition, for one partition supervisor. */
export class PartitionNames implements Resolver, Holding {
  readonly name: string
  readonly lastPlans = new WeakMap<object, unknown>()
  readonly #tenancy: Tenancy
  readonly #makingVia: string
  #behaviour: PartitionBehaviour | undefined = undefined

  constructor(name: string) {
    this.name = name
    this.#tenancy = new Tenancy('registry or fleet', name)
    this.#makingVia = `make a via of ${name}`
  }

  /** Of the supervisor, or of the one before. */
  get home(): NodeRuntime | undefined {
    return this.#behaviour?.process?.node
  }

  /** How many partitions are in service. */
  get rowCount(): number {
    return this.#behaviour?.partitions ?? 0
  }

  /** The pid of another partition supervisor that has the name on this node. */
  takenOn(node: NodeRuntime): Pid | undefined {
    const other = this.#tenancy.occupant(node, this)
    return other instanceof PartitionNames ? other.#behaviour?.process?.pid : undefined
  }

  /**
   * The supervisor starts: its name leads here until it ends.
   *
   * @throws ArgumentError FLOTILLA_NAME_TAKEN
   */
  open(process: Process, behaviour: PartitionBehaviour): void {
    this.#tenancy.enter(process.node, this)
    this.#behaviour = behaviour
    process.node.resolvers.set(this.name, this)
    holdEntry(process, new Slot(this.name, process.pid, undefined), this)
  }

  /** The supervisor has ended. */
  free(): void {
    this.release()
  }

  /** The node has ended. */
  release(): void {
    this.#tenancy.node?.resolvers.delete(this.name)
    this.#tenancy.leave()
  }

  via(key: Key): ViaName {
    return new ViaName(this, ownKey(this.#makingVia, key))
  }

  /** @throws ArgumentError FLOTILLA_NOT_STARTED, FLOTILLA_INVALID_ADDRESS without partitions */
  holder(key: Key): Process | undefined {
    const behaviour = this.#behaviour
    if (behaviour === undefined) throw this.#tenancy.notStarted('find a partition')
    if (!behaviour.process?.alive) return undefined
    return behaviour.processOf(this.partitionOf(key, behaviour))
  }

  /** @throws ArgumentError FLOTILLA_INVALID_ADDRESS without partitions */
  partitionOf(key: Key, { partitions }: PartitionBehaviour): number {
    if (partitions > 0) return partitionOf(key, partitions)
    throw argumentError('invalid_address', {
      attempted: 'find a partition',
      problem: `"${this.name}" has no partitions now`,
      fix: 'resize it to 1 or more before it is used',
    })
  }

  hasRoom(): boolean {
    throw this.#notForProcesses()
  }

  claim(): void {
    throw this.#notForProcesses()
  }

  #notForProcesses(): Error {
    return argumentError('invalid_address', {
      attempted: 'start a named process',
      problem: `the names of the partition supervisor "${this.name}" are those of its partitions`,
      fix: 'take a name in a registry, as in users.via(key)',
    })
  }
}
