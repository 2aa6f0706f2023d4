/**
 * Mutants of processes: one handler at a time, limits, containment (I17, I18, I19).
 */
import type { Mutant } from '../mutant.ts'

const scheduler = 'src/process/scheduler.ts'
const serve = 'src/gen-server/serve.ts'
const node = 'src/process/node-runtime.ts'
const call = 'src/gen-server/call.ts'

/** Mutants of processes. */
export const processMutants: readonly Mutant[] = [
  {
    id: 'busy-is-ignored',
    bug: 'the run queue takes a process whose asynchronous handler is under way',
    targets: ['I17'],
    changes: [
      {
        path: scheduler,
        before: `  ready(process: Process): void {
    if (process.queuedAt >= 0 || process.busy || process.phase !== 'running') return`,
        after: `  ready(process: Process): void {
    if (process.queuedAt >= 0 || process.phase !== 'running') return`,
      },
      {
        path: scheduler,
        before: 'process.queuedAt >= 0 || process.busy) return false',
        after: 'process.queuedAt >= 0) return false',
      },
      {
        path: scheduler,
        before: "return !process.busy && process.phase === 'running'",
        after: "return process.phase === 'running'",
      },
    ],
  },
  {
    id: 'await-forgets-busy',
    bug: 'a server does not note that its handler is asynchronous',
    targets: ['I17'],
    changes: [
      {
        path: serve,
        before: `envelope: Message): Promise<void> {
    process.busy = true
`,
        after: 'envelope: Message): Promise<void> {\n',
      },
    ],
  },
  {
    id: 'messages-before-init',
    bug: 'a process takes messages while its asynchronous init is under way',
    targets: ['I17'],
    changes: [
      {
        path: scheduler,
        before: `  ready(process: Process): void {
    if (process.queuedAt >= 0 || process.busy || process.phase !== 'running') return`,
        after: `  ready(process: Process): void {
    if (process.queuedAt >= 0 || process.busy || process.phase === 'dead') return`,
      },
      {
        path: scheduler,
        before: "return !process.busy && process.phase === 'running'",
        after: "return !process.busy && process.phase !== 'dead'",
      },
      {
        path: scheduler,
        before: "(each) => each.phase === 'running' && each.size > 0",
        after: "(each) => each.phase !== 'dead' && each.size > 0",
      },
    ],
  },
  {
    id: 'supervisor-forgets-hold',
    bug: 'a supervisor takes messages while it starts or stops a child',
    targets: ['I17', 'I15'],
    changes: [
      {
        path: 'src/supervisor/hold.ts',
        before: '  process.busy = true\n',
        after: '',
      },
    ],
  },
  {
    id: 'mailbox-off-by-one',
    bug: 'a mailbox takes one message more than it may',
    targets: ['I18'],
    changes: [
      {
        path: node,
        before: 'if (process.size < process.behaviour.maxMailboxSize) return false',
        after: 'if (process.size <= process.behaviour.maxMailboxSize) return false',
      },
    ],
  },
  {
    id: 'casts-are-unbounded',
    bug: 'casts are put into a mailbox that is full',
    targets: ['I18'],
    changes: [
      {
        path: call,
        before:
          "return !isRefused(target, 'cast') && post(target, new Note('cast', name, args[0]))",
        after: "return post(target, new Note('cast', name, args[0]))",
      },
    ],
  },
  {
    id: 'own-mailbox-refuses-early',
    bug: 'the message in hand counts as one that waits',
    targets: ['I18'],
    changes: [
      {
        path: node,
        before: 'if (process.size < process.behaviour.maxMailboxSize) return false',
        after:
          'if (process.size + (process.busy ? 1 : 0) < process.behaviour.maxMailboxSize) return ' +
          'false',
      },
    ],
  },
  {
    id: 'system-queue-refuses',
    bug: 'exit signals and reports are dropped where a mailbox is full',
    targets: ['I18', 'I14'],
    changes: [
      {
        path: node,
        before: '    if (process.alive) return true\n    this.counters.dropped += 1\n',
        after: `    if (process.alive && (envelope.kind !== 'down' || process.size < 2)) return true
    this.counters.dropped += 1
`,
      },
    ],
  },
  {
    id: 'one-child-too-many',
    bug: 'a dynamic supervisor starts one child more than it may have',
    targets: ['I18'],
    changes: [
      {
        path: 'src/supervisor/dynamic-behaviour.ts',
        before: 'if (this.#count >= this.#policy.maxChildren) {',
        after: 'if (this.#count > this.#policy.maxChildren) {',
      },
    ],
  },
  {
    id: 'one-name-too-many',
    bug: 'a registry takes one name more than it may hold',
    targets: ['I18'],
    changes: [
      {
        path: 'src/registry/name-service.ts',
        before: '    return this.#table.size < this.maxNames\n',
        after: '    return this.#table.size <= this.maxNames\n',
      },
    ],
  },
  {
    id: 'last-words-escape',
    bug: 'an error in terminate is not caught and reaches the scheduler',
    targets: ['I19'],
    changes: [
      {
        path: serve,
        before: `      endWith(process, endingOf(error), lastWords)
      return
    } finally {`,
        after: `      throw error
    } finally {`,
      },
    ],
  },
  {
    id: 'init-escapes',
    bug: 'an error in the init of a child that is started again is not caught',
    targets: ['I19'],
    changes: [
      {
        path: 'src/process/spawn.ts',
        before:
          "    return finish(process, { kind: 'failed', reason: endingOf(error) })\n  } finally {",
        after: `    if (process.record === undefined) {
      return finish(process, { kind: 'failed', reason: endingOf(error) })
    }
    throw error
  } finally {`,
      },
    ],
  },
  {
    id: 'error-ends-siblings',
    bug: 'an error of a process ends the other children of its parent',
    targets: ['I19'],
    changes: [
      {
        path: 'src/process/dying.ts',
        before: '  for (const other of others) fallen = tellLinked(other, process, fallen)\n',
        after: `  for (const other of others) fallen = tellLinked(other, process, fallen)
  if (process.exitReason?.kind === 'crash' && parent !== undefined) {
    for (const other of linkedBeside(parent)) fallen = tellLinked(other, process, fallen)
  }
`,
      },
    ],
  },
]
