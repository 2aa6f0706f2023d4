/**
 * Children that write down when their start has succeeded and when they stop, and trees of them:
 * what the order of a supervisor's work is tested with.
 */
import {
  type ChildOptions,
  type ChildSpec,
  type MaybePromise,
  type Strategy,
  type SupervisorOptions,
  supervisor,
} from 'flotilla'
import { run } from './running.ts'
import { breakable, gate, part, type WorkerProtocol } from './worker.ts'

/** What a child does in a moment that its supervisor waits for. */
export type Moment = () => MaybePromise<void>

/** The two moments there are; undefined: nothing. */
export interface Moments {
  readonly init?: Moment | undefined
  readonly terminate?: Moment | undefined
}

/** Makes children that trap exits and write `+id` once started and `-id` when they stop. */
export function watchedBy(journal: string[]) {
  return (
    id: string,
    moments: Moments = {},
    options: ChildOptions<WorkerProtocol> = {},
  ): ChildSpec<WorkerProtocol> => {
    const started = () => void journal.push(`+${id}`)
    const init = () => {
      const work = moments.init?.()
      return work instanceof Promise ? work.then(started) : started()
    }
    const terminate = () => {
      journal.push(`-${id}`)
      return moments.terminate?.()
    }
    return part({ id, traps: true, init, terminate }, options)
  }
}

/** Runs watched children under a supervisor; the journal begins once they all run. */
export async function runWatched(
  options: Partial<SupervisorOptions>,
  moments: Readonly<Record<string, Moments>>,
) {
  const journal: string[] = []
  const watched = watchedBy(journal)
  const children = Object.entries(moments).map(([id, each]) => watched(id, each))
  const top = supervisor({ name: 'top', strategy: 'one_for_one', ...options }, children)
  const { host, node } = await run(top)
  journal.length = 0
  return { top, host, node, journal, watched }
}

/** Three children, of which the second starts once and then never again until it is mended. */
export async function runLoop(strategy: Strategy, options: Partial<SupervisorOptions> = {}) {
  const b = breakable()
  const policy = { strategy, maxRestarts: 1_000_000, ...options }
  return { ...(await runWatched(policy, { a: {}, b: { init: b.init }, c: {} })), b }
}

/** Four children; the last one stops only when the gate is opened. */
export async function runFour(strategy: Strategy, options: Partial<SupervisorOptions> = {}) {
  const opened = gate()
  const moments = { a: {}, b: {}, c: {}, d: { terminate: opened.wait } }
  return { ...(await runWatched({ strategy, ...options }, moments)), opened }
}
