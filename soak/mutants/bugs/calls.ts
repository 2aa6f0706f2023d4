/**
 * Mutants of calls and of the order of messages: I11, I12, I13.
 */
import type { Mutant } from '../mutant.ts'

const request = 'src/process/request.ts'
const timers = 'src/process/timers.ts'
const node = 'src/process/node-runtime.ts'
const dying = 'src/process/dying.ts'
const context = 'src/gen-server/context.ts'

/** Mutants of calls. */
export const callMutants: readonly Mutant[] = [
  {
    id: 'settles-twice',
    bug: 'a reply that comes after the time limit settles the call a second time',
    targets: ['I11'],
    changes: [{ path: request, before: '    if (this.settled) return false\n', after: '' }],
  },
  {
    id: 'port-answers-call-in-hand',
    bug: 'a reply port answers the call that is in hand when it is used, not the one it is of',
    targets: ['I11'],
    changes: [
      {
        path: context,
        before: '    answer(this.#process, this.#request, reply)\n',
        after: `    const { handling } = this.#process
    answer(this.#process, handling?.kind === 'call' ? handling : this.#request, reply)
`,
      },
    ],
  },
  {
    id: 'deferred-calls-orphaned',
    bug: 'calls whose reply was put off are not settled by the end of the server',
    targets: ['I11'],
    changes: [
      {
        path: dying,
        before: '    for (const request of deferred) request.targetEnded(reason)\n',
        after: '',
      },
    ],
  },
  {
    id: 'earlier-deadline-not-armed',
    bug: 'the timer of the host is not set anew when an earlier deadline comes',
    targets: ['I11'],
    changes: [
      {
        path: timers,
        before: '      if (this.#armedForMs <= earliestMs) return\n',
        after: '      if (this.#armedForMs >= earliestMs) return\n',
      },
    ],
  },
  {
    id: 'queued-calls-orphaned',
    bug: 'calls that lie in the mailbox of a process that was killed wait for their time limit',
    targets: ['I11'],
    changes: [
      {
        path: dying,
        before: '    if (isRequest(left)) left.targetEnded(reason)\n',
        after: `    if (isRequest(left)) {
      if (reason.kind !== 'killed') left.targetEnded(reason)
    }
`,
      },
    ],
  },
  {
    id: 'coarse-deadlines',
    bug: 'the deadlines of calls are rounded up to a tick of a quarter of a second',
    targets: ['I12'],
    changes: [
      {
        path: timers,
        before: 'this.#deadlines.schedule(request, nowMs + request.timeoutMs)',
        after: `this.#deadlines.schedule(
        request,
        Math.ceil((nowMs + request.timeoutMs) / 250) * 250,
      )`,
      },
    ],
  },
  {
    id: 'crowd-loses-deadlines',
    bug: 'when many calls are made in one turn, the open ones are dropped and not the settled ones',
    targets: ['I12'],
    changes: [
      {
        path: timers,
        before: 'this.#open = this.#open.filter((request) => !request.settled)',
        after: 'this.#open = this.#open.filter((request) => request.settled)',
      },
    ],
  },
  {
    id: 'nested-deadline-starts-anew',
    bug: 'a call that has to start its receiver first gets its whole time again afterwards',
    targets: ['I12'],
    changes: [
      {
        path: 'src/gen-server/call.ts',
        before: '(pid) => request(pid, { ...plan, timeoutMs: waiting.leftMs })',
        after: '(pid) => request(pid, plan)',
      },
    ],
  },
  {
    id: 'deadlines-by-wall-clock',
    bug: 'deadlines are kept by the clock of the date, which can be set back',
    targets: ['I12', 'I11'],
    changes: [
      {
        path: timers,
        before: '    return this.#clock.monotonicMs()\n',
        after: '    return this.#clock.wallMs()\n',
      },
    ],
  },
  {
    id: 'calls-jump-queue',
    bug: 'calls are put before everything that waits in the mailbox',
    targets: ['I13'],
    changes: [
      {
        path: node,
        before: `    if (!this.scheduler.wake(process, envelope)) {
      push(process, envelope)
      this.scheduler.ready(process)
    }
`,
        after: `    if (envelope.kind === 'call') {
      this.scheduler.gather(process)
      unshift(process, envelope)
    } else push(process, envelope)
    this.scheduler.ready(process)
`,
      },
      {
        path: node,
        before: "import { push } from '../core/inbox.ts'",
        after: "import { push, unshift } from '../core/inbox.ts'",
      },
    ],
  },
  {
    id: 'busy-mailbox-reversed',
    bug: 'what arrives while an asynchronous handler is under way is put in front',
    targets: ['I13'],
    changes: [
      {
        path: node,
        before: `    if (!this.scheduler.wake(process, envelope)) {
      push(process, envelope)
      this.scheduler.ready(process)
    }
`,
        after: `    if (process.busy) unshift(process, envelope)
    else if (!this.scheduler.wake(process, envelope)) push(process, envelope)
    this.scheduler.ready(process)
`,
      },
      {
        path: node,
        before: "import { push } from '../core/inbox.ts'",
        after: "import { push, unshift } from '../core/inbox.ts'",
      },
    ],
  },
  {
    id: 'flush-breaks-mailbox',
    bug: 'taking the last message out of a mailbox leaves its end pointing to that message',
    targets: ['I13', 'I11'],
    changes: [
      {
        path: 'src/core/inbox.ts',
        before: '  if (inbox.tail === item) inbox.tail = before\n',
        after: '',
      },
    ],
  },
  {
    id: 'reply-alias-stays-open',
    bug: 'an alias for one message lets in more than one',
    targets: ['I13'],
    changes: [
      {
        path: 'src/process/alias.ts',
        before: "  if (kind === 'reply') closeAlias(process, id)\n",
        after: '',
      },
    ],
  },
]
