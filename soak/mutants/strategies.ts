/**
 * I15 for supervisors whose strategy is given: who is stopped and who is started again, in which
 * order; and I19 for errors that say whose they are.
 *
 * Invariant: what is kept of a supervisor is dropped when it ends.
 */
import type { ExitReason, Strategy } from 'flotilla'
import type {
  Invariant,
  InvariantChecker,
  ProcessReference,
  SimulationEvent,
  World,
} from 'flotilla/testing'

/** A supervisor as it was defined, with children of different names. */
export interface Group {
  readonly strategy: Strategy
  /** Oldest first: the name of the server, and when it comes back. */
  readonly children: readonly (readonly [
    label: string,
    restart: 'permanent' | 'transient' | 'temporary',
  ])[]
}

/** An error that says which server threw it. */
export class OwnError extends Error {
  override readonly name = 'OwnError'
  readonly label: string

  constructor(label: string) {
    super(`thrown by ${label}`)
    this.label = label
  }
}

/** I15 and I19 of these groups, by the names of their supervisors. */
export function strategiesHold(groups: Readonly<Record<string, Group>>): Invariant {
  const title = 'a group is stopped and started as its strategy says'
  return { id: 'I15 with strategies', title, make: () => new Strategies(groups) }
}

/** I19: whoever ends of an error that says whose it is, is that one. */
export const errorsAreOwn: Invariant = {
  id: 'I19 with authors',
  title: 'nobody ends of the error of somebody else',
  make: () => ({
    on(event) {
      if (event.kind !== 'process_ended' || event.reason.kind !== 'crash') return
      const { error } = event.reason
      if (!(error instanceof OwnError) || error.label === event.label) return
      throw new Error(`${event.process} (${event.label}) ended of an error of ${error.label}`)
    },
  }),
}

interface Known {
  readonly group: Group
  readonly living: Map<string, ProcessReference>
  readonly lastReasons: Map<string, ExitReason>
  hasBegun: boolean
  isStopping: boolean
}

type Starting = Extract<SimulationEvent, { kind: 'process_starting' }>
type Ended = Extract<SimulationEvent, { kind: 'process_ended' }>

class Strategies implements InvariantChecker {
  readonly #groups: Readonly<Record<string, Group>>
  readonly #known = new Map<ProcessReference, Known>()
  readonly #parents = new Map<ProcessReference, ProcessReference>()

  constructor(groups: Readonly<Record<string, Group>>) {
    this.#groups = groups
  }

  on(event: SimulationEvent, world: World): void {
    switch (event.kind) {
      case 'process_starting':
        this.#starting(event)
        return
      case 'process_started': {
        const known = this.#known.get(event.process)
        if (known !== undefined) known.hasBegun = true
        return
      }
      case 'handler_began': {
        const known = this.#known.get(event.to)
        const isOrder = event.messageKind === 'exit' && event.from === this.#parents.get(event.to)
        if (known !== undefined && isOrder) known.isStopping = true
        return
      }
      case 'reported': {
        const { event: report } = event
        if (report.kind !== 'supervisor_report' || report.context !== 'shutdown') return
        const known = this.#known.get(world.referenceOf(report.pid))
        if (known !== undefined) known.isStopping = true
        return
      }
      case 'process_ended':
        this.#ended(event)
    }
  }

  #starting({ process, parent, label }: Starting): void {
    if (parent !== undefined) this.#parents.set(process, parent)
    const group = this.#groups[label]
    if (group !== undefined) {
      const [living, lastReasons] = [new Map(), new Map()]
      this.#known.set(process, { group, living, lastReasons, hasBegun: false, isStopping: false })
    }
    const above = parent === undefined ? undefined : this.#known.get(parent)
    if (above === undefined) return
    const last = above.lastReasons.get(label)
    const place = placeOf(above.group, label)
    const restart = above.group.children[place]?.[1]
    if (above.living.has(label)) throw new Error(`${label} is started while it runs`)
    if (above.hasBegun && above.group.strategy === 'one_for_one') {
      const isDue = restart === 'permanent' || (restart === 'transient' && isAbnormal(last))
      if (!isDue) throw new Error(`${restart} ${label} ended ${last?.kind} and is started again`)
    }
    if (above.group.strategy !== 'one_for_one') {
      for (const younger of above.living.keys()) {
        if (placeOf(above.group, younger) < place) continue
        throw new Error(`${label} is started beside ${younger}, which should begin after it`)
      }
    }
    above.living.set(label, process)
  }

  #ended({ process, label, reason }: Ended): void {
    this.#known.delete(process)
    const parent = this.#parents.get(process)
    this.#parents.delete(process)
    const above = parent === undefined ? undefined : this.#known.get(parent)
    if (above === undefined || !above.living.delete(label)) return
    above.lastReasons.set(label, reason)
    if (reason.kind !== 'shutdown' || reason.detail !== undefined) return
    // It was stopped by its supervisor: nobody younger runs any more, and there is a cause.
    const place = placeOf(above.group, label)
    for (const younger of above.living.keys()) {
      if (placeOf(above.group, younger) < place) continue
      throw new Error(`${label} is stopped before ${younger}, which is younger`)
    }
    if (above.isStopping || !above.hasBegun) return
    const { strategy, children } = above.group
    const isMissing = ([other]: readonly [string, string], index: number): boolean => {
      const mayCause = strategy === 'one_for_all' || index < place
      return other !== label && mayCause && !above.living.has(other)
    }
    if (strategy !== 'one_for_one' && children.some(isMissing)) return
    throw new Error(`${label} is stopped, and nobody ended whose group it is in`)
  }
}

function placeOf(group: Group, label: string): number {
  return group.children.findIndex(([other]) => other === label)
}

function isAbnormal(reason: ExitReason | undefined): boolean {
  return reason !== undefined && reason.kind !== 'normal' && reason.kind !== 'shutdown'
}
