/**
 * The text a client may give us to keep and to show: ids and names.
 *
 * Invariant: it is short, not blank, and fits on a line of a terminal without disturbing the
 * others: no control characters, line separators, turns of direction or half surrogate pairs.
 */

/** Whether a value is text that can be shown, of at most `lengthMax` characters. */
export function isPrintableText(value: unknown, lengthMax: number): value is string {
  if (typeof value !== 'string' || value.length > lengthMax) return false
  return value.trim() !== '' && !unprintable.test(value)
}

const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u
