/**
 * Mutants of what a node counts, of what decides a run, and of where keys belong: I24, I25, I23.
 */
import type { Mutant } from '../mutant.ts'

const node = 'src/process/node-runtime.ts'
const dying = 'src/process/dying.ts'

const placement = {
  path: 'test/core/rendezvous.test.ts',
  because: 'where a key belongs is a function of its arguments, which nothing in a run can disturb',
} as const

/** Mutants of numbers. */
export const numberMutants: readonly Mutant[] = [
  {
    id: 'dropped-not-counted',
    bug: 'what lies in the mailbox of a process that ends is not counted as dropped',
    targets: ['I24'],
    changes: [
      {
        path: dying,
        before: '      process.node.counters.dropped += 1\n',
        after: '',
      },
    ],
  },
  {
    id: 'failed-start-never-ended',
    bug: 'a process that ends in its start is not counted as ended',
    targets: ['I24'],
    changes: [
      {
        path: dying,
        before: '  node.counters.ended += 1\n',
        after: '  if (!starting) node.counters.ended += 1\n',
      },
    ],
  },
  {
    id: 'refused-counts-as-sent',
    bug: 'a message that is refused is counted as sent, too',
    targets: ['I24'],
    changes: [
      {
        path: node,
        before: '    this.counters.refused += 1\n    this.observer?.refused(process)\n',
        after:
          '    this.counters.refused += 1\n    this.counters.sent += 1\n    ' +
          'this.observer?.refused(process)\n',
      },
    ],
  },
  {
    id: 'queued-counts-busy',
    bug: 'the number of waiting messages has the ones in hand in it',
    targets: ['I24'],
    changes: [
      {
        path: 'src/process/statistics.ts',
        before: '    walked.queued += process.size\n',
        after: '    walked.queued += process.size + (process.busy ? 1 : 0)\n',
      },
    ],
  },
  {
    id: 'serials-outlive-node',
    bug: 'the serials of processes are counted by the module and go on from node to node',
    targets: ['I25'],
    changes: [
      {
        path: node,
        before: `    this.#lastSerial += 1
    return this.#lastSerial
`,
        after: `    lastSerial += 1
    return lastSerial
`,
      },
      {
        path: node,
        before: '/** What a node counts over its life. */\n',
        after: 'let lastSerial = 0\n\n/** What a node counts over its life. */\n',
      },
    ],
  },
  {
    id: 'back-off-by-chance',
    bug: 'the delay before the next try of a fleet is spread by a generator of the module',
    targets: ['I25'],
    changes: [
      {
        path: 'src/core/desired.ts',
        before: '  return Math.min(backOff.lastMs, backOff.firstMs * 2 ** (failures - 1))\n',
        after: `  spread = (spread * 1103515245 + 12345) % 2 ** 31
  return Math.min(backOff.lastMs, backOff.firstMs * 2 ** (failures - 1)) + (spread % 10)
`,
      },
      {
        path: 'src/core/desired.ts',
        before: '/** The key runs again, or is taken up afresh. */\n',
        after: 'let spread = 1\n\n/** The key runs again, or is taken up afresh. */\n',
      },
    ],
  },
  {
    id: 'real-time-decides',
    bug: 'the scheduler of a simulation asks the real clock whose turn it is',
    targets: ['I25'],
    changes: [
      {
        path: 'src/process/scheduler.ts',
        before: 'ready[choose(ready.length, (index) => ready[index]?.pid)]',
        after: `ready[
      (choose(ready.length, (index) => ready[index]?.pid) +
        (Number(realTime()) % 7 === 0 ? 1 : 0)) %
        ready.length
    ]`,
      },
      {
        path: 'src/process/scheduler.ts',
        before: '/** After this much time the event loop gets its chance. */\n',
        after: `const realTime = process.hrtime.bigint

/** After this much time the event loop gets its chance. */
`,
      },
    ],
  },
  {
    id: 'hash-by-modulo',
    bug: 'the shard of a key is its hash modulo their number',
    targets: ['I23'],
    changes: [
      {
        path: 'src/core/rendezvous.ts',
        before: '  let best = 0\n  let bestScore = fmix32(keyHash ^ (seeds[0] ?? 0))\n',
        after:
          '  if (seeds.length > 0) return shardAt(shards, keyHash % seeds.length)\n  let best = ' +
          '0\n  let bestScore = fmix32(keyHash ^ (seeds[0] ?? 0))\n',
      },
    ],
    test: placement,
  },
  {
    id: 'hash-on-string-length',
    bug: 'the hash of a key ends with its length in UTF-16 units and not in bytes',
    targets: ['I23'],
    changes: [
      {
        path: 'src/core/hash.ts',
        before: '  return fmix32(hash ^ bytes)\n',
        after: '  return fmix32(hash ^ length)\n',
      },
    ],
    test: { ...placement, path: 'test/core/hash.test.ts' },
  },
  {
    id: 'score-without-mixing',
    bug: 'the score of a shard is the two hashes combined and not mixed',
    targets: ['I23'],
    changes: [
      {
        path: 'src/core/rendezvous.ts',
        before: '    const score = fmix32(keyHash ^ (seeds[i] ?? 0))\n',
        after: '    const score = (keyHash ^ (seeds[i] ?? 0)) >>> 0\n',
      },
    ],
    test: placement,
  },
]
