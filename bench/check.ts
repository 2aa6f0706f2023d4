/**
 * Floors: ratios under which a change has made something slower than it was.
 *
 * Invariant: a floor that a run was to measure and did not is a failure, never silence.
 */
import { type Decoder, number, parseAs, record, table } from './decode.ts'
import type { Judgement } from './judge.ts'
import { worstOf } from './judge.ts'
import { armOf } from './plan/arms.ts'
import type { Scale } from './plan.ts'
import { timesText } from './report/format.ts'
import { nameOf } from './report/table.ts'

/** Least ratios by row and figure, for both scales, as bench/floors.json has them. */
export type Floors = Readonly<Record<Scale, Readonly<Record<string, number>>>>

/** What a floor is of what was recorded: machines and moments differ, and that is no regression. */
const generosity = 0.6

/** By how much a planted loss by 2 may be seen to be more or less than that. */
const plantedRange = { least: 1.5, most: 2.7 }

const byName: Decoder<Record<string, number>> = table(number)

/** Reads floors. @throws DecodeError */
export function readFloors(source: string, from: string): Floors {
  return parseAs(record({ full: byName, quick: byName }), source, from)
}

/** Floors from a run, with those of the other scale as they were. */
export function floorsFrom(judgements: readonly Judgement[], scale: Scale, before: Floors): Floors {
  const floors = judgements.flatMap((judgement) => {
    const worst = worstOf(judgement.comparisons.filter(({ rival }) => rival !== 'floor'))
    const median = worst?.ratio.median ?? Number.NaN
    const floor = Number((median * generosity).toPrecision(2))
    const isHeld = judgement.metric.targets.length > 0 && Number.isFinite(floor)
    return isHeld ? [[floorName(judgement), floor] as const] : []
  })
  return { ...before, [scale]: { ...before[scale], ...Object.fromEntries(floors) } }
}

/** What is under its floor or was not measured, a line for each; none is good. */
export function underFloors(
  judgements: readonly Judgement[],
  floors: Readonly<Record<string, number>>,
): string[] {
  return judgements.flatMap((judgement) => {
    const floor = floors[floorName(judgement)]
    if (floor === undefined) return []
    const title = nameOf(judgement.row.title, judgement.metric)
    const rivals = judgement.comparisons.filter(({ rival }) => rival !== 'floor')
    const worst = worstOf(rivals)
    if (worst === undefined) return [`${title}: not measured, floor ${timesText(floor)}`]
    if (worst.ratio.median >= floor) return []
    const ratio = `${timesText(worst.ratio.median)} of ${armOf(worst.rival).title}`
    return [`${title}: ${ratio}, under the floor of ${timesText(floor)}`]
  })
}

/** What of a planted loss the run has not seen, a line for each; none is good. */
export function unseenPlants(judgements: readonly Judgement[]): string[] {
  const planted = judgements.flatMap(({ row, metric, planted: seen }) =>
    seen === undefined ? [] : [{ title: nameOf(row.title, metric), loss: 1 / seen.ratio.median }],
  )
  if (planted.length === 0) return ['no row with a planted loss was measured']
  return planted
    .filter(({ loss }) => !(loss >= plantedRange.least && loss <= plantedRange.most))
    .map(({ title, loss }) => `${title}: a loss by 2 was planted, ${timesText(loss)} was seen`)
}

function floorName({ row, metric }: Judgement): string {
  return `${row.id} ${metric.figure}`
}
