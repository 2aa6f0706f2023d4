/**
 * Whether a process runs one handler at a time, as its own code sees it.
 *
 * The feed of a simulation derives the end of a handler from the flag that keeps the next one away,
 * so a runtime that forgets the flag looks right there; not so from inside.
 */
import { always } from 'flotilla/testing'

/** What a process keeps to know whether it is alone with its state. */
export interface Alone {
  isBusy: boolean
}

/** Does what a handler has to do. */
export async function alone<T>(place: Alone, work: () => Promise<T>): Promise<T> {
  enterAlone(place)
  place.isBusy = true
  try {
    return await work()
  } finally {
    place.isBusy = false
  }
}

/** A handler begins that does not wait for anything. */
export function enterAlone(place: Alone): void {
  always(!place.isBusy, 'I17: a handler begins while another one of the process is under way')
}
