/**
 * What the long form found, for people and for programs.
 *
 * Invariant: it says that nothing was found exactly if no tier has a finding.
 */
import type { Recording } from 'flotilla/testing'
import type { Finding, TierCount } from './exhaustive.ts'
import { inWords } from './program.ts'
import type { RandomCount, RandomResult } from './random.ts'

/** What was run, and what was found. */
export interface Report {
  readonly seed: number
  readonly node: string
  readonly seconds: number
  readonly exhaustive: readonly TierCount[]
  readonly random: RandomCount
  readonly findings: readonly FindingText[]
}

/** A finding as plain data. */
export interface FindingText {
  readonly error: string
  /** The seed of the round, if it is one of the random tier. */
  readonly seed?: number
  /** The program and the order of events, if it is one of the exhaustive tier. */
  readonly program?: string
  readonly recording?: Recording
}

/** A finding of the exhaustive tier as plain data. */
export function findingOf({ error, program, recording }: Finding): FindingText {
  return { error: String(error), program: inWords(program), recording }
}

/** A finding of the random tier as plain data. */
export function roundFinding({ seed, error }: NonNullable<RandomResult['finding']>): FindingText {
  return { error: String(error), seed }
}

/** One line about a part of the exhaustive tier. */
export function tierLine({ name, programs, complete, ...counts }: TierCount): string {
  const incomplete = programs === complete ? '' : `, ${programs - complete} cut short`
  return (
    `${name.padEnd(56)} ${number(programs)} programs, ${number(counts.interleavings)} ` +
    `interleavings, ${number(counts.operations)} operations${incomplete}`
  )
}

/** One line about the random tier. */
export function randomLine({ rounds, operations }: RandomCount): string {
  const counts = `${number(rounds)} rounds, ${number(operations)} operations`
  return `${'random schedules'.padEnd(56)} ${counts}`
}

/** The end of the report for people. */
export function verdictText({ findings, seconds, seed }: Report): string {
  const lines = findings.map(({ error, seed: round, recording }) => {
    const again =
      round === undefined
        ? `choices ${recording?.choices.join(' ')}`
        : `again: npm run test:races -- --exhaustive none --operations 1 --seed ${round}`
    return `${error}\n${again}`
  })
  const verdict = findings.length === 0 ? 'no violation' : `${findings.length} found`
  return `${[...lines, `${verdict} in ${seconds.toFixed(1)} s, seed ${seed}`].join('\n')}\n`
}

function number(count: number): string {
  return count.toLocaleString('en-US')
}
