/**
 * A tree on a node of its own, on virtual time; after the test it is stopped, and nothing of it may
 * be left.
 */
import {
  ArgumentError,
  type ChildSpec,
  type FlotillaEvent,
  type Node,
  type Pid,
  startNode,
  watchEvents,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { expect, onTestFinished } from 'vitest'

/** A running tree and its time. */
export interface Running {
  readonly host: VirtualHost
  readonly node: Node
}

/** Starts a tree; the end of the test stops it and looks for leaks. */
export async function run(tree: ChildSpec, name = 'local'): Promise<Running> {
  const host = virtualHost()
  const node = await startNode(tree, { host, name })
  onTestFinished(async () => {
    const stopped = node.stop()
    await host.advance(60_000)
    await stopped
    expectNothingLeft(node, host)
  })
  return { host, node }
}

/** Every table of a node that is over is empty. */
export function expectNothingLeft(node: Node, host: VirtualHost): void {
  const { processes, deadlines, monitors, links, queued, deferred, rows, started, ended } =
    node.statistics()
  expect({ processes, deadlines, monitors, links, queued, deferred, rows }).toEqual({
    processes: 0,
    deadlines: 0,
    monitors: 0,
    links: 0,
    queued: 0,
    deferred: 0,
    rows: {},
  })
  expect(ended).toBe(started)
  expect(host.pendingTimers).toBe(0)
}

/** Every event from now to the end of the test. */
export function feed(): FlotillaEvent[] {
  const events: FlotillaEvent[] = []
  const watching = watchEvents((event) => void events.push(event))
  onTestFinished(() => watching.stop())
  return events
}

/** The pid of the latest process with this label, supervisors included, that was seen to start. */
export function startedPid(events: readonly FlotillaEvent[], label: string): Pid {
  const started = events.findLast((each) => {
    return each.kind === 'process_started' && each.label === label
  })
  if (started?.kind !== 'process_started') throw new Error(`${label} was not seen to start`)
  return started.pid
}

/** The code of the wrong argument that something is refused for. */
export function codeOf(use: () => unknown): string {
  try {
    use()
  } catch (error) {
    if (ArgumentError.is(error)) return error.code
    throw error
  }
  return 'nothing was thrown'
}
