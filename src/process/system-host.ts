/**
 * The host of the real world.
 *
 * Invariant: this is the only file of the runtime that touches clocks, timers, randomness, the
 * event loop, the machine and the OS process.
 */
import { availableParallelism } from 'node:os'
import { show } from '../core/show.ts'
import { ownTimerMade, reactAsNobody } from './attribution.ts'
import type { Cancellable, Host, OnEscape } from './host.ts'

/** Real time, real randomness and Node's event loop. */
export function systemHost(): Host {
  // Reactions of a settled promise cost half of what `queueMicrotask` does.
  const settled = Promise.resolve()
  return {
    clock: {
      monotonicMs: () => performance.now(),
      wallMs: () => Date.now(),
      after: (delayMs, fire) => {
        const timer = setTimeout(fire, Math.ceil(delayMs))
        ownTimerMade()
        return { cancel: () => clearTimeout(timer) }
      },
    },
    random: { u32: () => Math.floor(Math.random() * 2 ** 32) },
    scheduler: {
      yieldThen: (run) => {
        setImmediate(run)
        ownTimerMade()
      },
      soon: (run) => reactAsNobody(settled, run),
    },
    parallelism: availableParallelism,
    warn: (message) => process.emitWarning(message, 'FlotillaWarning'),
    escapes: { capture },
  }
}

/**
 * Runs `run` when every reaction of a promise that is due has run, those that they cause included,
 * and before input and timers: the quickest way to let asynchronous code come to rest.
 */
export function afterReactions(run: () => void): void {
  // Ticks do not wait for reactions, unless it is a reaction that asks for the tick.
  queueMicrotask(() => process.nextTick(run))
}

const ours = Symbol.for('flotilla.escapes')

interface Listener {
  (error: unknown, rejected: object): void
  [ours]?: OnEscape
}

/**
 * Listens to the two events of last resort.
 *
 * Listening alone would change what Node does with errors that have nothing to do with us, so an
 * error that no node claims, with nobody else listening, ends the OS process as it would have.
 */
function capture(onEscape: OnEscape): Cancellable {
  const rejection: Listener = (error, rejected) => {
    const listeners = process.listeners('unhandledRejection')
    if (!claimed(listeners, rejection, [error, rejected])) throw error
  }
  const exception: Listener = (error) => {
    if (claimed(process.listeners('uncaughtException'), exception, [error])) return
    process.stderr.write(`Uncaught ${describe(error)}\n`)
    process.exit(1)
  }
  rejection[ours] = onEscape
  exception[ours] = onEscape
  process.on('unhandledRejection', rejection)
  process.on('uncaughtException', exception)
  return {
    cancel() {
      process.off('unhandledRejection', rejection)
      process.off('uncaughtException', exception)
    },
  }
}

/** Whether a node takes the error, or somebody other than the nodes listens too. */
function claimed(
  listeners: readonly object[],
  self: Listener,
  escaped: Parameters<OnEscape>,
): boolean {
  const nodes = listeners.filter((other): other is Listener => ours in other)
  // Each node has its own listener; the first one asks them all.
  if (nodes[0] !== self) return true
  return nodes.some((node) => node[ours]?.(...escaped) === true) || listeners.length > nodes.length
}

/** Anything may have been thrown, also what throws when it is looked at. */
function describe(error: unknown): string {
  try {
    return String(error instanceof Error ? (error.stack ?? error.message) : error)
  } catch {
    return show(error)
  }
}
