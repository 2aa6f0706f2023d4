/**
 * Ctrl-C and SIGTERM: the first asks for an end in order, another one does not wait.
 *
 * Invariant: one press is one request, however often the signal of it comes: a terminal sends it to
 * every program in the foreground, and `npm` passes on the one it gets as well.
 */

/** Where signals come from. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown
  off(signal: NodeJS.Signals, listener: () => void): unknown
}

/** What to do about signals. */
export interface InterruptHooks {
  stop(): void
  force(): void
  nowMs(): number
}

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
const samePressMs = 500

/** Listens until disposed of. */
export class Interrupts implements Disposable {
  readonly #source: SignalSource
  readonly #hooks: InterruptHooks
  #firstMs: number | undefined = undefined

  constructor(source: SignalSource, hooks: InterruptHooks) {
    this.#source = source
    this.#hooks = hooks
    for (const signal of signals) source.on(signal, this.#arrived)
  }

  [Symbol.dispose](): void {
    for (const signal of signals) this.#source.off(signal, this.#arrived)
  }

  readonly #arrived = (): void => {
    const nowMs = this.#hooks.nowMs()
    if (this.#firstMs === undefined) {
      this.#firstMs = nowMs
      this.#hooks.stop()
    } else if (nowMs - this.#firstMs >= samePressMs) this.#hooks.force()
  }
}
