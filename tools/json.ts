/** Reading reports of other programs: JSON of which nothing is known for sure. */

/** The value of a text, or undefined if it is no JSON, such as a report cut short by a crash. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Whoever asks treats what cannot be read as the worst case.
    return undefined
  }
}

/** What a record has under a key; undefined if it is no record. */
export function valueAt(record: unknown, key: string): unknown {
  return typeof record === 'object' && record !== null ? Reflect.get(record, key) : undefined
}

/** The text under a key; empty if there is none. */
export function textAt(record: unknown, key: string): string {
  const value = valueAt(record, key)
  return typeof value === 'string' ? value : ''
}

/** The number under a key. */
export function numberAt(record: unknown, key: string): number | undefined {
  const value = valueAt(record, key)
  return typeof value === 'number' ? value : undefined
}

/** The list under a key; empty if there is none. */
export function listAt(record: unknown, key: string): unknown[] {
  const value = valueAt(record, key)
  return Array.isArray(value) ? value : []
}
