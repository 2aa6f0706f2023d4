/**
 * The asynchronous context: which process a floating promise, timer or emitter belongs to.
 *
 * Invariant: the context holds its owner and nothing else, and this is the only file that knows
 * `AsyncLocalStorage`. It is entered for a whole run of handlers (`runAs`) or, inside one, changed
 * only when another process takes over. Nothing is switched on before somebody is to be charged.
 * Where the storage makes every promise dear, promises are marked instead until that does not
 * suffice any more; the two never hold at the same time.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { ignore } from '../core/ignore.ts'
import {
  changeOwner,
  lendTo,
  markPromises,
  ownerOfPromise,
  presentOwner,
  reactUnmarked,
  spendNumber,
} from './promise-owners.ts'

const storage = new AsyncLocalStorage<unknown>()

/** How owners are found at present; it only ever goes from left to right. */
let means: 'none' | 'marks' | 'storage' = 'none'

/** To whom the present asynchronous context belongs. */
export function ownerOfContext(): unknown {
  if (means === 'storage') return storage.getStore()
  return means === 'marks' ? presentOwner() : undefined
}

/** To whom a promise belongs that was rejected and that nobody looks at. */
export function ownerOfRejected(promise: object): unknown {
  return ownerOfPromise(promise) ?? ownerOfContext()
}

/** From here to the end of the present callback, charges what is started to `owner`. */
export function setContext(owner: unknown): void {
  if (means === 'none' && owner !== undefined) begin()
  if (means === 'storage') storage.enterWith(owner)
  else if (means === 'marks') changeOwner(owner)
}

/** Ends what `setContext` began, where that does not end with the callback by itself. */
export function endContext(): void {
  if (means === 'marks') changeOwner(undefined)
}

/** Charges what `work` starts to `owner`, or to nobody, and nothing that comes after it. */
export function runInContext<T>(owner: unknown, work: () => T): T {
  return passInContext(owner, work, undefined)
}

/** As `runInContext`, for what is done often: without a closure to hold its argument. */
export function passInContext<A, T>(owner: unknown, work: (argument: A) => T, argument: A): T {
  if (means === 'none') {
    if (owner === undefined) return passBeforeAnybody(work, argument)
    begin()
  }
  if (means === 'marks') return lendTo(owner, work, argument)
  return passInStorage(owner, work, argument)
}

/** Work for nobody may be what begins it all. */
function passBeforeAnybody<A, T>(work: (argument: A) => T, argument: A): T {
  try {
    return work(argument)
  } finally {
    if (ownerOfContext() !== undefined) setContext(undefined)
  }
}

function passInStorage<A, T>(owner: unknown, work: (argument: A) => T, argument: A): T {
  const before = storage.getStore()
  try {
    return owner === before ? work(argument) : storage.run(owner, work, argument)
  } finally {
    // Node 20 does not go back to an owner that it did not have to change for `work`.
    if (storage.getStore() !== before) storage.enterWith(before)
  }
}

/** The present context, whole: to run something in it later. */
export function capturedContext(): <T>(work: () => T) => T {
  const resource = new AsyncResource('flotilla')
  ownTimerMade()
  if (means === 'storage') return (work) => resource.runInAsyncScope(work)
  const owner = ownerOfContext()
  return (work) => resource.runInAsyncScope(() => runInContext(owner, work))
}

/** The runtime has made a timer for its own use: whose code runs now has not. */
export function ownTimerMade(): void {
  if (means === 'marks') spendNumber()
}

/** Runs `run` as a reaction of a settled promise, which the runtime asks for on its own account. */
export function reactAsNobody(settled: Promise<unknown>, run: () => void): void {
  if (means === 'marks') reactUnmarked(settled, run)
  else void settled.then(run)
}

/**
 * An answer that nobody has to look at: whoever does not has chosen so, and a failure that is not
 * looked at must not end the OS process.
 */
export function unheard<T>(answer: Promise<T>): Promise<T> {
  if (means === 'marks') reactUnmarked(answer, undefined, ignore)
  else answer.then(undefined, ignore)
  return answer
}

/**
 * Whether changing the context copies it, as from Node 24 on: then it is dear to change it, cheap
 * to have a promise in it, and code that changes it within `KeptContext` leaves no trace there.
 *
 * To try it would be to switch on what makes promises dear: a storage that hands its value on from
 * resource to resource is known by the method for that.
 */
export function contextsAreCopied(): boolean {
  return !('_propagate' in AsyncLocalStorage.prototype)
}

function begin(): void {
  means = contextsAreCopied() ? 'storage' : 'marks'
  if (means === 'storage') return
  markPromises({
    takeOver() {
      means = 'storage'
      storage.enterWith(undefined)
    },
    adopt(owner) {
      if (storage.getStore() === undefined) storage.enterWith(owner)
    },
  })
}

/** A context that is entered again and again; entering it costs a tenth of making one. */
export class KeptContext {
  readonly #resource: AsyncResource

  constructor(owner: unknown) {
    this.#resource = storage.run(owner, () => new AsyncResource('flotilla'))
  }

  /** Charges what `work` starts to the owner, and nothing that comes after it. */
  run<A>(work: (argument: A) => void, argument: A): void {
    this.#resource.runInAsyncScope(work, undefined, argument)
  }
}
