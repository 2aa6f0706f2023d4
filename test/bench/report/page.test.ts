import { describe, expect, test } from 'vitest'
import { reasons } from '../../../bench/plan/reasons.ts'
import { allRows, rowsOfRun, select } from '../../../bench/plan.ts'
import { drawCurves } from '../../../bench/report/curves.ts'
import { pageText } from '../../../bench/report/page.ts'
import type { Row } from '../../../bench/row.ts'
import type { Run } from '../../../bench/run.ts'
import { armResult, measured, measuredRow, runOf } from '../runs.ts'

function planned(id: string): Row {
  const row = select({ groups: [], only: [id], scale: 'full', planted: false })[0]
  if (row === undefined) throw new Error(`no row ${id}`)
  return row
}

async function pageOf(run: Run): Promise<string> {
  const rows = rowsOfRun(run)
  return pageText({ run, rows, curves: await drawCurves(rows), others: [] })
}

const ahead = measuredRow(
  { flotilla: [100, 101, 102], floor: [50, 50, 50], beam: [1000, 1010, 1020] },
  planned('call-one'),
)
const behind = measuredRow(
  { flotilla: [300, 300, 300], beam: [100, 100, 100] },
  planned('lookup-1k'),
)

const ahead2 = measuredRow({ flotilla: [10, 10, 10], beam: [100, 100, 100] }, planned('lookup-1k'))

describe('the page', () => {
  test('tells machine, versions, date and command', async () => {
    const page = await pageOf(runOf(ahead))
    expect(page).toContain('Made on 2026-11-22 by one run of `npm run bench -- --page`')
    const twice = ['npm run bench -- --page', 'npm run bench -- --page']
    expect(await pageOf({ ...runOf(ahead), commands: twice })).toContain(
      '--page` in 2 sittings, fr',
    )
    const commands = ['npm run bench', 'npm run bench -- --curves']
    expect(await pageOf({ ...runOf(ahead), commands })).toContain(
      'one run of `npm run bench`, then `npm run bench -- --curves` in 2 sittings, from',
    )
    expect(page).toContain('Some Processor, 2 threads, 8 GiB')
    expect(page).toContain('| BEAM | Elixir 1.14.0, OTP 25 [erts-13.1.5] |')
    expect(page).toContain('| Flotilla | 0.1.0 at 0123456789ab |')
    expect(page).toContain('| peers | nact 7.6.2 |')
    expect(page).toContain('0.5 to 0.5 OS processes')
  })

  test('has a line for each row: every arm, the ratio, the target and its verdict', async () => {
    expect(await pageOf(runOf(ahead))).toContain(
      [
        '| work | Flotilla | floor | BEAM, 1 scheduler | ratio | target |',
        '| --- | ---: | ---: | ---: | ---: | ---: |',
        '| call by via, one caller, one worker | 101 ns (100–102) | 50 ns ' +
          '| 1 µs (1–1) | **10× (10–10)** | 8× the BEAM: met |',
      ].join('\n'),
    )
  })

  test('lists where Flotilla loses', async () => {
    const page = await pageOf(runOf(ahead, behind))
    const [, losses = ''] = page.split('## Where Flotilla loses')
    expect(losses).toContain('- whereis among 1 k names: BEAM, 1 scheduler is ahead by 3× (3–3).')
    expect(losses).toContain('- whereis among 1 k names: 0.33× (0.33–0.33) of BEAM, 1 scheduler')
    expect(losses).not.toContain('call by via, one caller')
  })

  test('says that nothing is lost only if nothing is', async () => {
    const nothing = 'No rival that was measured is ahead'
    expect(await pageOf(runOf(ahead))).toContain(nothing)
    expect(await pageOf(runOf(behind))).not.toContain(nothing)
  })

  test('says beside the table what the BEAM has and one event loop has not', async () => {
    const page = await pageOf(runOf(ahead))
    expect(page).toMatch(/\*\*Preemption\.\*\*[\s\S]*\*\*A heap for each[\s\S]*\*\*All cores\.\*\*/)
  })

  test('says who could not be measured and why', async () => {
    const arms = [
      armResult('flotilla', measured(100)),
      armResult('beam', { kind: 'missing', how: 'install Elixir' }),
    ]
    const row = planned('call-one')
    const page = await pageOf(runOf({ row, result: { id: row.id, loads: [], arms } }))
    expect(page).toContain('**BEAM, 1 scheduler** could not be run: install Elixir')
  })

  test('says so if the run was quick, planted or interrupted', async () => {
    const quick: Run = { ...runOf(ahead), scale: 'quick', planted: true, interrupted: true }
    expect(await pageOf(quick)).toMatch(
      /The run was a quick one .*, and stopped before its end, and made with a planted loss\./,
    )
    expect(await pageOf(runOf(ahead))).not.toContain('The run was')
  })

  test('tells claims with their limits', async () => {
    const row = planned('million')
    const figures = { startSeconds: 3, answerSeconds: 1, stopSeconds: 2, rssBytes: 8e8 }
    const own = { kind: 'measured', intended: 1, completed: 1, figures } as const
    const beam = { ...own, figures: { startSeconds: 30 } }
    const arms = [armResult('flotilla', own), armResult('beam', beam)]
    const page = await pageOf(runOf({ row, result: { id: row.id, loads: [], arms } }))
    expect(page).toContain('to start them | 3 s | at most 10 s: met, 8× the BEAM: met |')
    expect(page).toContain('resident memory | 800 MB | at most 1,000 MB: met |')
  })
})

