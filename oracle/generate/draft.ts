/**
 * What is decided about a program before its parts are: the traits it has, and the numbers in use.
 *
 * Invariant: a trait is either used in a program or absent from all of it, so that rare
 * combinations get programs of their own instead of being drowned in the usual ones.
 */
import type { ChildNode, WorkerNode } from '../program.ts'
import type { Randomness } from '../random.ts'

/** What a program may be about. */
export const traits = [
  'dynamic',
  'names',
  'failing inits',
  'ignoring inits',
  'trapping',
  'links',
  'monitors',
  'significant',
  'requests',
  'time',
  'calls',
  'halts',
  'signals to supervisors',
  'bursts',
  'scripts',
  'inits at work',
  'registering',
  'spawning',
  'late answers',
] as const

export type Trait = (typeof traits)[number]

const notWithHanging: ReadonlySet<Trait> = new Set([
  'calls',
  'halts',
  'late answers',
  'signals to supervisors',
])

/** A program in the making. */
export class Draft {
  readonly random: Randomness
  readonly traits: ReadonlySet<Trait>
  readonly places: ChildNode[] = []
  /** The children that static supervisors were given, at first and later. */
  readonly children = new Map<number, ChildNode[]>()
  /** Workers that were started by workers without a link. */
  readonly unlinked = new Set<number>()
  /**
   * Workers that hang in `terminate` leave nobody who waits for them any hope, and a supervisor
   * that is killed above them begins its next life here only when they are over.
   */
  readonly hangs: boolean
  #ids = 0
  #tags = 0
  #names = 0

  constructor(random: Randomness) {
    this.random = random
    this.hangs = random.chance(3)
    this.traits = new Set(
      traits.filter((trait) => random.chance(40) && !(this.hangs && notWithHanging.has(trait))),
    )
  }

  has(trait: Trait): boolean {
    return this.traits.has(trait)
  }

  /** True in so many of a hundred cases, if the program has the trait. */
  chance(trait: Trait, percent: number): boolean {
    return this.has(trait) && this.random.chance(percent)
  }

  takeId(): number {
    this.#ids += 1
    return this.#ids - 1
  }

  takeTag(): number {
    this.#tags += 1
    return this.#tags
  }

  /** Mostly a new name, sometimes one that another worker has, too. */
  takeName(): number {
    if (this.#names > 0 && this.random.chance(15)) return this.random.below(this.#names)
    this.#names += 1
    return this.#names - 1
  }

  get nameCount(): number {
    return this.#names
  }

  get workers(): WorkerNode[] {
    return this.places.filter((place) => place.kind === 'worker')
  }

  placesOf(kind: 'supervisor' | 'dynamic'): ChildNode[] {
    return this.places.filter((place) => place.kind === kind)
  }
}
