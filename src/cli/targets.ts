/**
 * Which simulations are meant.
 */
import { noSimulation } from './load-simulations.ts'
import { suggestion } from './nearest.ts'
import type { Performer, Target } from './task.ts'

/** The simulations that are meant, or why there are none. */
export type Targets =
  | { readonly ok: true; readonly targets: readonly Target[] }
  | { readonly ok: false; readonly message: string }

/**
 * Asks files what they have.
 *
 * @param files absolute paths
 * @param only the name of the one that is meant; undefined: all
 * @param perform lists a file
 */
export async function findTargets(
  files: readonly string[],
  only: string | undefined,
  perform: Performer,
): Promise<Targets> {
  const targets: Target[] = []
  for (const file of files) {
    const answer = await perform({ kind: 'list', file })
    if (answer.kind === 'listed') targets.push(...answer.names.map((name) => ({ file, name })))
    else if (answer.kind === 'refused') return { ok: false, message: answer.message }
    else if (answer.kind === 'died' || answer.kind === 'hung') {
      return { ok: false, message: noSimulation(file, `importing it failed: ${answer.message}`) }
    }
  }
  const meant = targets.filter(({ name }) => only === undefined || name === only)
  if (meant.length > 0 || only === undefined) return { ok: true, targets: meant }
  const names = targets.map(({ name }) => name)
  const message = `There is no simulation ${only} among ${names.join(', ')}`
  return { ok: false, message: `${message}${suggestion(only, names)}` }
}
