/**
 * Starting a task: under a supervisor, or under the process that wants its result.
 *
 * Invariant: the link to the owner is there before anything of the task runs; an owner that has
 * ended gets no task.
 */
import type { Life } from '../core/child-spec.ts'
import { normal } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import { trust } from '../core/trust.ts'
import { link } from '../process/links.ts'
import type { Process } from '../process/process.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { callersFrom, TaskBehaviour, type TaskListener } from './task-behaviour.ts'
import type { TaskContext } from './task-context.ts'

/** One task to be started. */
export interface TaskPlan {
  readonly label: string
  readonly work: (context: TaskContext) => unknown
  /** Nearest first; left out: the process it is started under. */
  readonly callers?: readonly Pid[]
  /** Who wants its result. */
  readonly owner?: Process | undefined
  /** Whether their ends spread to each other. */
  readonly isLinked?: boolean
  readonly listener?: TaskListener
  readonly isPatient?: boolean
}

/** Starts a task under `parent`. */
export function launchTask(plan: TaskPlan, parent: Process, record: unknown): StartOutcome {
  const { label, work, callers = callersFrom(parent), owner, listener, isPatient = false } = plan
  // Work that a dead owner left behind must not start anybody.
  if (owner?.alive === false) return { kind: 'failed', reason: owner.exitReason ?? normal }
  const behaviour = new TaskBehaviour({ label, work, callers, listener, isPatient })
  // The `init` of a task does not wait.
  const outcome: StartOutcome = trust(
    spawn({ node: parent.node, parent, behaviour, argument: undefined, record }),
  )
  if (outcome.kind !== 'started') return outcome
  if (owner !== undefined && plan.isLinked === true) link(owner, outcome.process)
  listener?.started(outcome.process)
  return outcome
}

/** A task as a child of a supervisor. */
export class TaskChild extends Startable {
  readonly #plan: TaskPlan

  constructor(life: Life, plan: TaskPlan) {
    super(life)
    this.#plan = plan
  }

  [launch](supervisor: Process, record: unknown): StartOutcome {
    return launchTask(this.#plan, supervisor, record)
  }
}
