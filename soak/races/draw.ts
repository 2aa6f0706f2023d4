/**
 * Programs by chance.
 *
 * Invariant: the same random numbers give the same program.
 */
import { type ClientKind, type Program, type Step, type StepKind, stepKinds } from './program.ts'

/** From what a program is drawn. */
export interface Measures {
  readonly clients: number
  /** In total. */
  readonly steps: number
  readonly keys: number
  readonly kinds?: readonly StepKind[]
}

/** Gives an integer from 0 to `limit` - 1. */
export type Below = (limit: number) => number

interface Part {
  readonly kind: ClientKind
  readonly steps: Step[]
}

/** Draws a program: each step goes to some client, of which about one in four is no process. */
export function drawProgram(below: Below, measures: Measures): Program {
  const { clients, steps, keys, kinds = stepKinds } = measures
  const parts = Array.from({ length: clients }, (): Part => {
    return { kind: below(4) === 0 ? 'outside' : 'process', steps: [] }
  })
  for (let count = 0; count < steps; count += 1) {
    const kind = kinds[below(kinds.length)] ?? 'look'
    parts[below(clients)]?.steps.push({ kind, key: `k${below(keys)}` })
  }
  return parts.filter((part) => part.steps.length > 0)
}

/** Random integers from a source of unsigned 32-bit ones. */
export function belowOf(u32: () => number): Below {
  return (limit) => Math.floor((u32() / 2 ** 32) * limit)
}
