/**
 * A server that has slow work done by tasks and answers meanwhile.
 *
 * It never waits: it asks for a page, and is told of the outcome by a cast of its own.
 */
import { type Delivered, defineServer, next, reply, type Task, type TaskSupervisor } from 'flotilla'
import type { Fetch, Page } from './site.ts'

/** What an indexer works with. */
export interface IndexerParts {
  readonly tasks: TaskSupervisor
  readonly fetchPage: Fetch
  /** How long a page may take. */
  readonly limitMs: number
}

/** What it knows by now. */
export interface Index {
  readonly words: ReadonlyMap<string, number>
  /** Pages that are being fetched, by the task that does so. */
  readonly pending: ReadonlyMap<Task<Page>, string>
  readonly failed: readonly string[]
}

const empty: Index = { words: new Map(), pending: new Map(), failed: [] }

/** Counts the words of pages. */
export const Indexer = defineServer({
  name: 'indexer',
  init: (parts: IndexerParts) => ({ ...parts, index: empty }),
  calls: {
    status: (state) => {
      const { words, pending, failed } = state.index
      return reply({ done: words.size, pending: pending.size, failed }, state)
    },
  },
  casts: {
    add: async (state, url: string, context) => {
      const { tasks, fetchPage, limitMs, index } = state
      const work = (own: Parameters<Fetch>[1]) => fetchPage(url, own)
      const task = await tasks.asyncNolink(context, work, { label: url, deliverAs: 'added' })
      context.after(limitMs, 'overdue', task)
      return next({ ...state, index: { ...index, pending: new Map(index.pending).set(task, url) } })
    },
    added: (state, { task, outcome }: Delivered<Page>) => {
      const { index } = state
      if (!outcome.ok) return next({ ...state, index: dropped(index, task) })
      const { url, words } = outcome.value
      const counted = new Map(index.words).set(url, words)
      return next({ ...state, index: { ...without(index, task), words: counted } })
    },
    overdue: async (state, task: Task<Page>) => {
      if (!state.index.pending.has(task)) return next(state)
      await task.shutdown({ shutdownMs: 'kill' })
      return next({ ...state, index: dropped(state.index, task) })
    },
  },
})

function without(index: Index, task: Task<Page>): Index {
  const pending = new Map(index.pending)
  pending.delete(task)
  return { ...index, pending }
}

/** The page of the task could not be had. */
function dropped(index: Index, task: Task<Page>): Index {
  const url = index.pending.get(task)
  const failed = url === undefined ? index.failed : [...index.failed, url]
  return { ...without(index, task), failed }
}
