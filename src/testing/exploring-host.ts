/**
 * A host that decides what happens next: every message, and every step of the clients of a test.
 *
 * Invariant: a run is decided by the schedule, the seed and the scenario, and by nothing else; the
 * choices it records bring the same run about again. All of it happens between two visits of the
 * event loop, so a run takes no longer than its work.
 */
import {
  argumentError,
  checkCount,
  checkDuration,
  checkFunction,
  checkName,
  checkOptions,
} from '../core/argument-error.ts'
import type { Pid } from '../core/pid.ts'
import type { Host } from '../process/host.ts'
import { afterReactions } from '../process/system-host.ts'
import { randomSource } from './random-source.ts'
import { fifoSchedule, type Schedule } from './schedule.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { VirtualHost, VirtualHostOptions } from './virtual-host.ts'

/** A virtual host that also decides who goes next. */
export interface ExploringHost extends VirtualHost {
  /**
   * Resolves when the schedule lets this client go on: put it before each step of code outside of
   * processes whose order matters. A client that waits here is chosen among the processes that have
   * a message.
   *
   * @param client a name of its own for each client that may wait at the same time
   * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT
   */
  turn(client: string): Promise<void>
  /** The decisions so far, where there was more than one way to go on: for `replaySchedule`. */
  readonly choices: readonly number[]
}

/** When the reactions of promises run: what comes after an `await`. */
export type ReactionOrder = 'first' | 'chosen'

/** The choices of an exploring host. */
export interface ExploringHostOptions extends VirtualHostOptions {
  /** Decides who goes next; default `fifoSchedule()`. */
  readonly schedule?: Schedule
  /**
   * `first` (the default): all reactions of promises run before the next message. `chosen`: the
   * schedule decides, after each message, whether they run or another message is handled before, as
   * it happens on a node that is busy.
   */
  readonly reactions?: ReactionOrder
}

/**
 * Makes a host for tests of what may happen in more than one order, to be given to
 * `startNode(tree, { host })`; `explore` makes one for each run.
 *
 * Everything that a scenario waits for must come through the host: a promise that input or a timer
 * of the real world settles is waited for in vain. Several nodes of one host take turns message by
 * message.
 *
 * @param options schedule; reactions; seed, of random numbers (default 1); wallMs (default 0)
 * @throws ArgumentError FLOTILLA_INVALID_OPTION, FLOTILLA_UNKNOWN_OPTION, FLOTILLA_INVALID_ARGUMENT
 */
export function exploringHost(options: ExploringHostOptions = {}): ExploringHost {
  const attempted = 'make an exploring host'
  const known = ['seed', 'wallMs', 'schedule', 'reactions']
  const given = checkOptions(attempted, options, known)
  const { seed = 1, wallMs = 0, schedule = fifoSchedule(), reactions = 'first' } = given
  checkCount(attempted, seed, { option: 'seed', min: 0, max: 2 ** 32 - 1 })
  checkDuration(attempted, wallMs, { option: 'wallMs' })
  checkReactions(attempted, reactions)
  return new ChoosingHost({ seed, wallMs, schedule: checkSchedule(attempted, schedule), reactions })
}

/** @throws ArgumentError FLOTILLA_INVALID_OPTION */
export function checkReactions(attempted: string, reactions: ReactionOrder): void {
  if (reactions === 'first' || reactions === 'chosen') return
  const subject = 'option "reactions"'
  const wanted = "'first' or 'chosen'"
  throw argumentError('invalid_option', { attempted, subject, given: reactions, wanted })
}

function checkSchedule(attempted: string, schedule: Schedule): Schedule {
  let choose: Schedule['choose'] | undefined
  try {
    choose = schedule.choose
  } catch {
    // Nothing that has properties, or a getter that throws.
  }
  checkFunction(attempted, choose, 'schedule.choose')
  return schedule
}

interface Client {
  readonly name: string
  readonly goOn: () => void
}

