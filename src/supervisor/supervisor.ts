/**
 * Static supervisors: a fixed list of children, started in order, stopped in reverse.
 */
import { argumentError, checkName, checkOptions } from '../core/argument-error.ts'
import {
  type ChildSpec,
  checkIntensity,
  checkLife,
  type Intensity,
  intensityNames,
  type Life,
  type LifeOptions,
  lifeOptionNames,
} from '../core/child-spec.ts'
import { show } from '../core/show.ts'
import type { AutoShutdown, Strategy, SupervisionPolicy } from '../core/supervision.ts'
import type { Process } from '../process/process.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { launch, Startable } from '../process/startable.ts'
import { Binding } from './binding.ts'
import { type ChildCounts, type ChildInfo, countRecords, showRecord } from './child-record.ts'
import { StaticBehaviour } from './static-behaviour.ts'

/** A supervisor, as a child specification and as something to look into while it runs. */
export interface SupervisorHandle extends ChildSpec {
  /** @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  countChildren(): ChildCounts
  /** In start order. @throws ArgumentError FLOTILLA_NOT_STARTED; Exit `noproc` while it is down */
  whichChildren(): readonly ChildInfo[]
}

/** The choices of a static supervisor. */
export interface SupervisorOptions extends Intensity, LifeOptions {
  readonly name: string
  readonly strategy: Strategy
  /** Whether the end of significant children ends the supervisor; default `never`. */
  readonly autoShutdown?: AutoShutdown
}

/**
 * A supervisor over a fixed list of children.
 *
 * @param options name; strategy (`one_for_one`, `one_for_all`, `rest_for_one`); maxRestarts
 * (default 3) in maxSeconds (default 5); autoShutdown; its own restart and shutdownMs as a child
 * @param children started in this order, stopped in reverse
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION,
 * FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_CHILD, FLOTILLA_DUPLICATE_CHILD
 *
 * Source: OTP `supervisor`. For children that come and go use `dynamicSupervisor` or `fleet`.
 */
export function supervisor(
  options: SupervisorOptions,
  children: readonly ChildSpec[],
): SupervisorHandle {
  const attempted = 'make a supervisor'
  const known = ['name', 'strategy', 'autoShutdown', ...intensityNames, ...lifeOptionNames]
  const given = checkOptions(attempted, options, known)
  checkName(attempted, given.name)
  const named = `${attempted} "${given.name}"`
  const policy = checkPolicy(named, given)
  const life = checkLife(named, { id: given.name, type: 'supervisor' }, given)
  return new StaticSupervisor(life, policy, checkChildren(named, policy, children))
}

const strategies: readonly unknown[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const autoShutdowns: readonly unknown[] = ['never', 'any_significant', 'all_significant']

function checkPolicy(attempted: string, options: SupervisorOptions): SupervisionPolicy {
  const { strategy, autoShutdown = 'never' } = options
  if (!strategies.includes(strategy)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "strategy"',
      given: strategy,
      wanted: '"one_for_one", "one_for_all" or "rest_for_one"',
    })
  }
  if (!autoShutdowns.includes(autoShutdown)) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'option "autoShutdown"',
      given: autoShutdown,
      wanted: '"never", "any_significant" or "all_significant"',
    })
  }
  return { strategy, autoShutdown, limits: checkIntensity(attempted, options) }
}

function checkChildren(
  attempted: string,
  policy: SupervisionPolicy,
  children: readonly ChildSpec[],
): readonly Startable[] {
  const ids = new Set<string>()
  return readList(attempted, children).map((given) => {
    const spec = Startable.check(attempted, given)
    if (ids.has(spec.id)) {
      throw argumentError('duplicate_child', {
        attempted,
        problem: `two children have the id ${show(spec.id)}`,
        fix: 'give one of them another id, as in child(server, arg, { id })',
      })
    }
    ids.add(spec.id)
    if (spec.significant && policy.autoShutdown === 'never') {
      throw argumentError('invalid_child', {
        attempted,
        problem: `the child ${show(spec.id)} is significant, which means nothing here`,
        fix: 'set autoShutdown to "any_significant" or "all_significant"',
      })
    }
    return spec
  })
}

function readList(attempted: string, children: unknown): unknown[] {
  try {
    if (Array.isArray(children) && children.length <= childrenMax) return Array.from(children)
  } catch {
    // A revoked Proxy, or a trap that throws: no list.
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the list of children',
    given: children,
    wanted: `an array of at most ${childrenMax} child specifications`,
  })
}

/** What the tables of one node can hold. */
const childrenMax = 2 ** 24

class StaticSupervisor extends Startable implements SupervisorHandle {
  readonly #policy: SupervisionPolicy
  readonly #children: readonly Startable[]
  readonly #binding: Binding<StaticBehaviour>

  constructor(life: Life, policy: SupervisionPolicy, children: readonly Startable[]) {
    super(life)
    this.#policy = policy
    this.#children = children
    this.#binding = new Binding(`supervisor "${life.id}"`)
  }

  countChildren(): ChildCounts {
    return countRecords(this.#binding.behaviour('count children').children)
  }

  whichChildren(): readonly ChildInfo[] {
    const { children } = this.#binding.behaviour('list children')
    return children.map((record) => showRecord(record, record.spec.id))
  }

  [launch](parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const behaviour = new StaticBehaviour(this.id, this.#policy, this.#children)
    return this.#binding.start(behaviour, () => {
      return spawn({ node: parent.node, parent, behaviour, argument: undefined, record })
    })
  }
}
