/**
 * `startNode`: a running system.
 *
 * Invariant: when `ended` resolves, every table of the node is empty and nothing of it keeps the OS
 * process alive.
 */
import { argumentError, checkBoolean, checkName, checkOptions } from '../core/argument-error.ts'
import type { ChildSpec } from '../core/child-spec.ts'
import {
  checkReason,
  crash,
  describeReason,
  Exit,
  type ExitReason,
  killed,
  normal,
  shutdown,
} from '../core/exit.ts'
import { ignore } from '../core/ignore.ts'
import type { Pid } from '../core/pid.ts'
import { runAs } from './current.ts'
import { end } from './dying.ts'
import type { Message } from './envelope.ts'
import { checkHost, type Host } from './host.ts'
import { NodeRuntime } from './node-runtime.ts'
import { type Behaviour, type InitResult, isRunning, Process } from './process.ts'
import type { StartOutcome } from './spawn.ts'
import { launch, Startable } from './startable.ts'
import { type NodeStatistics, statisticsOf } from './statistics.ts'
import { stopProcess } from './stopping.ts'
import { systemHost } from './system-host.ts'

/** A running system: process table, scheduler, clock. Several may live in one OS process. */
export interface Node extends AsyncDisposable {
  readonly name: string
  /** Resolves when the node is over, with the reason; by `stop`, or because its root gave up. */
  readonly ended: Promise<ExitReason>
  /**
   * Stops the tree in order, newest child first, and then the node.
   *
   * @param reason of the exit signal the root gets, default `shutdown`
   */
  stop(reason?: ExitReason): Promise<void>
  /**
   * The living processes, oldest first, those of the runtime included: the first one stands for the
   * node. For operators; see `processInfo`.
   */
  processes(): readonly Pid[]
  /** Table sizes and counts, for operators and leak tests. */
  statistics(): NodeStatistics
}

/** The choices of a node. */
export interface NodeOptions {
  /** Appears in pids, events and messages; default `local`. */
  readonly name?: string
  /** Where time, randomness and scheduling come from; default the real world. */
  readonly host?: Host
  /**
   * Whether an error that escapes from the asynchronous work of a process ends that process;
   * default true. Off, such errors end the OS process as Node does it, what a process does after an
   * await or in a timer is not recognised as its own (so code of an ended process is not ignored
   * there), and every message costs a little less.
   */
  readonly chargeAsyncErrors?: boolean
}

/**
 * Starts a supervision tree.
 *
 * An idle node does not keep the OS process alive; pending timers and calls with a time-out do.
 *
 * @param root the top of the tree, usually a `supervisor`
 * @param options name, host, chargeAsyncErrors
 * @returns the node, once the whole tree has started
 * @throws ArgumentError (as a rejection) FLOTILLA_INVALID_CHILD, FLOTILLA_INVALID_ARGUMENT,
 * FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION
 * @throws Exit (as a rejection) if a child did not start; `cause` is what its `init` threw
 */
export async function startNode(root: ChildSpec, options: NodeOptions = {}): Promise<Node> {
  const attempted = 'start a node'
  const given = checkOptions(attempted, options, ['name', 'host', 'chargeAsyncErrors'])
  const { name = 'local', host = systemHost(), chargeAsyncErrors = true } = given
  checkName(attempted, name)
  checkHost(attempted, host)
  checkBoolean(attempted, chargeAsyncErrors, 'chargeAsyncErrors')
  const spec = Startable.check(attempted, root)
  const runtime = new NodeRuntime({ name, host, chargesEscapes: chargeAsyncErrors })
  const guardian = new Guardian(runtime)
  const outcome = await guardian.start(spec)
  if (outcome.kind === 'started') return new RunningNode(runtime, guardian)
  guardian.close(shutdown)
  throw new Exit(failureOf(outcome), `Start of the node "${name}"`)
}

const nothing: ReadonlySet<string> = new Set()

/** The process above the root: it stands for the node and ends it when the root is gone. */
class Guardian implements Behaviour {
  readonly label = 'node'
  readonly maxMailboxSize = 1024
  readonly calls = nothing
  readonly casts = nothing
  readonly process: Process
  readonly ended: Promise<ExitReason>
  root: Process | undefined = undefined
  rootSpec: Startable | undefined = undefined
  readonly #runtime: NodeRuntime
  #resolveEnded: (reason: ExitReason) => void = ignore
  /** With which it ends itself; the node may be over for another. */
  #ownReason: ExitReason = shutdown
  /** Asked to stop while the tree was being started. */
  #stopsOnceStarted = false
  #closed = false

