/**
 * One message at work: the actions of its script, one after the other.
 *
 * Invariant: a handler that needs not wait does not: it gives back a step and no promise.
 */
import {
  type CallOptions,
  type Context,
  call,
  cast,
  Exit,
  exit,
  later,
  type MaybePromise,
  next,
  type Pid,
  type ReplyPort,
  reply,
  type Stop,
  send,
  stop,
  tryCall,
} from 'flotilla'
import type { Action, Script, Target } from '../program.ts'
import { exitWords, reasonOf, reasonWords } from './words.ts'
import type { CallEnd, CastEnd, WorkerState } from './worker.ts'
import type { Part } from './world.ts'

type Ending = Extract<Action, { readonly do: 'stop' | 'raise' | 'throw' | 'junk' | 'exit' }>
/** The actions after which there is no other. */
type Last = Ending | Extract<Action, { readonly do: 'continue' }>
type DirectDeed = 'link' | 'unlink' | 'monitor' | 'signal'

/** The actions of one script. */
export class Run {
  readonly #state: WorkerState
  readonly #context: Context
  readonly #actions: readonly Action[]
  #port: ReplyPort<string> | undefined = undefined
  #putOff = false
  #ending: Ending | undefined = undefined
  #continue: Script | undefined = undefined

  constructor(state: WorkerState, context: Context, actions: readonly Action[]) {
    this.#state = state
    this.#context = context
    this.#actions = actions
  }

