/**
 * What one run on one side of a comparison came to: the same figures for both.
 */
import type { Durations } from './latency.ts'

/** One run. */
export interface Side {
  readonly version: string
  readonly startMs: number
  readonly bytesPerWorker: number
  readonly operations: number
  readonly calls: number
  readonly failedCalls: number
  readonly timeouts: number
  /** Replies and names that were not what they had to be. */
  readonly wrong: number
  readonly lookups: number
  /** Of these, those that showed a process that had ended. */
  readonly deadLookups: number
  /** Look-ups made right after an end was seen, and those that still showed who had ended. */
  readonly lookupsAfterEnd: number
  readonly deadAfterEnd: number
  readonly misses: number
  readonly missing: number
  readonly blows: number
  readonly cpuMicrosecondsPerOperation: number
  readonly calling: Durations
  readonly gaps: Durations
  readonly restarts: Durations
}

/** Reads what the Elixir script printed. @throws Error if something is missing */
export function sideOfElixir(printed: string): Side {
  const given: unknown = JSON.parse(printed)
  return {
    version: textAt(given, 'version'),
    startMs: numberAt(given, 'startMs'),
    bytesPerWorker: numberAt(given, 'bytesPerWorker'),
    operations: numberAt(given, 'operations'),
    calls: numberAt(given, 'calls'),
    failedCalls: numberAt(given, 'failedCalls'),
    timeouts: numberAt(given, 'timeouts'),
    wrong: numberAt(given, 'wrong'),
    lookups: numberAt(given, 'lookups'),
    deadLookups: numberAt(given, 'deadLookups'),
    lookupsAfterEnd: numberAt(given, 'lookupsAfterEnd'),
    deadAfterEnd: numberAt(given, 'deadAfterEnd'),
    misses: numberAt(given, 'misses'),
    missing: numberAt(given, 'missing'),
    blows: numberAt(given, 'blows'),
    cpuMicrosecondsPerOperation: numberAt(given, 'cpuMicrosecondsPerOperation'),
    calling: durationsAt(given, 'calling'),
    gaps: durationsAt(given, 'gaps'),
    restarts: durationsAt(given, 'restarts'),
  }
}

/** Reads what `npm run soak -- --json` printed. @throws Error if something is missing */
export function sideOfFlotilla(printed: string): Side {
  const facts = at(JSON.parse(printed), 'facts')
  const calls = at(facts, 'calls')
  const lookups = at(facts, 'lookups')
  const wrong = at(facts, 'wrong')
  const failed = at(calls, 'failed')
  const dead = numberAt(wrong, 'deadLookup')
  const deadAfterEnd = numberAt(lookups, 'deadAfterEnd')
  return {
    version: `Node ${textAt(facts, 'node')}`,
    startMs: numberAt(facts, 'startMs'),
    bytesPerWorker: numberAt(facts, 'bytesPerWorker'),
    operations: numberAt(facts, 'operations'),
    calls: numberAt(calls, 'offered'),
    failedCalls: sumOf(failed),
    timeouts: numberOr(failed, 'timeout', 0),
    wrong: sumOf(wrong) - dead,
    lookups: ['hit', 'miss', 'absent'].reduce((sum, name) => sum + numberAt(lookups, name), 0),
    deadLookups: dead - deadAfterEnd,
    lookupsAfterEnd: numberAt(lookups, 'afterEnd'),
    deadAfterEnd,
    misses: numberAt(lookups, 'miss'),
    missing: numberAt(facts, 'missing'),
    blows: sumOf(at(facts, 'blows')),
    cpuMicrosecondsPerOperation: numberAt(facts, 'cpuMicrosecondsPerOperation'),
    calling: durationsAt(facts, 'latency'),
    gaps: durationsAt(facts, 'gaps'),
    restarts: durationsAt(facts, 'restarts'),
  }
}

function durationsAt(given: unknown, name: string): Durations {
  const durations = at(given, name)
  return {
    count: numberAt(durations, 'count'),
    p50: numberAt(durations, 'p50'),
    p99: numberAt(durations, 'p99'),
    p999: numberAt(durations, 'p999'),
    max: numberAt(durations, 'max'),
  }
}

function sumOf(counts: unknown): number {
  if (typeof counts !== 'object' || counts === null) return 0
  return Object.keys(counts).reduce((sum, name) => sum + numberAt(counts, name), 0)
}

function numberOr(given: unknown, name: string, otherwise: number): number {
  return at(given, name) === undefined ? otherwise : numberAt(given, name)
}

function numberAt(given: unknown, name: string): number {
  const value = at(given, name)
  if (typeof value === 'number') return value
  throw new Error(`the run did not tell ${name}, but ${JSON.stringify(value)}`)
}

function textAt(given: unknown, name: string): string {
  const value = at(given, name)
  if (typeof value === 'string') return value
  throw new Error(`the run did not tell ${name}, but ${JSON.stringify(value)}`)
}

function at(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined
}
