import { describe, expect, test } from 'vitest'
import { rowText } from '../../../bench/report/table.ts'
import { armResult, callRow, measured, measuredRow } from '../runs.ts'

describe('a row in a terminal', () => {
  test('tells each arm, who is ahead by how much, and what became of the target', () => {
    const row = measuredRow({ flotilla: [100, 110], beam: [1000, 1100], nact: [50, 55] })
    expect(rowText(row)).toBe(
      [
        'call-one: call by via (size 1, 100 times, 2 rounds)',
        '  Flotilla                             105 ns  100–110',
        '  BEAM, 1 scheduler                    1.1 µs  1–1.1          ' +
          'Flotilla is ahead by 10× (10–10)',
        '  nact                                52.5 ns  50–55          ' +
          'Flotilla is BEHIND by 2× (2–2)',
        '  => target 8× the BEAM, best is BEAM, 1 scheduler: met',
      ].join('\n'),
    )
  })

  test('tells why an arm has no figures', () => {
    const arms = [
      armResult('flotilla', measured(100)),
      armResult('beam', { kind: 'missing', how: 'apt-get install -y elixir' }),
      armResult('nact', measured(50, 99)),
      armResult('comedy', { kind: 'lacks', why: 'no names' }),
      armResult('effect', { kind: 'failed', message: 'broken' }),
    ]
    const text = rowText({ row: callRow, result: { id: 'call-one', loads: [], arms } })
    expect(text).toMatch(/BEAM, 1 scheduler +not measured: apt-get install -y elixir/)
    expect(text).toMatch(/nact +REFUSED in round 1: intended 100, completed 99/)
    expect(text).toMatch(/comedy +has no such thing: no names/)
    expect(text).toMatch(/effect +FAILED in round 1: broken/)
    expect(text).toContain('=> target 8× the BEAM: not measured')
  })

  test('tells the planted loss', () => {
    const row = measuredRow({ flotilla: [100], 'flotilla-slowed': [200] })
    expect(rowText(row)).toContain('=> Flotilla, slowed is BEHIND by 2× (2–2): the planted loss')
  })

  test('judges nothing in a quick run, whose sizes are not those of the targets', () => {
    const row = measuredRow({ flotilla: [100], beam: [200] }, { ...callRow, isJudged: false })
    expect(rowText(row)).toContain('best is BEAM, 1 scheduler: not judged')
  })

  test('tells of an arm that did less', () => {
    const arms = [
      armResult('flotilla', measured(100)),
      { ...armResult('nact', measured(500)), size: 1, count: 10 },
    ]
    const text = rowText({ row: callRow, result: { id: 'call-one', loads: [], arms } })
    expect(text).toContain('nact (size 1, 10 times)')
  })
})
