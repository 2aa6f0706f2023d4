/** One list of allowances in use: knows which entries excused something. */
import type { Excused } from '../house-allowances.ts'
import type { Problem } from '../problem.ts'

/** Asks a list of allowances, and remembers what was asked for. */
export class Excuses {
  readonly #list: string
  readonly #entries: Excused
  readonly #used = new Set<string>()

  constructor(list: string, entries: Excused) {
    this.#list = list
    this.#entries = entries
  }

  /** Whether the path or site is excused. */
  covers(site: string): boolean {
    if (!Object.hasOwn(this.#entries, site)) return false
    this.#used.add(site)
    return true
  }

  /** A problem for each entry that excused nothing; ask after everything else. */
  unused(): Problem[] {
    return Object.keys(this.#entries)
      .filter((site) => !this.#used.has(site))
      .map((site) => ({
        path: 'tools/house-allowances.ts',
        line: 1,
        message: `${this.#list}: '${site}' excuses nothing`,
        wanted: 'remove the entry',
      }))
  }
}
