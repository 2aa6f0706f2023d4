/** A run as the tests show it. */
import type { Snapshot } from '../../../examples/under-fire/snapshot.ts'

/** A run in the middle, with some parts changed. */
export function snapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {
    phase: 'under fire',
    seed: 7,
    users: 10_000,
    games: 200,
    seconds: 30,
    elapsedMs: 12_345,
    alive: 10_199,
    calls: 5_000_000,
    callsPerSecond: 412_331,
    failedCalls: 1021,
    kills: { kill: 246, throw: 246, stop: 246, failingInit: 246, exitSignal: 246 },
    restarts: 1500,
    nameGapMs: { count: 1500, p50: 0.08, p99: 20.4, max: 21 },
    gamesFinished: 7,
    movesAccepted: 12_000,
    movesRetried: 300,
    violations: 0,
    ...parts,
  }
}
