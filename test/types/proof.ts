// What type proofs are written with: a proof is a type that only compiles if it is true.

/** Compiles for `true` only. */
export type Proven<T extends true> = T

/** Whether two types are the same, `any`, `never` and modifiers included. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Whether a type is `any`, which is the same as everything and proves nothing. */
export type IsAny<T> = 0 extends 1 & T ? true : false

/** Whether a value of one type may be used where another is wanted. */
export type Fits<A, B> = [A] extends [B] ? true : false
