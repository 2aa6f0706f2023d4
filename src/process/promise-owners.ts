/**
 * To whom asynchronous work belongs as long as nobody has left anything but promises behind.
 *
 * Where an `AsyncLocalStorage` makes every promise of the OS process dear (Node 20 and 22), the
 * owner is a register of the thread: promises made meanwhile are marked with it, and a reaction
 * gives it back. Timers, sockets and the rest cannot be marked, but Node numbers them: a number
 * that was taken while somebody owned the register shows that there is such a thing, and from then
 * on the storage takes over for good.
 *
 * Invariant: the register belongs to somebody only while his code runs; whatever Node numbered in
 * that time is found by `ownerOfResource`. Numbers the runtime took for its own timers are `spent`.
 */
import { AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks'
import type { HookCallbacks } from 'node:v8'

/** Takes any object for its instance, so that the object can be given a field nobody else sees. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the field is to be on that very object
    return object
  }
}

class Owned extends Given {
  readonly #owner: unknown
  #isWaiting: boolean

  /** @param isReaction whether it was made by `then` or `await`, to be entered once */
  constructor(promise: object, owner: unknown, isReaction: boolean) {
    super(promise)
    this.#owner = owner
    this.#isWaiting = isReaction
    if (isReaction) waiting += 1
  }

  static ownerOf(object: object): unknown {
    return #owner in object ? object.#owner : undefined
  }

  static entered(object: object): unknown {
    if (!(#owner in object)) return undefined
    if (object.#isWaiting) {
      object.#isWaiting = false
      waiting -= 1
    }
    return object.#owner
  }
}

/** How many reactions of marked promises have not begun. */
let waiting = 0

let present: unknown
/** How many pieces of work are under way that give the register back when they are done. */
let depth = 0
/** The number that Node had reached when the register last changed hands. */
let lastNumber = 0
/** How many numbers since then were taken by the runtime itself. */
let spent = 0
/** Who took the numbers of things that are no promises; empty as long as nobody did. */
const takers = new Map<number, unknown>()

/** What takes over once something other than a promise was left behind. */
export interface Successor {
  /** From here on the register and the marks are not asked any more. */
  takeOver(): void
  /** What Node calls back now belongs to `owner`. */
  adopt(owner: unknown): void
}

/** Begins to mark promises. */
export function markPromises(to: Successor): void {
  successor = to
  listen({ init: markFirst })
}

let successor: Successor | undefined
let stopListening: (() => void) | undefined

/** Each hook makes every promise dearer, so there are no more than are needed. */
function listen(hooks: Partial<HookCallbacks>): void {
  stopListening?.()
  // Not imported: it brings streams with it, a tenth of what it takes to load the package.
  const stop = process.getBuiltinModule('node:v8').promiseHooks.createHook(hooks)
  stopListening = () => void stop()
}

/** As long as no promise is marked, no reaction needs to give anything back. */
function markFirst(promise: object, parent: object | undefined): void {
  if (present === undefined) return
  mark(promise, parent)
  listen({ init: mark, before: enterReaction, after: leaveReaction })
}

function mark(promise: object, parent: object | undefined): void {
  if (present !== undefined) new Owned(promise, present, parent !== undefined)
}

function enterReaction(promise: object): void {
  // Node goes through its hooks of that moment, even when one of them takes the others out.
  if (stopListening !== undefined) changeOwner(Owned.entered(promise))
}

function leaveReaction(): void {
  changeOwner(undefined)
}

/** A reaction of the runtime's own: it belongs to nobody, whoever's code asks for it. */
export function reactUnmarked(
  promise: Promise<unknown>,
  run: (() => void) | undefined,
  onFailure?: () => void,
): void {
  const owner = present
  present = undefined
  try {
    void promise.then(run, onFailure)
  } finally {
    present = owner
  }
}

/** Whose code runs now. */
export function presentOwner(): unknown {
  return present
}

/** To whom a promise belongs that was made while promises were marked. */
export function ownerOfPromise(promise: object): unknown {
  return Owned.ownerOf(promise)
}

/** Gives the register to somebody else, and finds out what the one before has left behind. */
export function changeOwner(owner: unknown): void {
  if (owner === present) return
  const number = new AsyncResource('flotilla', untracked).asyncId()
  if (present !== undefined && number - lastNumber !== 1 + spent) noteTaken(number)
  lastNumber = number
  spent = 0
  present = owner
  if (owner === undefined && depth === 0 && takers.size > 0) giveWay()
}

/** Gives the register to `owner` while `work` runs. */
export function lendTo<A, T>(owner: unknown, work: (argument: A) => T, argument: A): T {
  const before = present
  depth += 1
  try {
    changeOwner(owner)
    return work(argument)
  } finally {
    depth -= 1
    changeOwner(before)
  }
}

/** The runtime has made a timer for itself, whoever's code runs now. */
export function spendNumber(): void {
  spent += 1
}

const untracked = { triggerAsyncId: 0, requireManualDestroy: true } as const

/** Everything that was numbered since the register changed hands is of the present owner. */
function noteTaken(end: number): void {
  if (takers.size === 0) adopting.enable()
  for (let number = lastNumber + 1; number < end; number += 1) takers.set(number, present)
}

function giveWay(): void {
  stopListening?.()
  stopListening = undefined
  successor?.takeOver()
}

/** A resource keeps its owner from its first callback on; so does all that comes of it. */
function adoptResource(number: number): void {
  if (stopListening !== undefined) {
    // Else a resource is called back by the very code that made it.
    if (present !== undefined || depth > 0) return
    giveWay()
  }
  const owner = takers.size === 0 ? undefined : takers.get(number)
  if (owner !== undefined) {
    takers.delete(number)
    successor?.adopt(owner)
    return
  }
  const resource = executionAsyncResource()
  if (resource instanceof Promise) {
    const marked = Owned.entered(resource)
    if (marked !== undefined) successor?.adopt(marked)
  } else if (waiting === 0 && takers.size === 0) adopting.disable()
}

/** It makes every reaction dearer, and is there only as long as there is something to adopt. */
const adopting = createHook({ before: adoptResource })
