/**
 * Random scripts.
 *
 * Invariant: whatever two processes could do at the same time is independent, so that OTP allows
 * one outcome only (oracle/README.md, "What programs do not do"). So at most one action of a
 * script disturbs others, as the last one; and nobody waits for somebody who may wait for him.
 */
import type { Action, ChildNode, Reason, Script, Target, WorkerNode } from '../program.ts'
import type { Draft } from './draft.ts'
import { makeWorker } from './tree.ts'

/** Why processes stop by themselves. */
const ends: readonly Reason[] = ['normal', 'shutdown', 'bye', 'boom', 'bang']
/** With what others end them. */
const signals: readonly Reason[] = [...ends, 'kill', 'kill']

/** What a driver has a worker do, which it sends the message to as `to`. */
export function makeScript(draft: Draft, how: 'call' | 'cast' | 'info', to: Target): Script {
  const tag = draft.takeTag()
  const { random } = draft
  const actions: Action[] = []
  for (let count = random.below(3); count > 0; count -= 1) {
    const more = quietAction(draft)
    // Nor have a report and an exit signal of the same process that is long dead.
    if (![...actions, ...more].some(isLink) || ![...actions, ...more].some(isMonitor)) {
      actions.push(...more)
    }
  }
  if (how === 'call' && draft.chance('calls', 30)) actions.push({ do: 'later' })
  const last = random.weighted<() => Action[]>([
    [3, () => []],
    [5, () => [ending(draft)]],
    [draft.has('calls') ? 4 : 0, () => [nestedCall(draft)]],
    [draft.has('scripts') ? 3 : 0, () => [nestedMessage(draft)]],
    [draft.has('halts') ? 2 : 0, () => [halt(draft)]],
    [draft.has('dynamic') ? 3 : 0, () => startAction(draft)],
    [draft.has('spawning') ? 4 : 0, () => [spawnAction(draft)]],
    // The death of somebody linked reaches us before or after our answer.
    [how === 'call' || mayBeUnlinked(draft, to) ? 0 : 2, () => [signal(draft)]],
    [draft.has('scripts') ? 1 : 0, () => [continuation(draft)]],
  ])
  const end = last()
  // The report on a process long dead and what one sends oneself have no order.
  return {
    tag,
    actions: end.some((action) => mayBeToSelf(action, to)) ? end : [...actions, ...end],
  }
}

function isLink(action: Action): boolean {
  return action.do === 'link'
}

function isMonitor(action: Action): boolean {
  return action.do === 'monitor'
}

/** Whether somebody addressed as `self` sends something to himself. */
function mayBeToSelf(action: Action, self: Target): boolean {
  if (action.do !== 'cast' && action.do !== 'info' && action.do !== 'signal') return false
  return action.to === self || action.to < 0 || self < 0
}

/** An unlinked server of OTP is its own parent, so that a signal to itself stops it. */
function mayBeUnlinked({ unlinked }: Draft, to: Target): boolean {
  return unlinked.has(to) || (to < 0 && unlinked.size > 0)
}

/** What a worker does in its `init`: at most to its siblings, which nobody restarts meanwhile. */
export function initActions(draft: Draft, siblings: readonly ChildNode[]): Action[] {
  const workers = siblings.filter((sibling) => sibling.kind === 'worker')
  if (workers.length === 0) return []
  const to = draft.random.pick(workers).id
  return draft.random.weighted<Action[]>([
    [draft.has('links') ? 3 : 0, [{ do: 'link', to }]],
    [draft.has('monitors') ? 3 : 0, [{ do: 'monitor', to }]],
    [draft.has('trapping') ? 1 : 0, [{ do: 'trap', on: true }]],
    [
      draft.has('scripts') ? 1 : 0,
      [{ do: 'cast', to, script: { tag: draft.takeTag(), actions: [] } }],
    ],
    [1, []],
  ])
}

/** One way to end. */
function ending(draft: Draft): Action {
  const { random } = draft
  return random.weighted<Action>([
    [4, { do: 'stop', reason: random.pick(ends), replies: random.chance(50) }],
    [2, { do: 'raise' }],
    [1, { do: 'throw' }],
    [1, { do: 'junk' }],
    [1, { do: 'exit', reason: random.pick(ends) }],
  ])
}

