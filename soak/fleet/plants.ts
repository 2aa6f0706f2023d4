/**
 * Defects to plant: a soak that cannot fail shows nothing.
 *
 * Each sits where the soak wraps the package, and is seen by one criterion, named here. How often
 * it strikes depends on the length of the run: so often that even a short one meets it some fifty
 * times, and in a long one as rarely as the design asks (1 in a million look-ups or replies, 1 in
 * ten thousand ends).
 */

/** The defects there are, each with the criterion that must turn red. */
export const plants = {
  'ghost-name': 'dead-lookups',
  'timer-leak': 'timers-slope',
  'lost-reply': 'failure-reasons',
} as const

/** One defect. */
export type Plant = keyof typeof plants

/** Their names. */
export const plantNames: readonly Plant[] = Object.keys(plants).filter(isPlant)

/** How much happens in a run, as planned. */
export interface PlannedEvents {
  readonly lookups: number
  readonly calls: number
  readonly ends: number
}

const sightings = 50
const rarest = { 'ghost-name': 1e6, 'timer-leak': 1e4, 'lost-reply': 1e6 }

/** The planted defect of a run, or none. */
export class Defects implements Disposable {
  readonly plant: Plant | undefined
  readonly #every: number
  readonly #leaked: NodeJS.Timeout[] = []
  #chances = 0

  constructor(plant: Plant | undefined, events: PlannedEvents) {
    this.plant = plant
    this.#every = plant === undefined ? 1 : everyOf(plant, events)
  }

  /** Whether a look-up gives whoever held the name before. */
  showsGhost(): boolean {
    return this.plant === 'ghost-name' && this.#isDue()
  }

  /** Whether a reply is lost. */
  swallowsReply(): boolean {
    return this.plant === 'lost-reply' && this.#isDue()
  }

  /** Called at each end of a worker. */
  workerEnded(): void {
    if (this.plant === 'timer-leak' && this.#isDue()) {
      this.#leaked.push(setTimeout(() => undefined, 2 ** 31 - 1))
    }
  }

  /** Lets the program end after all. */
  [Symbol.dispose](): void {
    for (const timer of this.#leaked.splice(0)) clearTimeout(timer)
  }

  #isDue(): boolean {
    this.#chances += 1
    return this.#chances % this.#every === 0
  }
}

/** One in how many events is bad. */
export function everyOf(plant: Plant, events: PlannedEvents): number {
  const planned = { 'ghost-name': 'lookups', 'timer-leak': 'ends', 'lost-reply': 'calls' } as const
  const every = Math.floor(events[planned[plant]] / sightings)
  return Math.min(rarest[plant], Math.max(1, every))
}

function isPlant(name: string): name is Plant {
  return Object.hasOwn(plants, name)
}
