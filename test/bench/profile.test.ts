import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../bench/decode.ts'
import { summarize } from '../../bench/profile.ts'

const frames: readonly (readonly [functionName: string, url: string])[] = [
  ['(root)', ''],
  ['(garbage collector)', ''],
  ['(program)', ''],
  ['drain', 'file:///repo/dist/process/scheduler.js'],
  ['', 'file:///repo/dist/core/inbox.js'],
  ['callOne', 'file:///repo/build/bench/arms/work/messages.js'],
  ['get', ''],
  ['runMicrotasks', ''],
  ['run', 'node:async_hooks'],
  ['emit', 'node:events'],
  ['sort', ''],
]

/** A profile of samples that each stand for the microseconds until the next. */
function profileOf(samples: readonly (readonly [frame: number, us: number])[]): string {
  return JSON.stringify({
    nodes: frames.map(([functionName, url], id) => ({ id, callFrame: { functionName, url } })),
    startTime: 1000,
    endTime: 9000,
    samples: [...samples.map(([frame]) => frame), 0],
    timeDeltas: [0, ...samples.map(([, us]) => us)],
  })
}

describe('a profile', () => {
  test('says whose time it was, the most first, and leaves nothing out', () => {
    const each = frames.map((_, frame) => [frame, (frame + 1) * 10] as const)
    const { sampledMs, buckets } = summarize(profileOf(each), [])
    expect(sampledMs).toBeCloseTo(0.66)
    expect(buckets.map(({ name }) => name)).toEqual([
      'promises and async hooks',
      'V8, built in',
      'Node, other',
      'Map',
      'the benchmark itself',
      'core/inbox: an unnamed function',
      'V8 itself, and idle',
      'process/scheduler: drain',
      'garbage collector',
    ])
    expect(buckets.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    expect(buckets[0]?.share).toBeCloseTo(170 / 660)
  })

  test('counts what is in the spans alone', () => {
    // At 1000, 1100 and 1200 microseconds.
    const source = profileOf([
      [1, 100],
      [3, 100],
      [5, 100],
    ])
    expect(summarize(source, [{ fromUs: 1100, toUs: 1200 }])).toEqual({
      sampledMs: 0.1,
      buckets: [{ name: 'process/scheduler: drain', share: 1 }],
    })
    expect(summarize(source, [{ fromUs: 0, toUs: 5 }])).toEqual({ sampledMs: 0, buckets: [] })
  })

  test('that is none is refused', () => {
    expect(() => summarize('{}', [])).toThrow(DecodeError)
  })
})
