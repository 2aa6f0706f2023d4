/**
 * Starting a process: name first, then `init`, then the answer.
 *
 * Invariant: the name is taken before `init` runs, and when a start has failed the process is dead
 * and its name free before the starter hears of it. Whoever loses a race for a name never runs
 * `init`. Source: OTP `gen_server:start_link/4`, `proc_lib:start_link/3`.
 */
import { argumentError } from '../core/argument-error.ts'
import { crash, type ExitReason, endingOf, normal } from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import type { Pid } from '../core/pid.ts'
import type { Via } from './address.ts'
import { resolverOf, ValuedVia } from './address.ts'
import { enter, leave } from './current.ts'
import { end } from './dying.ts'
import { LocalPid } from './local-pid.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { RefusedStart } from './observer.ts'
import { OwnStart } from './own-start.ts'
import { adopt, type Behaviour, type InitResult, Process } from './process.ts'
import { StartLimit } from './start-limit.ts'

/** What a start came to. */
export type StartOutcome =
  | { readonly kind: 'started'; readonly process: Process; readonly info: unknown }
  | { readonly kind: 'already_started'; readonly pid: Pid }
  | { readonly kind: 'failed'; readonly reason: ExitReason }
  | { readonly kind: 'ignored' }

/** What to start, and under whom. */
export interface SpawnPlan {
  readonly node: NodeRuntime
  readonly parent: Process | undefined
  readonly behaviour: Behaviour
  readonly argument: unknown
  readonly name?: Via | undefined
  /**
   * What the supervisor keeps about the child, set before `init` can end it; an `OwnStart` if
   * another process starts it.
   */
  readonly record?: unknown
  /** How long `init` may take; left out or `infinity`: as long as it takes. */
  readonly startTimeoutMs?: number | 'infinity' | undefined
}

/**
 * Starts a process linked to its parent.
 *
 * An `init` that works synchronously has run when this returns; the parent would have waited for it
 * anyway. Otherwise the outcome is a promise, which never rejects.
 */
export function spawn(plan: SpawnPlan): StartOutcome | Promise<StartOutcome> {
  const { node, parent, behaviour, name, record } = plan
  const refusal = refusalOf(plan)
  if (refusal !== undefined) {
    node.observer?.startRefused(node, refusedStart(plan, refusal))
    return refusal
  }
  const { observer } = node
  const dressed = observer === undefined ? behaviour : observer.dress(behaviour)
  const process = new Process(node, dressed, parent)
  process.record = record
  node.processes.add(process)
  node.counters.started += 1
  if (parent !== undefined) {
    adopt(parent, process)
    process.parentLinked = true
  }
  if (record instanceof OwnStart && !record.isLinked) {
    process.parentLinked = false
    process.extras.starter = record.starter
  }
  if (name !== undefined) {
    resolverOf(attempted, name).claim(name.key, process, ValuedVia.valueIn(name))
  }
  observer?.starting(process)
  return initialise(process, plan)
}

const attempted = 'start a child'

function refusedStart({ parent, name }: SpawnPlan, outcome: StartOutcome): RefusedStart {
  const holder = outcome.kind === 'already_started' ? LocalPid.processOf(outcome.pid) : undefined
  return { parent, registry: name?.registry, key: name?.key, holder }
}

/** Why nothing is started: before this is answered there is no process. */
function refusalOf({ node, parent, name, record }: SpawnPlan): StartOutcome | undefined {
  // Work that a dead supervisor or starter left behind must not start anybody.
  const starter = record instanceof OwnStart ? record.starter : parent
  if (starter?.alive === false) return { kind: 'failed', reason: starter.exitReason ?? normal }
  if (name === undefined) return undefined
  try {
    const resolver = resolverOf(attempted, name)
    if (node.resolvers.get(resolver.name) !== resolver) throw notHere(resolver.name, node.name)
    const holder = resolver.holder(name.key)
    if (holder !== undefined) return { kind: 'already_started', pid: holder.pid }
    if (!resolver.hasRoom()) throw full(resolver.name)
    return undefined
  } catch (error) {
    return { kind: 'failed', reason: crash(error) }
  }
}

function initialise(process: Process, plan: SpawnPlan): StartOutcome | Promise<StartOutcome> {
  const limit = StartLimit.of(process, plan.startTimeoutMs)
  const before = enter(process)
  let result: InitResult | Promise<InitResult>
  try {
    result = process.behaviour.init(process, plan.argument)
  } catch (error) {
    return finish(process, { kind: 'failed', reason: endingOf(error) })
  } finally {
    leave(before)
  }
  if (limit?.isOver) {
    // What else comes of it is of no interest, nor the concern of anybody else.
    if (result instanceof Promise) result.catch(ignore)
    return limit.exceed()
  }
  return result instanceof Promise ? finishLater(process, result, limit) : finish(process, result)
}

/** Apart from `initialise`, which would make room for these closures at every start. */
function finishLater(
  process: Process,
  pending: Promise<InitResult>,
  limit: StartLimit | undefined,
): Promise<StartOutcome> {
  return new Promise((resolve) => {
    process.extras.onStartFailed = (reason) => resolve({ kind: 'failed', reason })
    limit?.arm(resolve)
    const settle = (settled: InitResult): void => {
      limit?.lift()
      resolve(finish(process, settled))
    }
    pending.then(settle, (error) => settle({ kind: 'failed', reason: endingOf(error) }))
  })
}

function finish(process: Process, result: InitResult): StartOutcome {
  const extras = process.extrasIfAny
  if (extras !== undefined) extras.onStartFailed = undefined
  if (!process.alive) {
    return { kind: 'failed', reason: process.exitReason ?? normal }
  }
  if (result.kind === 'running') {
    process.phase = 'running'
    if (process.record instanceof OwnStart) {
      process.record.succeeded(process)
      // It would keep a starter that ended, and in a row of successors all of them.
      process.record = undefined
    }
    process.node.reports.started(process)
    process.node.observer?.started(process)
    process.node.scheduler.ready(process)
    return { kind: 'started', process, info: result.info }
  }
  // The starter gets the outcome as a value, so the link must not tell it a second time.
  process.parentLinked = false
  end(process, result.kind === 'ignored' ? normal : result.reason)
  return result
}

function notHere(registry: string, node: string): Error {
  return argumentError('not_started', {
    attempted: 'start a named process',
    problem: `the registry "${registry}" does not run on the node "${node}"`,
    fix: 'put it into the tree of that node, before those who take names in it',
  })
}

function full(registry: string): Error {
  return argumentError('limit', {
    attempted: 'start a named process',
    problem: `the registry "${registry}" holds as many names as it may`,
    fix: 'raise its maxNames, or stop workers that are not needed',
  })
}
