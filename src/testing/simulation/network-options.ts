/**
 * How the nodes of a simulation are connected.
 */
import {
  argumentError,
  checkCount,
  checkDuration,
  checkOptions,
} from '../../core/argument-error.ts'
import { copyOf } from '../copy-of.ts'

/** The choices of a simulated network. */
export interface NetworkOptions {
  /** How long a frame travels, in milliseconds: the least and the most; default 0.1 to 5. */
  readonly delayMs?: readonly [number, number]
  /**
   * What it promises: `order` (the default), as a connection of TCP: what is lost is sent again
   * later, and nothing overtakes; or `nothing`: frames may be missing, come twice or in any order.
   */
  readonly promises?: 'order' | 'nothing'
  /** A link whose frames do not get through for so long goes down; default 15,000. */
  readonly linkTimeoutMs?: number
  /** How many bytes may wait in each direction of a link; default 1,048,576. */
  readonly maxQueuedBytes?: number
}

const parts = ['delayMs', 'promises', 'linkTimeoutMs', 'maxQueuedBytes']

/** @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, … */
export function checkNetwork(attempted: string, given: NetworkOptions): Required<NetworkOptions> {
  const options = checkOptions(attempted, given, parts)
  const { delayMs = [0.1, 5], promises = 'order' } = options
  const { linkTimeoutMs = 15_000, maxQueuedBytes = 2 ** 20 } = options
  const [leastMs, mostMs] = checkPair(attempted, 'delayMs', delayMs)
  if (promises !== 'order' && promises !== 'nothing') {
    const subject = 'option "promises"'
    const wanted = "'order' or 'nothing'"
    throw argumentError('invalid_option', { attempted, subject, given: promises, wanted })
  }
  checkDuration(attempted, linkTimeoutMs, { option: 'linkTimeoutMs' })
  checkCount(attempted, maxQueuedBytes, { option: 'maxQueuedBytes', min: 1 })
  return { delayMs: [leastMs, mostMs], promises, linkTimeoutMs, maxQueuedBytes }
}

/** The least and the most of a duration. @throws ArgumentError FLOTILLA_INVALID_OPTION */
export function checkPair(
  attempted: string,
  option: string,
  given: readonly [number, number],
): [number, number] {
  const pair = copyOf<number>(given, (item) => typeof item === 'number')
  const [leastMs, mostMs] = pair ?? []
  if (pair?.length !== 2 || leastMs === undefined || mostMs === undefined || leastMs > mostMs) {
    const subject = `option "${option}"`
    const wanted = 'the least and the most'
    throw argumentError('invalid_option', { attempted, subject, given, wanted })
  }
  checkDuration(attempted, leastMs, { option })
  checkDuration(attempted, mostMs, { option })
  return [leastMs, mostMs]
}