  asCall(port: ReplyPort<string>): MaybePromise<CallEnd> {
    this.#port = port
    return andThen(this.#goOn(0), () => this.#callEnd(port))
  }

  asMessage(): MaybePromise<CastEnd> {
    return andThen(this.#goOn(0), () => this.#castEnd())
  }

  asInit(): MaybePromise<WorkerState> {
    return andThen(this.#goOn(0), () => this.#state)
  }

  #callEnd(port: ReplyPort<string>): CallEnd {
    const state = this.#state
    const ending = this.#ending
    if (ending?.do === 'stop' && ending.replies && !this.#putOff) {
      return stop(reasonOf(ending.reason), state, 'bye')
    }
    if (ending !== undefined) return this.#end(ending)
    const options = this.#options()
    return this.#putOff ? later(port, state, options) : reply('ok', state, options)
  }

  #castEnd(): CastEnd {
    if (this.#ending !== undefined) return this.#end(this.#ending)
    return next(this.#state, this.#options())
  }

  #options(): { readonly continueWith?: readonly [string, Script] } {
    return this.#continue === undefined ? {} : { continueWith: ['goOn', this.#continue] }
  }

  #end(ending: Ending): Stop<never, WorkerState> {
    switch (ending.do) {
      case 'stop':
        return stop(reasonOf(ending.reason), this.#state)
      case 'raise':
        throw new Error('boom')
      case 'throw':
        throw 'boom'
      case 'junk':
        return JSON.parse('"junk"')
      case 'exit':
        return this.#context.exit(reasonOf(ending.reason))
    }
  }

  /** Performs the actions from `index` on, up to one that ends the script. */
  #goOn(index: number): MaybePromise<void> {
    for (const [offset, action] of this.#actions.slice(index).entries()) {
      if (isLast(action)) {
        if (action.do === 'continue') this.#continue = action.script
        else this.#ending = action
        return
      }
      const waiting = this.#act(action)
      if (waiting !== undefined) return waiting.then(() => this.#goOn(index + offset + 1))
    }
  }

  #act(action: Exclude<Action, Last>): Promise<void> | undefined {
    const { world, hands, ports } = this.#state
    switch (action.do) {
      case 'start':
        return this.#start(action)
      case 'spawn':
        return hands
          .spawn(this.#context, action.child, action.linked)
          .then((parts) => this.#did('spawn', action.child.id, parts))
      case 'call':
        return this.#call(action)
      case 'halt':
        return hands
          .halt(action.to, action.reason)
          .then((parts) => this.#did('halt', action.to, parts))
      case 'later':
        this.#putOffAnswer()
        return undefined
      case 'answer':
        ports.shift()?.send('late')
        return undefined
      case 'trap':
        this.#context.trapExits(action.on)
        return undefined
      case 'where':
        this.#did('where', action.name, [world.names.whereis(action.name) ?? 'nobody'])
        return undefined
      case 'register':
      case 'unregister':
        this.#enrol(action.do, action.name)
        return undefined
      case 'cast':
      case 'info':
        this.#post(action)
        return undefined
      case 'demonitor':
        this.#demonitor(action.to)
        return undefined
      default:
        this.#actOn(action)
        return undefined
    }
  }

  #putOffAnswer(): void {
    if (this.#port === undefined || this.#putOff) return
    this.#state.ports.push(this.#port)
    this.#putOff = true
  }

  #start({ under, child }: Extract<Action, { readonly do: 'start' }>): Promise<void> {
    return this.#state.hands.start(under, child).then((parts) => this.#did('start', under, parts))
  }

  #call(action: Extract<Action, { readonly do: 'call' }>): Promise<void> | undefined {
    const { to, script } = action
    const address = this.#state.world.address(to)
    const options: CallOptions = { timeoutMs: action.timesOut ? 1 : 'infinity' }
    if (address === undefined) {
      this.#did('call', to, ['nobody'])
      return undefined
    }
    if (!action.caught) {
      return call(address, 'run', script, options).then((value) => this.#did('call', to, [value]))
    }
    return tryCall(address, 'run', script, options).then((outcome) => {
      this.#did('call', to, [outcome.ok ? outcome.value : exitWords(outcome.exit)])
    })
  }

  #enrol(what: 'register' | 'unregister', name: number): void {
    const { names } = this.#state.world
    if (what === 'unregister') {
      names.unregister(this.#context, name)
      return
    }
    const registered = names.register(this.#context, name)
    this.#did(what, name, [registered.ok ? 'ok' : registered.reason.kind])
  }

  #post({ do: how, to, script }: Extract<Action, { readonly do: 'cast' | 'info' }>): void {
    const address = this.#state.world.address(to)
    if (address === undefined) this.#did(how, to, ['nobody'])
    else if (how === 'cast') cast(address, 'run', script)
    else send(address, script)
  }

  #demonitor(to: Target): void {
    const { monitors } = this.#state
    const index = monitors.findIndex((each) => each.to === to)
    const [found] = index < 0 ? [] : monitors.splice(index, 1)
    if (found !== undefined) this.#context.demonitor(found.monitor, { flush: true })
  }

  #actOn(action: Extract<Action, { readonly do: DirectDeed }>): void {
    const { to } = action
    const pid = this.#state.world.find(to)
    if (pid === undefined) {
      if (action.do === 'link' || action.do === 'monitor') this.#did(action.do, to, ['nobody'])
      return
    }
    switch (action.do) {
      case 'link':
        this.#did('link', to, [this.#link(pid)])
        return
      case 'unlink':
        this.#context.unlink(pid)
        return
      case 'monitor':
        if (this.#state.world.isOver(pid)) this.#did('monitor', to, ['nobody'])
        else this.#state.monitors.unshift({ to, pid, monitor: this.#context.monitor(pid) })
        return
      case 'signal':
        exit(pid, action.reason === 'kill' ? 'kill' : reasonOf(action.reason))
    }
  }

  #link(pid: Pid): string {
    try {
      this.#context.link(pid)
      return 'ok'
    } catch (error) {
      if (Exit.is(error)) return reasonWords(error.reason)
      throw error
    }
  }

  #did(what: string, to: Target, result: readonly Part[]): void {
    this.#state.world.tell(this.#state.self, what, String(to), ...result)
  }
}

function isLast(action: Action): action is Last {
  switch (action.do) {
    case 'stop':
    case 'raise':
    case 'throw':
    case 'junk':
    case 'exit':
    case 'continue':
      return true
    default:
      return false
  }
}

function andThen<T, U>(work: MaybePromise<T>, then: (value: T) => U): MaybePromise<U> {
  return work instanceof Promise ? work.then(then) : then(work)
}
