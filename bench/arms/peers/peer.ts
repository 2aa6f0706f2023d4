/**
 * What the workloads of the peers group need of a library, and the load they put on it.
 *
 * Every worker has a number, its id, and a tally of the messages it has taken; an answer to `x` is
 * `x + id`, so that it shows which worker gave it and to which question. How the load is driven is
 * the library's own affair, because one that brings its own runtime is driven from inside it.
 */
import type { Lacking, Workload } from '../arm.ts'

/** Workers that were started together; that at index i has the id `first + i`. */
export interface Started<Worker> {
  readonly first: number
  readonly workers: readonly Worker[]
}

/** Callers that ask all at once, each one question after the other. */
export interface Load<Worker> {
  readonly asked: Started<Worker>
  readonly callers: number
  /** How many questions all callers ask together. */
  readonly count: number
  /** The index of the worker that this caller asks next. */
  readonly next: (caller: number) => number
}

/** How workers are started. */
export interface StartOptions {
  /** They come back by themselves after a crash, where the library can do that at all. */
  readonly isSupervised: boolean
}

/** A running library. */
export interface Peer<Worker> {
  /** Starts workers with the ids from `first` on; resolves when every one of them can be asked. */
  start(first: number, count: number, options?: StartOptions): Promise<Started<Worker>>
  /** Gives the number of right answers. */
  ask(load: Load<Worker>): Promise<number>
  /** Sends messages without an answer, then asks for the tally; gives what it has grown by. */
  castAndCount(worker: Worker, count: number): Promise<number>
  /**
   * Lets the handler of one worker after the other throw; after each it asks until the answer is
   * right. Gives the nanoseconds from the crash to the answer, one for each that came back.
   */
  crashAndAsk(load: Load<Worker>): Promise<number[]>
  /** Stops everything. */
  close(): Promise<void>
}

/** A library as it can be measured. */
export interface PeerLibrary<Worker> {
  /** What its users import. */
  readonly specifier: string
  /** Opens it without workers. */
  readonly open: () => Promise<Peer<Worker>>
  /** What it has not. */
  readonly lacks?: Readonly<Record<string, string>>
}

/** The workload of something that a library has not. */
export function lacking(lacks: string): Workload {
  const answer: Lacking = { lacks }
  return async () => answer
}

/** @throws RangeError */
export function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new RangeError(`There are ${items.length} items and no ${index}`)
  return item
}

/** How many of `count` questions are a caller's share. */
export function shareOf({ count, callers }: Load<unknown>, caller: number): number {
  return Math.trunc(count / callers) + (caller < count % callers ? 1 : 0)
}
