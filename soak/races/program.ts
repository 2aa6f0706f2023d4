/**
 * Programs: what each of a few clients does, step by step.
 *
 * Invariant: plain data, so that a program can be printed, counted and run again.
 */

/** What a client may do with the things of one key. */
export const stepKinds = [
  /** Looks the name up. */
  'look',
  /** Registers itself; nothing for a client that is no process. */
  'register',
  /** Gives its registration up; nothing for a client that is no process. */
  'unregister',
  /** Kills the holder of the name, itself perhaps. */
  'exit',
  /** Has the supervisors stop the holder in order. */
  'stop',
  /** Ends by an error of its own; nothing for a client that is no process. */
  'crash',
  /** Starts a worker under the name that is not restarted. */
  'start',
  /** As `start`, but the `init` of the worker takes a while. */
  'begin',
  /** As `start`, but the `init` of the worker fails. */
  'fail',
  /** As `start`, but the worker takes a while to stop in order. */
  'guard',
  /** Starts a worker under the name that its supervisor restarts whenever it ends. */
  'keep',
  /** Calls the holder by its name. */
  'ask',
  /** Has the fleet start a worker of the key. */
  'hire',
  /** Has the fleet ensure a worker of the key. */
  'ensure',
  /** Looks the worker of the fleet up. */
  'find',
  /** Kills the worker of the fleet, which is restarted. */
  'dismiss',
  /** Has the fleet stop the worker for good. */
  'retire',
  /** Works under the lock for a while. */
  'lock',
  /** Kills the process that works under the lock, itself perhaps. */
  'evict',
] as const

/** One kind of step. */
export type StepKind = (typeof stepKinds)[number]

/** One step of a client. */
export interface Step {
  readonly kind: StepKind
  readonly key: string
}

/** Who acts: a process of the node, which others may kill, or code outside of all processes. */
export type ClientKind = 'process' | 'outside'

/** What one client does. */
export interface ClientProgram {
  readonly kind: ClientKind
  readonly steps: readonly Step[]
}

/** What all clients do. */
export type Program = readonly ClientProgram[]

/** A program in one line, such as `process: register a, exit a | outside: look a`. */
export function inWords(program: Program): string {
  return program
    .map(({ kind, steps }) => {
      return `${kind}: ${steps.map((step) => `${step.kind} ${step.key}`).join(', ')}`
    })
    .join(' | ')
}
