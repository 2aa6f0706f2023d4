/**
 * A fleet of the workers that supervisors are tested with.
 */
import { type Fleet, type FleetOptions, fleet, type Pid, type RegistryEvent } from 'flotilla'
import { expect, onTestFinished } from 'vitest'
import { type Part, Worker, type WorkerProtocol } from '../supervisor/worker.ts'

/** A fleet of such workers. */
export type Crew = Fleet<string, Part, WorkerProtocol>

/** Makes a fleet; a worker's key is its id. */
export function crew(options: Partial<FleetOptions<string, Part>> = {}): Crew {
  return fleet(Worker, { name: 'crew', key: (part: Part) => part.id, ...options })
}

/** The pid of a worker that runs. */
export function pidAt(workers: Crew, key: string): Pid<WorkerProtocol> {
  const pid = workers.whereis(key)
  if (pid === undefined) throw new Error(`no worker at ${key}`)
  return pid
}

/**
 * Every change of a name, if asked before the first; a second holder of a name fails the test at
 * its end.
 */
export function changes(workers: Crew): RegistryEvent<string>[] {
  const all: RegistryEvent<string>[] = []
  const events: RegistryEvent<string>[] = []
  const watching = workers.watch((event) => {
    all.push(event)
    events.push(event)
  })
  onTestFinished(() => {
    watching.stop()
    expectOneHolderEach(all)
  })
  return events
}

/** Says which names are held after these changes, if each had at most one holder throughout. */
export function expectOneHolderEach(events: readonly RegistryEvent<string>[]): Map<string, Pid> {
  const holders = new Map<string, Pid>()
  for (const { kind, key, pid } of events) {
    if (kind === 'register') {
      expect(holders.get(key), `a second holder of ${key}`).toBeUndefined()
      holders.set(key, pid)
    } else {
      expect(holders.get(key), `a stranger gave up ${key}`).toBe(pid)
      holders.delete(key)
    }
  }
  return holders
}
