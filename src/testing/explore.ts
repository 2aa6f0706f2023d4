/**
 * Runs a scenario in every order of events, or in many.
 *
 * Invariant: each run is one order that can happen on a node, different runs of `all` are different
 * orders, and a run that failed is brought about again by its choices.
 */
import { argumentError, checkCount, checkFunction, checkOptions } from '../core/argument-error.ts'
import {
  ChoosingHost,
  checkReactions,
  type ExploringHost,
  type ReactionOrder,
} from './exploring-host.ts'
import { prioritySchedule, randomSchedule, replaySchedule, type Schedule } from './schedule.ts'

/**
 * What is run again and again: it starts everything it needs on the host it is given, leaves
 * nothing behind, and rejects if something is not as it should be.
 */
export type Scenario = (host: ExploringHost) => Promise<void>

/** Which orders are tried. */
export interface ExploreOptions {
  /**
   * `all` (the default): one after the other until there are no more. `random`: by chance.
   * `priority`: as `prioritySchedule` does, with 0, 1, 2, … change points in turn.
   */
  readonly orders?: 'all' | 'random' | 'priority'
  /** How many runs at most; default 10,000 for `all` and 100 otherwise. */
  readonly maxRuns?: number
  /** Decides the orders and all random numbers of the hosts; default 1. */
  readonly seed?: number
  /** As for `exploringHost`; default `first`. */
  readonly reactions?: ReactionOrder
  /** The most change points of `priority`; default 3. */
  readonly maxChangePoints?: number
}

/** What brings a run about again. */
export interface Recording {
  readonly choices: readonly number[]
  readonly seed: number
  readonly reactions: ReactionOrder
}

/** What came of an exploration. */
export type Exploration =
  | {
      readonly ok: true
      /** How many runs there were, each in an order of its own if all were tried. */
      readonly runs: number
      /** Whether there is no order left: never true of `random` and `priority`. */
      readonly complete: boolean
    }
  | {
      readonly ok: false
      readonly runs: number
      /** What the scenario rejected with in the last run. */
      readonly error: unknown
      /** Give it to `replay`. */
      readonly recording: Recording
    }

/**
 * Tries a scenario in many orders of events and stops at the first in which it fails.
 *
 * @param scenario starts a node on the host it is given and rejects if something is wrong
 * @param options orders, maxRuns, seed, reactions, maxChangePoints
 * @returns how many runs there were and, of one that failed, the error and how to repeat it
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION,
 * FLOTILLA_INVALID_ARGUMENT
 * @throws Error (as a rejection) if the scenario does not do the same when it is run the same way
 *
 * Not for scenarios that wait for the real world, and `all` not for long ones: the number of orders
 * grows exponentially with the number of events.
 */
export async function explore(
  scenario: Scenario,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const attempted = 'explore a scenario'
  const given = checkOptions(attempted, options, optionNames)
  checkFunction(attempted, scenario, 'scenario')
  const { orders = 'all', seed = 1, reactions = 'first', maxChangePoints = 3 } = given
  const { maxRuns = orders === 'all' ? 10_000 : 100 } = given
  checkCount(attempted, maxRuns, { option: 'maxRuns', min: 1 })
  checkCount(attempted, seed, { option: 'seed', min: 0, max: seedMax })
  checkCount(attempted, maxChangePoints, { option: 'maxChangePoints', min: 0, max: 100 })
  checkReactions(attempted, reactions)
  const plan = planOf(attempted, { orders, seed, maxChangePoints })
  for (let run = 1; ; run += 1) {
    const { schedule, seed } = plan.next(run)
    const host = new ChoosingHost({ schedule, seed, reactions, wallMs: 0 })
    const failure = await failureOf(scenario, host)
    plan.check()
    if (failure !== undefined) {
      const recording = { choices: host.choices, seed, reactions }
      return { ok: false, runs: run, error: failure.error, recording }
    }
    const isOver = plan.finish(host)
    if (isOver || run === maxRuns) return { ok: true, runs: run, complete: isOver }
  }
}

/**
 * Runs a scenario once more as it was recorded.
 *
 * @param scenario the same scenario
 * @param recording what a failed exploration gave
 * @throws whatever the scenario rejects with (as a rejection)
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION,
 * FLOTILLA_INVALID_ARGUMENT
 */
export async function replay(scenario: Scenario, recording: Recording): Promise<void> {
  const attempted = 'replay a scenario'
  checkFunction(attempted, scenario, 'scenario')
  const { choices, seed, reactions } = checkOptions(attempted, recording, recordingParts)
  const schedule = replaySchedule(choices)
  checkCount(attempted, seed, { option: 'seed', min: 0, max: seedMax })
  checkReactions(attempted, reactions)
  const host = new ChoosingHost({ schedule, seed, reactions, wallMs: 0 })
  const failure = await failureOf(scenario, host)
  if (failure !== undefined) throw failure.error
}

