/**
 * Nothing, on purpose.
 */

/** Does nothing with whatever it is given: a handler for what is deliberately not looked at. */
export function ignore(): void {
  // Nothing to do is the point.
}