/** The host behind {@link exploringHost}. */
export class ChoosingHost implements ExploringHost {
  readonly clock: VirtualClock
  readonly random: Host['random']
  readonly scheduler: Host['scheduler']
  readonly choices: number[] = []
  readonly #schedule: Schedule
  readonly #mayPass: boolean
  /** What runs before input and timers would, oldest first. */
  readonly #soon: (() => void)[] = []
  /** What waits for a later turn: it comes when nothing else can go on. */
  readonly #later: (() => void)[] = []
  readonly #clients: Client[] = []
  #settling: (() => void)[] = []
  #awake = false
  #handledMessage = false
  #fault: { readonly error: unknown } | undefined = undefined

  constructor(options: Required<ExploringHostOptions>) {
    this.#schedule = options.schedule
    this.#mayPass = options.reactions === 'chosen'
    this.clock = new VirtualClock(options.wallMs)
    this.random = { u32: randomSource(options.seed) }
    this.scheduler = {
      yieldThen: (run) => this.#add(this.#later, run),
      soon: (run) => this.#add(this.#soon, run),
      choose: (count, pidAt) => this.#choose(count, pidAt),
    }
  }

  get nowMs(): number {
    return this.clock.nowMs
  }

  get pendingTimers(): number {
    return this.clock.pendingTimers
  }

  /** Whether nothing can go on and nobody waits for that. */
  get isAtRest(): boolean {
    return !this.#awake
  }

  async advance(delayMs: number): Promise<void> {
    await this.clock.advance(delayMs, () => this.settle())
  }

  async settle(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#settling.push(resolve)
      this.#wake()
    })
    if (this.#fault !== undefined) throw this.#fault.error
  }

  turn(client: string): Promise<void> {
    const name = checkName('wait for a turn', client)
    return new Promise((resolve) => {
      this.#clients.push({ name, goOn: resolve })
      this.#wake()
    })
  }

  #add(queue: (() => void)[], run: () => void): void {
    checkFunction('schedule on an exploring host', run, 'run')
    queue.push(run)
    this.#wake()
  }

  #wake(): void {
    if (this.#awake) return
    this.#awake = true
    afterReactions(this.#goOn)
  }

  readonly #goOn = (): void => {
    this.#awake = false
    if (this.#soon.length + this.#clients.length + this.#later.length === 0) {
      const settled = this.#settling
      this.#settling = []
      for (const resolve of settled) resolve()
      return
    }
    this.#wake()
    do this.#step()
    while (this.#letsAnotherPass())
  }

  #step(): void {
    this.#handledMessage = false
    const run = this.#soon.shift()
    if (run !== undefined) run()
    else if (this.#clients.length > 0) this.#release(this.#pick(this.#clients.length, this.#client))
    else this.#later.shift()?.()
  }

  #letsAnotherPass(): boolean {
    if (!this.#mayPass || !this.#handledMessage || this.#soon.length === 0) return false
    return this.#pick(2, (index) => (index === 0 ? 'reactions' : 'messages')) === 1
  }

  #choose(count: number, pidAt: (index: number) => Pid | undefined): number {
    const picked = this.#pick(count + this.#clients.length, (index) => {
      if (index >= count) return this.#client(index - count)
      const pid = pidAt(index)
      return `${pid?.node} ${pid?.serial}`
    })
    this.#handledMessage = picked < count
    if (this.#handledMessage) return picked
    this.#release(picked - count)
    return nobody
  }

  readonly #client = (index: number): string => `client ${this.#clients[index]?.name}`

  #release(index: number): void {
    for (const client of this.#clients.splice(index, 1)) client.goOn()
  }

  #pick(count: number, nameAt: (index: number) => string): number {
    if (count === 1) return 0
    const choice = this.#ask(count, nameAt)
    this.choices.push(choice)
    return choice
  }

  /** A schedule that fails must not look like a fault of the node: whoever settles hears of it. */
  #ask(count: number, nameAt: (index: number) => string): number {
    if (this.#fault !== undefined) return 0
    try {
      const choice = this.#schedule.choose(count, nameAt)
      if (Number.isInteger(choice) && choice >= 0 && choice < count) return choice
      throw new Error(`the schedule chose ${choice} of ${count}`)
    } catch (error) {
      this.#fault = { error }
      return 0
    }
  }
}

/** No index of a process: the node asks again. */
const nobody = -1
