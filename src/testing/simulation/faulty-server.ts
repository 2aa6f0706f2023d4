/**
 * A server of a user whose handlers are disturbed from outside.
 *
 * Invariant: it is the same server otherwise, with the same handlers, limits and label; a handler
 * that is not disturbed is called as it would be, in the same step.
 */
import type { LooseHandler } from '../../gen-server/protocol.ts'
import { type Handlers, ServerBehaviour } from '../../gen-server/serve.ts'
import { currentProcess } from '../../process/current.ts'
import type { Behaviour, Process } from '../../process/process.ts'
import { sleep } from '../../process/sleep.ts'

/** What befalls one run of a handler. */
export type HandlerFault =
  | { readonly kind: 'throw_before' | 'throw_after' | 'escape'; readonly name: string }
  | { readonly kind: 'slow'; readonly name: string; readonly delayMs: number }

/** Decides what befalls a handler that is about to run. */
export type HandlerFaults = (process: Process) => HandlerFault | undefined

/** What is thrown in the place of a user's own mistake. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault'

  /** @param fault its name, as in `injected` of the run */
  constructor(fault: string) {
    super(`injected by the simulation: ${fault}`)
  }
}

/**
 * Gives each server its disturbed self, and every other behaviour itself.
 *
 * @param faults asked before each handler
 */
export function disturbing(faults: HandlerFaults): (behaviour: Behaviour) => Behaviour {
  const known = new WeakMap<Behaviour, ServerBehaviour>()
  return (behaviour) => {
    if (!(behaviour instanceof ServerBehaviour)) return behaviour
    const dressed = known.get(behaviour) ?? disturbed(behaviour, faults)
    known.set(behaviour, dressed)
    return dressed
  }
}

function disturbed(server: ServerBehaviour, faults: HandlerFaults): ServerBehaviour {
  const { label, maxMailboxSize, hibernateAfterMs, handlers } = server
  const { info, down, exit } = handlers
  const all: Handlers = {
    ...handlers,
    calls: disturbedMap(handlers.calls, faults),
    casts: disturbedMap(handlers.casts, faults),
    info: info && disturbedHandler(info, faults),
    down: down && disturbedHandler(down, faults),
    exit: exit && disturbedHandler(exit, faults),
  }
  return new ServerBehaviour(label, { maxMailboxSize, hibernateAfterMs }, all)
}

function disturbedMap(
  handlers: ReadonlyMap<string, LooseHandler>,
  faults: HandlerFaults,
): Map<string, LooseHandler> {
  return new Map(
    Array.from(handlers, ([name, handler]) => [name, disturbedHandler(handler, faults)]),
  )
}

function disturbedHandler(handler: LooseHandler, faults: HandlerFaults): LooseHandler {
  return (...args) => {
    const process = currentProcess()
    const fault = process === undefined ? undefined : faults(process)
    if (process === undefined || fault === undefined) return handler(...args)
    switch (fault.kind) {
      case 'throw_before':
        throw new InjectedFault(fault.name)
      case 'throw_after':
        return thrownAfter(handler(...args), fault.name)
      case 'escape':
        void Promise.reject(new InjectedFault(fault.name))
        return handler(...args)
      case 'slow':
        return after(process, fault.delayMs, () => handler(...args))
    }
  }
}

function thrownAfter(result: unknown, name: string): unknown {
  if (result instanceof Promise) {
    return result.then(() => {
      throw new InjectedFault(name)
    })
  }
  throw new InjectedFault(name)
}

async function after(process: Process, delayMs: number, work: () => unknown): Promise<unknown> {
  // If the process ends meanwhile, this never goes on.
  await sleep(process, delayMs)
  return work()
}
