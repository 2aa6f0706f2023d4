/**
 * The draw of a run: which faults exist, how strong they are, and when those happen that have a
 * time.
 *
 * Invariant: each kind and each target has a stream of its own, so that what is drawn for one does
 * not depend on the others; a quarter of all windows of time are quiet.
 * Source: Groce, Zhang, Eide, Chen and Regehr, "Swarm Testing", ISSTA 2012.
 */
import { below, forkedSource, fraction } from '../random-source.ts'
import { type FaultKind, type FaultRates, faultKinds } from './fault.ts'

/** How weak and how strong each kind may be drawn. */
const ranges: Readonly<Record<FaultKind, readonly [number, number]>> = Object.freeze({
  crash: [0.05, 2],
  pause: [0.1, 6],
  drift: [0.0001, 0.02],
  jump: [0.05, 2],
  kill: [0.5, 60],
  throw_before: [0.0002, 0.02],
  throw_after: [0.0002, 0.02],
  slow: [0.001, 0.05],
  escape: [0.0001, 0.005],
  loss: [0.001, 0.3],
  duplication: [0.001, 0.3],
  reordering: [0.001, 0.3],
  clog: [0.1, 4],
  cut: [0.1, 4],
} as const)

/** Draws what faults there are in the run of a seed. */
export function drawRates(seed: number, without: readonly FaultKind[]): FaultRates {
  const rates: Partial<Record<FaultKind, number>> = {}
  for (const kind of faultKinds) {
    const source = forkedSource(seed, `swarm ${kind}`)
    if (fraction(source) < 0.5 || without.includes(kind)) continue
    const [least, most] = ranges[kind]
    rates[kind] = Math.round(between(least, most, fraction(source)) * 1e6) / 1e6
  }
  return rates
}

/** A fault with a time, whether it happens or not. */
export interface PlannedFault {
  readonly kind: 'crash' | 'pause' | 'jump' | 'kill' | 'clog' | 'cut'
  /** Unique in the run, such as `crash a 1`. */
  readonly name: string
  readonly atUs: number
  /** The node, or the one from which nothing comes. */
  readonly node: string
  /** Of `clog` and `cut`: where nothing arrives. */
  readonly other: string | undefined
  /** How long it lasts; of a jump, how far, in either direction. */
  readonly durationMs: number
  /** A number from 0 to 1 for what else is to be decided when it happens. */
  readonly lot: number
}

/** What a plan depends on. */
export interface PlanOptions {
  readonly seed: number
  readonly rates: FaultRates
  readonly nodes: readonly string[]
  readonly durationMs: number
}

const minuteMs = 60_000
/** Each kind befalls each target at most once in so long. */
const slotMs = 100
const windowMs = 10_000

/** Whether nothing is to go wrong at a time. */
export function isQuiet(seed: number, atMs: number): boolean {
  return fraction(forkedSource(seed, `window ${Math.floor(atMs / windowMs)}`)) < 0.25
}

/** The faults with a time, the earliest first. */
export function planFaults(options: PlanOptions): PlannedFault[] {
  const { nodes } = options
  const plan: PlannedFault[] = []
  for (const node of nodes) {
    for (const kind of ['crash', 'pause', 'jump', 'kill'] as const) {
      plan.push(...planned(options, kind, { node, other: undefined }))
    }
    for (const other of nodes) {
      if (other === node) continue
      for (const kind of ['clog', 'cut'] as const) {
        plan.push(...planned(options, kind, { node, other }))
      }
    }
  }
  return plan.sort((one, other) => one.atUs - other.atUs)
}

function planned(
  options: PlanOptions,
  kind: PlannedFault['kind'],
  target: Pick<PlannedFault, 'node' | 'other'>,
): PlannedFault[] {
  const perMinute = options.rates[kind] ?? 0
  if (perMinute === 0) return []
  const where = target.other === undefined ? target.node : `${target.node}>${target.other}`
  const source = forkedSource(options.seed, `plan ${kind} ${where}`)
  const plan: PlannedFault[] = []
  for (let slot = 0; slot * slotMs < options.durationMs; slot += 1) {
    if (fraction(source) >= (perMinute * slotMs) / minuteMs) continue
    const atUs = slot * slotMs * 1000 + below(source, slotMs * 1000)
    const durationMs = durationOf(kind, fraction(source))
    const lot = fraction(source)
    if (isQuiet(options.seed, atUs / 1000)) continue
    const name = `${kind} ${where} ${plan.length + 1}`
    plan.push({ kind, name, atUs, ...target, durationMs, lot })
  }
  return plan
}

/** Short ones are frequent, and the longest outlast any lease. */
const durations = {
  crash: [50, 20_000],
  pause: [1, 30_000],
  jump: [1, 3_600_000],
  kill: [1, 1],
  clog: [10, 30_000],
  cut: [100, 60_000],
} as const

function durationOf(kind: PlannedFault['kind'], lot: number): number {
  const [least, most] = durations[kind]
  return Math.round(between(least, most, lot))
}

/**
 * Each doubling as likely as the next. Nothing but sums and products, which are the same in every
 * version of Node.
 */
function between(least: number, most: number, lot: number): number {
  let doublings = 0
  for (let value = least; value < most; value *= 2) doublings += 1
  let value = least
  let left = lot * doublings
  for (; left >= 1; left -= 1) value *= 2
  return Math.min(most, value * (1 + left))
}
