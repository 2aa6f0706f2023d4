/**
 * Asking until there is an answer.
 */
import { ArgumentError, argumentCodes, Exit } from 'flotilla'
import type { Client } from 'flotilla/testing'

const pauseMs = 100

/** One try of a client that does not give up. */
export interface Persistence<T> {
  /** Asks; undefined while nobody is there to be asked. It may reject with an exit. */
  readonly attempt: () => Promise<T> | undefined
  /** Frees a key that was parked. */
  readonly release: () => Promise<unknown> | undefined
}

/** What came of it. */
export interface Answered<T> {
  readonly value: T
  /** How many tries it took. */
  readonly tries: number
}

/**
 * Tries until there is an answer, with a pause after each exit.
 *
 * @param client whose time it takes
 * @param persistence what is tried
 * @throws whatever is no exit
 */
export async function persist<T, M>(
  client: Client<M>,
  { attempt, release }: Persistence<T>,
): Promise<Answered<T>> {
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = attempt()
      if (answer !== undefined) return { value: await answer, tries }
    } catch (error) {
      if (isParked(error)) await release()?.catch(passing)
      else passing(error)
    }
    await client.sleepMs(pauseMs)
  }
}

/** An exit passes, and so does a system that is only being started; anything else is a mistake. */
export function passing(error: unknown): void {
  if (Exit.is(error)) return
  if (error instanceof ArgumentError && error.code === argumentCodes.not_started) return
  throw error
}

function isParked(error: unknown): boolean {
  return Exit.is(error) && error.reason.kind === 'parked'
}
