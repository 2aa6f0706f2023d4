/**
 * What every implementation of the port to other nodes must do.
 */
import type { Link, Transport } from '../../../src/process/transport.ts'

/** What the requirements are tried out on. */
export interface Bench {
  /** Two nodes that can reach each other. */
  readonly near: Transport
  readonly far: Transport
  /** What `connect` of the near one is given to reach the far one. */
  readonly farName: string
  /** A node that nobody knows. */
  readonly strangerName: string
}

/** One requirement; it rejects if it is not met. */
export type Requirement = (bench: Bench) => Promise<void>

/** Every requirement, by the sentence that says it. */
export const requirements: Readonly<Record<string, Requirement>> = {
  async 'carries frames in the order of sending, each once and unchanged'(bench) {
    const [near, far] = await connected(bench)
    const got = collect(far, 200)
    for (let index = 0; index < 200; index += 1) expectOk(near.send(frameOf(index)))
    equal((await got).map(numberIn), range(200))
  },
  async 'carries frames both ways at the same time'(bench) {
    const [near, far] = await connected(bench)
    const [there, back] = [collect(far, 50), collect(near, 50)]
    for (let index = 0; index < 50; index += 1) {
      expectOk(near.send(frameOf(index)))
      expectOk(far.send(frameOf(1000 + index)))
    }
    equal((await there).map(numberIn), range(50))
    equal(
      (await back).map(numberIn),
      range(50).map((index) => 1000 + index),
    )
  },
  async 'keeps what arrives before anybody listens'(bench) {
    const [near, far] = await connected(bench)
    const [first, second] = [collect(near, 1), frameOf(7)]
    expectOk(near.send(second))
    expectOk(far.send(frameOf(8)))
    // The answer took the same way back, so the frame has been there for a while.
    equal((await first).map(numberIn), [8])
    equal((await collect(far, 1)).map(numberIn), [7])
  },
  async 'lets the sender use its buffer again at once'(bench) {
    const [near, far] = await connected(bench)
    const frame = frameOf(5)
    const got = collect(far, 1)
    expectOk(near.send(frame))
    frame.fill(0)
    equal((await got).map(numberIn), [5])
  },
  async 'carries an empty frame and a large one'(bench) {
    const [near, far] = await connected(bench)
    const got = collect(far, 2)
    expectOk(near.send(new Uint8Array(0)))
    expectOk(near.send(new Uint8Array(300_000).fill(9)))
    equal(
      (await got).map((frame) => frame.byteLength),
      [0, 300_000],
    )
  },
  async 'refuses with full what would wait without a limit'(bench) {
    const [near] = await connected(bench)
    const outcomes = new Set<string>()
    for (let count = 0; count < 4000; count += 1) outcomes.add(near.send(new Uint8Array(65_536)))
    equal([...outcomes].sort(), ['full', 'ok'])
  },
  async 'delivers what was sent before the link was closed, and then says that it is down'(bench) {
    const [near, far] = await connected(bench)
    const seen: string[] = []
    far.onFrame((frame) => seen.push(`frame ${numberIn(frame)}`))
    const down = downOf(far)
    for (let index = 0; index < 3; index += 1) expectOk(near.send(frameOf(index)))
    near.close()
    await down
    equal(seen, ['frame 0', 'frame 1', 'frame 2'])
  },
  async 'takes nothing on a link that is down, and does not tell who closed it'(bench) {
    const [near, far] = await connected(bench)
    let told = 0
    near.onDown(() => {
      told += 1
    })
    near.close()
    near.close()
    equal(near.send(frameOf(1)), 'down')
    await downOf(far)
    equal(far.send(frameOf(1)), 'down')
    equal(told, 0)
  },
  async 'says that a link is down also to who asks afterwards, once'(bench) {
    const [near, far] = await connected(bench)
    far.close()
    let told = 0
    near.onDown(() => {
      told += 1
    })
    await until(() => near.send(frameOf(1)) === 'down', bench)
    await settled(bench)
    near.onDown(() => {
      told += 1
    })
    await settled(bench)
    equal(told, 1)
  },
  async 'keeps several links between the same nodes apart'(bench) {
    const [one, farOne] = await connected(bench)
    const [other, farOther] = await connected(bench)
    const [got, gotOther] = [collect(farOne, 1), collect(farOther, 1)]
    expectOk(one.send(frameOf(1)))
    expectOk(other.send(frameOf(2)))
    equal((await got).map(numberIn), [1])
    equal((await gotOther).map(numberIn), [2])
  },
  async 'names the node at the other end'(bench) {
    const [near] = await connected(bench)
    equal(near.peer, bench.farName)
  },
  async 'refuses to connect to a node where nobody listens'(bench) {
    await rejected(bench.near.connect(bench.strangerName))
    const listening = bench.far.listen(() => undefined)
    listening.close()
    await rejected(bench.near.connect(bench.farName))
  },
}

async function connected({ near, far, farName }: Bench): Promise<[Link, Link]> {
  const accepted = new Promise<Link>((resolve) => {
    const listening = far.listen((link) => {
      listening.close()
      resolve(link)
    })
  })
  const link = await near.connect(farName)
  return [link, await accepted]
}

function collect(link: Link, count: number): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  return new Promise((resolve) => {
    link.onFrame((frame) => {
      frames.push(frame)
      if (frames.length === count) resolve(frames)
    })
  })
}

function downOf(link: Link): Promise<string> {
  return new Promise((resolve) => link.onDown(resolve))
}

/** A connection made and closed: whatever was on its way before has arrived. */
async function settled(bench: Bench): Promise<void> {
  const [near, far] = await connected(bench)
  const down = downOf(far)
  near.close()
  await down
}

async function until(condition: () => boolean, bench: Bench): Promise<void> {
  while (!condition()) await settled(bench)
}

async function rejected(promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    () => 'resolved',
    (error) => (error instanceof Error ? 'rejected' : 'no error'),
  )
  equal(outcome, 'rejected')
}

function frameOf(number: number): Uint8Array {
  return new TextEncoder().encode(String(number))
}

function numberIn(frame: Uint8Array): number {
  return Number(new TextDecoder().decode(frame))
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function expectOk(outcome: string): void {
  equal(outcome, 'ok')
}

function equal(got: unknown, wanted: unknown): void {
  const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)]
  if (one !== other) throw new Error(`got ${one}, wanted ${other}`)
}
