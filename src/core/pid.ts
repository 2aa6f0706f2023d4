/**
 * Process identity `<node.serial.incarnation>`.
 *
 * Invariant: two pids are the same process exactly when all three parts are equal; the incarnation
 * tells one life of a node from the next, so an old pid never addresses a new process.
 */
import type { AnyProtocol, Protocol, Speaks } from './protocol.ts'

/**
 * This very process. A pid of an earlier life of the same node is never equal to one of the
 * present life.
 */
export interface Pid<in out P extends Protocol = AnyProtocol> extends Speaks<P> {
  readonly node: string
  readonly serial: number
  readonly incarnation: number
}

/** The text form of a pid, for messages and reports. */
export function formatPid(pid: Pid): string {
  return `<${pid.node}.${pid.serial}.${pid.incarnation}>`
}

/** Whether two pids name the same process. */
export function samePid(left: Pid, right: Pid): boolean {
  return (
    left.serial === right.serial &&
    left.incarnation === right.incarnation &&
    left.node === right.node
  )
}
