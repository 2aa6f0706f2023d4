/**
 * A problem: what a check found, where, and what is wanted instead.
 *
 * Every check in this folder is a function from a repository root to a list of these; an empty list
 * is a pass. A check never prints and never exits: that is for whoever runs it.
 */

/** One finding of a check. */
export interface Problem {
  /** Path from the repository root, with forward slashes. */
  readonly path: string
  /** One-based line; 1 when the whole file is meant. */
  readonly line: number
  /** What is wrong. */
  readonly message: string
  /** What would be right. */
  readonly wanted: string
}

/** A check: reads the tree under `root` and reports. */
export type Check = (root: string) => readonly Problem[]

/** The one line a problem is printed as. */
export function formatProblem(problem: Problem): string {
  return `${problem.path}:${problem.line} ${problem.message} — ${problem.wanted}`
}

/** Problems in the order of a reader: by path, then by line. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (left, right) => left.path.localeCompare(right.path) || left.line - right.line,
  )
}
