/**
 * `partitionSupervisor`: the same child several times over, each for its share of the keys.
 */
import { argumentError, checkCount, checkName, checkOptions } from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkLife,
  type Intensity,
  intensityNames,
  type Life,
  type LifeOptions,
  lifeOptionNames,
} from '../core/child-spec.ts'
import { type Key, ownKey } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import type { SilentProtocol } from '../core/protocol.ts'
import type { Strategy, SupervisionPolicy } from '../core/supervision.ts'
import { trust } from '../core/trust.ts'
import type { Via, ViaName } from '../process/address.ts'
import type { Host } from '../process/host.ts'
import type { Process } from '../process/process.ts'
import type { StartOutcome } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Binding } from './binding.ts'
import type { ChildCounts } from './child-record.ts'
import { PartitionBehaviour, type PartitionInfo, partitionRecords } from './partition-behaviour.ts'
import { PartitionChildren } from './partition-children.ts'
import { PartitionNames } from './partition-names.ts'
import type { SupervisorHandle } from './supervisor.ts'
import { checkPolicy, checkRegisterAs } from './supervisor-options.ts'

/** What the process of a child specification understands. */
export type ProtocolOfChild<C> = C extends ChildSpec<infer P> ? P : never

/** A partition supervisor, as a child specification and as the way to its partitions. */
export interface PartitionSupervisor<out C extends ChildSpec> extends SupervisorHandle {
  /**
   * Which partition a key belongs to now: an integer to that of its absolute value, any other key
   * to that of its frozen hash, modulo the number of partitions in service.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED, FLOTILLA_INVALID_ADDRESS
   * while there are no partitions
   * @throws Exit `noproc` while it is down
   */
  partitionOf(key: Key): number
  /**
   * The process of the key's partition as an address, whoever that is when it is used. Nobody can
   * be started under it.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY
   */
  via(key: Key): Via<ProtocolOfChild<C>>
  /**
   * The process of the key's partition now.
   *
   * @throws ArgumentError FLOTILLA_INVALID_KEY, FLOTILLA_NOT_STARTED, FLOTILLA_INVALID_ADDRESS
   * while there are no partitions
   */
  whereis(key: Key): Pid<ProtocolOfChild<C>> | undefined
  /**
   * The child of the key's partition as `makeChild` gave it, such as the handle of a dynamic
   * supervisor to start children with.
   *
   * @throws ArgumentError and Exit as `partitionOf` does
   */
  at(key: Key): C
  /**
   * How many partitions are in service.
   *
   * @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down
   */
  partitions(): number
  /** @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  whichChildren(): readonly PartitionInfo[]
  /**
   * Changes the number of partitions in service: takes the highest ones out and stops them, or
   * starts those that were taken out, with fresh states. Keys find their new partitions from then
   * on; what a partition held for keys that move does not move along.
   *
   * @param partitions from 0 to the number it was started with
   * @returns the former number
   * @throws ArgumentError (at once) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_NOT_STARTED
   * @throws Exit (as a rejection) if a partition does not start, and then all is as it was;
   * `noproc` while it is down, or the reason with which it ends meanwhile
   *
   * Source: Elixir `PartitionSupervisor.resize!/2`.
   */
  resize(partitions: number): Promise<number>
}

/** The choices of a partition supervisor. */
export interface PartitionSupervisorOptions extends Intensity, LifeOptions {
  /** What a via of it says; no registry of the node may have the same. */
  readonly name: string
  /** How many; default the parallelism of the node's host, such as the number of CPU cores. */
  readonly partitions?: number
  /** Default `one_for_one`. */
  readonly strategy?: Strategy
  /** A name it takes before its partitions start and loses in the step in which it ends. */
  readonly registerAs?: Via<SilentProtocol>
}

/**
 * A supervisor that runs one kind of child several times over and leads each key to one of them:
 * for a single process that everybody needs and that has become a bottleneck.
 *
 * @param options name; partitions; strategy (default `one_for_one`); maxRestarts (default 3) in
 * maxSeconds (default 5); registerAs; its own restart and shutdownMs as a child
 * @param makeChild the child of a partition, called once for each, with its number; not a temporary
 * or significant one. For partition 0 it is called at once, for the others at the first start
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_CHILD, FLOTILLA_INVALID_ADDRESS
 *
 * Source: Elixir `PartitionSupervisor`. Not where each key needs a process of its own (`fleet`),
 * nor to place keys on machines (`pickShard`): another number of partitions moves most keys.
 */
