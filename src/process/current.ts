/**
 * Which process the code that runs right now belongs to.
 *
 * Invariant: `running` is set exactly while the thread is inside a handler of that process, and
 * `charged` is the process of the asynchronous context of the present run. Both are registers of
 * the thread, like its call stack: they survive no run, so two nodes cannot notice each other
 * through them. Code that a handler left behind (after an `await`, in a timer) is found through the
 * asynchronous context instead.
 */
import {
  endContext,
  type KeptContext,
  ownerOfContext,
  ownerOfRejected,
  passInContext,
  runInContext,
  setContext,
} from './attribution.ts'
import { Process } from './process.ts'

let running: Process | undefined
let charged: Process | undefined
/** Whether a run of handlers is under way. */
let isRun = false

/** The process whose code runs now, dead or alive; `undefined` outside of any process. */
export function currentProcess(): Process | undefined {
  return running ?? processOfContext()
}

/** Whether the code that runs now was left behind by a process that has ended. */
export function isLeftBehind(): boolean {
  return currentProcess()?.phase === 'dead'
}

/** The process whose code left the present asynchronous work behind. */
export function processOfContext(): Process | undefined {
  return processOf(ownerOfContext())
}

/** The process that left a promise behind which was rejected and that nobody looks at. */
export function processOfRejected(promise: object): Process | undefined {
  return processOf(ownerOfRejected(promise))
}

function processOf(owner: unknown): Process | undefined {
  if (owner instanceof Process) return owner
  return owner instanceof Marked ? owner.process : undefined
}

/** Something that work is done under, such as a lock, until that is over. */
export interface Mark {
  readonly isOver: boolean
}

/** A part of the asynchronous work of a process that can be told from the rest of it. */
class Marked {
  readonly process = processOfContext()
  readonly mark: Mark
  readonly outer: unknown

  constructor(mark: Mark) {
    this.mark = mark
    let outer = ownerOfContext()
    // Work that goes on by itself for ever must not drag along what it came from.
    while (outer instanceof Marked && outer.mark.isOver) outer = outer.outer
    this.outer = outer
  }
}

/** Runs `work` so that whatever it leads to can be told by `mark`. */
export function runMarked<T>(mark: Mark, work: () => T): T {
  return runInContext(new Marked(mark), work)
}

/** Whether the code that runs now came from work that was marked so. */
export function isWithin(mark: Mark): boolean {
  let part = ownerOfContext()
  while (part instanceof Marked && part.mark !== mark) part = part.outer
  return part instanceof Marked
}

/** Says that the code of `process` runs from here on; returns who was running before. */
export function enter(process: Process): Process | undefined {
  const before = running
  running = process
  charge(process)
  return before
}

/** Goes back to who was running before `enter`. */
export function leave(before: Process | undefined): void {
  running = before
  if (before !== undefined) charge(before)
  else if (!isRun) endContext()
}

/** Begins a run of handlers, which inherits the context of whoever asked for it. */
export function beginRun(): void {
  isRun = true
  belongToNobody()
}

/**
 * Ends a run of handlers: what comes next on this thread belongs to no process.
 *
 * The context of a storage ends with the callback in which the run is, and to leave it costs as
 * much as half a message on Node 24. Where the callback goes on with other things, `clearContext`.
 */
export function endRun(): void {
  isRun = false
  belongToNobody()
}

function belongToNobody(): void {
  running = undefined
  charged = undefined
  endContext()
}

/** Lets what the present callback still does belong to no process. */
export function clearContext(): void {
  if (ownerOfContext() !== undefined) setContext(undefined)
}

/** Runs `work` as `process`, or as nobody, from code that belongs to somebody else. */
export function runAs<T>(process: Process | undefined, work: () => T): T {
  const runningBefore = running
  const chargedBefore = charged
  running = process
  charged = process === undefined ? undefined : ownerFor(process)
  try {
    return runInContext(charged, work)
  } finally {
    running = runningBefore
    charged = chargedBefore
  }
}

/** Runs `work` as nobody, in a context that was kept for that if there is one. */
export function runAsNobody<A>(
  kept: KeptContext | undefined,
  work: (argument: A) => void,
  argument: A,
): void {
  const runningBefore = running
  const chargedBefore = charged
  running = undefined
  charged = undefined
  try {
    if (kept === undefined) passInContext(undefined, work, argument)
    else kept.run(work, argument)
  } finally {
    running = runningBefore
    charged = chargedBefore
  }
}

/** Runs messages of a process in the context that was kept for it. */
export function runKept(
  process: Process,
  context: KeptContext,
  work: (process: Process) => void,
): void {
  const before = charged
  charged = process
  try {
    context.run(work, process)
  } finally {
    charged = before
  }
}

function charge(process: Process): void {
  const owner = ownerFor(process)
  if (charged === owner && (owner !== undefined || ownerOfContext() === undefined)) return
  charged = owner
  setContext(owner)
}

/** Where nothing is charged, whoever sent the message must not be charged instead. */
function ownerFor(process: Process): Process | undefined {
  return process.node.chargesEscapes ? process : undefined
}
