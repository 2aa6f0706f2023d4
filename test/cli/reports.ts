/** Reports of runs that nobody has run. */
import type { RunReport } from '../../src/cli/task.ts'

/** A passing run, or what else is said. */
export function reportOf(parts: Partial<RunReport> = {}): RunReport {
  const { seed = 1 } = parts
  return {
    file: '/project/sims/a.sim.js',
    name: 'a',
    ok: true,
    seed,
    failure: undefined,
    drawn: { schedule: 'fifo', minutes: 2, nodes: 1, clients: ['c'], faults: {} },
    hash: 'abc',
    events: 10,
    steps: 5,
    virtualMs: 120_000,
    faultCounts: {},
    injected: [],
    sometimes: {},
    timeline: [],
    options: { seed },
    cpuMs: 1000,
    ...parts,
  }
}

/** A run that failed. */
export function failedReport(seed: number, subject = 'finally', name = 'a'): RunReport {
  const failure = {
    kind: 'check',
    subject,
    message: 'it is wrong',
    atMs: 5,
    sequence: 3,
    slice: [],
    stack: '',
  } as const
  return reportOf({ seed, name, ok: false, failure })
}
