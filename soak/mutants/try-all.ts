/**
 * All trials: first of the sound source, then of each mutant, some side by side.
 *
 * Invariant: no mutant is tried unless the sound source has passed everything that hunts; no
 * copy is
 * left when this is over.
 */
import { Copy } from './copy.ts'
import type { Mutant } from './mutant.ts'
import { sound, type Trial, type TrialOptions, tryMutant } from './trial.ts'

/** What is tried, and who hears how far it is. */
export interface AllOptions extends TrialOptions {
  readonly root: string
  readonly jobs: number
  readonly onTrial: (trial: Trial) => void
}

/** What all of it came to. */
export interface Findings {
  /** Of the source without a bug, by every test that hunts and by every seed. */
  readonly baseline: readonly Trial[]
  /** In the order of the list; none if the baseline fell. */
  readonly trials: readonly Trial[]
}

/** Tries all of them. @throws Untried, and AbortError if the signal ends it */
export async function tryAll(mutants: readonly Mutant[], options: AllOptions): Promise<Findings> {
  // Once for all: the source may change while this runs.
  const copies: Copy[] = []
  try {
    while (copies.length < options.jobs) copies.push(new Copy(options.root))
    const baseline = await tryEach(copies, baselineOf(mutants), options)
    if (baseline.some(({ kill }) => kill !== undefined)) return { baseline, trials: [] }
    return { baseline, trials: await tryEach(copies, mutants, options) }
  } finally {
    for (const copy of copies) copy[Symbol.dispose]()
  }
}

/** The sound source, once for all seeds if seeds hunt, and once for each test that does. */
export function baselineOf(mutants: readonly Mutant[]): readonly Mutant[] {
  const tests = new Map(
    mutants.flatMap(({ test }) => (test === undefined ? [] : [[test.path, test]])),
  )
  const bySeeds = mutants.some(({ test }) => test === undefined) ? [sound] : []
  return [...bySeeds, ...Array.from(tests.values(), (test) => ({ ...sound, test }))]
}

async function tryEach(
  copies: readonly Copy[],
  mutants: readonly Mutant[],
  options: AllOptions,
): Promise<Trial[]> {
  const trials = new Map<Mutant, Trial>()
  const left = [...mutants]
  const stopping = new AbortController()
  const signal = AbortSignal.any([options.signal, stopping.signal])
  const work = async (copy: Copy): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const trial = await tryMutant(copy, mutant, { ...options, signal })
      trials.set(mutant, trial)
      options.onTrial(trial)
    }
  }
  const jobs = copies.map((copy) =>
    work(copy).catch((error) => {
      // The others must end, too, before their copies go.
      stopping.abort()
      throw error
    }),
  )
  const outcomes = await Promise.allSettled(jobs)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return mutants.flatMap((mutant) => trials.get(mutant) ?? [])
}
