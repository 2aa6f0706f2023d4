/**
 * Programs as Erlang terms; oracle/elixir/program.ex takes them apart in the same order.
 */
import type { Action, ChildNode, Life, Operation, Program, Script, WorkerNode } from './program.ts'
import { allPlaces, hasHanging } from './program.ts'
import { TermWriter } from './terms.ts'

/** How the BEAM is to schedule processes; see oracle/elixir/noise.ex. */
export interface Noise {
  /** 0: as it likes; other numbers: pauses by chance, decided by the number. */
  readonly noise: number
  /** The ids of slow processes, -n for the client of operation n; `any`: by chance. */
  readonly slow: readonly number[] | 'any'
}

/** How the BEAM is to schedule a program. */
export interface Schedule extends Noise {
  /** Noise for the processes that begin later, from the one with this number on; ascending. */
  readonly turns: readonly Turn[]
}

/** Another noise for later processes. */
export interface Turn extends Noise {
  readonly from: number
}

/** One program as the BEAM gets it. */
export interface Assignment extends Schedule {
  readonly program: Program
}

/** The schedule of the BEAM itself. */
export const asItLikes: Schedule = { noise: 0, slow: [], turns: [] }

/** A batch of programs as one term. */
export function encodeBatch(batch: readonly Assignment[]): Buffer {
  const writer = new TermWriter()
  writer.list(batch, (assignment) => writeAssignment(writer, assignment))
  return writer.bytes()
}

function writeAssignment(to: TermWriter, { program, turns, ...first }: Assignment): void {
  const places = allPlaces(program)
  to.tuple(5)
  to.list([...turns.toReversed(), { from: 0, ...first }], ({ from, noise, slow }) => {
    to.tuple(3).integer(from).integer(noise)
    if (slow === 'any') to.atom('any')
    else to.list(slow, (id) => to.integer(id))
  })
  to.boolean(hasHanging(places)).list(namesIn(places), (name) => to.integer(name))
  writeChild(to, program.root)
  to.list(program.operations, (operation) => writeOperation(to, operation))
}

/** The names that workers take, in order. */
export function namesIn(places: readonly ChildNode[]): number[] {
  const names = new Set<number>()
  for (const place of places) {
    if (place.kind === 'worker' && place.name !== undefined) names.add(place.name)
  }
  return [...names].sort((left, right) => left - right)
}

function writeChild(to: TermWriter, child: ChildNode): void {
  switch (child.kind) {
    case 'worker':
      writeWorker(to, child)
      return
    case 'supervisor': {
      writeLife(to.tuple(10).atom('supervisor'), child)
      to.atom(child.strategy).integer(child.maxRestarts).integer(child.maxSeconds)
      to.atom(child.autoShutdown).list(child.children, (each) => writeChild(to, each))
      return
    }
    case 'dynamic':
      writeLife(to.tuple(8).atom('dynamic'), child)
      to.integer(child.maxRestarts).integer(child.maxSeconds).atomOrInteger(child.maxChildren)
  }
}

function writeWorker(to: TermWriter, worker: WorkerNode): void {
  writeLife(to.tuple(12).atom('worker'), worker)
  to.boolean(worker.traps).atomOrInteger(worker.name ?? 'nil')
  to.list(worker.inits, (plan) => to.atom(plan))
  writeActions(to, worker.atInit)
  to.atom(worker.atExit).atom(worker.atDown).atom(worker.atTerminate)
}

function writeLife(to: TermWriter, { id, restart, shutdown, significant }: Life): void {
  to.integer(id).atom(restart).atomOrInteger(shutdown).boolean(significant)
}

function writeActions(to: TermWriter, actions: readonly Action[]): void {
  to.list(actions, (action) => writeAction(to, action))
}

function writeScript(to: TermWriter, script: Script): void {
  to.tuple(2).integer(script.tag)
  writeActions(to, script.actions)
}

function writeAction(to: TermWriter, action: Action): void {
  switch (action.do) {
    case 'raise':
    case 'throw':
    case 'junk':
    case 'later':
    case 'answer':
      to.atom(action.do)
      return
    case 'stop':
      to.tuple(3).atom('stop').atom(action.reason).boolean(action.replies)
      return
    case 'exit':
      to.tuple(2).atom('exit').atom(action.reason)
      return
    case 'trap':
      to.tuple(2).atom('trap').boolean(action.on)
      return
    case 'link':
    case 'unlink':
    case 'monitor':
    case 'demonitor':
      to.tuple(2).atom(action.do).integer(action.to)
      return
    case 'call':
      to.tuple(5).atom('call').integer(action.to)
      writeScript(to, action.script)
      to.boolean(action.caught).boolean(action.timesOut)
      return
    case 'cast':
    case 'info':
      to.tuple(3).atom(action.do).integer(action.to)
      writeScript(to, action.script)
      return
    case 'signal':
    case 'halt':
      to.tuple(3).atom(action.do).integer(action.to).atom(action.reason)
      return
    case 'start':
      to.tuple(3).atom('start').integer(action.under)
      writeWorker(to, action.child)
      return
    case 'spawn':
      writeWorker(to.tuple(3).atom('spawn'), action.child)
      to.boolean(action.linked)
      return
    case 'where':
    case 'register':
    case 'unregister':
      to.tuple(2).atom(action.do).integer(action.name)
      return
    case 'continue':
      to.tuple(2).atom('continue')
      writeScript(to, action.script)
  }
}

function writeOperation(to: TermWriter, operation: Operation): void {
  switch (operation.op) {
    case 'send':
      to.tuple(4).atom('send').atom(operation.how).integer(operation.to)
      writeScript(to, operation.script)
      return
    case 'signal':
    case 'halt':
      to.tuple(3).atom(operation.op).integer(operation.to).atom(operation.reason)
      return
    case 'start':
      to.tuple(3).atom('start').integer(operation.under)
      writeChild(to, operation.child)
      return
    case 'terminate':
    case 'restart':
    case 'delete':
      to.tuple(3).atom(operation.op).integer(operation.under).integer(operation.child)
      return
    case 'count':
      to.tuple(2).atom('count').integer(operation.of)
      return
    case 'advance':
      to.tuple(2).atom('advance').integer(operation.seconds)
      return
    case 'timed':
      writeOperation(to.tuple(2).atom('timed'), operation.operation)
      return
    case 'burst':
      to.tuple(2)
        .atom('burst')
        .list(operation.operations, (each) => writeOperation(to, each))
  }
}
