/**
 * A static supervisor whose children are partitions: numbered, alike, and more or fewer of them in
 * service.
 *
 * Invariant: the partitions in service are those from 0 to `partitions` - 1; the others are stopped
 * and no restart of their group brings them back, but their specifications stay. Source: Elixir
 * `PartitionSupervisor`.
 */
import { ChildFailure, type ExitReason } from '../core/exit.ts'
import type { InitResult, Process } from '../process/process.ts'
import type { Request } from '../process/request.ts'
import { type ChildInfo, ChildRecord, stopChild } from './child-record.ts'
import { andThen, hold, inOrder, type Work } from './hold.ts'
import type { PartitionNames } from './partition-names.ts'
import { failureOf } from './started.ts'
import { StaticBehaviour, type StaticPlan } from './static-behaviour.ts'

/** One partition as an operator sees it. */
export interface PartitionInfo extends ChildInfo {
  readonly partition: number
}

/** One life of a partition supervisor. */
export class PartitionBehaviour extends StaticBehaviour {
  readonly #names: PartitionNames
  #inService: number | undefined = undefined

  constructor(label: string, plan: StaticPlan, names: PartitionNames) {
    super(label, plan)
    this.#names = names
  }

  /** How many partitions are in service. */
  get partitions(): number {
    return this.#inService ?? this.children.size
  }

  /** The process of a partition, if it runs. */
  processOf(partition: number): Process | undefined {
    const process = this.children.find(String(partition))?.process
    return process?.alive ? process : undefined
  }

  override list(): readonly PartitionInfo[] {
    return super.list().map((info, partition) => ({ ...info, partition }))
  }

  protected override begin(process: Process): Work<InitResult> {
    this.#names.open(process, this)
    return super.begin(process)
  }

  protected override comesBack({ life }: ChildRecord): boolean {
    return Number(life.id) < this.partitions
  }

  protected override answer(process: Process, request: Request): void {
    const wanted = Number(request.payload)
    const former = this.partitions
    const resized = andThen(this.#resize(process, wanted), (failure) => {
      if (failure === undefined) request.answer(former)
      else request.fail(failure)
    })
    hold(process, resized)
  }

  /** Why it could not be done; then everything is as it was. */
  #resize(process: Process, wanted: number): Work<ExitReason | undefined> {
    const all = [...this.children]
    const former = this.partitions
    if (wanted < former) {
      this.#inService = wanted
      return stopAll(process, all.slice(wanted, former))
    }
    const added = all.slice(former, wanted)
    const failing = inOrder(added, (record) => startAgain(process, record))
    return andThen(failing, (failure) => {
      if (failure !== undefined) return andThen(stopAll(process, added), () => failure)
      this.#inService = wanted
      return undefined
    })
  }
}

/** The records of the partitions that these specifications are for. */
export function partitionRecords(
  specs: readonly ConstructorParameters<typeof ChildRecord>[0][],
): readonly ChildRecord[] {
  return specs.map((spec, partition) => new ChildRecord(spec, String(partition)))
}

function startAgain(process: Process, record: ChildRecord): Work<ExitReason | undefined> {
  return andThen(record.launch(process), (outcome): ExitReason | undefined => {
    const { id } = record.life
    const reason = failureOf(outcome, id)
    if (reason === undefined) return undefined
    return { kind: 'shutdown', detail: new ChildFailure('failed_to_start_child', id, reason) }
  })
}

function stopAll(process: Process, records: readonly ChildRecord[]): Work<undefined> {
  return inOrder(records.toReversed(), (record) => {
    record.restarting = false
    return stopChild(process, record)
  })
}
