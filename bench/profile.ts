/**
 * What a profile of V8 says, in few lines: how much of the time was whose.
 *
 * Invariant: every sample in the spans counts once, by itself and not by whom it was called by, so
 * that the shares of all buckets are 1 together.
 */
import type { Span } from './arm-process.ts'
import { list, number, parseAs, record, text } from './decode.ts'

/** Whose time it was, and how much of it. */
export interface Bucket {
  readonly name: string
  /** Of all the time in the spans, 0 to 1. */
  readonly share: number
}

/** Where the time of a span went. */
export interface ProfileSummary {
  readonly sampledMs: number
  /** Greatest first. */
  readonly buckets: readonly Bucket[]
}

const frame = record({ functionName: text, url: text, lineNumber: number })
const profile = record({
  nodes: list(record({ id: number, callFrame: frame })),
  startTime: number,
  samples: list(number),
  timeDeltas: list(number),
})

/** A call, as a profile tells of it; lines are counted from 0. */
type Frame = ReturnType<typeof frame>

/** Gives the text of the program at a URL. */
export type ReadProgram = (url: string) => string

/**
 * Sums a profile up.
 *
 * @param source a .cpuprofile, as `node --cpu-prof` writes it
 * @param spans what of it counts; all of it if there are none
 * @param read for the files of the package, which have several modules each
 * @throws DecodeError
 */
export function summarize(
  source: string,
  spans: readonly Span[],
  read: ReadProgram,
): ProfileSummary {
  const { nodes, startTime, samples, timeDeltas } = parseAs(profile, source, 'the profile')
  const modules = new Modules(read)
  const names = new Map(nodes.map(({ id, callFrame }) => [id, bucketOf(callFrame, modules)]))
  const totals = new Map<string, number>()
  let [allUs, atUs] = [0, startTime]
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index] ?? 0
    const us = timeDeltas[index + 1] ?? 0
    const name = names.get(id)
    if (name === undefined || !isIn(spans, atUs)) continue
    totals.set(name, (totals.get(name) ?? 0) + us)
    allUs += us
  }
  const buckets = [...totals].map(([name, us]) => ({ name, share: allUs === 0 ? 0 : us / allUs }))
  return {
    sampledMs: allUs / 1000,
    buckets: buckets.toSorted((left, right) => right.share - left.share),
  }
}

function isIn(spans: readonly Span[], atUs: number): boolean {
  return spans.length === 0 || spans.some(({ fromUs, toUs }) => atUs >= fromUs && atUs < toUs)
}

/** Which module of the package a line of its files is of, by the comments between them. */
class Modules {
  readonly #read: ReadProgram
  readonly #lines = new Map<string, readonly string[]>()

  constructor(read: ReadProgram) {
    this.#read = read
  }

  at({ url, lineNumber }: Frame): string {
    const lines = this.#lines.get(url) ?? this.#read(url).split('\n')
    this.#lines.set(url, lines)
    for (let line = lineNumber; line >= 0; line -= 1) {
      const [, name] = /^\/\/ build\/library\/(.+)\.js$/.exec(lines[line] ?? '') ?? []
      if (name !== undefined) return name
    }
    return 'the package'
  }
}

const maps = ['get', 'set', 'has', 'delete']
const promises = ['Promise', 'then', 'runMicrotasks', 'resolve', 'reject', 'enqueueMicrotask']

/** Whose time the code of a frame takes. */
function bucketOf(called: Frame, modules: Modules): string {
  const { functionName, url } = called
  if (functionName === '(garbage collector)') return 'garbage collector'
  if (/^\((program|idle|root)\)$/.test(functionName)) return 'V8 itself, and idle'
  if (url.includes('/dist/')) {
    return `${modules.at(called)}: ${functionName || 'an unnamed function'}`
  }
  if (url.includes('/bench/')) return 'the benchmark itself'
  if (/async_hooks|async_local_storage|promise|task_queues|microtask/.test(url)) {
    return 'promises and async hooks'
  }
  if (url !== '') return 'Node, other'
  if (maps.includes(functionName)) return 'Map'
  return promises.includes(functionName) ? 'promises and async hooks' : 'V8, built in'
}
