/**
 * Random programs: a tree, then what is done to it.
 */
import type { ChildNode, Operation, Program } from '../program.ts'
import { Randomness } from '../random.ts'
import {
  addressee,
  anybody,
  endReason,
  lateAnswer,
  makeScript,
  signalReason,
  worker,
} from './actions.ts'
import { Draft } from './draft.ts'
import { makeRoot, makeSupervisor, makeWorker } from './tree.ts'

/** The program with this number in the run with this seed. */
export function generate(seed: number, number: number): Program {
  const draft = new Draft(new Randomness(seed, number))
  const root = makeRoot(draft)
  const operations: Operation[] = []
  const wanted = draft.random.between(1, 8)
  while (operations.length < wanted) {
    const isBurst = draft.workers.length > 0 && draft.chance('bursts', 15)
    operations.push(isBurst ? burst(draft) : operation(draft))
  }
  return { root, operations }
}

function operation(draft: Draft): Operation {
  const { random } = draft
  const hasWorkers = draft.workers.length > 0
  const under = startPlaces(draft)
  return random.weighted<() => Operation>([
    [hasWorkers ? 10 : 0, () => send(draft)],
    [hasWorkers ? 6 : 0, () => signal(draft)],
    [hasWorkers && draft.has('halts') ? 3 : 0, () => halt(draft)],
    [hasWorkers && draft.has('late answers') ? 4 : 0, () => timed(draft)],
    [under.length > 0 ? 5 : 0, () => start(draft, random.pick(under))],
    [draft.has('requests') ? 4 : 0, () => request(draft)],
    [1, () => ({ op: 'count', of: supervisorOf(draft) })],
    [draft.has('time') ? 4 : 0, () => ({ op: 'advance', seconds: random.pick([4, 15]) })],
  ])()
}

/** Several deaths at once: whatever order they are heard of in, each is one restart. */
function burst(draft: Draft): Operation {
  const operations: Operation[] = []
  for (let count = draft.random.between(2, 3); count > 0; count -= 1) {
    operations.push({ op: 'signal', to: worker(draft), reason: 'kill' })
  }
  return { op: 'burst', operations }
}

function send(draft: Draft): Operation {
  const how = draft.random.weighted([
    [4, 'call'],
    [3, 'cast'],
    [1, 'info'],
  ] as const)
  const to = addressee(draft)
  return { op: 'send', how, to, script: makeScript(draft, how, to) }
}

function timed(draft: Draft): Operation {
  const how = draft.random.pick(['call', 'cast'] as const)
  const operation: Operation = { op: 'send', how, to: worker(draft), script: lateAnswer(draft) }
  return { op: 'timed', operation }
}

function signal(draft: Draft): Operation {
  return { op: 'signal', to: anybody(draft), reason: signalReason(draft) }
}

function halt(draft: Draft): Operation {
  return { op: 'halt', to: anybody(draft), reason: endReason(draft) }
}

/** Where a child may be started: dynamic supervisors, and static ones that take requests. */
function startPlaces(draft: Draft): ChildNode[] {
  const places = draft.placesOf('dynamic')
  return draft.has('requests') ? [...places, ...draft.placesOf('supervisor')] : places
}

function start(draft: Draft, place: ChildNode): Operation {
  const { random } = draft
  const autoShutdown = place.kind === 'supervisor' ? place.autoShutdown : 'never'
  const siblings = draft.children.get(place.id) ?? []
  if (siblings.length > 0 && random.chance(20)) {
    return { op: 'start', under: place.id, child: random.pick(siblings) }
  }
  const child = random.chance(20)
    ? makeSupervisor(draft, lowestLevel, autoShutdown)
    : makeWorker(draft, autoShutdown, siblings)
  draft.children.get(place.id)?.push(child)
  return { op: 'start', under: place.id, child }
}

/** What is started later is a worker, or a supervisor of workers. */
const lowestLevel = 3

function request(draft: Draft): Operation {
  const { random } = draft
  const place = random.pick(draft.places.filter(({ kind }) => kind !== 'worker'))
  const children = place.kind === 'dynamic' ? draft.workers : (draft.children.get(place.id) ?? [])
  const child = children.length === 0 ? 0 : random.pick(children).id
  const op =
    place.kind === 'dynamic'
      ? 'terminate'
      : random.pick(['terminate', 'terminate', 'restart', 'delete'] as const)
  return { op, under: place.id, child }
}

function supervisorOf(draft: Draft): number {
  return draft.random.pick(draft.places.filter(({ kind }) => kind !== 'worker')).id
}
