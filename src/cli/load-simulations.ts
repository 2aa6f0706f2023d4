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
    return simulationsIn(file, module)
  } catch (error) {
    return { ok: false, message: `${file} cannot be imported: ${inOneLine(error, file)}` }
  }
}

/**
 * Finds simulations among the exports of a file.
 *
 * @param file for messages
 * @param module what it exports, by name
 */
export function simulationsIn(file: string, module: object): Loaded {
  const simulations = new Map<string, Simulation>()
  for (const value of new Set<unknown>(Object.values(module))) {
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
  const others = Object.keys(module).join(', ') || 'nothing'
  return { ok: false, message: noSimulation(file, `it exports none, only ${others}`) }
}

/** Why a file cannot be run, in one line. */
export function noSimulation(file: string, why: string): string {
  return `${file} is no simulation: ${why} — export one with simulation(…)`
}

/** What was thrown and where, without the ways through Node. */
function inOneLine(error: unknown, file: string): string {
  const { message, stack = '' } = error instanceof Error ? error : { message: String(error) }
  const [line = ''] = message.split('\n')
  if (/^Cannot find module .*\.ts' imported from .*js$/.test(line)) {
    return `${line} — compile with rewriteRelativeImportExtensions`
  }
  const [place] = /file:\/\/[^\s)]+:\d+/.exec(stack) ?? []
  if (place !== undefined) return line.includes(place) ? line : `${line} at ${place}`
  // Node keeps the place of such an error to itself.
  return error instanceof SyntaxError ? `${line}; node --check ${file} shows where` : line
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