export function partitionSupervisor<C extends ChildSpec>(
  options: PartitionSupervisorOptions,
  makeChild: (partition: number) => C,
): PartitionSupervisor<C> {
  const attempted = 'make a partition supervisor'
  const given = checkOptions(attempted, options, optionNames)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const { strategy = 'one_for_one', partitions } = given
  if (partitions !== undefined) {
    checkCount(named, partitions, { option: 'partitions', min: 1, max: partitionsMax })
  }
  return new PartitionHandle(checkLife(named, { id: given.name, type: 'supervisor' }, given), {
    policy: checkPolicy(named, { ...given, strategy }),
    partitions,
    children: new PartitionChildren(named, makeChild),
    name: checkRegisterAs(named, given.registerAs),
  })
}

const optionNames = [
  'name',
  'partitions',
  'strategy',
  'registerAs',
  ...intensityNames,
  ...lifeOptionNames,
]

const partitionsMax = 2 ** 16

interface PartitionPlan<C> {
  readonly policy: SupervisionPolicy
  readonly partitions: number | undefined
  readonly children: PartitionChildren<C>
  readonly name: ViaName | undefined
}

class PartitionHandle<C extends ChildSpec> extends Startable implements PartitionSupervisor<C> {
  readonly #plan: PartitionPlan<C>
  readonly #names: PartitionNames
  readonly #binding: Binding<PartitionBehaviour>

  constructor(life: Life, plan: PartitionPlan<C>) {
    super(life)
    this.#plan = plan
    this.#names = new PartitionNames(life.id)
    this.#binding = new Binding(`partition supervisor "${life.id}"`, plan.name)
  }

  partitionOf(key: Key): number {
    const attempted = `find a partition of ${this.id}`
    const own = ownKey(attempted, key)
    return this.#names.partitionOf(own, this.#binding.behaviour(attempted))
  }

  via(key: Key): Via<ProtocolOfChild<C>> {
    return trust(this.#names.via(key))
  }

  whereis(key: Key): Pid<ProtocolOfChild<C>> | undefined {
    return trust(this.#names.holder(ownKey(`find a partition of ${this.id}`, key))?.pid)
  }

  at(key: Key): C {
    return this.#plan.children.at(this.partitionOf(key))
  }

  partitions(): number {
    return this.#binding.behaviour('count partitions').partitions
  }

  countChildren(): ChildCounts {
    return this.#binding.behaviour('count children').count()
  }

  whichChildren(): readonly PartitionInfo[] {
    return this.#binding.behaviour('list children').list()
  }

  resize(partitions: number): Promise<number> {
    const attempted = `resize ${this.id}`
    const { process, children } = this.#binding.last(attempted)
    const max = process?.alive ? children.size : partitionsMax
    if (!(Number.isInteger(partitions) && partitions >= 0 && partitions <= max)) {
      throw argumentError('invalid_argument', {
        attempted,
        subject: 'the number of partitions',
        given: partitions,
        wanted: `an integer from 0 to ${max}, the number it was started with`,
      })
    }
    // Of the two zeros only one is a number of partitions.
    const payload = partitions + 0
    const asked = this.#binding.ask({ name: 'resize', payload, concurrent: false })
    return trust(asked)
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const pid = this.#names.takenOn(parent.node)
    if (pid !== undefined) return { kind: 'already_started', pid }
    const { policy } = this.#plan
    const firstChildren = ({ node }: Process) => partitionRecords(this.#childrenOn(node.host))
    const plan = { policy, firstChildren }
    const behaviour = new PartitionBehaviour(this.id, plan, this.#names)
    return this.#binding.start(behaviour, { parent, record })
  }

  #childrenOn(host: Host): readonly Startable[] {
    const attempted = `start the partition supervisor "${this.id}"`
    const count = this.#plan.partitions ?? host.parallelism?.() ?? 1
    const option = 'host.parallelism'
    checkCount(attempted, count, { option, min: 1, max: partitionsMax })
    return this.#plan.children.first(count)
  }
}
