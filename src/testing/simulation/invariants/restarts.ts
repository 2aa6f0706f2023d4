/**
 * I16: restart intensity.
 *
 * Invariant: what is kept of a supervisor is dropped when it ends, and no more times than can
 * matter.
 */
import { argumentError, checkOptions } from '../../../core/argument-error.ts'
import { checkIntensity, type Intensity, intensityNames } from '../../../core/child-spec.ts'
import { type ExitReason, isAbnormal } from '../../../core/exit.ts'
import type { RestartLimits } from '../../../core/restart-window.ts'
import type { Invariant, InvariantChecker } from '../invariant.ts'
import type { ProcessReference, SimulationEvent } from '../simulation-event.ts'
import type { World } from '../world.ts'
import { declare, violated } from './violated.ts'

type Reported = Extract<SimulationEvent, { kind: 'reported' }>
type Began = Extract<SimulationEvent, { kind: 'handler_began' }>

/**
 * I16, as far as it holds whatever the limits are: a supervisor that has said that it gives up
 * starts nobody any more, and ends in that very step of its own.
 *
 * Not for the limits themselves, which the feed does not tell of: see {@link restartIntensity}.
 */
export const givingUpIsFinal = declare('I16', 'who gives up starts nobody any more', () => {
  const givenUp = new Set<ProcessReference>()
  return {
    on(event, world) {
      switch (event.kind) {
        case 'reported': {
          const reported = event.event
          if (reported.kind !== 'supervisor_report' || reported.context !== 'shutdown') return
          givenUp.add(world.referenceOf(reported.pid))
          return
        }
        case 'process_starting': {
          const { parent, process } = event
          if (parent === undefined || !givenUp.has(parent)) return
          violated(`${parent} has given up and starts ${process} (${event.label})`)
          return
        }
        case 'handler_ended':
          if (givenUp.has(event.to) && event.isProcessAlive) {
            violated(`${event.to} has given up and goes on`)
          }
          return
        case 'process_ended':
          givenUp.delete(event.process)
      }
    },
  }
})

/**
 * I16 for supervisors whose limits are given: in no sliding window is there a restart too many
 * without giving up, and none gives up before.
 *
 * @param limits by the name of the supervisor: maxRestarts (default 3), maxSeconds (default 5)
 * @returns an invariant, for `invariants` of a simulation
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 *
 * Not for fleets, in which each key has a budget of its own.
 */
export function restartIntensity(limits: Readonly<Record<string, Intensity>>): Invariant {
  const byLabel = new Map<string, RestartLimits>()
  for (const [label, intensity] of entriesOf(limits)) {
    byLabel.set(
      label,
      checkIntensity(attempted, checkOptions(attempted, intensity, intensityNames)),
    )
  }
  const title = 'restarts are as many as the intensity allows'
  return declare('I16 with limits', title, () => new Intensities(byLabel))
}

const attempted = 'check the restart intensity'

function entriesOf(given: Readonly<Record<string, Intensity>>): [string, Intensity][] {
  try {
    return Object.entries(checkOptions(attempted, given, Object.keys(given)))
  } catch {
    const wanted = 'a plain object of maxRestarts and maxSeconds by name of the supervisor'
    throw argumentError('invalid_argument', { attempted, subject: 'the limits', given, wanted })
  }
}

class Budget {
  readonly limits: RestartLimits
  /** By the clock of its node: when it took the message that it has in its hands. */
  nowMs = 0
  /** When it surely restarted somebody, and when it may have tried once more. */
  readonly sureMs: number[] = []
  readonly possibleMs: number[] = []
  mustGiveUp = false

  constructor(limits: RestartLimits) {
    this.limits = limits
  }

  restarted(isSure: boolean): void {
    const { maxRestarts } = this.limits
    for (const times of isSure ? [this.sureMs, this.possibleMs] : [this.possibleMs]) {
      times.push(this.nowMs)
      if (times.length > maxRestarts + 1) times.shift()
    }
    if (isSure && this.isSpent(this.sureMs)) this.mustGiveUp = true
  }

  isSpent(timesMs: readonly number[]): boolean {
    const { maxRestarts, maxSeconds } = this.limits
    const oldestMs = timesMs[timesMs.length - maxRestarts - 1]
    return oldestMs !== undefined && this.nowMs - oldestMs <= maxSeconds * 1000
  }
}

class Intensities implements InvariantChecker {
  readonly #limits: ReadonlyMap<string, RestartLimits>
  readonly #budgets = new Map<ProcessReference, Budget>()
  #spent: ProcessReference | undefined = undefined

  constructor(limits: ReadonlyMap<string, RestartLimits>) {
    this.#limits = limits
  }

  on(event: SimulationEvent, world: World): void {
    switch (event.kind) {
      case 'process_starting': {
        const limits = this.#limits.get(event.label)
        if (limits !== undefined && event.behaviour === 'supervisor') {
          this.#budgets.set(event.process, new Budget(limits))
        }
        return
      }
      case 'process_ended':
        this.#budgets.delete(event.process)
        if (this.#spent === event.process) this.#spent = undefined
        return
      case 'handler_began':
        this.#began(event)
        return
      case 'reported':
        this.#reported(event, world)
    }
  }

  #began({ to, nodeMs, messageKind, name }: Began): void {
    if (this.#spent !== undefined) {
      violated(`${this.#spent} has used up its restart intensity and does not give up`)
    }
    const budget = this.#budgets.get(to)
    if (budget === undefined) return
    budget.nowMs = nodeMs
    if (messageKind === 'own' && name === 'retry') budget.restarted(false)
  }

  #reported({ event }: Reported, world: World): void {
    if (event.kind !== 'supervisor_report') return
    const supervisor = world.referenceOf(event.pid)
    const budget = this.#budgets.get(supervisor)
    if (budget === undefined) return
    if (event.context === 'child_terminated') {
      if (!isRestarted(event.offender.restart, event.reason)) return
      budget.restarted(true)
      if (budget.mustGiveUp) this.#spent = supervisor
    } else if (event.context === 'shutdown') {
      this.#spent = undefined
      if (budget.isSpent(budget.possibleMs)) return
      const { maxRestarts, maxSeconds } = budget.limits
      violated(`${supervisor} gives up before ${maxRestarts} restarts within ${maxSeconds} s`)
    }
  }
}

function isRestarted(restart: string, reason: ExitReason): boolean {
  return restart === 'permanent' || (restart === 'transient' && isAbnormal(reason))
}
