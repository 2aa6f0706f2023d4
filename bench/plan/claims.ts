/**
 * The claims that need a measurement of their own: a million workers, sockets and timers beside a
 * flood, growth, and the event feed. That a loss would be seen is what `--plant slow` is for.
 */
import type { Figures, Metric, Row } from '../row.ts'
import { row } from './rows.ts'

const manyWorkers = ['--max-old-space-size=4096']

/** The rows of the claims. */
export const claimRows: readonly Row[] = [
  row('million', '{size} named, supervised workers on one thread', {
    group: 'claims',
    work: ['million', 1_000_000, 1_000_000],
    entries: [{ arm: 'flotilla' }, { arm: 'beam' }],
    metrics: [
      {
        ...own('startSeconds', 'to start them', 's'),
        isOwn: false,
        targets: [{ of: 'the BEAM', against: ['beam'], atLeast: 8 }],
        atMost: 10,
      },
      own('answerSeconds', 'until each has answered a call', 's'),
      own('stopSeconds', 'to stop them in order', 's'),
      own('rssBytes', 'resident memory', 'B', 1e9),
    ],
    nodeFlags: manyWorkers,
    roundsMax: 3,
    isPlantable: false,
  }),
  row('responsive', 'sockets and timers beside a flood of calls', {
    group: 'claims',
    work: ['responsive', 64, 4_000],
    entries: [{ arm: 'flotilla' }],
    metrics: [
      own('echoP99IdleMs', 'TCP echo, p99, idle', 'ms'),
      {
        ...own('echoP99AddedMs', 'TCP echo, p99, what the flood adds', 'ms', 5),
        from: ({ echoP99FloodMs = Number.NaN, echoP99IdleMs = Number.NaN }) =>
          Math.max(0, echoP99FloodMs - echoP99IdleMs),
      },
      own('timerP99Ms', 'timers of 1 ms, late by, p99, in the flood', 'ms', 10),
    ],
    isPlantable: false,
  }),
  row('scale', 'what grows from 1 k to {size} workers, beside what a cache miss takes', {
    group: 'claims',
    work: ['scale', 1_000_000, 100_000],
    entries: [{ arm: 'flotilla' }],
    metrics: [growth('call', 'miss'), growth('lookup', 'miss'), growth('start', 'insert')],
    nodeFlags: manyWorkers,
    roundsMax: 3,
    isPlantable: false,
  }),
  row('feed', 'the event feed', {
    group: 'claims',
    work: ['feed', 1_000, 20_000],
    entries: [{ arm: 'flotilla' }],
    metrics: [
      {
        ...own('unheardPercent', 'unheard: a question whether anybody listens, of a call', '%', 1),
        from: ({ questionNs, callNsUnheard }) => quotient(questionNs, callNsUnheard) * 100,
      },
      own('nsPerEvent', 'heard: an event', 'ns', 150),
      own('callNsUnheard', 'a call, unheard', 'ns'),
      own('callNsHeard', 'a call, heard', 'ns'),
    ],
    isPlantable: false,
  }),
]

/**
 * How much dearer an operation is among many than among few, once what a bare Map of as many
 * objects takes more for the same access is taken out.
 */
function growth(operation: 'call' | 'lookup' | 'start', access: 'miss' | 'insert'): Metric {
  const from = (figures: Figures): number => {
    const at = (what: string): number => figures[what] ?? Number.NaN
    const extra = at(`${access}NsAtSize`) - at(`${access}NsAtFew`)
    return quotient(at(`${operation}NsAtSize`), at(`${operation}NsAtFew`) + extra)
  }
  return { ...own(`${operation}Growth`, `a ${operation}`, '×', 1.1), from }
}

function quotient(above = Number.NaN, below = Number.NaN): number {
  return above / below
}

/** A figure of Flotilla's alone, perhaps with a limit. */
function own(
  figure: string,
  title: string,
  ...[unit, atMost]: [unit: Metric['unit'], atMost?: number]
): Metric {
  const metric: Metric = { figure, title, unit, better: 'less', targets: [], isOwn: true }
  return atMost === undefined ? metric : { ...metric, atMost }
}
