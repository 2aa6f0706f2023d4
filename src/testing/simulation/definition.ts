/**
 * What is simulated: nodes, the code that uses them, what must hold, and what leads outside.
 */
import {
  argumentError,
  checkCount,
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
} from '../../core/argument-error.ts'
import { trust } from '../../core/trust.ts'
import type { Node } from '../../process/node.ts'
import { copyOf } from '../copy-of.ts'
import { type CheckedExternal, checkExternal, type External } from './external.ts'
import { checkRates, type FaultKind, type FaultRates, faultKinds } from './fault.ts'
import type { Invariant } from './invariant.ts'
import { standardInvariants } from './invariants/standard.ts'
import { checkNetwork, type NetworkOptions } from './network-options.ts'
import type { Client, SimulatedNode, World } from './world.ts'

/** Clients that do the same. */
export interface ClientGroup<M> {
  /** How many; default 1. */
  readonly count?: number
  /** What each of them does; it is over when this resolves, and the run fails if it rejects. */
  readonly run: (client: Client<M>) => Promise<void>
}

/** The parts of a simulation; `M` is what its clients and checks share. */
export interface SimulationDefinition<M = unknown> {
  /** For reports and for `--only` of the command line. */
  readonly name: string
  /** How many nodes, named `a`, `b`, `c`, …; default 1. */
  readonly nodes?: number
  /**
   * Starts the system of one node: at the beginning, and again after each crash. It makes what it
   * starts anew each time, as a program that is started does.
   */
  start(world: World<M>, node: SimulatedNode): Promise<Node>
  /** Makes what the clients and checks of one run share: their model of what must be true. */
  readonly memory?: () => M
  /** Who uses the system, by name: a function, or a group of several that do the same. */
  readonly clients?: Readonly<Record<string, ClientGroup<M> | ClientGroup<M>['run']>>
  /**
   * Which faults: `swarm` (the default), each run draws which kinds there are and how strong;
   * `none`; or rates, of which each run has exactly these.
   */
  readonly faults?: 'swarm' | 'none' | FaultRates
  /** Kinds that do not fit what is simulated; they are left out of what is drawn. */
  readonly withoutFaults?: readonly FaultKind[]
  /** What must hold at every event, beside `standardInvariants`. */
  readonly invariants?: readonly Invariant[]
  /** Those of `standardInvariants` that are left out, by `id`. */
  readonly withoutInvariants?: readonly string[]
  /**
   * Asked once the faults are over and every client has ended, with the nodes still running: it may
   * use the system, and the run fails if it rejects.
   */
  readonly finally?: (world: World<M>) => Promise<void> | void
  /** How the nodes are connected. */
  readonly network?: NetworkOptions
  /** What the code of the system may use outside of it, by name, such as `fetch`. */
  readonly externals?: Readonly<Record<string, External>>
  /** How long everything may take to settle once the faults are over; default 60,000. */
  readonly settleMs?: number
}

/** A checked definition. */
export interface Plan<M = unknown> {
  readonly name: string
  readonly nodes: number
  readonly start: SimulationDefinition<M>['start']
  readonly memory: () => M
  /** By name, each with its place in its group. */
  readonly clients: readonly PlannedClient<M>[]
  readonly faults: 'swarm' | 'none' | FaultRates
  readonly withoutFaults: readonly FaultKind[]
  readonly invariants: readonly Invariant[]
  readonly finally: (world: World<M>) => Promise<void> | void
  readonly network: Required<NetworkOptions>
  readonly externals: ReadonlyMap<string, CheckedExternal>
  readonly settleMs: number
}

/** One client of a plan. */
export interface PlannedClient<M> {
  /** `visitor`, or `visitor 1`, `visitor 2`, … of a group. */
  readonly name: string
  readonly index: number
  readonly run: ClientGroup<M>['run']
}

const planOf: unique symbol = Symbol('plan')

/** A simulation that can be run: what `simulate` takes. */
export class Simulation<M = unknown> {
  readonly name: string
  readonly #plan: Plan<M>

  /** @param plan a checked definition; users call {@link simulation} */
  constructor(plan: Plan<M>) {
    this.name = plan.name
    this.#plan = plan
  }