/** Something that disturbs nobody. */
function quietAction(draft: Draft): Action[] {
  const { random } = draft
  return random.weighted<() => Action[]>([
    [1, () => []],
    [draft.has('trapping') ? 2 : 0, () => [{ do: 'trap', on: random.chance(60) }]],
    [draft.has('links') ? 4 : 0, () => [{ do: 'link', to: worker(draft) }]],
    [draft.has('links') ? 1 : 0, () => [{ do: 'unlink', to: worker(draft) }]],
    [draft.has('monitors') ? 4 : 0, () => [{ do: 'monitor', to: anybody(draft) }]],
    [draft.has('monitors') ? 1 : 0, () => [{ do: 'demonitor', to: anybody(draft) }]],
    [draft.has('calls') || draft.has('late answers') ? 3 : 0, () => [{ do: 'answer' }]],
    [draft.has('registering') ? 4 : 0, () => [enrolment(draft)]],
    [draft.nameCount > 0 ? 1 : 0, () => [{ do: 'where', name: random.below(draft.nameCount) }]],
  ])()
}

function enrolment(draft: Draft): Action {
  const what = draft.random.weighted([
    [3, 'register'],
    [1, 'unregister'],
  ] as const)
  return { do: what, name: draft.takeName() }
}

/** A message to a worker that calls another one, gives up, and may yet get its answer. */
export function lateAnswer(draft: Draft): Script {
  const put: Script = { tag: draft.takeTag(), actions: [{ do: 'later' }] }
  const caught = draft.random.chance(70)
  const ask: Action = { do: 'call', to: addressee(draft), script: put, caught, timesOut: true }
  return { tag: draft.takeTag(), actions: [ask] }
}

function nestedCall(draft: Draft): Action {
  const script = { tag: draft.takeTag(), actions: draft.random.chance(40) ? [] : [ending(draft)] }
  return {
    do: 'call',
    to: addressee(draft),
    script,
    caught: draft.random.chance(60),
    timesOut: false,
  }
}

function nestedMessage(draft: Draft): Action {
  const { random } = draft
  const script = { tag: draft.takeTag(), actions: [ending(draft)] }
  return { do: random.pick(['cast', 'info'] as const), to: addressee(draft), script }
}

function continuation(draft: Draft): Action {
  const actions = draft.random.chance(50) ? [ending(draft)] : quietAction(draft)
  return { do: 'continue', script: { tag: draft.takeTag(), actions } }
}

function halt(draft: Draft): Action {
  return { do: 'halt', to: worker(draft), reason: draft.random.pick(ends) }
}

/**
 * A supervisor of OTP takes any exit signal of its child for the end of that child, even if the
 * child lives on; so workers send supervisors only the one that nobody can trap.
 */
function signal(draft: Draft): Action {
  const to = anybody(draft)
  const isWorker = draft.workers.some((worker) => worker.id === to)
  return { do: 'signal', to, reason: isWorker ? draft.random.pick(signals) : 'kill' }
}

function startAction(draft: Draft): Action[] {
  const places = draft.placesOf('dynamic')
  if (places.length === 0) return []
  const under = draft.random.pick(places).id
  return [{ do: 'start', under, child: makeChildWorker(draft) }]
}

/**
 * Before OTP 26 the failed start of a linked process reached the starter as an exit signal, too.
 * So a linked one starts for certain: no failing `init`, no name that may be taken.
 */
function spawnAction(draft: Draft): Action {
  const child = makeChildWorker(draft)
  if (draft.random.chance(20)) {
    draft.unlinked.add(child.id)
    return { do: 'spawn', child, linked: false }
  }
  return { do: 'spawn', child: { ...child, inits: [], name: undefined }, linked: true }
}

/** A worker that is started later than the tree. */
function makeChildWorker(draft: Draft): WorkerNode {
  return makeWorker(draft, 'never', [])
}

/** The place of some worker. */
export function worker(draft: Draft): Target {
  const { workers } = draft
  return workers.length === 0 ? 0 : draft.random.pick(workers).id
}

/** A worker by its place or by its name. */
export function addressee(draft: Draft): Target {
  const { random } = draft
  if (draft.nameCount > 0 && random.chance(40)) return -1 - random.below(draft.nameCount)
  return worker(draft)
}

/** A worker, or a supervisor where the program is about that. */
export function anybody(draft: Draft): Target {
  if (!draft.chance('signals to supervisors', 30)) return worker(draft)
  return draft.random.pick(draft.places).id
}

/** A reason for an exit signal. */
export function signalReason(draft: Draft): Reason {
  return draft.random.pick(signals)
}

/** A reason for an orderly stop. */
export function endReason(draft: Draft): Reason {
  return draft.random.pick(ends)
}
