/**
 * Semantic bugs to plant: mistakes that a port of OTP makes, each as an exact change of the source.
 *
 * Invariant: `before` stands exactly once in the file; source that has moved on is an error here,
 * never a bug that was quietly not planted.
 */

/** One bug. */
export interface Bug {
  readonly name: string
  readonly changes: readonly Change[]
}

/** One replacement in one file. */
export interface Change {
  readonly path: string
  readonly before: string
  readonly after: string
}

/** The bugs, in the order in which they are tried. */
export const bugs: readonly Bug[] = [
  {
    name: 'restarts are counted per child instead of per supervisor',
    changes: [
      {
        path: 'src/core/supervision.ts',
        before: 'recordRestart(state, event.nowMs, state.policy.limits)',
        after: 'recordRestart(child as never, event.nowMs, state.policy.limits)',
      },
    ],
  },
  {
    name: 'a reply that comes too late is delivered to the caller as a message',
    changes: [
      {
        path: 'src/gen-server/messages.ts',
        before: '  if (request.answer(value)) return\n',
        after: `  if (request.answer(value)) return
  const { caller } = request
  if (caller?.alive) caller.node.deliver(caller, new Note('info', '', value))
`,
      },
      {
        path: 'src/gen-server/messages.ts',
        before: "import type { Request } from '../process/request.ts'\n",
        after: `import { Note } from '../process/envelope.ts'
import type { Request } from '../process/request.ts'
`,
      },
    ],
  },
  {
    name: 'names are released after DOWN',
    changes: [
      {
        path: 'src/process/dying.ts',
        before: '  freeNames(process)\n',
        after: '',
      },
      {
        path: 'src/process/dying.ts',
        before: '  reportDown(process, reason)\n',
        after: `  reportDown(process, reason)
  process.node.host.scheduler.yieldThen(() => freeNames(process))
`,
      },
    ],
  },
  {
    name: '`shutdown` counts as a crash of a transient child',
    changes: [
      {
        path: 'src/core/supervision.ts',
        before: "(restart === 'transient' && isAbnormal(reason))",
        after: "(restart === 'transient' && (isAbnormal(reason) || reason.kind === 'shutdown'))",
      },
    ],
  },
  {
    name: 'a supervisor stops its children oldest first',
    changes: [
      {
        path: 'src/supervisor/static-behaviour.ts',
        before: 'inOrder([...this.children].reverse(), (record) => this.#stop(process, record))',
        after: 'inOrder([...this.children], (record) => this.#stop(process, record))',
      },
    ],
  },
]

/** The text with the change made. @throws Error if `before` does not stand there exactly once */
export function planted(text: string, change: Change): string {
  const found = text.split(change.before).length - 1
  if (found !== 1) {
    throw new Error(`${change.path} has ${found} places like ${JSON.stringify(change.before)}`)
  }
  return text.replace(change.before, () => change.after)
}
