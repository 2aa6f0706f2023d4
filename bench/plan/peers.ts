/**
 * The rows against what else there is for TypeScript, in one process, at the same work.
 */
import type { ArmId, Entry, Row, Target } from '../row.ts'
import { bytes, milliseconds, nanoseconds, perSecond, type RowParts, row } from './rows.ts'

/** Those with a mailbox: a send is taken up later, one message at a time. */
const mailboxes: readonly ArmId[] = ['nact', 'comedy', 'effect', 'effect-cluster']
/** Those that send synchronously, or around their own mailbox. */
const libraries: readonly ArmId[] = [...mailboxes, 'effect-unsafe', 'xstate']
const peers: readonly ArmId[] = [...libraries, 'promise-chain']
/** Ahead of every one on every row. */
const ahead: readonly Target[] = [{ of: 'every peer', against: peers, atLeast: 1 }]
const aheadOfLibraries: readonly Target[] = [
  { of: 'every library', against: libraries, atLeast: 1 },
]

/** The rows against TypeScript peers. */
export const peerRows: readonly Row[] = [
  peerRow('peers-start', 'start {size} workers', {
    work: ['start', 100_000, 100_000],
    roundsMax: 3,
    metrics: [{ ...perSecond, targets: [...ahead, ...aheadOfMailboxes(1.5)] }],
    less: { size: 10_000, count: 10_000 },
  }),
  peerRow('peers-memory', 'an idle worker, {size} of them', {
    work: ['memory', 100_000, 100_000],
    roundsMax: 3,
    metrics: [{ ...bytes, targets: [...ahead, ...aheadOfMailboxes(2)] }],
    less: { size: 10_000, count: 10_000 },
  }),
  peerRow('ask-one', 'ask, one caller, one worker', {
    work: ['ask-one', 1, 200_000],
    metrics: [{ ...nanoseconds, targets: [...ahead, ...aheadOfMailboxes(5)] }],
    less: { size: 1, count: 20_000 },
    alsoByName: true,
  }),
  peerRow('ask-pairs', 'ask, 64 callers to 64 workers', {
    work: ['ask-pairs', 64, 640_000],
    metrics: [{ ...perSecond, targets: [...ahead, ...aheadOfMailboxes(1.5)] }],
    less: { size: 64, count: 32_000 },
    alsoByName: true,
  }),
  peerRow('ask-random', 'ask, 64 callers to {size} workers at random', {
    work: ['ask-random', 100_000, 320_000],
    // Three minutes and a half a round, most of it to start that many of every library.
    roundsMax: 3,
    metrics: [{ ...perSecond, targets: [...ahead, ...aheadOfMailboxes(1.2)] }],
    less: { size: 10_000, count: 32_000 },
    alsoByName: true,
  }),
  ...[1_000, 10_000, 100_000].map((size) =>
    peerRow(`ready-${size / 1000}k`, '{size} workers, from start to an answer of each', {
      // Few are ready in less time than a pause of the collector takes: they are started anew.
      work: ['ready', size, Math.max(size, 10_000)],
      ...(size < 100_000 ? {} : { roundsMax: 3 }),
      metrics: [{ ...milliseconds, targets: ahead }],
      less: { size: Math.min(size, 10_000), count: 10_000 },
    }),
  ),
  peerRow('casts-barrier', 'casts to one worker, then a barrier', {
    work: ['casts-barrier', 1, 100_000],
    metrics: [{ ...perSecond, targets: ahead }],
    less: { size: 1, count: 10_000 },
    alsoByName: true,
  }),
  peerRow('idle-cpu', '{size} idle workers: processor time they take', {
    // The count is how many milliseconds are watched.
    work: ['idle-cpu', 10_000, 2_000],
    roundsMax: 3,
    metrics: [{ figure: 'cpuMsPerSecond', unit: 'ms/s', better: 'less', targets: [] }],

    isPlantable: false,
  }),
  peerRow('crash-to-available', 'a handler throws, then the next answer', {
    work: ['crash-to-available', 1, 10_000],
    metrics: [{ figure: 'p50Us', unit: 'µs', better: 'less', targets: ahead }],
    less: { size: 1, count: 200 },
    isPlantable: false,
  }),
  peerRow('import-time', 'import', {
    work: ['import-time', 1, 1],
    metrics: [{ ...milliseconds, targets: aheadOfLibraries }],
    isPlantable: false,
  }),
  row('installed-size', 'installed, with everything it brings', {
    group: 'peers',
    work: ['installed-size', 1, 1],
    // The cluster comes in the package of effect, which is in the row already.
    entries: (['flotilla', 'nact', 'comedy', 'xstate', 'effect'] as const).map((arm) => ({ arm })),
    metrics: [{ figure: 'bytes', unit: 'B', better: 'less', targets: aheadOfLibraries }],
    isPlantable: false,
  }),
]

/**
 * @param rest `less`: what the cluster does instead, a round of which would take minutes;
 * `alsoByName`: Flotilla keeps pids, as the peers keep references, and does it by name as well
 */
function peerRow(
  id: string,
  title: string,
  rest: Pick<RowParts, 'work' | 'metrics' | 'isPlantable' | 'roundsMax'> & {
    readonly less?: Less
    readonly alsoByName?: boolean
  },
): Row {
  const { less, alsoByName = false, ...parts } = rest
  const own: readonly ArmId[] = alsoByName ? ['flotilla', 'flotilla-by-name'] : ['flotilla']
  const entries: Entry[] = [...own, ...peers].map((arm) =>
    arm === 'effect-cluster' && less !== undefined ? { arm, ...less } : { arm },
  )
  return row(id, title, { group: 'peers', entries, ...parts })
}

interface Less {
  readonly size: number
  readonly count: number
}

function aheadOfMailboxes(atLeast: number): Target[] {
  return [{ of: 'every mailbox', against: mailboxes, atLeast }]
}
