/**
 * Ctrl-C and SIGTERM: the first asks for an end in order, another one does not wait.
 *
 * Invariant: one press is one request, although a terminal sends it to every program in the
 * foreground and `npm` passes on the one that it gets.
 */
import type { EventEmitter } from 'node:events'

const signals = ['SIGINT', 'SIGTERM'] as const
const samePressMs = 500

/**
 * Listens to the signals of a program.
 *
 * @param source where they come from
 * @param stop what the first one does; `force`: what a later one does
 * @returns whose disposal ends it
 */
export function onInterrupt(
  source: EventEmitter,
  stop: () => void,
  force: () => void,
): { [Symbol.dispose](): void } {
  let firstMs: number | undefined
  const arrived = (): void => {
    if (firstMs === undefined) {
      firstMs = performance.now()
      stop()
    } else if (performance.now() - firstMs >= samePressMs) force()
  }
  for (const signal of signals) source.on(signal, arrived)
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) source.off(signal, arrived)
    },
  }
}
