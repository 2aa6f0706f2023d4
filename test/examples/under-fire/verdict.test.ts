import { describe, expect, it } from 'vitest'
import {
  type Invariant,
  invariants,
  Violations,
} from '../../../examples/under-fire/oracle/invariants.ts'
import { leftoversOf, type Report, reportOf } from '../../../examples/under-fire/report.ts'
import { Tally } from '../../../examples/under-fire/tally.ts'
import { exitCodeOf, verdictJson, verdictText } from '../../../examples/under-fire/verdict.ts'

const names = Object.keys(invariants) as Invariant[]
const plain = { columns: 80, colour: false }

describe('the report', () => {
  it('holds when nothing broke', () => {
    const report = makeReport()
    expect(report.verdict).toBe('held')
    expect(exitCodeOf(report)).toBe(0)
    expect(verdictText(report, plain)).toContain('held: no invariant broke')
    expect(verdictText(report, plain)).not.toContain('BROKEN')
  })

  it.each(names)('is broken by a single violation of %s', (name) => {
    const report = makeReport((violations) => violations.add(name, 'what was seen'))
    expect(report.verdict).toBe('broken')
    expect(exitCodeOf(report)).toBe(1)
    expect(report.violations[name]).toBe(1)
    const text = verdictText(report, plain)
    expect(text).toContain(`BROKEN     1  ${invariants[name]}`)
    expect(text).toContain(`${name}: what was seen`)
    expect(text).toContain('BROKEN: see above')
  })

  it('counts kills and failed calls, in all and by kind', () => {
    const report = makeReport((_violations, tally) => {
      tally.kills.kill = 3
      tally.kills.failingInit = 2
      tally.failed({ kind: 'noproc', address: 'users "ann"' })
      tally.failed({ kind: 'noproc', address: 'users "bob"' })
      tally.failed({ kind: 'killed' })
    })
    expect(report.kills).toBe(5)
    expect(report.killsByKind).toEqual({
      ...{ kill: 3, throw: 0, stop: 0, failingInit: 2, exitSignal: 0 },
    })
    expect(report.failedCalls).toEqual({ noproc: 2, killed: 1 })
    expect(verdictText(report, plain)).toContain('noproc 2, killed 1')
  })

  it('divides by the time under fire, and not by nothing', () => {
    const count = (_violations: Violations, tally: Tally): void => {
      tally.calls = 500
    }
    expect(makeReport(count).callsPerSecond).toBe(250)
    expect(makeReport(count, { firedMs: 0 }).callsPerSecond).toBe(0)
  })
})

describe('verdictJson', () => {
  it('is one document that says the same', () => {
    const report = makeReport((violations) => violations.add('lostMoves', 'game "g": a move'))
    const document: unknown = JSON.parse(verdictJson(report))
    expect(document).toEqual(JSON.parse(JSON.stringify(report)))
    expect(document).toMatchObject({ verdict: 'broken', seed: 7, node: process.version })
  })
})

describe('verdictText', () => {
  it('names every invariant, and colours nothing unless wanted', () => {
    const text = verdictText(makeReport(), plain)
    for (const name of names) expect(text).toContain(invariants[name])
    expect(text).not.toContain('\u001b')
    expect(verdictText(makeReport(), { columns: 80, colour: true })).toContain('\u001b[32m')
  })

  it('says that a run was interrupted', () => {
    expect(verdictText(makeReport(undefined, { interrupted: true }), plain)).toContain(
      '2 s, interrupted, seed 7',
    )
  })
})

describe('leftoversOf', () => {
  it('finds nothing in an empty node, whatever it has counted', () => {
    expect(leftoversOf({ ...empty, sent: 5, started: 3, ended: 3 })).toEqual([])
  })

  it.each(['processes', 'deadlines', 'monitors', 'links', 'queued', 'deferred'] as const)(
    'finds %s',
    (what) => expect(leftoversOf({ ...empty, [what]: 1 })).toEqual([`${what}: 1`]),
  )

  it('finds rows', () => {
    expect(leftoversOf({ ...empty, rows: { 'names of users': 2, 'names of games': 0 } })).toEqual([
      'names of users: 2',
    ])
  })
})

const empty = {
  ...{ sent: 0, refused: 0, dropped: 0, lateReplies: 0, started: 0, ended: 0 },
  ...{
    processes: 0,
    deadlines: 0,
    monitors: 0,
    links: 0,
    queued: 0,
    deferred: 0,
    suspended: 0,
    aliases: 0,
    rows: {},
  },
}

function makeReport(
  happen: (violations: Violations, tally: Tally) => void = () => undefined,
  parts: { readonly interrupted?: boolean; readonly firedMs?: number } = {},
): Report {
  const violations = new Violations()
  const tally = new Tally()
  happen(violations, tally)
  const options = { users: 50, games: 4, seconds: 2, killsPerSecond: 100, seed: 7, json: false }
  const gaps = { count: 0, p50: 0, p99: 0, max: 0 }
  const loopDelay = { p50: 0, p99: 1, max: 2 }
  const measured = { startMs: 12, firedMs: 2000, restarts: 0, interrupted: false, ...parts }
  return reportOf({
    ...measured,
    ...{ options, seed: 7, tally, gaps, loopDelay, violations, statistics: empty },
  })
}
