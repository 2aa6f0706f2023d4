/**
 * Keeps the pace: lets clients and churn act when it is time.
 *
 * An open loop acts at a fixed rate, however slow the answers are; a closed one acts as long as few
 * enough calls are under way, which shows what the thread can do at most.
 *
 * Invariant: an open loop that is late catches up; what it was late with keeps its intended time.
 */

/** What is done, and how often. */
export interface Pace {
  readonly seconds: number
  readonly signal: AbortSignal
  /** Operations of clients. */
  readonly operations:
    | { readonly perSecond: number }
    | { readonly inFlightMax: number; readonly inFlight: () => number }
  readonly act: (intendedMs: number) => void
  /** Blows: so many for each operation. */
  readonly strikesPerOperation: number
  readonly strike: () => void
  readonly nowAndThen: readonly Rare[]
}

/** What is done now and then. */
export interface Rare {
  /** 0: never. */
  readonly everySeconds: number
  /** How much of the first interval passes before it is done for the first time; default all. */
  readonly firstShare?: number
  /**
   * Whether it is a blow, and falls after the operations of its tick; all else comes before them:
   * what holds the thread up here must not come between a blow and what that brings about.
   */
  readonly isBlow?: boolean
  readonly act: () => void
}

/** What came of it. */
export interface Pumped {
  readonly seconds: number
  readonly operations: number
}

const tickMs = 1
/** Operations in one go, so that the event loop breathes after a stall. */
const actsPerTickMax = 2000

/** Acts until the time is up or the signal is given. */
export function pump(pace: Pace): Promise<Pumped> {
  const startMs = performance.now()
  const endMs = pace.seconds * 1000
  const rare = pace.nowAndThen
    .filter(({ everySeconds }) => everySeconds > 0)
    .map(({ everySeconds, firstShare = 1, isBlow = false, act }) => {
      const everyMs = everySeconds * 1000
      return { everyMs, dueMs: everyMs * firstShare, isBlow, act }
    })
  let operations = 0
  let strikes = 0
  let elapsedMs = 0

  function tick(): boolean {
    elapsedMs = Math.min(performance.now() - startMs, endMs)
    actRarely(false)
    const due = Math.min(dueNow(), operations + actsPerTickMax)
    for (; operations < due; operations += 1) pace.act(intendedMs(operations))
    const blows = Math.floor(operations * pace.strikesPerOperation)
    for (; strikes < blows; strikes += 1) pace.strike()
    actRarely(true)
    return elapsedMs >= endMs || pace.signal.aborted
  }

  function actRarely(blows: boolean): void {
    for (const each of rare) {
      if (each.isBlow !== blows || elapsedMs < each.dueMs) continue
      each.dueMs += each.everyMs
      each.act()
    }
  }

  function dueNow(): number {
    if ('perSecond' in pace.operations) {
      return Math.floor((elapsedMs * pace.operations.perSecond) / 1000)
    }
    return operations + pace.operations.inFlightMax - pace.operations.inFlight()
  }

  function intendedMs(operation: number): number {
    if (!('perSecond' in pace.operations)) return performance.now()
    return startMs + (operation / pace.operations.perSecond) * 1000
  }

  return new Promise((resolve, reject) => {
    const isOpen = 'perSecond' in pace.operations
    const timer = isOpen ? setInterval(turn, tickMs) : undefined
    if (!isOpen) setImmediate(turn)
    function turn(): void {
      try {
        if (!tick()) {
          if (!isOpen) setImmediate(turn)
          return
        }
        clearInterval(timer)
        resolve({ seconds: elapsedMs / 1000, operations })
      } catch (error) {
        clearInterval(timer)
        reject(error)
      }
    }
  })
}