  constructor(runtime: NodeRuntime) {
    this.#runtime = runtime
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
    this.process = new Process(runtime, this, undefined)
    this.process.trapping = true
    this.process.phase = 'running'
    runtime.open(this.process, (reason) => this.#over(reason))
  }

  init(): InitResult {
    return isRunning
  }

  async start(spec: Startable): Promise<StartOutcome> {
    const outcome = await runAs(this.process, () => spec[launch](this.process, undefined))
    if (outcome.kind === 'started') {
      this.rootSpec = spec
      this.root = outcome.process
      this.#runtime.reports.emit({ kind: 'node_started' })
      // The root may have ended in the very turn of its start.
      if (!this.root.alive) this.#over(this.root.exitReason ?? normal)
      else if (this.#stopsOnceStarted) await this.stop(this.#ownReason)
    }
    return outcome
  }

  receive(_process: Process, envelope: Message): void {
    const signal = envelope.kind === 'exit' ? envelope.signal : undefined
    if (signal !== undefined && signal.from === this.root?.pid) this.#over(signal.reason)
  }

  terminate(process: Process, reason: ExitReason): void {
    // Whoever asked for it is answered by its end.
    process.busy = true
    this.#ownReason = reason
    if (this.root === undefined) this.#stopsOnceStarted = true
    else void this.stop(reason)
  }

  describe(): unknown {
    return { kind: 'node', name: this.#runtime.name, root: this.root?.pid }
  }

  async stop(reason: ExitReason): Promise<void> {
    const { root, rootSpec } = this
    if (root !== undefined && rootSpec !== undefined && this.process.alive) {
      this.close(await stopProcess(root, rootSpec.shutdownMs, reason))
    }
    await this.ended
  }

  /** The node ends without having been asked to: whoever watches nothing must still see why. */
  #over(reason: ExitReason): void {
    if (this.#closed) return
    this.#runtime.host.warn?.(`Node "${this.#runtime.name}" is over: ${describeReason(reason)}`)
    this.close(reason)
  }

  close(reason: ExitReason): void {
    if (this.#closed) return
    this.#closed = true
    end(this.process, this.#ownReason)
    // Whoever still says its last words (a root that was killed leaves such workers) is cut short.
    for (const left of this.#runtime.processes.inOrder()) end(left, killed)
    this.#runtime.close()
    this.#runtime.reports.emit({ kind: 'node_ended', reason })
    this.#resolveEnded(reason)
  }
}

class RunningNode implements Node {
  readonly name: string
  readonly ended: Promise<ExitReason>
  readonly #runtime: NodeRuntime
  readonly #guardian: Guardian
  #stopping: Promise<void> | undefined = undefined

  /** What is behind a value that may be a node. */
  static runtimeOf(value: unknown): NodeRuntime | undefined {
    return typeof value === 'object' && value !== null && #runtime in value
      ? value.#runtime
      : undefined
  }

  constructor(runtime: NodeRuntime, guardian: Guardian) {
    this.name = runtime.name
    this.ended = guardian.ended
    this.#runtime = runtime
    this.#guardian = guardian
  }

  stop(reason: ExitReason = shutdown): Promise<void> {
    const checked = checkReason('stop a node', reason)
    this.#stopping ??= this.#guardian.stop(checked)
    return this.#stopping
  }

  processes(): readonly Pid[] {
    return this.#runtime.processes.inOrder().map(({ pid }) => pid)
  }

  statistics(): NodeStatistics {
    return statisticsOf(this.#runtime)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/**
 * What is behind a node that a user gave.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
 */
export function runtimeBehind(attempted: string, node: Node): NodeRuntime {
  const runtime = RunningNode.runtimeOf(node)
  if (runtime !== undefined) return runtime
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the node',
    given: node,
    wanted: 'what startNode gave back',
  })
}

function failureOf(outcome: StartOutcome): ExitReason {
  if (outcome.kind === 'failed') return outcome.reason
  return crash(new Error(`the root did not start: ${outcome.kind}`))
}
