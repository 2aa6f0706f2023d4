/**
 * The oracle: what must be so, known from what the clients sent and what the workers said of their
 * starts and ends, and from nothing else. It never asks a registry or a fleet.
 *
 * Clients are one sender, so messages to one life of a worker arrive in the order in which they
 * were sent. Therefore the number that a reply bears within its life is known when the call leaves.
 * Only what leaves while nobody holds the name is not known so exactly: its worker starts later.
 *
 * Invariant: its memory is fixed by the number of workers, so it neither grows nor makes garbage
 * that would hide a leak of what it watches.
 */

/** What a worker answers. */
export interface Answer {
  readonly key: number
  /** Which life of this key it is, from 1 on. */
  readonly life: number
  readonly serial: number
  /** How many operations this life has taken, this one included. */
  readonly index: number
  /** How many operations all lives of the key have taken. */
  readonly operations: number
}

/** A call under way, as it was when it left. */
export interface Sent {
  readonly key: number
  /** The life that it goes to; 0: none was there. */
  readonly life: number
  readonly index: number
  /** How many ends the key had had, failed starts included. */
  readonly ends: number
  /** How many of its operations had been acknowledged. */
  readonly acknowledged: number
}

/** What can be wrong. */
export const wrongs = [
  'wrongOwner',
  'wrongIncarnation',
  'duplicateEffect',
  'lostEffect',
  'orderViolation',
  'deadLookup',
  'wrongLookup',
  'wrongCount',
  'twoHolders',
  'needlessStart',
  'unplannedEnd',
  'unexplainedFailure',
] as const

/** One thing that can be wrong. */
export type Wrong = (typeof wrongs)[number]

/** How long a name was free, and how. */
export interface GapEvent {
  readonly key: number
  readonly gapMs: number
  /** From the blow to the new worker; undefined if the end was meant to take its time. */
  readonly restartMs: number | undefined
  readonly isKeeperLoss: boolean
}

/** What the oracle is given. */
export interface OraclePlan {
  readonly workers: number
  readonly fleets: number
  /** Hears of every worker that came back. */
  readonly onGap?: (gap: GapEvent) => void
}

const reasonsKept = 4
/** Findings that are written out. */
const findingsMax = 20

/** Everything that is known about the workers of a run. */
export class Oracle {
  readonly wrong: Record<Wrong, number> = emptyWrongs()
  /** The first things that were wrong, in words. */
  readonly findings: string[] = []
  readonly lookups = { hit: 0, absent: 0, miss: 0, afterEnd: 0, deadAfterEnd: 0 }
  readonly endsByReason: Record<string, number> = {}
  starts = 0
  failedStarts = 0
  inFlight = 0
  /** Failed calls that the schedule of blows accounts for. */
  allowedFailures = 0
  /** Workers that must come back, or that are about to end. */
  outstanding = 0
  /** Keys that nobody holds because that was asked for. */
  absent = 0
  readonly heldByFleet: Float64Array
  readonly #plan: OraclePlan
  readonly #serials: Float64Array
  readonly #lastSerials: Float64Array
  readonly #lives: Uint32Array
  readonly #sentInLife: Uint32Array
  readonly #unknownInLife: Uint32Array
  readonly #answered: Uint32Array
  readonly #acknowledged: Uint32Array
  readonly #sent: Uint32Array
  readonly #inFlight: Uint32Array
  readonly #ends: Uint32Array
  readonly #reasons: string[]
  readonly #freedAt: Float64Array
  readonly #struckAt: Float64Array
  readonly #flags: Uint8Array

