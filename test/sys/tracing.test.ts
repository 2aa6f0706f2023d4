import fc from 'fast-check'
import { call, cast, exit, sys } from 'flotilla'
import { describe, expect, test } from 'vitest'
import type { SystemEvent } from '../../src/process/system-event.ts'
import { type TraceEvent, Tracing } from '../../src/sys/tracing.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { stage } from '../process/stage.ts'
import { counter } from './counter.ts'

describe('a listener', () => {
  test('that is too slow hears how much was dropped, in its place, and always of the end', async () => {
    const { start, host } = await stage()
    const heard: unknown[] = []
    const pid = await start(counter, {})
    const listener = (event: TraceEvent): void => {
      heard.push(event.kind === 'dropped' ? event.count : event.kind)
    }
    const trace = await sys.trace(pid, listener, { maxWaiting: 2 })
    for (let count = 0; count < 3; count += 1) cast(pid, 'add', count)
    void call(pid, 'finish').catch(() => undefined)
    await host.settle()
    // Three casts of two events each and a call of three, then the end.
    expect(heard).toEqual(['in', 'state', 7, 'ended'])
    expect(trace.dropped).toBe(7)
    trace.stop()
  })

  test('that throws is reported and hears the rest', async () => {
    const { start, host, events } = await stage()
    const heard: unknown[] = []
    const pid = await start(counter, {})
    await sys.trace(pid, ({ kind }) => {
      heard.push(kind)
      throw new Error(kind)
    })
    cast(pid, 'add', 1)
    await host.settle()
    expect(heard).toEqual(['in', 'state'])
    expect(events.filter(({ kind }) => kind === 'listener_failed')).toMatchObject([
      { listener: 'sys.trace', error: new Error('in') },
      { listener: 'sys.trace', error: new Error('state') },
    ])
  })

  test('that stops its trace hears nothing more, not even what waits', async () => {
    const { start, host } = await stage()
    const heard: unknown[] = []
    const pid = await start(counter, {})
    const trace = await sys.trace(pid, ({ kind }) => {
      heard.push(kind)
      trace.stop()
    })
    for (let count = 0; count < 3; count += 1) cast(pid, 'add', count)
    await host.settle()
    expect(heard).toEqual(['in'])
  })

  test('may stop its trace after the end', async () => {
    const { start, host } = await stage()
    const heard: TraceEvent[] = []
    const pid = await start(counter, {})
    const trace = await sys.trace(pid, (event) => heard.push(event))
    exit(pid, 'kill')
    await host.settle()
    trace.stop()
    expect(heard).toMatchObject([{ kind: 'ended', reason: { kind: 'killed' } }])
    expect(Object.isFrozen(heard[0])).toBe(true)
  })
})

test('every event is heard in order or counted in its place, whatever the pace', async () => {
  const pace = fc.array(fc.constantFrom('event', 'pause'), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), pace, async (maxWaiting, steps) => {
      const process = bareProcess(bareNode())
      const heard: TraceEvent[] = []
      const tracing = new Tracing(process, { listener: (event) => heard.push(event), maxWaiting })
      let told = 0
      for (const step of steps) {
        if (step === 'pause') await Promise.resolve()
        else {
          told += 1
          tracing.hear(numbered(process.pid, told))
        }
      }
      await new Promise((resolve) => setImmediate(resolve))
      let last = 0
      let dropped = 0
      for (const event of heard) {
        if (event.kind === 'dropped') {
          last += event.count
          dropped += event.count
        } else {
          last += 1
          expect(event.wallMs).toBe(last)
        }
      }
      expect([last, dropped]).toEqual([told, tracing.handle.dropped])
    }),
    { numRuns: 300 },
  )
})

function numbered(pid: SystemEvent['pid'], wallMs: number): SystemEvent {
  return { pid, label: 'x', wallMs, kind: 'state', state: wallMs }
}
