/**
 * Records the corpus: of many programs, those that show what no other does.
 */
import { writeFileSync } from 'node:fs'
import { type Entry, packCorpus } from './corpus.ts'
import { situationsOf } from './coverage.ts'
import { generate } from './generate/generate.ts'
import { type Comparison, Judge } from './judge.ts'

/** What to record. */
export interface RecordPlan {
  readonly elixir: string
  readonly corpus: string
  readonly seed: number
}

const candidates = 60_000
const candidatesAtOnce = 500
const entriesMax = 4000
/** How often each situation is wanted. */
const witnesses = 2
const schedules = 48

/** Writes the corpus. @returns a line that says what is in it. @throws NoElixir as a rejection */
export async function recordCorpus({ elixir, corpus, seed }: RecordPlan): Promise<string> {
  const judge = await Judge.start(elixir)
  const seen = new Map<string, number>()
  const entries: Entry[] = []
  for (let at = 0; at < candidates && entries.length < entriesMax; at += candidatesAtOnce) {
    const programs = Array.from({ length: candidatesAtOnce }, (_, index) => {
      return generate(seed, at + index)
    })
    for (const comparison of await judge.compare(programs)) {
      if (!isNew(seen, comparison)) continue
      const entry = await entryOf(judge, comparison)
      if (entry !== undefined) entries.push(entry)
    }
  }
  const packed = packCorpus({ versions: judge.versions, entries })
  await judge.stop()
  writeFileSync(corpus, packed)
  return `${entries.length} programs, ${seen.size} situations, ${packed.length} bytes\n`
}

function isNew(seen: Map<string, number>, { program, otp }: Comparison): boolean {
  const situations = [...situationsOf(program, otp)]
  const wanted = situations.filter((situation) => (seen.get(situation) ?? 0) < witnesses)
  for (const situation of wanted) seen.set(situation, (seen.get(situation) ?? 0) + 1)
  return wanted.length > 0
}

/** The program with all its outcomes; nothing if what Flotilla does is not among those found. */
async function entryOf(judge: Judge, comparison: Comparison): Promise<Entry | undefined> {
  const { program, otp, flotilla } = comparison
  const outcomes = await judge.outcomes(program, schedules)
  outcomes.add(otp)
  return outcomes.has(flotilla) ? { program, outcomes: [...outcomes].sort() } : undefined
}
