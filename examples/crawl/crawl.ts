/**
 * Many pages, a few at a time: a stream of tasks in which failures are results like others.
 */
import type { Exit, TaskSupervisor } from 'flotilla'
import type { Fetch } from './site.ts'

/** What a crawl came to. */
export interface Crawl {
  readonly words: number
  readonly failures: readonly Failure[]
}

/** A page that could not be had, and why. */
export interface Failure {
  readonly url: string
  readonly exit: Exit
}

/** Gets every page and counts its words; nobody waits longer than a second for any of them. */
export async function crawl(
  tasks: TaskSupervisor,
  urls: Iterable<string>,
  fetchPage: Fetch,
): Promise<Crawl> {
  let words = 0
  const failures: Failure[] = []
  const pages = tasks.asyncStreamNolink(urls, fetchPage, {
    maxConcurrency: 2,
    timeoutMs: 1000,
    onTimeout: 'kill_task',
  })
  for await (const page of pages) {
    if (page.ok) words += page.value.words
    else failures.push({ url: page.input, exit: page.exit })
  }
  return { words, failures }
}
