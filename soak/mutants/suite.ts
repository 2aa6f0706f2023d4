/**
 * The simulations that hunt: those of `npm run sim`, and small ones that go where those do not.
 */
import {
  type FaultRates,
  type SimulateOptions,
  type Simulation,
  type SimulationRun,
  simulate,
} from 'flotilla/testing'
import { churn } from '../simulation/churn.sim.ts'
import { islands } from '../simulation/islands.sim.ts'
import { callsUnder } from './calls.sim.ts'
import { namesUnder } from './names.sim.ts'
import { startsUnder } from './starts.sim.ts'
import { tiesUnder } from './ties.sim.ts'
import { treesUnder } from './trees.sim.ts'

/** A simulation that hunts. */
export interface Hunter {
  readonly name: string
  readonly run: (options: SimulateOptions) => Promise<SimulationRun>
}

/** Those of `npm run sim`, with their own choice of checkers. */
export const wideHunters: readonly Hunter[] = [hunter(churn), hunter(islands)]

/**
 * The small ones.
 *
 * @param without ids of standard invariants whose checkers are put out
 */
export function closeHunters(without: readonly string[] = []): readonly Hunter[] {
  return [
    hunter(tiesUnder(without)),
    hunter(callsUnder(without)),
    // The clocks of the date are set to and fro all the time.
    hunter(callsUnder(without), 'calls under jumps', { jump: 60 }),
    hunter(namesUnder(without)),
    hunter(startsUnder(without)),
    hunter(treesUnder(without)),
  ]
}

function hunter<M>(
  simulation: Simulation<M>,
  name: string = simulation.name,
  faults?: FaultRates,
): Hunter {
  const ours = faults === undefined ? {} : { faults }
  return { name, run: (options) => simulate(simulation, { ...options, ...ours }) }
}
