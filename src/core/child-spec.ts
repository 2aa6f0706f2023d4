/**
 * What a supervisor knows of a child before it starts it.
 *
 * Invariant: every specification that exists is valid; it was checked when it was made.
 */
import {
  argumentError,
  checkBoolean,
  checkCount,
  checkDuration,
  checkName,
} from './argument-error.ts'
import type { AnyProtocol, Protocol, Starts } from './protocol.ts'
import type { RestartLimits } from './restart-window.ts'

/**
 * When a child that ended is started again: always, after an abnormal end only, or never.
 *
 * Source: OTP `supervisor`, "Child specification", `restart`.
 */
export type Restart = 'permanent' | 'transient' | 'temporary'

/** How long a child may take to stop, in milliseconds, before it is killed. */
export type Shutdown = number | 'kill' | 'infinity'

/** Whether a child is a supervisor, for counts and the default shutdown limit. */
export type ChildType = 'worker' | 'supervisor'

/** A child as data; made by `child`, `supervisor`, `dynamicSupervisor`, `fleet` and the like. */
export interface ChildSpec<out P extends Protocol = AnyProtocol> extends Starts<P> {
  readonly id: string
  readonly restart: Restart
  readonly shutdownMs: Shutdown
}

/** The parts of a specification a user may choose, for any kind of child. */
export interface LifeOptions {
  /** Default `permanent`. */
  readonly restart?: Restart
  /** Default 5000 for a worker, no limit for a supervisor. */
  readonly shutdownMs?: Shutdown
  /** Whether its end may end its supervisor; see `autoShutdown`. */
  readonly significant?: boolean
}

/** The checked, complete form of `LifeOptions`. */
export interface Life {
  readonly id: string
  readonly restart: Restart
  readonly shutdownMs: Shutdown
  readonly significant: boolean
  readonly type: ChildType
  /** What runs: the name of its server, or its own name. */
  readonly label: string
}

const restarts: readonly unknown[] = ['permanent', 'transient', 'temporary']

/** OTP's limits: five seconds for a worker, none for a supervisor. */
const defaultShutdownMs = { worker: 5000, supervisor: 'infinity' } as const

/**
 * Fills in the defaults of a child's life and refuses what makes no sense.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkLife(
  attempted: string,
  identity: { readonly id: string; readonly type: ChildType; readonly label?: string },
  options: { readonly [N in keyof LifeOptions]: LifeOptions[N] | undefined },
): Life {
  const { restart = 'permanent', significant = false } = options
  if (!restarts.includes(restart)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "restart"',
      given: restart,
      wanted: '"permanent", "transient" or "temporary"',
    })
  }
  const { shutdownMs = defaultShutdownMs[identity.type] } = options
  if (shutdownMs !== 'kill') {
    checkDuration(attempted, shutdownMs, { option: 'shutdownMs', allowInfinity: true })
  }
  checkBoolean(attempted, significant, 'significant')
  if (significant && restart === 'permanent') {
    throw argumentError('invalid_option', {
      attempted,
      problem: 'a permanent child cannot be significant, since its end never lasts',
      fix: 'make it "transient" or "temporary"',
    })
  }
  checkName(attempted, identity.id)
  const { id, type, label = id } = identity
  return { id, restart, shutdownMs, significant, type, label }
}

/** The names of `LifeOptions`, for the check of unknown options. */
export const lifeOptionNames: readonly string[] = ['restart', 'shutdownMs', 'significant']

/** How many restarts in how many seconds a supervisor bears before it gives up. */
export interface Intensity {
  /** Default 3. With 0 the first restart is already too many. */
  readonly maxRestarts?: number
  /** Default 5. */
  readonly maxSeconds?: number
}

/**
 * Fills in OTP's defaults: 3 restarts in 5 seconds.
 *
 * @throws ArgumentError FLOTILLA_INVALID_OPTION
 */
export function checkIntensity(attempted: string, options: Intensity): RestartLimits {
  const { maxRestarts = 3, maxSeconds = 5 } = options
  checkCount(attempted, maxRestarts, { option: 'maxRestarts', min: 0, max: restartsMax })
  if (typeof maxSeconds === 'number' && maxSeconds > 0 && Number.isFinite(maxSeconds)) {
    return { maxRestarts, maxSeconds }
  }
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "maxSeconds"',
    given: maxSeconds,
    wanted: 'a positive number',
  })
}

/** The names of `Intensity`. */
export const intensityNames: readonly string[] = ['maxRestarts', 'maxSeconds']

/** A window remembers each restart, so their number has a bound. */
const restartsMax = 1_000_000
