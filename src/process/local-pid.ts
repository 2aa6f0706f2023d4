/**
 * The pid of a process of this OS process, with its way to the process itself.
 *
 * Invariant: what a user sees, compares and prints is the plain data of `Pid`; the process behind
 * it is a private field, so a pid can be logged or cloned without dragging the runtime along.
 */
import { formatPid, type Pid } from '../core/pid.ts'
import type { NodeRuntime } from './node-runtime.ts'
import type { Process } from './process.ts'

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom')

/** A pid that knows its process. */
export class LocalPid implements Pid {
  // First, so that it and what the check for it reads share a cache line.
  readonly #process: Process
  readonly node: string
  readonly serial: number
  readonly incarnation: number

  constructor(node: NodeRuntime, process: Process) {
    this.node = node.name
    this.serial = node.takeSerial()
    this.incarnation = node.incarnation
    this.#process = process
  }

  /** The process behind a value that may be a pid; dead processes included. */
  static processOf(value: object): Process | undefined {
    return #process in value ? value.#process : undefined
  }

  toString(): string {
    return formatPid(this)
  }

  /** How a console shows it. */
  [inspect](): string {
    return formatPid(this)
  }
}
