/**
 * What a fleet's handle asks of its keeper.
 */
import type { ExitReason } from '../core/exit.ts'
import type { Key } from '../core/key.ts'

/** Start the worker of this key, or say why not. */
export class StartOrder {
  readonly key: Key
  readonly argument: unknown

  constructor(key: Key, argument: unknown) {
    this.key = key
    this.argument = argument
  }
}

/** Stop the worker of this key and forget it. */
export class StopOrder {
  readonly key: Key
  readonly reason: ExitReason

  constructor(key: Key, reason: ExitReason) {
    this.key = key
    this.reason = reason
  }
}

/** Take a parked key up again. */
export class ReleaseOrder {
  readonly key: Key

  constructor(key: Key) {
    this.key = key
  }
}
