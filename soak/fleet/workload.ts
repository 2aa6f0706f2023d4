/**
 * The workload: how many workers, who does what to them and how often.
 *
 * Invariant: `workload.json` is the only place where it is written down; soak/elixir/soak.exs reads
 * the same file.
 */
import { readFileSync } from 'node:fs'

/** What clients do, in the order of the file. */
export const operationKinds = ['call', 'cast', 'lookup', 'count'] as const
/** How workers are ended. */
export const endKinds = [
  'kill',
  'throw',
  'stop',
  'supervisorStop',
  'escape',
  'initFailure',
  'slowEnd',
] as const
/** The levels there are. */
export const levelNames = ['S0', 'S1', 'S2'] as const

/** One thing a client does. */
export type OperationKind = (typeof operationKinds)[number]
/** One way to end a worker. */
export type EndKind = (typeof endKinds)[number]
/** The name of a level. */
export type LevelName = (typeof levelNames)[number]

const loadNames = [
  'workers',
  'fleets',
  'endsPerSecond',
  'callsPerSecond',
  'seconds',
  'memorySettlesSeconds',
  'selectEverySeconds',
  'collectEverySeconds',
  'keeperLossEverySeconds',
  'stallEverySeconds',
  'stallMs',
] as const

/**
 * How much of everything. What happens every 0 seconds never happens. Memory is judged from
 * `memorySettlesSeconds` on.
 */
export type Load = Readonly<Record<(typeof loadNames)[number], number>>

/** The whole file. */
export interface Workload {
  /** Weights. */
  readonly mix: Readonly<Record<OperationKind, number>>
  readonly churn: Readonly<Record<EndKind, number>>
  /** The exponent of the popularity of keys. */
  readonly zipf: number
  /** How long the last words of a slow end take. */
  readonly lingerMs: number
  readonly callTimeoutMs: number
  readonly levels: Readonly<Record<LevelName, Load>>
}

/** Reads the file. @throws Error if it is not as it should be */
export function readWorkload(path: string | URL): Workload {
  return workloadOf(JSON.parse(readFileSync(path, 'utf8')))
}

/** Checks what the file says. @throws Error naming the first place that is wrong */
export function workloadOf(given: unknown): Workload {
  const levels = part(given, 'levels')
  return {
    mix: numbers(part(given, 'mix'), 'mix', operationKinds),
    churn: numbers(part(given, 'churn'), 'churn', endKinds),
    ...numbers(given, 'the workload', ['zipf', 'lingerMs', 'callTimeoutMs']),
    levels: record(levelNames, (name) => numbers(part(levels, name), name, loadNames)),
  }
}

/** How many operations make so many calls. */
export function operationsPerSecond({ mix }: Workload, { callsPerSecond }: Load): number {
  return callsPerSecond / shareOf(mix, 'call')
}

/** How much of the whole one weight is. */
export function shareOf<K extends string>(weights: Readonly<Record<K, number>>, kind: K): number {
  const all: readonly number[] = Object.values(weights)
  return weights[kind] / all.reduce((sum, weight) => sum + weight, 0)
}

function numbers<K extends string>(
  given: unknown,
  where: string,
  names: readonly K[],
): Record<K, number> {
  return record(names, (name) => {
    const value = part(given, name)
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
    throw new Error(`${where}: ${name} is ${JSON.stringify(value)}, want a number from 0 on`)
  })
}

function record<K extends string, V>(names: readonly K[], make: (name: K) => V): Record<K, V> {
  const made: Partial<Record<K, V>> = {}
  for (const name of names) made[name] = make(name)
  if (isComplete(made, names)) return made
  throw new Error('unreachable: every name was given a value')
}

function isComplete<K extends string, V>(
  made: Partial<Record<K, V>>,
  names: readonly K[],
): made is Record<K, V> {
  return names.every((name) => name in made)
}

function part(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined
}
