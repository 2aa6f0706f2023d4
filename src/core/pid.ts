/**
 * Process identity `<node.serial.incarnation>`.
 *
 * Invariant: two pids are the same process exactly when all three parts are equal; the incarnation
 * tells one life of a node from the next, so an old pid never addresses a new process.
 */
import { argumentError } from './argument-error.ts'
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

/**
 * The text form of a pid, for messages and reports.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function formatPid(pid: Pid): string {
  const { node, serial, incarnation } = checkParts('write a pid out', pid)
  return `<${node}.${serial}.${incarnation}>`
}

/**
 * Whether two pids name the same process.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS
 */
export function samePid(left: Pid, right: Pid): boolean {
  const one = checkParts('compare pids', left)
  const other = checkParts('compare pids', right)
  return (
    one.serial === other.serial && one.incarnation === other.incarnation && one.node === other.node
  )
}

/** The parts of a pid, read once. */
function checkParts(attempted: string, pid: Pid): Pid {
  try {
    const { node, serial, incarnation } = pid
    const isPid =
      typeof node === 'string' && typeof serial === 'number' && typeof incarnation === 'number'
    if (isPid) return { node, serial, incarnation }
  } catch {
    // Nothing that has properties, or a getter or trap that throws: not a pid.
  }
  throw argumentError('invalid_address', { attempted, given: pid, wanted: 'a pid' })
}
