/**
 * The one server of all programs: it does what its specification and its messages say.
 */
import {
  type Context,
  type Down,
  defineServer,
  type ExitSignal,
  type Ignore,
  ignore,
  type Later,
  type MaybePromise,
  type Monitor,
  type Next,
  next,
  type Pid,
  type Reply,
  type ReplyPort,
  reply,
  type Stop,
  stop,
} from 'flotilla'
import type { InitPlan, Script, WorkerNode } from '../program.ts'
import type { Hands } from './hands.ts'
import { Run } from './run.ts'
import { reasonOf, reasonWords } from './words.ts'
import type { World } from './world.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly world: World
  readonly hands: Hands
  readonly node: WorkerNode
}

/** What a worker keeps. */
export interface WorkerState extends WorkerStart {
  readonly self: Pid
  /** Calls put off, oldest first. */
  readonly ports: ReplyPort<string>[]
  /** Newest first. */
  readonly monitors: Watch[]
}

/** A monitor, and whom it is on. */
export interface Watch {
  readonly to: number
  readonly pid: Pid
  readonly monitor: Monitor
}

/** The end of a handler. */
export type CallEnd = Reply<string, WorkerState> | Stop<string, WorkerState> | LaterEnd
export type CastEnd = Next<WorkerState> | Stop<never, WorkerState>
type LaterEnd = Later<string, WorkerState>
type FirstStep = WorkerState | Stop<never, WorkerState> | Ignore

/** The server. */
export const worker = defineServer({
  name: 'worker',
  init: (start: WorkerStart, context): MaybePromise<FirstStep> => init(start, context),
  calls: {
    run: (state, script: Script, context): MaybePromise<CallEnd> => {
      state.world.tell(state.self, 'got', 'call', String(script.tag))
      return new Run(state, context, script.actions).asCall(context.replyPort())
    },
  },
  casts: {
    run: (state, script: Script, context): MaybePromise<CastEnd> => {
      state.world.tell(state.self, 'got', 'cast', String(script.tag))
      return new Run(state, context, script.actions).asMessage()
    },
    goOn: (state, script: Script, context): MaybePromise<CastEnd> => {
      state.world.tell(state.self, 'got', 'continue', String(script.tag))
      return new Run(state, context, script.actions).asMessage()
    },
  },
  info: (state, message, context): MaybePromise<CastEnd> => {
    if (!isScript(message)) {
      state.world.tell(state.self, 'stray')
      return next(state)
    }
    state.world.tell(state.self, 'got', 'info', String(message.tag))
    return new Run(state, context, message.actions).asMessage()
  },
  down: (state, down): CastEnd => downed(state, down),
  exit: (state, signal): CastEnd => signalled(state, signal),
  terminate: ({ world, self, node }, reason) => {
    world.tell(self, 'terminate', reasonWords(reason))
    if (node.atTerminate === 'raise') throw new Error('bang')
    return node.atTerminate === 'hang' ? new Promise<void>(() => undefined) : undefined
  },
})

function init(start: WorkerStart, context: Context): MaybePromise<FirstStep> {
  const { world, node } = start
  const life = world.enter(node.id, context.self)
  const plan: InitPlan = node.inits[life - 1] ?? 'ok'
  world.tell(context.self, 'init', plan)
  const state: WorkerState = { ...start, self: context.self, ports: [], monitors: [] }
  switch (plan) {
    case 'ok': {
      context.trapExits(node.traps)
      return new Run(state, context, node.atInit).asInit()
    }
    case 'ignore':
      return ignore()
    case 'raise':
      throw new Error('boom')
    case 'throw':
      throw 'boom'
    case 'junk':
      // Any value is a first state; a step that belongs to calls is not.
      return misfit(reply('junk', state))
    default:
      return stop(reasonOf(plan), state)
  }
}

function downed(state: WorkerState, { pid, monitor, reason }: Down): CastEnd {
  const { world, self, node, monitors } = state
  const index = monitors.findIndex((each) => each.monitor.id === monitor.id)
  const [known] = index < 0 ? [] : monitors.splice(index, 1)
  const gone = pid ?? known?.pid ?? 'nobody'
  // A name must be free when its holder's end is heard of; OTP's look-up makes sure of that, too.
  const isStale = typeof gone !== 'string' && world.names.keys(gone).length > 0
  world.tell(self, 'down', gone, reasonWords(reason), ...(isStale ? ['but its name'] : []))
  return node.atDown === 'stop' ? stop(reasonOf('bang'), state) : next(state)
}

function signalled(state: WorkerState, { from, reason }: ExitSignal): CastEnd {
  const { world, self, node } = state
  world.tell(self, 'exit', from, reasonWords(reason))
  return node.atExit === 'stop' ? stop(reason, state) : next(state)
}

function isScript(message: unknown): message is Script {
  return typeof message === 'object' && message !== null && 'actions' in message
}

/** A step where it does not belong: JSON.parse is the one function that promises anything. */
function misfit(step: object): MaybePromise<FirstStep> {
  return JSON.parse('{}', () => step)
}
