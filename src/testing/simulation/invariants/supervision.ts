/**
 * I15: supervision.
 *
 * Invariant: what is kept of a supervisor and its children is dropped when they end.
 */
import type { ExitReason } from '../../../core/exit.ts'
import type { InvariantChecker } from '../invariant.ts'
import type { ProcessReference, SimulationEvent } from '../simulation-event.ts'
import type { World } from '../world.ts'
import { declare, violated } from './violated.ts'

/**
 * I15: nobody is started under a parent that has ended; a supervisor that ends in order has stopped
 * its children before, those it began with newest first; and it reports only ends that happened.
 *
 * The children of a supervisor are told apart by the names of their servers: of those with the same
 * name the order is not checked. Code that sends a child the exit signal `shutdown` while its
 * supervisor stops looks like a wrong order.
 *
 * Source: OTP `supervisor`, "Supervision principles".
 */
export const childrenFollowSupervisors = declare(
  'I15',
  'supervisors start and stop in order',
  () => {
    return new Supervision()
  },
)

interface Known {
  readonly parent: ProcessReference | undefined
  readonly label: string
  readonly isSupervisor: boolean
  /** Of a supervisor: whether what it starts now is what it begins with. */
  isBeginning: boolean
  readonly children: Set<ProcessReference>
  /** The places of the children it began with, by label; undefined: several have that label. */
  readonly places: Map<string, number | undefined>
  /** While it stops: the place of the child that stopped last. */
  stoppedPlace: number | undefined
}

type Starting = Extract<SimulationEvent, { kind: 'process_starting' }>
type Reported = Extract<SimulationEvent, { kind: 'reported' }>

class Supervision implements InvariantChecker {
  readonly #living = new Map<ProcessReference, Known>()

  on(event: SimulationEvent, world: World): void {
    switch (event.kind) {
      case 'process_starting':
        this.#starting(event)
        return
      case 'process_started': {
        const known = this.#living.get(event.process)
        if (known !== undefined) known.isBeginning = false
        return
      }
      case 'handler_began': {
        if (event.messageKind !== 'exit') return
        const known = this.#living.get(event.to)
        if (known?.isSupervisor && event.from === known.parent) {
          known.stoppedPlace = Number.POSITIVE_INFINITY
        }
        return
      }
      case 'process_ended':
        this.#ended(event.process, event.reason, event.wasStarting)
        return
      case 'reported':
        this.#reported(event, world)
    }
  }

  #starting({ process, parent, label, behaviour }: Starting): void {
    const above = parent === undefined ? undefined : this.#living.get(parent)
    if (parent !== undefined && above === undefined) {
      violated(`${process} is started under ${parent}, which has ended`)
    }
    if (above?.isSupervisor) {
      above.children.add(process)
      placeOf(above, label)
    }
    const isSupervisor = behaviour === 'supervisor'
    this.#living.set(process, {
      ...{ parent, label, isSupervisor, isBeginning: isSupervisor },
      ...{ children: new Set<ProcessReference>(), places: new Map<string, number | undefined>() },
      stoppedPlace: undefined,
    })
  }

  #ended(process: ProcessReference, reason: ExitReason, wasStarting: boolean): void {
    const known = this.#living.get(process)
    if (known === undefined) return
    this.#living.delete(process)
    const isInOrder = reason.kind === 'shutdown' || reason.kind === 'normal'
    if (known.isSupervisor && isInOrder && !wasStarting) {
      for (const child of known.children) {
        violated(`the supervisor ${process} ended in order and its child ${child} lives`)
      }
    }
    const above = known.parent === undefined ? undefined : this.#living.get(known.parent)
    if (above === undefined) return
    above.children.delete(process)
    const place = above.places.get(known.label)
    const isStopped = reason.kind === 'shutdown' && reason.detail === undefined
    if (above.stoppedPlace === undefined || place === undefined || !isStopped) return
    if (place > above.stoppedPlace) {
      violated(`${known.parent} stops ${process} (${known.label}) after a child that is older`)
    }
    above.stoppedPlace = place
  }

  #reported({ event }: Reported, world: World): void {
    if (event.kind !== 'supervisor_report' || event.context !== 'child_terminated') return
    if (event.offender.pid === undefined) return
    const child = world.referenceOf(event.offender.pid)
    if (!this.#living.has(child)) return
    violated(`${event.supervisor} reports the end of its child ${child}, which lives`)
  }
}

/** Gives a child its place: what a supervisor adds later makes its label say nothing any more. */
function placeOf(above: Known, label: string): void {
  if (above.isBeginning) {
    above.places.set(label, above.places.has(label) ? undefined : above.places.size)
  } else if (!above.places.has(label)) above.places.set(label, undefined)
}
