/**
 * Mutants of monitors and links, and of what an end leaves behind: I14, I20.
 */
import type { Mutant } from '../mutant.ts'

const monitors = 'src/process/monitors.ts'
const links = 'src/process/links.ts'
const dying = 'src/process/dying.ts'

/** Mutants of ties. */
export const tieMutants: readonly Mutant[] = [
  {
    id: 'demonitor-forgets-flush',
    bug: 'a report that waits in the mailbox is not removed by a demonitor with flush',
    targets: ['I14'],
    changes: [
      { path: monitors, before: '  if (flush) {\n', after: '  if (flush && handle.id < 0) {\n' },
    ],
  },
  {
    id: 'demonitor-one-sided',
    bug: 'a demonitor takes the monitor from its owner and not from the target',
    targets: ['I14'],
    changes: [
      {
        path: monitors,
        before: `    watcher.extrasIfAny?.watching?.delete(record)
    record.target.extrasIfAny?.watchers?.delete(record)
`,
        after: '    watcher.extrasIfAny?.watching?.delete(record)\n',
      },
    ],
  },
  {
    id: 'down-says-noproc',
    bug: 'a report says noproc when its target was killed',
    targets: ['I14'],
    changes: [
      {
        path: dying,
        before: '  watchers.each((watch) => watch.targetEnded(reason))\n',
        after: `  const told: ExitReason = reason === killed ? { kind: 'noproc' } : reason
  watchers.each((watch) => watch.targetEnded(told))
`,
      },
    ],
  },
  {
    id: 'link-one-sided',
    bug: 'a link is known to the one who made it alone',
    targets: ['I14'],
    changes: [{ path: links, before: '    rightExtras.links.add(left)\n', after: '' }],
  },
  {
    id: 'unlink-one-sided',
    bug: 'an unlink is known to the one who did it alone',
    targets: ['I14'],
    changes: [{ path: links, before: '    right.extrasIfAny?.links?.delete(left)\n', after: '' }],
  },
  {
    id: 'down-overtakes',
    bug: 'a report is put before the messages that its target had sent',
    targets: ['I14'],
    changes: [
      {
        path: 'src/process/node-runtime.ts',
        before: `    if (!this.scheduler.wake(process, envelope)) {
      push(process, envelope)
      this.scheduler.ready(process)
    }
`,
        after: `    if (envelope.kind === 'down') {
      this.scheduler.gather(process)
      unshift(process, envelope)
    } else push(process, envelope)
    this.scheduler.ready(process)
`,
      },
      {
        path: 'src/process/node-runtime.ts',
        before: "import { push } from '../core/inbox.ts'",
        after: "import { push, unshift } from '../core/inbox.ts'",
      },
    ],
  },
  {
    id: 'only-first-watcher-told',
    bug: 'of several monitors of one watcher on one target only the first reports',
    targets: ['I14'],
    changes: [
      {
        path: dying,
        before: '  watchers.each((watch) => watch.targetEnded(reason))\n',
        after: `  const told = new Set<unknown>()
  watchers.each((watch) => {
    if (watch.watcher !== undefined && told.has(watch.watcher)) return
    told.add(watch.watcher)
    watch.targetEnded(reason)
  })
`,
      },
    ],
  },
  {
    id: 'timers-outlive-process',
    bug: 'the timers of a process that ends are forgotten and not cancelled',
    targets: ['I20'],
    changes: [
      {
        path: dying,
        before: '  timers?.each((timer) => process.node.timers.cancel(timer))\n',
        after: '',
      },
    ],
  },
  {
    id: 'monitors-outlive-watcher',
    bug: 'the monitors of a process that ends stay at their targets',
    targets: ['I20'],
    changes: [
      {
        path: dying,
        before: '    for (const own of watching) own.target.extrasIfAny?.watchers?.delete(own)\n',
        after: '',
      },
    ],
  },
  {
    id: 'aliases-outlive-process',
    bug: 'the aliases of a process that ends stay in the table of the node',
    targets: ['I20'],
    changes: [
      {
        path: 'src/process/alias.ts',
        before: '  for (const id of extras.aliases.keys()) process.node.aliases.delete(id)\n',
        after: '',
      },
    ],
  },
  {
    id: 'listener-outlives-node',
    bug: 'a node that has ended still listens to errors that nobody handled',
    targets: ['I20'],
    changes: [
      {
        path: 'src/process/node-runtime.ts',
        before:
          '    if (escapes !== undefined) this.host.scheduler.yieldThen(() => escapes.cancel())\n',
        after: '    if (escapes === undefined) this.resolvers.clear()\n',
      },
    ],
  },
  {
    id: 'links-outlive-process',
    bug: 'a process that ends stays in the lists of links of those it is linked to',
    targets: ['I20', 'I14'],
    changes: [
      {
        path: dying,
        before: '  for (const other of others) unlink(other, process)\n',
        after: '  for (const other of others) if (other.trapping) unlink(other, process)\n',
      },
    ],
  },
  {
    id: 'settled-call-keeps-timer',
    bug: 'the deadline of a call is not taken back when the reply comes',
    targets: ['I20'],
    changes: [
      {
        path: 'src/process/request.ts',
        before: '    this.target.node.timers.cancel(this)\n',
        after: '',
      },
    ],
  },
]