describe('a curve', () => {
  const points = allRows
    .filter(({ point }) => point?.curve === 'lookup')
    .map((row) => measuredRow({ flotilla: [row.size / 10, row.size / 5], floor: [50] }, row))

  test('is a file of figures and a picture, and the page shows both', async () => {
    const [drawn] = await drawCurves(rowsOfRun(runOf(...points)))
    expect(drawn?.csv.name).toBe('lookup.csv')
    expect(drawn?.csv.content.split('\n').slice(0, 3)).toEqual([
      'arm,size,median,min,max',
      '"Flotilla",1000,150,100,200',
      '"floor",1000,50,50,50',
    ])
    expect(drawn?.svg.content).toMatch(/^<svg[\s\S]*Flotilla[\s\S]*<\/svg>\n$/)
    // A line with a point for each size.
    expect(drawn?.svg.content).toMatch(/d="M[\d.,]+L[\d.,]+L[\d.,]+L[\d.,]+"/)
    const page = await pageOf(runOf(...points))
    expect(page).toContain('](performance/lookup.svg)')
    expect(page).toContain('](performance/lookup.csv)')
  })

  test('that was not measured is not drawn', async () => {
    expect(await drawCurves(rowsOfRun(runOf(ahead)))).toEqual([])
    expect(await pageOf(runOf(ahead))).not.toContain('## Growth')
  })

  test('explains each missed row: the floor beside it, the profile and the reason', async () => {
    const missed = measuredRow(
      { flotilla: [300, 300, 300], floor: [100, 100, 100], beam: [600, 600, 600] },
      planned('call-one'),
    )
    const buckets = [
      { name: 'garbage collector', share: 0.25 },
      { name: 'process/scheduler: drain', share: 0.125 },
    ]
    const explanations = [{ row: 'call-one', sampledMs: 200, buckets }]
    const page = await pageOf({ ...runOf(missed, ahead2), explanations })
    const [, why = ''] = page.split('## Why targets are missed')
    expect(why).toContain(
      [
        '### call by via, one caller, one worker (`call-one`)',
        '',
        '- call by via, one caller, one worker: Flotilla 300 ns, floor 100 ns, ' +
          '3× the cost of the floor, BEAM, 1 scheduler 600 ns.',
        '',
        '| self time, of what was measured | share |',
        '| --- | ---: |',
        '| garbage collector | 25.0 % |',
        '| process/scheduler: drain | 12.5 % |',
        '',
        `${reasons['call-one']}`,
      ].join('\n'),
    )
    expect(why).not.toContain('(`lookup-1k`)')
    expect(await pageOf(runOf(ahead))).not.toContain('## Why targets are missed')
  })

  test('puts a run on another Node beside it, each with its own ratio', async () => {
    const run = runOf(ahead)
    const faster = measuredRow(
      { flotilla: [50, 50, 50], 'flotilla-uncharged': [40, 40, 40], beam: [1000, 1000, 1000] },
      planned('call-one'),
    )
    const newer = runOf(faster)
    const other = { ...newer, machine: { ...newer.machine, node: 'v24.1.0' } }
    const rows = rowsOfRun(run)
    const page = pageText({ run, rows, curves: [], others: [other] })
    const [, beside = ''] = page.split('## On Node v24.1.0')
    expect(beside).toContain(
      '| call by via, one caller, one worker | 101 ns | – | **10× (10–10)** ' +
        '| 50 ns | 40 ns | **20× (20–20)** |',
    )
    expect(page).toContain('## The machine, on Node v24.1.0')
    expect(pageText({ run, rows, curves: [], others: [] })).not.toContain('v24')
  })

  test('tells what each arm ran on, and which rows have fewer rounds', async () => {
    const page = await pageOf(runOf(ahead, measuredRow({ flotilla: [1] }, planned('stop-100k'))))
    expect(page).toContain('- **nact** (7.6.2, Node v20.20.2): actors')
    expect(page).toContain('- **BEAM, 1 scheduler** (Elixir 1.14.0, OTP 25 [erts-13.1.5]): ')
    expect(page).toContain('those have at most: `stop-100k` (3). Fewer')
    expect(await pageOf(runOf(ahead))).toContain('five rounds or more, unless a run was told')
  })
})
