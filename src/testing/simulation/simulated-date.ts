/**
 * `Date` that knows the time of a simulation.
 */

/**
 * A `Date` whose present is another one.
 *
 * @param real the Date to build on; its instances stay instances of both
 * @param nowMs the time now, in milliseconds since 1970
 */
export function dateOf(real: DateConstructor, nowMs: () => number): DateConstructor {
  return new Proxy(real, {
    construct(target, given, newTarget) {
      return Reflect.construct(target, given.length === 0 ? [nowMs()] : given, newTarget)
    },
    apply: () => new real(nowMs()).toString(),
    get(target, property, receiver) {
      return property === 'now' ? nowMs : Reflect.get(target, property, receiver)
    },
  })
}
