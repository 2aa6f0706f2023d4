/**
 * Simulations out of the files of users.
 *
 * Invariant: a file is imported once for each OS process, before anything is simulated.
 */
import { pathToFileURL } from 'node:url'
import { trust } from '../core/trust.ts'
import { planBehind, type Simulation } from '../testing/simulation/definition.ts'

/** What a file has to offer. */
export type Loaded =
  | { readonly ok: true; readonly simulations: ReadonlyMap<string, Simulation> }
  | { readonly ok: false; readonly message: string }

/**
 * Imports a file and finds the simulations among its exports.
 *
 * @param file an absolute path
 * @returns them by name, or why there are none
 */
export async function loadSimulations(file: string): Promise<Loaded> {
  try {
    const module: object = await import(pathToFileURL(file).href)
    return simulationsIn(file, Object.values(module))
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ok: false, message: `Cannot import ${file}: ${text}` }
  }
}

/**
 * Finds simulations among the exports of a file.
 *
 * @param file for messages
 * @param exported what it exports
 */
export function simulationsIn(file: string, exported: readonly unknown[]): Loaded {
  const simulations = new Map<string, Simulation>()
  for (const value of new Set(exported)) {
    if (isSimulation(value)) {
      if (simulations.has(value.name)) {
        const message = `Cannot use ${file}: it exports two simulations named "${value.name}"`
        return { ok: false, message }
      }
      simulations.set(value.name, value)
    } else if (isOfAnotherCopy(value)) {
      const message =
        `Cannot use ${file}: its simulation was made by another copy of flotilla — ` +
        'use the command of that copy: npx flotilla in its project'
      return { ok: false, message }
    }
  }
  if (simulations.size > 0) return { ok: true, simulations }
  const message = `Cannot use ${file}: it exports no simulation — export what simulation() gave`
  return { ok: false, message }
}

function isSimulation(value: unknown): value is Simulation {
  try {
    planBehind<unknown>('use an export', trust(value))
    return true
  } catch {
    return false
  }
}

function isOfAnotherCopy(value: unknown): boolean {
  return typeof value === 'object' && value !== null && value.constructor?.name === 'Simulation'
}
