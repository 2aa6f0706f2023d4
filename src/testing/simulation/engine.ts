/**
 * The engine of a simulation: one time for the whole world, and who goes on when.
 *
 * Invariant: time moves only when nobody can go on, and then to the next thing that is due; after
 * each step every reaction of a promise has run before the next. What happens is decided by the
 * schedule and by what was put in, and by nothing else.
 */
import { type DeadlineEntry, Deadlines, noTimeMs } from '../../core/deadlines.ts'
import type { Cancellable } from '../../process/host.ts'
import { afterReactions } from '../../process/system-host.ts'
import type { Schedule } from '../schedule.ts'
import type { Lane } from './lane.ts'

/** Why the engine stopped. */
export type EngineStop =
  /** What was waited for has come. */
  | 'done'
  /** It was told to. */
  | 'halted'
  /** The time is up. */
  | 'time'
  /** Nobody can go on, and nothing will ever be due. */
  | 'idle'

/** What an engine is told by whoever runs it. */
export interface EngineOptions {
  readonly schedule: Schedule
  /** Told of each decision between several. */
  readonly onChoice: (choice: number) => void
  /** An error of whatever was run; the engine halts. */
  readonly onError: (error: unknown) => void
  /** The turn of the real event loop, in which Node tells of errors that nobody handled. */
  readonly realTurn: (run: () => void) => void
}

/** After so many steps in which time stands still, errors that nobody handled get their chance. */
const stepsPerRealTurn = 1024
/** So many of those in a row mean that the world goes round in circles while time stands still. */
const realTurnsAtOneTimeMax = 256
/** So many visits of the real event loop before nothing is taken to be going on any more. */
const idleTurnsMax = 8

/** Orders everything that happens in one simulation. */
export class Engine {
  readonly #options: EngineOptions
  readonly #agenda = new Deadlines<Due>()
  readonly #ready: Lane[] = []
  readonly #later: Later[] = []
  #nowUs = 0
  #steps = 0
  #stepsAtOnce = 0
  #idleTurns = 0
  #isHalted = false
  #isActing = false
  #goal: Goal | undefined = undefined
  readonly #laneName = (index: number): string => this.#ready[index]?.name ?? ''

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /** Microseconds since the start, an integer. */
  get nowUs(): number {
    return this.#nowUs
  }

  /** How often somebody was let go on. */
  get steps(): number {
    return this.#steps
  }

  /** Whether a step is being taken, with the reactions that it causes. */
  get isActing(): boolean {
    return this.#isActing
  }

  /** Whether nobody can go on before time moves. */
  get isQuiet(): boolean {
    return this.#ready.length === 0 && this.#later.length === 0
  }

  /** Puts a lane among those that can go on; nothing happens if it is there or cannot. */
  list(lane: Lane): void {
    if (lane.isListed || !lane.isReady) return
    lane.isListed = true
    this.#ready.push(lane)
  }

  /** Runs a task of a lane when nobody in the whole world can go on, before time moves. */
  later(lane: Lane, task: () => void): void {
    this.#later.push({ lane, task })
  }