const optionNames = ['orders', 'maxRuns', 'seed', 'reactions', 'maxChangePoints']
const recordingParts = ['choices', 'seed', 'reactions']
const seedMax = 2 ** 32 - 1

/** Where the schedules of the runs come from. */
interface Plan {
  /** The schedule and the seed of a run, counted from 1. */
  next(run: number): { readonly schedule: Schedule; readonly seed: number }
  /** @throws Error if the run did not go as it was told to */
  check(): void
  /** Takes note of a run that is over; true if it was the last one there is. */
  finish(host: ExploringHost): boolean
}

type PlanOptions = Required<Pick<ExploreOptions, 'orders' | 'seed' | 'maxChangePoints'>>

function planOf(attempted: string, { orders, seed, maxChangePoints }: PlanOptions): Plan {
  switch (orders) {
    case 'all':
      return new EveryOrder(seed)
    case 'random':
      return drawn(seed, (each) => randomSchedule({ seed: each }))
    case 'priority':
      return byPriorities(seed, maxChangePoints)
    default:
      throw argumentError('invalid_option', {
        attempted,
        subject: 'option "orders"',
        given: orders,
        wanted: "'all', 'random' or 'priority'",
      })
  }
}

function drawn(seed: number, scheduleOf: (seed: number, run: number) => Schedule): Plan {
  return {
    next(run) {
      const own = (seed + run - 1) % (seedMax + 1)
      return { schedule: scheduleOf(own, run), seed: own }
    },
    check: () => undefined,
    finish: () => false,
  }
}

function byPriorities(first: number, maxChangePoints: number): Plan {
  let decisions = 1
  const plan = drawn(first, (seed, run) => {
    const changePoints = (run - 1) % (maxChangePoints + 1)
    return prioritySchedule({ seed, changePoints, decisions })
  })
  const finish = (host: ExploringHost): boolean => {
    decisions = Math.max(decisions, host.choices.length)
    return false
  }
  return { ...plan, finish }
}

interface Branch {
  readonly count: number
  taken: number
}

/** Depth first: the last decision that has a way left is changed, what follows begins anew. */
class EveryOrder implements Plan, Schedule {
  readonly #seed: number
  readonly #path: Branch[] = []
  #depth = 0
  #deviation: string | undefined = undefined

  constructor(seed: number) {
    this.#seed = seed
  }

  next(): { schedule: Schedule; seed: number } {
    this.#depth = 0
    return { schedule: this, seed: this.#seed }
  }

  choose(count: number): number {
    const branch = this.#path[this.#depth]
    this.#depth += 1
    if (branch === undefined) {
      this.#path.push({ count, taken: 0 })
      return 0
    }
    if (branch.count !== count) {
      this.#deviation ??= `${branch.count} could go on at decision ${this.#depth}, then ${count}`
      return 0
    }
    return branch.taken
  }

  check(): void {
    if (this.#deviation === undefined && this.#depth < this.#path.length) {
      this.#deviation = `there were ${this.#path.length} decisions, then ${this.#depth}`
    }
    if (this.#deviation === undefined) return
    throw new Error(`The scenario is not deterministic: run the same way, ${this.#deviation}`)
  }

  finish(): boolean {
    for (let last = this.#path.at(-1); last !== undefined; last = this.#path.at(-1)) {
      last.taken += 1
      if (last.taken < last.count) return false
      this.#path.pop()
    }
    return true
  }
}

interface Failure {
  readonly error: unknown
}

/** Runs a scenario to its end; what it failed with, if it did. */
async function failureOf(scenario: Scenario, host: ChoosingHost): Promise<Failure | undefined> {
  const outcome: { isOver: boolean; failure: Failure | undefined } = {
    isOver: false,
    failure: undefined,
  }
  const over = (failure: Failure | undefined): void => {
    outcome.isOver = true
    outcome.failure = failure
  }
  start(scenario, host).then(
    () => over(undefined),
    (error: unknown) => over({ error }),
  )
  try {
    await host.settle()
    // Not over: it settles the host itself, time and again, or it waits for what never comes.
    while (!outcome.isOver) {
      await new Promise((resolve) => setImmediate(resolve))
      if (!outcome.isOver && host.isAtRest) return { error: new Error(stalled) }
      await host.settle()
    }
  } catch (error) {
    return { error }
  }
  return outcome.failure
}

/** Also a scenario that throws at once has rejected. */
async function start(scenario: Scenario, host: ExploringHost): Promise<void> {
  await scenario(host)
}

const stalled =
  'The scenario waits for ever: nothing of the host can go on. Move its time with advance(), or ' +
  'look for a promise that nobody settles, or that the host does not decide about'
