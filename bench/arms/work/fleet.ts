/**
 * What the workloads need of a fleet of named, supervised workers; each arm has its own.
 *
 * The state of every worker has its name and a count, so what a worker answers tells which one it
 * is and whether it has seen what was sent to it.
 */

/** A running fleet; `Ref` is what a look-up finds. */
export interface Fleet<Ref> {
  /** Starts the worker of a name under its supervisor; resolves when it runs. */
  start(key: string): Promise<void>
  /** Asks a worker by its name for that very name. */
  ask(key: string): Promise<string>
  /** Adds one to the count of a worker; gives the new count. */
  add(key: string): Promise<number>
  /** Adds one without an answer. */
  tell(key: string): void
  /** Lets the handler of a worker throw; resolves when the caller has heard of it. */
  crash(key: string): Promise<void>
  whereis(key: string): Ref | undefined
  /** Numbers of workers that were started one after the other, by one starter, go up by one. */
  numberOf(worker: Ref): number
  kill(worker: Ref): void
  /** How many names are held. */
  names(): number
  /** Starts so many workers without names that one process monitors. */
  watch(count: number): Promise<Watch<Ref>>
  /** Stops the supervisors of the workers in order, and with them all workers. */
  stopWorkers(): Promise<void>
  /** Stops everything. */
  close(): Promise<void>
}

/** Workers that one process monitors. */
export interface Watch<Ref> {
  readonly workers: readonly Ref[]
  /** Resolves when all have been reported, with how many were said to have been killed. */
  readonly reported: Promise<number>
}

/** How a fleet is made. */
export interface FleetShape {
  /** How many supervisors share the workers; default 1. */
  readonly supervisors?: number
}

/** Opens a fleet without workers. */
export type OpenFleet<Ref> = (shape?: FleetShape) => Promise<Fleet<Ref>>