  /** Gives a lane a task at a time; not before it, and at once if that is over. */
  at(dueUs: number, lane: Lane, task: () => void): Cancellable {
    const due = new Due(lane, task)
    this.#agenda.schedule(due, Math.max(this.#nowUs, Math.ceil(dueUs)))
    return { cancel: () => void this.#agenda.cancel(due) }
  }

  /** As `at`, from now. */
  after(delayUs: number, lane: Lane, task: () => void): Cancellable {
    return this.at(this.#nowUs + delayUs, lane, task)
  }

  /** Decides between several; 0 if there is only one. */
  choose(count: number, nameAt: (index: number) => string): number {
    if (count <= 1) return 0
    const choice = this.#options.schedule.choose(count, nameAt)
    this.#options.onChoice(choice)
    return choice
  }

  /** Stops as soon as the present step is over; nothing runs any more. */
  halt(): void {
    this.#isHalted = true
  }

  /**
   * Lets the world go on.
   *
   * @param untilUs how far time may move
   * @param isDone asked after each step
   */
  run(untilUs: number, isDone: () => boolean): Promise<EngineStop> {
    return new Promise((resolve) => {
      this.#goal = { untilUs, isDone, resolve }
      this.#idleTurns = 0
      afterReactions(this.#goOn)
    })
  }

  readonly #goOn = (): void => {
    this.#isActing = false
    const goal = this.#goal
    if (goal === undefined) return
    if (this.#isHalted) this.#stop(goal, 'halted')
    else if (goal.isDone()) this.#stop(goal, 'done')
    else if (this.#ready.length > 0 || this.#later.length > 0) this.#step(goal)
    else this.#options.realTurn(this.#moveTime)
  }

  #stop(goal: Goal, why: EngineStop): void {
    this.#goal = undefined
    goal.resolve(why)
  }

  #step(goal: Goal): void {
    this.#steps += 1
    this.#stepsAtOnce += 1
    this.#idleTurns = 0
    this.#isActing = true
    try {
      this.#runOne()
    } catch (error) {
      this.#options.onError(error)
      this.#isActing = false
      this.#stop(goal, 'halted')
      return
    }
    if (this.#stepsAtOnce % stepsPerRealTurn !== 0) afterReactions(this.#goOn)
    else {
      afterReactions(() => {
        this.#isActing = false
        this.#options.realTurn(() => this.#afterManySteps(goal))
      })
    }
  }

  #runOne(): void {
    if (this.#ready.length === 0) {
      const { lane, task } = this.#later.shift() ?? nothing
      lane?.push(task)
      return
    }
    const index = this.choose(this.#ready.length, this.#laneName)
    const [lane] = index === 0 ? [this.#ready.shift()] : this.#ready.splice(index, 1)
    if (lane === undefined) throw new Error(`the schedule chose ${index} of those that can go on`)
    lane.isListed = false
    if (!lane.isReady) return
    lane.runOne()
    this.list(lane)
  }

  #afterManySteps(goal: Goal): void {
    if (this.#stepsAtOnce < stepsPerRealTurn * realTurnsAtOneTimeMax) {
      this.#goOn()
      return
    }
    const steps = this.#stepsAtOnce
    this.#options.onError(new Error(`${steps} steps were taken, and time did not move`))
    this.#stop(goal, 'halted')
  }

  /** Node has had its chance to tell of errors; they may have given somebody something to do. */
  readonly #moveTime = (): void => {
    const goal = this.#goal
    if (goal === undefined) return
    if (this.#isHalted || this.#ready.length > 0 || goal.isDone()) {
      this.#goOn()
      return
    }
    const earliestUs = this.#agenda.earliestMs()
    if (earliestUs === undefined || earliestUs > goal.untilUs) this.#come(goal, earliestUs)
    else {
      this.#nowUs = earliestUs
      this.#stepsAtOnce = 0
      for (let due = this.#agenda.takeDue(earliestUs); due !== undefined; ) {
        due.lane.push(due.task)
        due = this.#agenda.takeDue(earliestUs)
      }
      this.#goOn()
    }
  }

  /** Nothing more is due in time. */
  #come(goal: Goal, earliestUs: number | undefined): void {
    this.#idleTurns += 1
    // What came from the real world, such as a module that was imported, may need another visit.
    if (this.#idleTurns < idleTurnsMax) {
      this.#options.realTurn(this.#goOn)
      return
    }
    if (earliestUs === undefined && goal.untilUs === Number.POSITIVE_INFINITY) {
      this.#stop(goal, 'idle')
      return
    }
    this.#nowUs = Math.max(this.#nowUs, goal.untilUs)
    this.#stop(goal, 'time')
  }
}

/** A run of the engine that goes on. */
interface Goal {
  readonly untilUs: number
  readonly isDone: () => boolean
  readonly resolve: (stop: EngineStop) => void
}

interface Later {
  readonly lane: Lane
  readonly task: () => void
}

const nothing = { lane: undefined, task: (): void => undefined }

class Due implements DeadlineEntry {
  /** In microseconds, although the heap says otherwise: it does not care. */
  dueMs = noTimeMs
  sequence = 0
  heapIndex = -1
  readonly lane: Lane
  readonly task: () => void

  constructor(lane: Lane, task: () => void) {
    this.lane = lane
    this.task = task
  }
}