  constructor(plan: OraclePlan) {
    const { workers, fleets } = plan
    this.#plan = plan
    this.heldByFleet = new Float64Array(fleets)
    this.#serials = new Float64Array(workers)
    this.#lastSerials = new Float64Array(workers)
    this.#lives = new Uint32Array(workers)
    this.#sentInLife = new Uint32Array(workers)
    this.#unknownInLife = new Uint32Array(workers)
    this.#answered = new Uint32Array(workers)
    this.#acknowledged = new Uint32Array(workers)
    this.#sent = new Uint32Array(workers)
    this.#inFlight = new Uint32Array(workers)
    this.#ends = new Uint32Array(workers)
    this.#reasons = new Array<string>(workers * reasonsKept).fill('')
    this.#freedAt = new Float64Array(workers)
    this.#struckAt = new Float64Array(workers)
    this.#flags = new Uint8Array(workers)
  }

  /** The serial of whoever holds the key; 0: nobody. */
  holderOf(key: number): number {
    return at(this.#serials, key)
  }

  /** Who held the key before; 0: nobody. */
  lastHolderOf(key: number): number {
    return at(this.#lastSerials, key)
  }

  lifeOf(key: number): number {
    return at(this.#lives, key)
  }

  inFlightAt(key: number): number {
    return at(this.#inFlight, key)
  }

  canStrike(key: number): boolean {
    return this.holderOf(key) !== 0 && !this.#is(key, doomed)
  }

  isAbsent(key: number): boolean {
    return this.#is(key, absent)
  }

  /** A blow: whatever waits at the worker may fail with it. @param timedMs the moment, if timed */
  strike(key: number, timedMs?: number): void {
    this.allowedFailures += this.inFlightAt(key)
    this.#mark(key, doomed)
    this.outstanding += 1
    this.#struckAt[key] = timedMs ?? 0
  }

  /** The keeper of the worker is about to be lost, and the worker with it. */
  strikeKeeperOf(key: number): void {
    if (!this.canStrike(key)) {
      this.allowedFailures += this.inFlightAt(key)
      if (this.holderOf(key) !== 0) this.#mark(key, keeperLost)
      // Whoever waits there for a start has it refused with the end of the keeper.
      else this.#noteEnd(key, 'killed')
      return
    }
    this.strike(key)
    this.#mark(key, keeperLost)
  }

  /** A worker has begun: it has the name. */
  held(answer: { key: number; serial: number; life: number }, nowMs: number): void {
    const { key, serial, life } = answer
    this.starts += 1
    if (this.holderOf(key) !== 0) this.#report('twoHolders', `key ${key} was held by another`)
    else this.#countHeld(key, 1)
    if (life !== this.lifeOf(key) + 1) {
      this.#report('wrongIncarnation', `key ${key} begins life ${life} after ${this.lifeOf(key)}`)
    }
    if (this.#is(key, mustReturn)) this.#cameBack(key, nowMs)
    else if (this.#is(key, absent)) this.absent -= 1
    else if (life > 1) this.#report('needlessStart', `key ${key} was started, nobody knows why`)
    this.#serials[key] = serial
    this.#lives[key] = life
    this.#sentInLife[key] = 0
    // What left before it began may still reach it.
    this.#unknownInLife[key] = this.inFlightAt(key)
    this.#answered[key] = 0
    this.#flags[key] = 0
  }

  /** A start fails as it was told to. */
  startFails(key: number): void {
    this.failedStarts += 1
    this.allowedFailures += this.inFlightAt(key)
    this.#noteEnd(key, 'crash')
  }

  /** A worker has ended. @param returns whether it must be started again by itself */
  freed(key: number, end: { serial: number; reason: string; returns: boolean }, nowMs: number) {
    const { serial, reason, returns } = end
    this.endsByReason[reason] = (this.endsByReason[reason] ?? 0) + 1
    this.#noteEnd(key, reason)
    if (this.holderOf(key) !== serial) {
      this.#report('wrongOwner', `${serial} ended as key ${key}, held by ${this.holderOf(key)}`)
      return
    }
    if (!this.#is(key, doomed)) {
      this.outstanding += 1
      this.#report('unplannedEnd', `key ${key} ended with ${reason}, which nobody has asked for`)
    }
    this.#countHeld(key, -1)
    this.#serials[key] = 0
    this.#lastSerials[key] = serial
    this.#freedAt[key] = nowMs
    const keptFlags = at(this.#flags, key) & keeperLost
    this.#flags[key] = keptFlags | (returns ? mustReturn : absent)
    if (returns) return
    this.absent += 1
    this.outstanding -= 1
  }

  /** A call leaves. */
  call(key: number): Sent {
    const life = this.holderOf(key) === 0 ? 0 : this.lifeOf(key)
    add(this.#sent, key, 1)
    add(this.#inFlight, key, 1)
    this.inFlight += 1
    if (life !== 0) add(this.#sentInLife, key, 1)
    if (this.#is(key, doomed)) this.allowedFailures += 1
    const acknowledged = at(this.#acknowledged, key)
    return { key, life, index: at(this.#sentInLife, key), ends: at(this.#ends, key), acknowledged }
  }

  /** A cast leaves; one to nobody is lost, as it should be. */
  cast(key: number): void {
    add(this.#sent, key, 1)
    if (this.holderOf(key) !== 0) add(this.#sentInLife, key, 1)
  }

  /** A call was answered. */
  answered(sent: Sent, answer: Answer): void {
    const { key } = sent
    this.#over(key)
    add(this.#acknowledged, key, 1)
    const problem = this.#problemOf(sent, answer)
    if (problem !== undefined) {
      const [wrong, text] = problem
      this.#report(wrong, `key ${key}, life ${answer.life}, index ${answer.index}: ${text}`)
    }
    const isKnown = sent.life !== 0 && answer.key === key && answer.life === this.lifeOf(key)
    if (isKnown) this.#answered[key] = answer.index
  }

  /** A call was not answered. */
  failed(sent: Sent, reason: string): void {
    this.#over(sent.key)
    if (this.#endedWith(sent, reason)) return
    this.#report('unexplainedFailure', `key ${sent.key} did not end with ${reason} meanwhile`)
  }

  /** Somebody looked the key up. @param afterEnd right after an end was observed */
  lookedUp(key: number, serial: number | undefined, afterEnd = false): void {
    const holder = this.holderOf(key)
    if (afterEnd) this.lookups.afterEnd += 1
    if ((serial ?? 0) === holder) {
      if (afterEnd) return
      if (holder !== 0) this.lookups.hit += 1
      else if (this.isAbsent(key)) this.lookups.absent += 1
      else this.lookups.miss += 1
      return
    }
    const wrong = serial !== undefined && serial <= this.lastHolderOf(key)
    if (wrong && afterEnd) this.lookups.deadAfterEnd += 1
    const text = `key ${key} gave ${serial ?? 'nobody'}, is held by ${holder || 'nobody'}`
    this.#report(wrong ? 'deadLookup' : 'wrongLookup', text)
  }

  /** Somebody counted the names of a fleet. */
  counted(fleet: number, names: number): void {
    const held = at(this.heldByFleet, fleet)
    if (names !== held) this.#report('wrongCount', `fleet ${fleet} shows ${names}, has ${held}`)
  }

  /** Compares what is left of a key at the end with what was acknowledged and what was sent. */
  finallyHas(key: number, operations: number): void {
    if (operations < at(this.#acknowledged, key)) {
      this.#report('lostEffect', `key ${key} ends with ${operations} operations`)
    }
    if (operations > at(this.#sent, key)) {
      this.#report('duplicateEffect', `key ${key} ends with ${operations} operations`)
    }
  }

  #problemOf(sent: Sent, answer: Answer): readonly [Wrong, string] | undefined {
    const { key, life, index, acknowledged } = sent
    if (answer.key !== key) return ['wrongOwner', `answered by key ${answer.key}`]
    if (life !== 0 && answer.life !== life) return ['wrongIncarnation', `sent to life ${life}`]
    if (answer.life > this.lifeOf(key)) return ['wrongIncarnation', 'of the future']
    if (answer.operations <= acknowledged) return ['lostEffect', 'no more than acknowledged']
    if (answer.operations > at(this.#sent, key)) return ['duplicateEffect', 'more than sent']
    if (answer.life !== this.lifeOf(key)) return undefined
    if (answer.serial !== this.holderOf(key) && this.holderOf(key) !== 0) {
      return ['wrongOwner', `answered by ${answer.serial}, held by ${this.holderOf(key)}`]
    }
    // A call that had to wait for a start is told later than those that came after it.
    if (life === 0) return undefined
    const before = at(this.#answered, key)
    if (answer.index === before) return ['duplicateEffect', 'the number of the reply before']
    if (answer.index < before) return ['orderViolation', `came after ${before}`]
    if (answer.index < index) return ['lostEffect', `should be ${index}`]
    const most = index + at(this.#unknownInLife, key)
    return answer.index > most ? ['duplicateEffect', `should be ${index}`] : undefined
  }

  /** Whether an end of the key since the call left accounts for its failure. */
  #endedWith({ key, life, ends }: Sent, reason: string): boolean {
    const now = at(this.#ends, key)
    // What went to a life ends with that life's own reason: the first end since.
    const last = life === 0 ? now : Math.min(now, ends + 1)
    for (let end = Math.max(ends + 1, now - reasonsKept + 1); end <= last; end += 1) {
      if (this.#reasons[key * reasonsKept + (end % reasonsKept)] === reason) return true
    }
    return false
  }

  #cameBack(key: number, nowMs: number): void {
    const struckAt = at(this.#struckAt, key)
    const isKeeperLoss = this.#is(key, keeperLost)
    this.outstanding -= 1
    this.#plan.onGap?.({
      key,
      gapMs: nowMs - at(this.#freedAt, key),
      restartMs: struckAt === 0 || isKeeperLoss ? undefined : nowMs - struckAt,
      isKeeperLoss,
    })
    this.#struckAt[key] = 0
  }

  #noteEnd(key: number, reason: string): void {
    add(this.#ends, key, 1)
    this.#reasons[key * reasonsKept + (at(this.#ends, key) % reasonsKept)] = reason
  }

  #countHeld(key: number, by: 1 | -1): void {
    const fleet = key % this.#plan.fleets
    this.heldByFleet[fleet] = at(this.heldByFleet, fleet) + by
  }

  #over(key: number): void {
    add(this.#inFlight, key, -1)
    this.inFlight -= 1
  }

  #report(wrong: Wrong, text: string): void {
    this.wrong[wrong] += 1
    if (this.findings.length < findingsMax) this.findings.push(`${wrong}: ${text}`)
  }

  #is(key: number, flag: number): boolean {
    return (at(this.#flags, key) & flag) !== 0
  }

  #mark(key: number, flag: number): void {
    this.#flags[key] = at(this.#flags, key) | flag
  }
}

/** Struck, and will end; ended, and must come back; ended for good; lost with its keeper. */
const doomed = 1
const mustReturn = 2
const absent = 4
const keeperLost = 8

/** The element at a place that exists. */
function at(array: Float64Array | Uint32Array | Uint8Array, index: number): number {
  return array[index] ?? 0
}

function add(array: Uint32Array, index: number, by: number): void {
  array[index] = at(array, index) + by
}

function emptyWrongs(): Record<Wrong, number> {
  return {
    wrongOwner: 0,
    wrongIncarnation: 0,
    duplicateEffect: 0,
    lostEffect: 0,
    orderViolation: 0,
    deadLookup: 0,
    wrongLookup: 0,
    wrongCount: 0,
    twoHolders: 0,
    needlessStart: 0,
    unplannedEnd: 0,
    unexplainedFailure: 0,
  }
}
