/**
 * The name that was probably meant.
 */

/**
 * The known name that is nearest to a wrong one.
 *
 * @param given what was written
 * @param known what there is
 * @returns undefined if none is near enough to be meant
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const distance = distanceOf(given, name)
    if (distance < least && distance <= Math.max(2, Math.floor(name.length / 3))) {
      least = distance
      best = name
    }
  }
  return best
}

/** A question to end a refusal with; empty if nothing is near. */
export function suggestion(given: string, known: readonly string[]): string {
  const name = nearest(given, known)
  return name === undefined ? '' : `; did you mean ${name}?`
}

/** How many letters have to be put in, taken out or changed: Levenshtein's distance. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one.slice(0, lengthMax)].entries()) {
    const next = [index + 1]
    for (let column = 1; column < row.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      const shifted = Math.min(row[column] ?? 0, next[column - 1] ?? 0) + 1
      next.push(Math.min(changed, shifted))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** No name that is known is longer. */
const lengthMax = 100
