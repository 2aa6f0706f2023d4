/**
 * Who goes next: ways to decide it.
 *
 * Invariant: a schedule made anew from the same arguments decides the same when it is asked the
 * same, so every run can be repeated.
 */
import { argumentError, checkCount, checkOptions } from '../core/argument-error.ts'
import { copyOf } from './copy-of.ts'
import { below, randomSource } from './random-source.ts'

/** Decides who goes next; an exploring host asks it only where there are several. */
export interface Schedule {
  /**
   * Who goes next.
   *
   * @param count how many could go on, at least 2
   * @param nameAt who they are, oldest first: the same name means the same process or client
   * @returns an index from 0 to `count` - 1
   */
  choose(count: number, nameAt: (index: number) => string): number
}

/** What a random schedule depends on. */
export interface RandomScheduleOptions {
  /** An integer from 0 to 2^32 - 1. */
  readonly seed: number
}

/** What a schedule by priorities depends on. */
export interface PriorityScheduleOptions extends RandomScheduleOptions {
  /** How many times the one that leads is put behind all others; default 2. */
  readonly changePoints?: number
  /** Among how many decisions the change points are spread; default 100. */
  readonly decisions?: number
}

/** Whoever has waited longest goes first, as on a node outside of tests. */
export function fifoSchedule(): Schedule {
  return { choose: () => 0 }
}

/**
 * Every decision by chance, all who could go on alike.
 *
 * @param options seed
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ARGUMENT
 */
export function randomSchedule(options: RandomScheduleOptions): Schedule {
  const attempted = 'make a random schedule'
  const { seed } = checkOptions(attempted, options, ['seed'])
  const source = randomSource(checkSeed(attempted, seed))
  return { choose: (count) => below(source, count) }
}

/**
 * By priorities drawn at random, with a few changes at random moments: the one with the highest
 * priority goes as long as it can, except that at each change point the one that would go next is
 * put behind all others.
 *
 * A bug that needs d events in one certain order is found with a probability of at least 1 in
 * n · k^(d-1) by d - 1 change points, for n processes and k decisions, where chance alone may need
 * exponentially many runs.
 *
 * @param options seed; changePoints (default 2); decisions (default 100), about as many as there
 * are in a run
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ARGUMENT
 *
 * Source: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
 */
export function prioritySchedule(options: PriorityScheduleOptions): Schedule {
  const attempted = 'make a schedule by priorities'
  const given = checkOptions(attempted, options, ['seed', 'changePoints', 'decisions'])
  const { seed, changePoints = 2, decisions = 100 } = given
  checkSeed(attempted, seed)
  checkCount(attempted, changePoints, { option: 'changePoints', min: 0, max: 1000 })
  checkCount(attempted, decisions, { option: 'decisions', min: 1, max: 2 ** 32 - 1 })
  return new PrioritySchedule(randomSource(seed), changePoints, decisions)
}

class PrioritySchedule implements Schedule {
  readonly #source: () => number
  /** Above 1 as drawn; below 0, and the lower the later, after a change point. */
  readonly #priorities = new Map<string, number>()
  readonly #changesAt = new Set<number>()
  #decision = 0
  #changed = 0

  constructor(source: () => number, changePoints: number, decisions: number) {
    this.#source = source
    for (let count = 0; count < changePoints; count += 1) {
      this.#changesAt.add(below(source, decisions))
    }
  }

  choose(count: number, nameAt: (index: number) => string): number {
    if (this.#changesAt.has(this.#decision)) {
      this.#changed += 1
      this.#priorities.set(nameAt(this.#leader(count, nameAt)), -this.#changed)
    }
    this.#decision += 1
    return this.#leader(count, nameAt)
  }

  #leader(count: number, nameAt: (index: number) => string): number {
    let leader = 0
    let highest = Number.NEGATIVE_INFINITY
    for (let index = 0; index < count; index += 1) {
      const priority = this.#priorityOf(nameAt(index))
      if (priority <= highest) continue
      leader = index
      highest = priority
    }
    return leader
  }

  #priorityOf(name: string): number {
    const known = this.#priorities.get(name)
    if (known !== undefined) return known
    const drawn = 1 + this.#source()
    this.#priorities.set(name, drawn)
    return drawn
  }
}

/**
 * The decisions of an earlier run, as its host recorded them; whoever has waited longest where they
 * say nothing.
 *
 * @param choices what `host.choices` or a failed exploration gave
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function replaySchedule(choices: readonly number[]): Schedule {
  const wanted = checkChoices('replay a schedule', choices)
  let taken = 0
  return {
    choose(count) {
      const choice = wanted[taken] ?? 0
      taken += 1
      if (choice < count) return choice
      throw new Error(
        `choice ${taken} of the schedule is ${choice}, but only ${count} could go on: ` +
          'it was recorded in another scenario, or the scenario is not deterministic',
      )
    },
  }
}

function checkSeed(attempted: string, seed: number): number {
  return checkCount(attempted, seed, { option: 'seed', min: 0, max: 2 ** 32 - 1 })
}

function checkChoices(attempted: string, choices: unknown): readonly number[] {
  const copy = copyOf<number>(choices, isIndex)
  if (copy !== undefined) return copy
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the list of choices',
    given: choices,
    wanted: 'an array of integers of at least 0',
  })
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
