/**
 * A web site that is not there: three pages, one that fails and one that never answers.
 */
import type { TaskContext } from 'flotilla'

/** What is found at an address. */
export interface Page {
  readonly url: string
  readonly words: number
}

/** Gets a page in a process of its own, whose end gives the request up. */
export type Fetch = (url: string, context: TaskContext) => Promise<Page>

/** The addresses of the site, the two bad ones included. */
export const addresses: readonly string[] = ['/', '/broken', '/news', '/endless', '/contact']

const wordsByUrl: ReadonlyMap<string, number> = new Map([
  ['/', 120],
  ['/news', 800],
  ['/contact', 40],
])

/** Answers after a while, or not at all; a real one hands `context.signal` to `fetch`. */
export const fetchPage: Fetch = async (url, context) => {
  await context.sleep(url === '/endless' ? 'infinity' : 20)
  const words = wordsByUrl.get(url)
  if (words === undefined) throw new Error(`${url} answered 500`)
  return { url, words }
}
