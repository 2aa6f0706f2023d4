import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../bench/decode.ts'
import { summarize } from '../../bench/profile.ts'

/** The file of the package, which has a comment before each of its modules. */
const program = [
  'import {} from "node:async_hooks";',
  '// build/library/process/scheduler.js',
  'function drain() {}',
  '// build/library/core/inbox.js',
  'const unnamed = () => {}',
].join('\n')
const read = (url: string) => (url === 'file:///repo/dist/flotilla.js' ? program : '')

const frames: readonly (readonly [functionName: string, url: string, line?: number])[] = [
  ['(root)', ''],
  ['(garbage collector)', ''],
  ['(program)', ''],
  ['drain', 'file:///repo/dist/flotilla.js', 2],
  ['', 'file:///repo/dist/flotilla.js', 4],
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
    nodes: frames.map(([functionName, url, lineNumber = 0], id) => ({
      id,
      callFrame: { functionName, url, lineNumber },
    })),
    startTime: 1000,
    endTime: 9000,
    samples: [...samples.map(([frame]) => frame), 0],
    timeDeltas: [0, ...samples.map(([, us]) => us)],
  })
}

describe('a profile', () => {
  test('says whose time it was, the most first, and leaves nothing out', () => {
    const each = frames.map((_, frame) => [frame, (frame + 1) * 10] as const)
    const { sampledMs, buckets } = summarize(profileOf(each), [], read)
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
    expect(summarize(source, [{ fromUs: 1100, toUs: 1200 }], read)).toEqual({
      sampledMs: 0.1,
      buckets: [{ name: 'process/scheduler: drain', share: 1 }],
    })
    expect(summarize(source, [{ fromUs: 0, toUs: 5 }], read)).toEqual({ sampledMs: 0, buckets: [] })
  })

  test('names the package where no module is to be found', () => {
    const frame = { functionName: 'go', url: 'file:///repo/dist/index.js', lineNumber: 3 }
    const source = JSON.stringify({
      nodes: [{ id: 1, callFrame: frame }],
      startTime: 0,
      samples: [1, 1],
      timeDeltas: [0, 10],
    })
    expect(summarize(source, [], read).buckets).toEqual([{ name: 'the package: go', share: 1 }])
  })

  test('that is none is refused', () => {
    expect(() => summarize('{}', [], read)).toThrow(DecodeError)
  })
})
