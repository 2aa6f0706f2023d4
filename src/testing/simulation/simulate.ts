/**
 * `simulate`: one run of a simulation.
 *
 * Invariant: the run is decided by the simulation and the options, and when its promise resolves
 * the globals are as they were and nothing of it runs any more.
 */
import { argumentError, checkCount, checkOptions } from '../../core/argument-error.ts'
import { show } from '../../core/show.ts'
import { runInContext } from '../../process/attribution.ts'
import { watchEvents } from '../../process/events.ts'
import { copyOf } from '../copy-of.ts'
import { below, forkedSource, fraction } from '../random-source.ts'
import { fifoSchedule, prioritySchedule, randomSchedule, type Schedule } from '../schedule.ts'
import { checkFaults, type Plan, planBehind, type Simulation } from './definition.ts'
import { lineOf } from './event-log.ts'
import { Globals } from './globals.ts'
import { listenAs } from './listening.ts'
import { play } from './play.ts'
import { SimulatedWorld } from './simulated-world.ts'
import type {
  DrawnOptions,
  ScheduleName,
  SimulateOptions,
  SimulationRun,
} from './simulation-run.ts'
import { drawRates } from './swarm.ts'
import { WorldSurroundings } from './world-surroundings.ts'

/**
 * Runs a simulation once.
 *
 * While it runs, the globals for time, timers and randomness are those of the simulation, and what
 * leads out of it is refused; nothing else should run in the OS process.
 *
 * @param simulation from `simulation`
 * @param options seed; minutes (default 1), of the time of the world; schedule, faults, onlyFaults,
 * nodes, onlyClients, timelineLength: see {@link SimulateOptions}
 * @returns what came of it; a failure is a value, with the events that led to it
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION; FLOTILLA_ALREADY_STARTED if one runs in this OS process already
 *
 * Not for measuring: the time of the world passes as fast as the work is done.
 */
export async function simulate<M>(
  simulation: Simulation<M>,
  options: SimulateOptions,
): Promise<SimulationRun> {
  const plan = planBehind(attempted, simulation)
  const given = checkSimulateOptions(plan, options)
  const drawn = drawOptions(plan, given)
  const world = new SimulatedWorld({
    plan,
    seed: given.seed,
    drawn,
    schedule: scheduleOf(drawn.schedule, given.seed),
    timelineLength: given.timelineLength ?? 200,
    only: given.onlyFaults === undefined ? undefined : new Set(given.onlyFaults),
  })
  const globals = Globals.install(new WorldSurroundings(world))
  const feed = watchEvents((event) => world.hearFeed(event))
  listenAs(world)
  try {
    await runInContext(undefined, () => play(world, drawn))
  } finally {
    listenAs(undefined)
    feed.stop()
    globals.restore()
  }
  return resultOf(world, drawn, given)
}

const attempted = 'run a simulation'
const seedMax = 2 ** 32 - 1
const parts = [
  'seed',
  'minutes',
  'schedule',
  'faults',
  'onlyFaults',
  'nodes',
  'onlyClients',
  'timelineLength',
]
const scheduleNames: readonly unknown[] = ['random', 'priority', 'fifo']

/** @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, … */
function checkSimulateOptions<M>(plan: Plan<M>, options: SimulateOptions): SimulateOptions {
  const given = checkOptions(attempted, options, parts)
  const { seed, minutes, schedule, faults, onlyFaults, nodes, onlyClients } = given
  checkCount(attempted, seed, { option: 'seed', min: 0, max: seedMax })
  if (minutes !== undefined && !(typeof minutes === 'number' && minutes > 0 && minutes <= 1e6)) {
    throw refused('minutes', minutes, 'a number above 0')
  }
  if (schedule !== undefined && !scheduleNames.includes(schedule)) {
    throw refused('schedule', schedule, "'random', 'priority' or 'fifo'")
  }
  if (nodes !== undefined) checkCount(attempted, nodes, { option: 'nodes', min: 1, max: 26 })
  if (given.timelineLength !== undefined) {
    checkCount(attempted, given.timelineLength, { option: 'timelineLength', min: 0, max: 20_000 })
  }
  const known = new Set(plan.clients.map(({ name }) => name))
  const checkedFaults = faults === undefined ? {} : { faults: checkFaults(attempted, faults) }
  return {
    ...given,
    ...checkedFaults,
    ...(onlyFaults === undefined ? {} : { onlyFaults: checkNames('onlyFaults', onlyFaults) }),
    ...(onlyClients === undefined
      ? {}
      : { onlyClients: checkNames('onlyClients', onlyClients, known) }),
  }
}

function checkNames(option: string, given: readonly string[], known?: ReadonlySet<string>) {
  const names = copyOf<string>(given, (name) => {
    return typeof name === 'string' && (known === undefined || known.has(name))
  })
  if (names !== undefined) return names
  const among = known === undefined ? '' : ` among ${[...known].map(show).join(', ')}`
  throw refused(option, given, `a list of names${among}`)
}

function refused(option: string, given: unknown, wanted: string): Error {
  return argumentError('invalid_option', {
    attempted,
    subject: `option "${option}"`,
    given,
    wanted,
  })
}

/** Everything that was not given is drawn from the seed. */
function drawOptions<M>(plan: Plan<M>, given: SimulateOptions): DrawnOptions {
  const { seed, minutes = 1, schedule = drawSchedule(seed) } = given
  const { nodes = plan.nodes, faults = plan.faults } = given
  const { onlyClients } = given
  const clients = plan.clients.map(({ name }) => name)
  return {
    schedule,
    minutes,
    nodes,
    clients: clients.filter((name) => onlyClients === undefined || onlyClients.includes(name)),
    faults: faults === 'swarm' ? drawRates(seed, plan.withoutFaults) : ratesOf(faults),
  }
}

function ratesOf(faults: 'none' | DrawnOptions['faults']): DrawnOptions['faults'] {
  return faults === 'none' ? {} : faults
}

function drawSchedule(seed: number): ScheduleName {
  const lot = fraction(forkedSource(seed, 'schedule'))
  if (lot < 0.5) return 'random'
  return lot < 0.9 ? 'priority' : 'fifo'
}

function scheduleOf(name: ScheduleName, seed: number): Schedule {
  const source = forkedSource(seed, 'order')
  const own = source()
  if (name === 'fifo') return fifoSchedule()
  if (name === 'random') return randomSchedule({ seed: own })
  return prioritySchedule({ seed: own, changePoints: 1 + below(source, 6), decisions: 20_000 })
}

function resultOf<M>(
  world: SimulatedWorld<M>,
  drawn: DrawnOptions,
  options: SimulateOptions,
): SimulationRun {
  const { timelineLength = 200 } = options
  const recent = world.log.recent()
  return {
    ok: world.failure === undefined,
    name: world.plan.name,
    seed: world.seed,
    failure: world.failure,
    drawn,
    hash: world.log.digest(),
    events: world.log.events,
    steps: world.engine.steps,
    virtualMs: world.nowMs,
    faultCounts: world.faultCounts,
    injected: world.injected,
    sometimes: Object.fromEntries(world.sometimes),
    timeline: recent.slice(Math.max(0, recent.length - timelineLength)).map(lineOf),
    options,
  }
}
