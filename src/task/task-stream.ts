/**
 * Streams of tasks: one task for each item, a few at a time.
 */
import {
  argumentError,
  checkBoolean,
  checkCount,
  checkDuration,
  checkOptions,
} from '../core/argument-error.ts'
import { checkLife, type Shutdown } from '../core/child-spec.ts'
import { ignore } from '../core/ignore.ts'
import type { MaybePromise } from '../gen-server/protocol.ts'
import { currentProcess } from '../process/current.ts'
import type { Process } from '../process/process.ts'
import type { ProcessContext } from '../process/process-context.ts'
import { type Items, sourceOf } from './stream-input.ts'
import { type StreamPlan, type StreamResult, StreamRun, type StreamStarter } from './stream-run.ts'
import { checkWork, type TaskContext } from './task-context.ts'
import { labelOf, ownerOf } from './task-options.ts'

/** What is done with each item. */
export type StreamWork<T, R> = (item: T, context: TaskContext) => MaybePromise<R>

/** How many tasks at a time, in which order, and for how long. */
export interface StreamOptions {
  /** Tasks that run at the same time; default 8. */
  readonly maxConcurrency?: number
  /** Whether results come in the order of the items (default) or as they are there. */
  readonly ordered?: boolean
  /**
   * Items that may be under way: running, or done and waiting for an earlier one or the consumer.
   * Default 1,024, and never less than `maxConcurrency`.
   */
  readonly maxBuffered?: number
  /** Milliseconds for each task, default 5000, or `'infinity'`. */
  readonly timeoutMs?: number | 'infinity'
  /** Whether a task that takes too long ends the stream (default), or is killed and reported. */
  readonly onTimeout?: 'exit' | 'kill_task'
  /** How long each task may take to stop when its supervisor does; default 5000. */
  readonly shutdownMs?: Shutdown
  /** Names the tasks in reports; default the name of the function, or `task`. */
  readonly label?: string
  /**
   * Whose the tasks are if the code that reads the stream is not known to be of a process: outside
   * of any, and after an `await` on a node with `chargeAsyncErrors: false`.
   */
  readonly owner?: ProcessContext
}

/** What a stream is made of, beside its options. */
export interface StreamParts<T, R> {
  readonly items: Items<T>
  readonly work: StreamWork<T, R>
  readonly start: StreamStarter
  readonly isLinked: boolean
}

const optionNames = [
  'maxConcurrency',
  'ordered',
  'maxBuffered',
  'timeoutMs',
  'onTimeout',
  'shutdownMs',
  'label',
  'owner',
]
const defaultConcurrency = 8
const defaultBuffered = 1024
const streamMax = 2 ** 24

/**
 * Checks everything and makes the stream, which starts nothing before it is read.
 *
 * @throws ArgumentError
 */
export function makeStream<T, R>(
  attempted: string,
  parts: StreamParts<T, R>,
  options: StreamOptions,
): AsyncIterable<StreamResult<T, R>> {
  const { items, work, start, isLinked } = parts
  const source = sourceOf(attempted, items)
  checkWork(attempted, work)
  const given = checkOptions(attempted, options, optionNames)
  const label = labelOf(attempted, work, given.label)
  const { shutdownMs, ...choices } = given
  const owner = ownerOf(attempted, given.owner)
  const life = checkLife(
    attempted,
    { id: label, type: 'worker' },
    { restart: 'temporary', shutdownMs },
  )
  const checked = checkChoices(attempted, choices)
  const plan: StreamPlan<T> = { label, work, source, start, life, isLinked, ...checked }
  return { [Symbol.asyncIterator]: () => read(plan, owner) }
}

async function* read<T, R>(
  plan: StreamPlan<T>,
  owner: Process | undefined,
): AsyncGenerator<StreamResult<T, R>, void, undefined> {
  const run = new StreamRun<T, R>(plan, currentProcess() ?? owner)
  try {
    for (;;) {
      run.fill()
      const result = run.take()
      if (result !== undefined) yield result
      else if (run.isOver) return
      else await run.change()
    }
  } catch (error) {
    // What went wrong first is said, not what closing the input may add.
    await run.close().catch(ignore)
    throw error
  } finally {
    await run.close()
  }
}

function checkChoices(attempted: string, options: StreamOptions) {
  const { maxConcurrency = defaultConcurrency, ordered = true, timeoutMs = 5000 } = options
  checkCount(attempted, maxConcurrency, { option: 'maxConcurrency', min: 1, max: streamMax })
  const { maxBuffered = Math.max(defaultBuffered, maxConcurrency), onTimeout = 'exit' } = options
  checkCount(attempted, maxBuffered, { option: 'maxBuffered', min: maxConcurrency, max: streamMax })
  checkBoolean(attempted, ordered, 'ordered')
  checkDuration(attempted, timeoutMs, { option: 'timeoutMs', allowInfinity: true })
  if (onTimeout !== 'exit' && onTimeout !== 'kill_task') {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "onTimeout"',
      given: onTimeout,
      wanted: '"exit" or "kill_task"',
    })
  }
  return { maxConcurrency, maxBuffered, isOrdered: ordered, timeoutMs, onTimeout }
}
