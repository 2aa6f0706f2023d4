/**
 * The globals of the OS process during a simulation, and their return.
 *
 * Invariant: this is the only file of the package that changes globals, it does so only while a
 * simulation runs, one at a time, and `restore` leaves every one of them as it was found, whatever
 * has happened.
 */
import { syncBuiltinESMExports } from 'node:module'
import { promisify } from 'node:util'
import { argumentError } from '../../core/argument-error.ts'
import { guarded, outsideFunctions, outsideGlobals } from './refusals.ts'
import { dateOf } from './simulated-date.ts'
import { SimulatedRandom } from './simulated-random.ts'
import { SimulatedTimers } from './simulated-timers.ts'
import type { Surroundings } from './surroundings.ts'

/** The turn of the real event loop, whoever has replaced `setImmediate` since. */
export const realTurn: (run: () => void) => void = (
  (real) => (run: () => void) =>
    void real(run)
)(setImmediate)

let installed: Globals | undefined

/** The globals as one simulation has changed them. */
export class Globals {
  readonly #undo: (() => void)[] = []
  readonly #around: Surroundings

  private constructor(around: Surroundings) {
    this.#around = around
  }

  /**
   * Changes the globals.
   *
   * @throws ArgumentError FLOTILLA_ALREADY_STARTED if they are changed already
   */
  static install(around: Surroundings): Globals {
    if (installed !== undefined) {
      throw argumentError('already_started', {
        attempted: 'run a simulation',
        problem: 'another one runs in this OS process, whose globals it has taken',
        fix: 'wait for its end, or run them in processes of their own',
      })
    }
    const globals = new Globals(around)
    installed = globals
    try {
      globals.#change()
    } catch (error) {
      globals.restore()
      throw error
    }
    return globals
  }

  /** Puts everything back; doing so twice does nothing. */
  restore(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo()
    syncBuiltinESMExports()
    if (installed === this) installed = undefined
  }

  #change(): void {
    this.#changeTime()
    this.#changeTimers()
    this.#changeRandomness()
    this.#closeDoors()
    this.#listenToEscapes('unhandledRejection')
    this.#listenToEscapes('uncaughtException')
    syncBuiltinESMExports()
  }

  #changeTime(): void {
    const around = this.#around
    const { now } = Date
    const date = dateOf(Date, () => (around.isForeign() ? now() : around.wallMs()))
    this.#set(Date.prototype, 'constructor', date)
    this.#set(globalThis, 'Date', date)
    this.#replace(performance, 'now', () => around.monotonicMs())
    const hrtime = (before?: readonly [number, number]): [number, number] => {
      const nowNs = nanoseconds(around)
      const sinceNs = before === undefined ? 0n : BigInt(before[0]) * 10n ** 9n + BigInt(before[1])
      const passedNs = nowNs - sinceNs
      return [Number(passedNs / 10n ** 9n), Number(passedNs % 10n ** 9n)]
    }
    const { bigint } = process.hrtime
    const now64 = () => (around.isForeign() ? bigint() : nanoseconds(around))
    this.#replace(process, 'hrtime', Object.assign(hrtime, { bigint: now64 }))
    this.#replace(process, 'uptime', () => around.monotonicMs() / 1000)
  }

  #changeTimers(): void {
    const timers = new SimulatedTimers(this.#around)
    const { setTimeout, setInterval, setImmediate, clear } = timers
    for (const owner of [globalThis, builtin('timers')]) {
      this.#replace(owner, 'setTimeout', Object.assign(setTimeout, custom(timers.wait)))
      this.#replace(owner, 'setInterval', setInterval)
      this.#replace(owner, 'setImmediate', Object.assign(setImmediate, custom(timers.waitABit)))
      for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) {
        const real: unknown = Reflect.get(owner, name)
        this.#set(owner, name, (timer: unknown) => {
          if (!clear(timer) && typeof real === 'function') real(timer)
        })
      }
    }
    const promises = builtin('timers/promises')
    this.#replace(promises, 'setTimeout', timers.wait)
    this.#replace(promises, 'setImmediate', timers.waitABit)
    this.#replace(promises, 'setInterval', timers.ticks)
    const scheduler = { wait: timers.wait, yield: () => timers.waitABit() }
    this.#set(promises, 'scheduler', scheduler)
    this.#replace(AbortSignal, 'timeout', timers.abortAfter)
  }

  #changeRandomness(): void {
    const random = new SimulatedRandom(() => this.#around.u32())
    this.#replace(Math, 'random', random.fraction)
    const functions = { randomUUID: random.uuid, getRandomValues: random.fill }
    for (const target of [globalThis.crypto, builtin('crypto')]) {
      for (const [name, value] of Object.entries(functions)) this.#replace(target, name, value)
    }
    this.#replace(builtin('crypto'), 'randomBytes', random.bytes)
    this.#replace(builtin('crypto'), 'randomInt', random.integer)
    this.#replace(builtin('crypto'), 'randomFillSync', random.fill)
  }

  #closeDoors(): void {
    for (const [module, names] of Object.entries(outsideFunctions)) {
      const owner = builtin(module)
      for (const name of names === '*' ? functionsOf(owner) : names) {
        const full = `${module.replace('/', '.')}.${name}`
        this.#guard(owner, name, full)
      }
    }
    for (const name of outsideGlobals) this.#guard(globalThis, name, name)
  }

  #guard(owner: object, name: string, full: string): void {
    const real: unknown = Reflect.get(owner, name)
    if (typeof real === 'function') this.#set(owner, name, guarded(this.#around, full, real))
  }

  /** Whoever else listens has to do with the real world, and must not hear of this one. */
  #listenToEscapes(event: 'unhandledRejection' | 'uncaughtException'): void {
    const others = process.rawListeners(event)
    const listener = (error: unknown, source: unknown): void => {
      this.#around.unhandled(error, source instanceof Promise ? source : undefined)
    }
    process.removeAllListeners(event)
    process.on(event, listener)
    this.#undo.push(() => {
      process.off(event, listener)
      for (const other of others) Reflect.apply(process.on, process, [event, other])
    })
  }

  /** Puts a function in the place of another, for all but foreign code. */
  #replace(owner: object, name: string, own: object): void {
    const around = this.#around
    const real: unknown = Reflect.get(owner, name)
    const chosen = function (this: unknown, ...args: unknown[]): unknown {
      if (typeof real === 'function' && around.isForeign()) return Reflect.apply(real, this, args)
      return typeof own === 'function' ? Reflect.apply(own, undefined, args) : undefined
    }
    this.#set(owner, name, Object.assign(chosen, own))
  }

  #set(owner: object, name: string, value: unknown): void {
    const before = Reflect.getOwnPropertyDescriptor(owner, name)
    const isSet = Reflect.defineProperty(owner, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: before?.enumerable ?? false,
    })
    if (!isSet) return
    this.#undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(owner, name)
      else Reflect.defineProperty(owner, name, before)
    })
  }
}

/** What `promisify` makes of a function. */
function custom(promised: unknown): object {
  return { [promisify.custom]: promised }
}

function builtin(name: string): object {
  return Object(process.getBuiltinModule(name))
}

/** What is a function and no class. */
function functionsOf(owner: object): string[] {
  return Object.keys(owner).filter((name) => {
    return /^[a-z]/.test(name) && typeof Reflect.get(owner, name) === 'function'
  })
}

function nanoseconds(around: Surroundings): bigint {
  return BigInt(Math.round(around.monotonicMs() * 1e6))
}
