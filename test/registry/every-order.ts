/**
 * A registry and its surroundings, run in every order of events.
 */
import {
  type ChildOptions,
  child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Node,
  type Pid,
  type SupervisorHandle,
  startNode,
  supervisor,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import { type ExploreOptions, type ExploringHost, explore, type Scenario } from 'flotilla/testing'
import { expect } from 'vitest'
import { type Puppet, puppet } from '../process/stage.ts'

/** A registry of puppets. */
export type PuppetNames = UniqueRegistry<string, any>

/** What a scenario plays with. */
export interface RaceStage {
  readonly host: ExploringHost
  readonly node: Node
  readonly names: PuppetNames
  readonly workers: DynamicSupervisor
  readonly top: SupervisorHandle
  /** Starts a puppet, under a name if one is given; it writes what reaches it into `log`. */
  puppet(options?: ChildOptions<any>, log?: unknown[]): Promise<Puppet>
}

/** Runs a scenario in all its orders; gives how many there are. */
export async function inEveryOrder(
  scenario: Scenario,
  options: ExploreOptions = {},
): Promise<number> {
  const outcome = await explore(scenario, { maxRuns: 30_000, ...options })
  if (!outcome.ok) {
    const { choices } = outcome.recording
    throw new Error(`in run ${outcome.runs}, choices ${choices.join(' ')}`, {
      cause: outcome.error,
    })
  }
  expect(outcome.complete).toBe(true)
  return outcome.runs
}

/** A node with a registry and a supervisor; whatever is played, nothing may be left in the end. */
export function onStage(play: (stage: RaceStage) => Promise<void>): Scenario {
  return async (host) => {
    const names: PuppetNames = uniqueRegistry({ name: 'names' })
    const workers = dynamicSupervisor({ name: 'workers', maxRestarts: 1 })
    const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, workers])
    const node = await startNode(tree, { name: 'race', host })
    const start: RaceStage['puppet'] = async (options = {}, log = []) => {
      const life = { restart: 'temporary', shutdownMs: 'kill', ...options } as const
      const started = await workers.startChild(child(puppet, log, life))
      if (!started.ok) throw new Error(`not started: ${started.reason.kind}`)
      return started.pid
    }
    await play({ host, node, names, workers, top: tree, puppet: start })
    await node.stop()
    const { processes, rows, monitors, links, deadlines, queued, deferred } = node.statistics()
    expect({ processes, rows, monitors, links, deadlines, queued, deferred }).toEqual({
      ...{ processes: 0, rows: {}, monitors: 0, links: 0, deadlines: 0, queued: 0, deferred: 0 },
    })
  }
}

/** Code outside of all processes that does one step after the other, each when it is its turn. */
export async function client(
  host: ExploringHost,
  name: string,
  ...steps: readonly (() => unknown)[]
): Promise<void> {
  for (const step of steps) {
    await host.turn(name)
    await step()
  }
}

/** The pids without those that are not there. */
export function present(...pids: readonly (Pid | undefined)[]): readonly Pid[] {
  return pids.filter((pid) => pid !== undefined)
}
