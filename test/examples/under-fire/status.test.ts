import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../../examples/under-fire/snapshot.ts'
import { number, statusLine, statusLines } from '../../../examples/under-fire/status.ts'
import { snapshot } from './snapshots.ts'

const plain = { columns: 120, colour: false }

describe('statusLine', () => {
  it('says on one line how a run goes', () => {
    expect(statusLine(snapshot())).toBe(
      '  12 s  10,199 alive  412,331 calls/s  1,230 kills  1,500 restarts  ' +
        'gap p50 0.08  p99 20.40  max 21.00 ms  7 games over  all hold',
    )
  })

  it('says what is being started, and that it is stopping', () => {
    expect(statusLine(snapshot({ phase: 'starting' }))).toBe('starting 10,000 users and 200 games')
    expect(statusLine(snapshot({ phase: 'stopping' }))).toContain('12 s  stopping  10,199 alive')
  })

  it('shouts when an invariant broke', () => {
    expect(statusLine(snapshot({ violations: 3 }))).toContain('BROKEN 3 times')
  })
})

describe('statusLines', () => {
  it('shows everything at a glance', () => {
    expect(statusLines(snapshot(), plain).join('\n')).toMatchInlineSnapshot(`
      "flotilla under fire · 10,000 users and 200 games · seed 7
      [████████████████░░░░░░░░░░░░░░░░░░░░░░░░]  12.3 of 30 s
      workers    10,199 of 10,200 alive
      calls      412,331/s   5,000,000 in all, 1,021 met no one or a death
      kills      1,230   kill 246 · throw 246 · stop 246 · failing init 246 · exit signal 246
      restarts   1,500
      name gap   p50 0.08  p99 20.40  max 21.00 ms
      games      7 played to the end, 12,000 moves, 300 sent again
      invariants all hold"
    `)
  })

  it.each([
    [0, 0],
    [15_000, 20],
    [30_000, 40],
    [99_000, 40],
  ])('fills the bar at %s ms to %s of 40', (elapsedMs, full) => {
    const [, bar = ''] = statusLines(snapshot({ elapsedMs }), plain)
    expect(bar.match(/█/g)?.length ?? 0).toBe(full)
    expect(bar.match(/[█░]/g)).toHaveLength(40)
  })

  it('fills the bar once everybody is told to stop, however early', () => {
    const [, bar = ''] = statusLines(snapshot({ phase: 'stopping', elapsedMs: 1 }), plain)
    expect(bar).not.toContain('░')
  })

  it.each([200, 80, 40, 10, 1, 0])('fits into a terminal of %s columns', (columns) => {
    for (const line of statusLines(snapshot(), { columns, colour: false })) {
      expect(line.length).toBeLessThanOrEqual(Math.max(0, columns - 1))
    }
  })

  it('has as many lines whatever happens, since it is drawn over itself', () => {
    const phases: Snapshot['phase'][] = ['starting', 'under fire', 'stopping']
    const counts = phases.map((phase) => statusLines(snapshot({ phase }), plain).length)
    expect(new Set(counts).size).toBe(1)
  })

  it('colours the verdict so far, if colours are wanted', () => {
    const style = { columns: 120, colour: true }
    const good = statusLines(snapshot(), style).join('\n')
    const bad = statusLines(snapshot({ violations: 1 }), style).join('\n')
    expect(good).toContain('\u001b[32minvariants')
    expect(bad).toContain('\u001b[31minvariants')
    expect(statusLines(snapshot(), plain).join('')).not.toContain('\u001b')
  })
})

describe('number', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567.6, '1,234,568'],
  ])('writes %s as %s', (value, text) => {
    expect(number(value)).toBe(text)
  })
})
