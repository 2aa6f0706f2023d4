/**
 * Which simulation hears what code says of itself.
 *
 * Invariant: there is one exactly while it runs, and at most one, since it has taken the globals of
 * the OS process anyway.
 */

/** What a simulation hears. */
export interface Listening {
  violated(violation: Error): void
  seen(name: string, isTrue: boolean): void
}

let present: Listening | undefined

/** The simulation that runs now. */
export function listening(): Listening | undefined {
  return present
}

/** Lets a simulation hear, or nobody. */
export function listenAs(simulation: Listening | undefined): void {
  present = simulation
}
