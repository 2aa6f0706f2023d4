/**
 * Supervision as a decision: what follows from the end of a child.
 *
 * Invariant: a decision depends on its arguments alone, and one restart, of however many children,
 * costs one unit of the budget. The shell performs the actions in order and reports a failed start
 * back as a `retry`. Source: OTP `supervisor`, "Restart Strategies", "Maximum Restart Intensity",
 * "Automatic Shutdown".
 */
import type { Restart } from './child-spec.ts'
import { type ExitReason, isAbnormal } from './exit.ts'
import { type RestartLimits, type RestartWindow, recordRestart } from './restart-window.ts'

/**
 * Who is started again when one child has ended: only it, all children, or it and those started
 * after it.
 */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'

/** Whether the end of significant children ends the supervisor. */
export type AutoShutdown = 'never' | 'any_significant' | 'all_significant'

/** A child as the decision sees it. */
export interface ChildView {
  readonly restart: Restart
  readonly significant: boolean
  /** Whether a process runs for it now, or its start has failed and will be tried again. */
  readonly running: boolean
}

/** The choices of a supervisor. */
export interface SupervisionPolicy {
  readonly strategy: Strategy
  readonly autoShutdown: AutoShutdown
  readonly limits: RestartLimits
}

/** What happened to a child; `retry`: its last start failed, and its turn has come again. */
export type SupervisionEvent<C> =
  | {
      readonly kind: 'ended'
      readonly child: C
      readonly reason: ExitReason
      readonly nowMs: number
    }
  | { readonly kind: 'retry'; readonly child: C; readonly nowMs: number }

/** What the shell has to do, in this order. */
export type SupervisionAction<C> =
  | { readonly kind: 'stop'; readonly child: C }
  | { readonly kind: 'forget'; readonly child: C }
  | { readonly kind: 'start'; readonly child: C }
  /** Stop every child, newest first, and end. */
  | { readonly kind: 'shut_down'; readonly because: 'intensity' | 'significant' }

/** A supervisor's children, oldest first, and its budget. */
export interface SupervisionState<C> extends RestartWindow {
  readonly policy: SupervisionPolicy
  readonly children: Iterable<C>
}

/** Decides what follows from an event; only the budget of `state` is written. */
export function decide<C extends ChildView>(
  state: SupervisionState<C>,
  event: SupervisionEvent<C>,
): SupervisionAction<C>[] {
  const { child } = event
  if (event.kind === 'ended' && !isRestarted(child.restart, event.reason)) {
    return afterLastEnd(state, child)
  }
  if (recordRestart(state, event.nowMs, state.policy.limits) === 'exceeded') {
    return [{ kind: 'shut_down', because: 'intensity' }]
  }
  return restartPlan(state, child)
}

/** Whether a child with this restart type comes back after this end. */
export function isRestarted(restart: Restart, reason: ExitReason): boolean {
  return restart === 'permanent' || (restart === 'transient' && isAbnormal(reason))
}

function afterLastEnd<C extends ChildView>(
  state: SupervisionState<C>,
  child: C,
): SupervisionAction<C>[] {
  const actions: SupervisionAction<C>[] = []
  if (child.restart === 'temporary') actions.push({ kind: 'forget', child })
  if (child.significant && isOver(state, child)) {
    actions.push({ kind: 'shut_down', because: 'significant' })
  }
  return actions
}

function isOver<C extends ChildView>(state: SupervisionState<C>, child: C): boolean {
  switch (state.policy.autoShutdown) {
    case 'never':
      return false
    case 'any_significant':
      return true
    case 'all_significant':
      for (const other of state.children) {
        if (other !== child && other.significant && other.running) return false
      }
      return true
  }
}

function restartPlan<C extends ChildView>(
  state: SupervisionState<C>,
  child: C,
): SupervisionAction<C>[] {
  if (state.policy.strategy === 'one_for_one') return [{ kind: 'start', child }]
  const all = [...state.children]
  const first = state.policy.strategy === 'one_for_all' ? 0 : all.indexOf(child)
  const group = all.slice(first)
  const actions: SupervisionAction<C>[] = []
  for (const other of group.toReversed()) {
    if (other.running) actions.push({ kind: 'stop', child: other })
    // A temporary bystander is taken down with the group and never brought back.
    if (other.restart === 'temporary') actions.push({ kind: 'forget', child: other })
  }
  for (const other of group) {
    if (other.restart !== 'temporary') actions.push({ kind: 'start', child: other })
  }
  return actions
}
