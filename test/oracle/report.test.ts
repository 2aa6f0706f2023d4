import { describe, expect, test } from 'vitest'
import { Progress } from '../../oracle/progress.ts'
import { type Verdict, verdictCounts, verdictJson, verdictText } from '../../oracle/report.ts'
import { kill, plainWorker, programOf } from './programs.ts'

const versions = 'elixir 1.14.0 otp 25 erts 13.1.5'
const clean: Verdict = {
  versions,
  seed: 3,
  programs: 2000,
  explained: 10,
  different: 0,
  differences: [],
  seconds: 2,
  interrupted: false,
}
const start = 'ok 0\n1#1 init ok\n0(1=1#1)'
const broken: Verdict = {
  ...clean,
  different: 1,
  differences: [
    {
      number: 42,
      program: programOf([plainWorker(1)], [kill(1)]),
      otp: `${start}\n\nok\n1#1 ended killed\n1#2 init ok\n0(1=1#2)`,
      flotilla: `${start}\n\nok\n1#1 ended killed\n0(1=-)`,
    },
  ],
}

describe('the verdict', () => {
  test('says how many programs, how fast, and how they came out', () => {
    expect(verdictText(clean)).toBe(
      `${versions}, seed 3
2,000 programs in 2.0 s (1,000/s)
1,990 the same at once, 10 the same under another schedule of OTP, 0 different
`,
    )
  })

  test('shows the program of a difference and both traces beside each other', () => {
    expect(verdictText(broken)).toContain(`Program 42 of seed 3, shrunk:

supervisor 0: temporary, shutdown infinity, one_for_one, 3 restarts in 10 s
  worker 1: permanent, shutdown 5000
1. exit signal kill to 1

differs at 1. (what happened, by process; then how things stand)

  ! OTP              |
  !                  | Flotilla
    ok               | ok
    1#1 ended killed | 1#1 ended killed
  ! 1#2 init ok      |
  ! 0(1=1#2)         |
  !                  | 0(1=-)
`)
  })

  test('as JSON is the whole of it', () => {
    expect(JSON.parse(verdictJson(broken))).toEqual(JSON.parse(JSON.stringify(broken)))
  })

  test('counts each program as a test; an interrupted run is no success', () => {
    const counts = (verdict: Verdict): unknown => JSON.parse(verdictCounts(verdict))
    expect(counts(clean)).toEqual({ numPassedTests: 2000, numFailedTests: 0, success: true })
    expect(counts(broken)).toEqual({ numPassedTests: 1999, numFailedTests: 1, success: false })
    expect(counts({ ...clean, interrupted: true })).toMatchObject({ success: false })
  })
})

describe('the progress', () => {
  const counts = { programs: 500, explained: 2, different: 0 }

  test('is redrawn in place on a terminal, and wiped at the end', () => {
    let nowMs = 0
    const written: string[] = []
    const output = { isTTY: true, write: (text: string) => written.push(text) }
    const progress = new Progress(output, 1000, () => nowMs)
    progress.show(counts)
    nowMs = 1000
    progress.show(counts)
    progress.close()
    expect(written).toEqual([
      '\r\u001b[2K500 of 1000 programs, 500/s, 2 explained, 0 different, 1 s left',
      '\r\u001b[2K',
    ])
  })

  test('is a line every ten seconds elsewhere', () => {
    let nowMs = 0
    const written: string[] = []
    const progress = new Progress({ write: (text) => written.push(text) }, 1000, () => nowMs)
    for (nowMs = 0; nowMs <= 25_000; nowMs += 1000) progress.show(counts)
    progress.close()
    expect(written).toHaveLength(2)
    expect(written[0]).toMatch(/\n$/)
  })
})
