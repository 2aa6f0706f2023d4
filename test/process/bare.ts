/**
 * Nodes and processes without supervision or servers, for tests of the parts they consist of.
 */
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { runAs } from '../../src/process/current.ts'
import { end } from '../../src/process/dying.ts'
import type { Message } from '../../src/process/envelope.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import type { Behaviour, InitResult, Process } from '../../src/process/process.ts'
import { type StartOutcome, spawn } from '../../src/process/spawn.ts'

/** A runtime on virtual time. */
export function bareNode(name = 'bare', host: VirtualHost = virtualHost()): NodeRuntime {
  return new NodeRuntime({ name, host, chargesEscapes: true })
}

/** What a bare process does; everything it is not told to do does nothing. */
export interface BareOptions {
  readonly label?: string
  readonly maxMailboxSize?: number
  readonly init?: (process: Process) => InitResult | Promise<InitResult>
  readonly receive?: (process: Process, envelope: Message) => void
}

/** A behaviour that does only what it is told. */
export function bareBehaviour(options: BareOptions = {}): Behaviour {
  const { label = 'bare', maxMailboxSize = 100, init, receive } = options
  return {
    label,
    maxMailboxSize,
    calls: new Set(),
    casts: new Set(),
    init: init ?? (() => ({ kind: 'running' })),
    receive: receive ?? (() => undefined),
    terminate: end,
  }
}

/** Starts a bare process, whose start must succeed at once. */
export function bareProcess(
  node: NodeRuntime,
  options: BareOptions = {},
  parent?: Process,
): Process {
  const outcome = bareStart(node, options, parent)
  if (!(outcome instanceof Promise) && outcome.kind === 'started') return outcome.process
  throw new Error('not started at once')
}

/** Starts a bare process and gives what came of it. */
export function bareStart(
  node: NodeRuntime,
  options: BareOptions = {},
  parent?: Process,
): StartOutcome | Promise<StartOutcome> {
  const plan = { node, parent, behaviour: bareBehaviour(options), argument: undefined }
  // As a run of handlers does it: what the test starts afterwards is not charged to the process.
  return runAs(undefined, () => spawn(plan))
}
