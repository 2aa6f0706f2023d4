/**
 * Every mutant there is, in the order of the invariants.
 *
 * Those of leases, shards and conflicts (I6 to I10, I21, I22, I26 to I28 of the design) come with
 * the cluster: what they would change is not there.
 */
import type { Mutant } from '../mutant.ts'
import { callMutants } from './calls.ts'
import { nameMutants } from './names.ts'
import { numberMutants } from './numbers.ts'
import { processMutants } from './processes.ts'
import { supervisionMutants } from './supervision.ts'
import { tieMutants } from './ties.ts'

/** Every mutant. */
export const allMutants: readonly Mutant[] = [
  ...nameMutants,
  ...callMutants,
  ...tieMutants,
  ...supervisionMutants,
  ...processMutants,
  ...numberMutants,
]