  /** The plan of what may be a simulation. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
  static [planOf]<M>(attempted: string, value: Simulation<M>): Plan<M> {
    if (typeof value === 'object' && value !== null && #plan in value) return value.#plan
    throw argumentError('invalid_argument', {
      attempted,
      subject: 'the simulation',
      given: value,
      wanted: 'what simulation() gave back',
    })
  }
}

/** The plan behind a simulation. @throws ArgumentError FLOTILLA_INVALID_ARGUMENT */
export function planBehind<M>(attempted: string, value: Simulation<M>): Plan<M> {
  return Simulation[planOf](attempted, value)
}

/**
 * Defines what is simulated: how a node is started, who uses it and what must hold.
 *
 * @param definition name, start, and what else {@link SimulationDefinition} has
 * @returns what `simulate` and the command line run
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ARGUMENT
 *
 * Not for what needs the real world, such as a database: give the code a double of it.
 */
export function simulation<M = undefined>(definition: SimulationDefinition<M>): Simulation<M> {
  const given = checkOptions(attempted, definition, parts)
  const { nodes = 1, start, memory, faults = 'swarm', settleMs = 60_000 } = given
  const { clients = {}, withoutFaults = [], invariants = [], withoutInvariants = [] } = given
  const { network = {}, externals = {} } = given
  const name = checkName(attempted, given.name)
  checkCount(attempted, nodes, { option: 'nodes', min: 1, max: nodesMax })
  checkFunction(attempted, start, 'start')
  if (memory !== undefined) checkFunction(attempted, memory, 'memory')
  const atEnd = given.finally
  if (atEnd !== undefined) checkFunction(attempted, atEnd, 'finally')
  checkDuration(attempted, settleMs, { option: 'settleMs' })
  return new Simulation({
    name,
    nodes,
    start,
    memory: memory ?? (() => trust(undefined)),
    clients: checkClients(clients),
    faults: checkFaults(attempted, faults),
    withoutFaults: checkKinds(withoutFaults),
    invariants: [...standardWithout(withoutInvariants), ...checkInvariants(invariants)],
    finally: atEnd ?? (() => undefined),
    network: checkNetwork(attempted, network),
    externals: checkExternals(externals),
    settleMs,
  })
}

const attempted = 'define a simulation'
/** Nodes are named by letters. */
const nodesMax = 26
const clientsMax = 10_000
const parts = [
  'name',
  'nodes',
  'start',
  'memory',
  'clients',
  'faults',
  'withoutFaults',
  'invariants',
  'withoutInvariants',
  'finally',
  'network',
  'externals',
  'settleMs',
]

/** @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, … */
export function checkFaults(
  attempted: string,
  faults: 'swarm' | 'none' | FaultRates,
): 'swarm' | 'none' | FaultRates {
  return faults === 'swarm' || faults === 'none' ? faults : checkRates(attempted, faults)
}

function checkClients<M>(
  given: NonNullable<SimulationDefinition<M>['clients']>,
): PlannedClient<M>[] {
  const groups = ownRecord('clients', given)
  return Object.entries(groups).flatMap(([name, group]) => {
    checkName(attempted, name)
    if (typeof group === 'function') return [{ name, index: 0, run: group }]
    const { count, run } = checkOptions(attempted, group, ['count', 'run'])
    checkFunction(attempted, run, `clients.${name}.run`)
    if (count === undefined) return [{ name, index: 0, run }]
    checkCount(attempted, count, { option: `clients.${name}.count`, min: 1, max: clientsMax })
    return Array.from({ length: count }, (_, index) => {
      return { name: `${name} ${index + 1}`, index, run }
    })
  })
}

function checkKinds(given: readonly FaultKind[]): readonly FaultKind[] {
  const kinds = copyOf<FaultKind>(given, (kind) => faultKinds.includes(kind))
  if (kinds !== undefined) return kinds
  const subject = 'option "withoutFaults"'
  const wanted = `a list of ${faultKinds.join(', ')}`
  throw argumentError('invalid_option', { attempted, subject, given, wanted })
}

function checkInvariants(given: readonly Invariant[]): readonly Invariant[] {
  const invariants = copyOf<Invariant>(given, (item) => {
    const { id, title, make } = item
    return typeof id === 'string' && typeof title === 'string' && typeof make === 'function'
  })
  if (invariants !== undefined) return invariants
  const subject = 'option "invariants"'
  const wanted = 'a list of objects with id, title and make'
  throw argumentError('invalid_option', { attempted, subject, given, wanted })
}

function standardWithout(given: readonly string[]): readonly Invariant[] {
  const known = standardInvariants.map(({ id }) => id)
  const without = copyOf<string>(given, (id) => known.includes(id))
  if (without !== undefined) return standardInvariants.filter(({ id }) => !without.includes(id))
  const subject = 'option "withoutInvariants"'
  throw argumentError('invalid_option', {
    attempted,
    subject,
    given,
    wanted: `a list of ${known.join(', ')}`,
  })
}

function checkExternals(
  given: NonNullable<SimulationDefinition['externals']>,
): Map<string, CheckedExternal> {
  const externals = Object.entries(ownRecord('externals', given))
  return new Map(externals.map(([name, external]) => [name, checkExternal(attempted, external)]))
}

/** A copy of a plain object whose names are the user's. */
function ownRecord<T>(option: string, given: Readonly<Record<string, T>>): Record<string, T> {
  try {
    return checkOptions(attempted, given, Object.keys(given))
  } catch {
    const subject = `option "${option}"`
    throw argumentError('invalid_option', { attempted, subject, given, wanted: 'a plain object' })
  }
}
