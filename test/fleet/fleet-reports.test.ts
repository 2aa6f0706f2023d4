import { exit, type FlotillaEvent } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { feed, run, startedPid } from '../supervisor/running.ts'
import { failingAt } from '../supervisor/worker.ts'
import { crew } from './crew.ts'

describe('a fleet reports', () => {
  it('the end of a worker that is wanted', async () => {
    const { events, pid, keeper, end } = await stage({ restart: 'transient', shutdownMs: 100 })
    await end({ kind: 'crash', error: 'boom' })
    expect(supervisorReports(events)).toEqual([
      {
        kind: 'supervisor_report',
        node: 'local',
        incarnation: pid.incarnation,
        supervisor: 'crew',
        pid: keeper,
        context: 'child_terminated',
        reason: { kind: 'crash', error: 'boom' },
        offender: {
          ...{ id: '"a"', pid, restart: 'transient', shutdownMs: 100 },
          ...{ type: 'worker', label: 'worker' },
        },
      },
    ])
  })

  it('nothing of a worker that ended as it may', async () => {
    const { events, end } = await stage({ restart: 'transient' })
    await end({ kind: 'normal' })
    expect(supervisorReports(events)).toEqual([])
  })

  it('every start that failed, then that the key is parked, and that it is released', async () => {
    const { events, workers, host, end } = await stage({ maxRestarts: 2 }, failingAt(2, 3).init)
    await end('kill')
    await host.advance(100)
    await workers.release('a')
    const told = events.flatMap((event) => {
      if (event.kind === 'supervisor_report') return [[event.context, event.offender.id]]
      return event.kind === 'parked' || event.kind === 'released' ? [[event.kind, event.key]] : []
    })
    expect(told).toEqual([
      ['child_terminated', '"a"'],
      ['start_error', '"a"'],
      ['start_error', '"a"'],
      ['parked', 'a'],
      ['released', 'a'],
    ])
    expect(events.find(({ kind }) => kind === 'parked')).toMatchObject({
      node: 'local',
      fleet: 'crew',
      reason: { kind: 'crash', error: { message: 'poisoned' } },
    })
  })
})

async function stage(options: Parameters<typeof crew>[0], init: () => void = () => undefined) {
  const events = feed()
  const workers = crew(options)
  const { host } = await run(workers)
  const pid = await workers.ensure({ id: 'a', init })
  const keeper = startedPid(events, 'crew')
  const end = async (reason: Parameters<typeof exit>[1]) => {
    if (typeof reason === 'object') workers.cast('a', 'stop', reason)
    else exit(pid, reason)
    await host.settle()
  }
  return { events, workers, host, pid, keeper, end }
}

function supervisorReports(events: readonly FlotillaEvent[]): FlotillaEvent[] {
  return events.filter(({ kind }) => kind === 'supervisor_report')
}
