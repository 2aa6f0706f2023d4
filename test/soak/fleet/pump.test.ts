import { describe, expect, test } from 'vitest'
import { type Pace, pump } from '../../../soak/fleet/pump.ts'

const quiet = { seconds: 0.2, strikesPerOperation: 0, strike: () => undefined, nowAndThen: [] }
const { signal } = new AbortController()

describe('an open loop', () => {
  test('acts so often as it should, each time at its time, and strikes in proportion', async () => {
    const intended: number[] = []
    let strikes = 0
    const startMs = performance.now()
    const pumped = await pump({
      ...{ ...quiet, signal, operations: { perSecond: 1000 }, strikesPerOperation: 0.1 },
      act: (intendedMs) => intended.push(intendedMs),
      strike: () => {
        strikes += 1
      },
    })
    expect(pumped).toEqual({ seconds: 0.2, operations: 200 })
    expect([intended.length, strikes]).toEqual([200, 20])
    for (const [index, atMs] of intended.entries()) {
      expect(atMs - (intended[0] ?? 0)).toBeCloseTo(index)
    }
    expect(intended[0]).toBeGreaterThanOrEqual(startMs)
  })

  test('catches up after a stall, and what was late keeps its time', async () => {
    const lateMs: number[] = []
    let stalled = false
    const pumped = await pump({
      ...{ ...quiet, signal, operations: { perSecond: 1000 } },
      act: (intendedMs) => {
        lateMs.push(performance.now() - intendedMs)
        if (stalled) return
        stalled = true
        const endMs = performance.now() + 60
        while (performance.now() < endMs);
      },
    })
    expect(pumped.operations).toBe(200)
    expect(Math.max(...lateMs)).toBeGreaterThan(50)
  })

  test('ends at once when it is asked to, and fails with what acting fails with', async () => {
    const stopping = new AbortController()
    const endless = { ...quiet, seconds: 3600, operations: { perSecond: 1000 } }
    const act = (): void => stopping.abort()
    const pumped = await pump({ ...endless, signal: stopping.signal, act })
    expect(pumped.seconds).toBeLessThan(60)
    const failing: Pace = {
      ...{ ...endless, signal },
      act: () => {
        throw new RangeError('no more')
      },
    }
    await expect(pump(failing)).rejects.toThrow('no more')
  })

  test('does what is rare when it is due, and never what is due every 0 s', async () => {
    const done: string[] = []
    await pump({
      ...{ ...quiet, signal, operations: { perSecond: 1 }, act: () => undefined },
      nowAndThen: [
        { everySeconds: 0.05, act: () => done.push('often') },
        { everySeconds: 0.15, firstShare: 0.1, act: () => done.push('early') },
        { everySeconds: 0, act: () => done.push('never') },
      ],
    })
    expect(done.filter((each) => each === 'often')).toHaveLength(4)
    expect(done.filter((each) => each === 'early')).toHaveLength(2)
    expect([done[0], done.includes('never')]).toEqual(['early', false])
  })

  test('does what is rare before the operations that are due, unless it is a blow', async () => {
    const done: string[] = []
    await pump({
      ...{ ...quiet, seconds: 0.01, signal },
      operations: { perSecond: 100 },
      act: () => done.push('operation'),
      nowAndThen: [
        { everySeconds: 0.01, isBlow: true, act: () => done.push('blow') },
        { everySeconds: 0.01, act: () => done.push('look') },
      ],
    })
    expect(done).toEqual(['look', 'operation', 'blow'])
  })
})

test('a closed loop keeps so many under way as it may, and no more', async () => {
  let inFlight = 0
  let most = 0
  const pumped = await pump({
    ...{ ...quiet, signal, operations: { inFlightMax: 5, inFlight: () => inFlight } },
    act: () => {
      inFlight += 1
      most = Math.max(most, inFlight)
      setImmediate(() => {
        inFlight -= 1
      })
    },
  })
  expect(most).toBe(5)
  expect(pumped.operations).toBeGreaterThan(20)
})
