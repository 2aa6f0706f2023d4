/**
 * Hunts whatever is planted in the package beside it: one round per seed, each with every
 * simulation, until something is found.
 *
 * Invariant: the rounds do not depend on what is planted, so that those of a sound package say what
 * a find in another one is worth.
 */
import { type SimulationRun, standardInvariants } from 'flotilla/testing'
import { closeHunters, type Hunter, wideHunters } from './suite.ts'
import { type Hunt, type Kill, oneLine } from './verdict.ts'

/** How long and for what is hunted. */
export interface HuntPlan {
  readonly seeds: number
  /** How long the faults of each run last, in minutes of simulated time. */
  readonly minutes: number
  readonly targets: readonly string[]
}

/** In the first rounds every run is made twice: I25. */
const roundsTwice = 2
/** So many rounds must do for the targeted checker alone, when somebody else was first. */
const ownRoundsMax = 5

/** Hunts until something is found, or nothing is. */
export async function hunt(plan: HuntPlan): Promise<Hunt> {
  const tally = { runs: 0 }
  const hunters = [...closeHunters(), ...wideHunters]
  for (let seed = 1; seed <= plan.seeds; seed += 1) {
    const kill = await playRound(hunters, { plan, seed, tally })
    if (kill === undefined) continue
    const ownSeeds = plan.targets.includes(kill.by) ? seed : await ownHunt(plan, tally)
    return { kill, ownSeeds, runs: tally.runs }
  }
  return { kill: undefined, ownSeeds: undefined, runs: tally.runs }
}

interface Round {
  readonly plan: HuntPlan
  readonly seed: number
  readonly tally: { runs: number }
}

async function playRound(hunters: readonly Hunter[], round: Round): Promise<Kill | undefined> {
  const { seed, tally } = round
  const options = { seed, minutes: round.plan.minutes, timelineLength: 0 }
  const hashes = new Map<Hunter, string>()
  for (const hunter of hunters) {
    const run = await hunter.run(options)
    tally.runs += 1
    const kill = killOf(run, hunter)
    if (kill !== undefined) return kill
    hashes.set(hunter, run.hash)
  }
  if (seed > roundsTwice) return undefined
  for (const hunter of hunters) {
    const { hash } = await hunter.run(options)
    tally.runs += 1
    const before = hashes.get(hunter)
    if (hash === before) continue
    const message = `the hash was ${before?.slice(0, 8)} and then ${hash.slice(0, 8)}`
    return { kind: 'invariant', by: 'I25', message, scenario: hunter.name, seeds: seed }
  }
  return undefined
}

/** Whether the checkers of the targets see it, when nobody else can see it before. */
async function ownHunt(plan: HuntPlan, tally: { runs: number }): Promise<number | undefined> {
  const others = standardInvariants.map(({ id }) => id).filter((id) => !plan.targets.includes(id))
  if (others.length === standardInvariants.length) return undefined
  for (let seed = 1; seed <= Math.min(plan.seeds, ownRoundsMax); seed += 1) {
    for (const hunter of closeHunters(others)) {
      const run = await hunter.run({ seed, minutes: plan.minutes, timelineLength: 0 })
      tally.runs += 1
      const kill = killOf(run, hunter)
      if (kill !== undefined && plan.targets.includes(kill.by)) return seed
    }
  }
  return undefined
}

function killOf({ failure, seed }: SimulationRun, { name }: Hunter): Kill | undefined {
  if (failure === undefined) return undefined
  const { kind, subject, message } = failure
  const found = { message: oneLine(message), scenario: name, seeds: seed }
  if (kind === 'invariant') return { ...found, kind, by: subject.replace(/ .*/, '') }
  // What a scenario checks itself says whose violation it is, where it can.
  const [, id] = /^(I\d+): /.exec(message) ?? []
  return { ...found, kind: 'oracle', by: id ?? kind }
}
