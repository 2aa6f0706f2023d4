/**
 * I19: containment.
 *
 * Invariant: ends are compared within the one step in which they happen; nothing is kept longer,
 * but the links of those who live.
 */
import type { InvariantChecker } from '../invariant.ts'
import type { ProcessReference, SimulationEvent } from '../simulation-event.ts'
import { declare, Groups, violated } from './violated.ts'

/**
 * I19: an error in the code of a process ends that process and those who are tied to it by links or
 * as parent and child; nobody else, and never a node whose tree would go on.
 *
 * Source: docs/semantics.md, what an error ends.
 */
export const errorsStayContained = declare('I19', 'an error ends nobody else', () => {
  return new Containment()
})

type Ended = Extract<SimulationEvent, { kind: 'process_ended' }>

class Containment implements InvariantChecker {
  readonly #links = new Groups<ProcessReference, true>()
  readonly #parents = new Map<ProcessReference, ProcessReference | undefined>()
  /** Who ended of an error in the present step, with those it was tied to. */
  #step: Casualty[] = []

  on(event: SimulationEvent): void {
    switch (event.kind) {
      case 'process_starting':
        this.#parents.set(event.process, event.parent)
        return
      case 'link_made':
        this.#links.set(event.one, event.other, true)
        this.#links.set(event.other, event.one, true)
        return
      case 'link_removed':
        this.#links.delete(event.one, event.other)
        this.#links.delete(event.other, event.one)
        return
      case 'handler_began':
        if (this.#step.length > 0) this.#step = []
        return
      case 'process_ended':
        this.#ended(event)
    }
  }

  #ended({ process, reason }: Ended): void {
    const ties = new Set(this.#links.of(process)?.keys())
    const parent = this.#parents.get(process)
    if (parent !== undefined) ties.add(parent)
    for (const other of this.#links.of(process)?.keys() ?? []) this.#links.delete(other, process)
    this.#links.drop(process)
    this.#parents.delete(process)
    if (reason.kind !== 'crash') return
    const same = this.#step.filter(({ error }) => error === reason.error)
    const isTied = same.some((each) => each.ties.has(process) || ties.has(each.process))
    if (same.length > 0 && !isTied) {
      violated(`the error that ended ${same[0]?.process} ended ${process}, which is not tied to it`)
    }
    this.#step.push({ process, error: reason.error, ties })
  }
}

interface Casualty {
  readonly process: ProcessReference
  readonly error: unknown
  readonly ties: ReadonlySet<ProcessReference>
}
