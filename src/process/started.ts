/**
 * What a start came to, in words for users.
 */
import { Exit } from '../core/exit.ts'
import type { Pid } from '../core/pid.ts'
import type { AnyProtocol, Protocol } from '../core/protocol.ts'
import { trust } from '../core/trust.ts'
import type { StartOutcome } from './spawn.ts'

/**
 * The outcome of a start; a refusal is a value, since races for a name are not errors.
 *
 * `info` is what `init` handed over (`startInfo`), if anything.
 */
export type Started<P extends Protocol = AnyProtocol> =
  | { readonly ok: true; readonly pid: Pid<P>; readonly info?: unknown }
  | { readonly ok: false; readonly reason: StartRefusal<P> }

/** Why nothing was started. */
export type StartRefusal<P extends Protocol = AnyProtocol> =
  | NotStarted<P>
  /** The supervisor or fleet has its limit of children. */
  | { readonly kind: 'max_children' }

/** Why a process that may be started was not. */
export type NotStarted<P extends Protocol = AnyProtocol> =
  /** Somebody holds the name; its pid. */
  | { readonly kind: 'already_started'; readonly pid: Pid<P> }
  /** `init` threw, stopped, was ended from outside, or took longer than its time limit. */
  | { readonly kind: 'init_failed'; readonly exit: Exit }
  /** `init` chose not to start. */
  | { readonly kind: 'ignored' }

/** What a start comes to that was not refused beforehand. */
export type StartTried<P extends Protocol = AnyProtocol> =
  | { readonly ok: true; readonly pid: Pid<P>; readonly info?: unknown }
  | { readonly ok: false; readonly reason: NotStarted<P> }

/** Puts a start outcome into words; `id` names the child in the message of a failure. */
export function toStarted(outcome: StartOutcome, id: string): StartTried {
  switch (outcome.kind) {
    case 'started': {
      const pid: Pid = trust(outcome.process.pid)
      return outcome.info === undefined ? { ok: true, pid } : { ok: true, pid, info: outcome.info }
    }
    case 'already_started':
      return { ok: false, reason: { kind: 'already_started', pid: outcome.pid } }
    case 'failed': {
      const exit = new Exit(outcome.reason, `Start of "${id}"`)
      return { ok: false, reason: { kind: 'init_failed', exit } }
    }
    case 'ignored':
      return { ok: false, reason: { kind: 'ignored' } }
  }
}
