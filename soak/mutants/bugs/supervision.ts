/**
 * Mutants of supervision: I15, I16.
 */
import type { Mutant } from '../mutant.ts'

const supervision = 'src/core/supervision.ts'
const staticBehaviour = 'src/supervisor/static-behaviour.ts'
const dynamicBehaviour = 'src/supervisor/dynamic-behaviour.ts'
const restartWindow = 'src/core/restart-window.ts'

/** Mutants of supervision. */
export const supervisionMutants: readonly Mutant[] = [
  {
    id: 'stops-oldest-first',
    bug: 'a supervisor stops its children oldest first',
    targets: ['I15'],
    changes: [
      {
        path: staticBehaviour,
        before: 'inOrder([...this.children].reverse(), (record) => this.#stop(process, record))',
        after: 'inOrder([...this.children], (record) => this.#stop(process, record))',
      },
    ],
  },
  {
    id: 'group-stops-oldest-first',
    bug: 'a restart of a group stops it oldest first',
    targets: ['I15'],
    changes: [
      {
        path: supervision,
        before: '  for (const other of group.toReversed()) {\n',
        after: '  for (const other of group) {\n',
      },
    ],
  },
  {
    id: 'rest-for-one-takes-all',
    bug: 'rest_for_one takes the next older child along',
    targets: ['I15'],
    changes: [
      {
        path: supervision,
        before: "state.policy.strategy === 'one_for_all' ? 0 : all.indexOf(child)",
        after: "state.policy.strategy === 'one_for_all' ? 0 : Math.max(0, all.indexOf(child) - 1)",
      },
    ],
  },
  {
    id: 'rest-for-one-forgets-rest',
    bug: 'rest_for_one starts again the child that ended and leaves the younger ones alone',
    targets: ['I15'],
    changes: [
      {
        path: supervision,
        before: '  const group = all.slice(first)\n',
        after:
          "  const group = all.slice(first, state.policy.strategy === 'one_for_all' ? undefined " +
          ': first + 1)\n',
      },
    ],
  },
  {
    id: 'shutdown-is-a-crash',
    bug: 'a transient child that ended with shutdown is started again',
    targets: ['I15'],
    changes: [
      {
        path: supervision,
        before: "(restart === 'transient' && isAbnormal(reason))",
        after: "(restart === 'transient' && (isAbnormal(reason) || reason.kind === 'shutdown'))",
      },
    ],
  },
  {
    id: 'dynamic-does-not-wait',
    bug: 'a dynamic supervisor ends before its children have said their last words',
    targets: ['I15'],
    changes: [
      {
        path: dynamicBehaviour,
        before: '    return Promise.all(waiting).then(() => end(process, reason))\n',
        after: '    return end(process, reason)\n',
      },
    ],
  },
  {
    id: 'calendar-window',
    bug: 'restarts are counted per window of the calendar and not per sliding window',
    targets: ['I16'],
    changes: [
      {
        path: restartWindow,
        before: `    const isInside = nowMs - (timesMs[restarts.oldest] ?? nowMs) <= lengthMs
`,
        after: `    const windowOf = (timeMs: number): number => Math.floor(timeMs / lengthMs)
    const isInside = windowOf(nowMs) === windowOf(timesMs[restarts.oldest] ?? nowMs)
`,
      },
    ],
  },
  {
    id: 'temporary-counts',
    bug: 'the end of a temporary child counts as a restart',
    targets: ['I16'],
    changes: [
      {
        path: dynamicBehaviour,
        before: '    if (!isRestarted(record.restart, reason)) {\n      this.#count -= 1\n',
        after: `    if (!isRestarted(record.restart, reason)) {
      recordRestart(this, process.node.timers.nowMs(), this.#policy.limits)
      this.#count -= 1
`,
      },
    ],
  },
  {
    id: 'one-restart-too-few',
    bug: 'a supervisor gives up at the last restart that it may do',
    targets: ['I16'],
    changes: [
      {
        path: restartWindow,
        before: '  return before >= limits.maxRestarts ?',
        after: '  return before >= Math.max(0, limits.maxRestarts - 1) ?',
      },
    ],
  },
  {
    id: 'one-restart-too-many',
    bug: 'a supervisor gives up one restart late',
    targets: ['I16'],
    changes: [
      {
        path: restartWindow,
        before: '  return before >= limits.maxRestarts ?',
        after: '  return before > limits.maxRestarts ?',
      },
      {
        path: restartWindow,
        before: 'timesMs.length - restarts.oldest <= limits.maxRestarts) break\n',
        after: 'timesMs.length - restarts.oldest <= limits.maxRestarts + 1) break\n',
      },
    ],
  },
  {
    id: 'records-restarts-backwards',
    bug: 'a restart is recorded as the oldest and not as the newest',
    targets: ['I16'],
    changes: [
      {
        path: restartWindow,
        before: '  else restarts.timesMs.push(nowMs)\n',
        after: '  else restarts.timesMs.unshift(nowMs)\n',
      },
    ],
  },
  {
    id: 'gives-up-and-goes-on',
    bug: 'a dynamic supervisor that reports that it gives up starts the child once more',
    targets: ['I16'],
    changes: [
      {
        path: dynamicBehaviour,
        before:
          '      hold(process, this.shutDown(process, giveUp(process, cause)))\n      return\n',
        after: `      const gaveUp = giveUp(process, cause)
      process.node.later(() => hold(process, this.shutDown(process, gaveUp)))
`,
      },
    ],
  },
]
