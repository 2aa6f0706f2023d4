import {
  type FaultRates,
  type NetworkOptions,
  type SimulationEvent,
  simulate,
  simulation,
  type World,
} from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import type { Link } from '../../../src/process/transport.ts'
import { startCounter, type Tally } from './counters.ts'
import { requirements } from './transport-conformance.ts'

interface Setting {
  readonly network?: NetworkOptions
  readonly faults?: FaultRates
  readonly minutes?: number
  readonly seed?: number
}

/** Runs code on a network of three nodes; gives back the run and its events. */
async function onNetwork(setting: Setting, work: (world: World<Tally>) => Promise<void>) {
  const events: SimulationEvent[] = []
  const on = (event: SimulationEvent) => void events.push(event)
  const { network = {}, faults = 'none' as const, minutes = 0.05, seed = 1 } = setting
  const run = await simulate(
    simulation<Tally>({
      name: 'network',
      nodes: 3,
      memory: () => ({ counters: new Map(), added: 0 }),
      start: startCounter,
      clients: { tester: (client) => work(client.world) },
      network,
      faults,
      invariants: [{ id: 'X', title: 'sees', make: () => ({ on }) }],
      settleMs: 300_000,
    }),
    { seed, minutes },
  )
  return { run, events }
}

describe('the simulated network meets the port', () => {
  const faults = { loss: 0.3, clog: 30, drift: 0.02 }
  test.each(Object.entries(requirements))('%s', async (_sentence, requirement) => {
    for (const setting of [
      {},
      { faults, minutes: 0.2, seed: 1 },
      { faults, minutes: 0.2, seed: 2 },
    ]) {
      const { run } = await onNetwork(setting, (world) => {
        const near = world.node('a').transport
        const far = world.node('b').transport
        return requirement({ near, far, farName: 'b', strangerName: 'nobody' })
      })
      expect(run.failure).toBeUndefined()
    }
  })
})

describe('where nothing is promised', () => {
  const kinds = [
    ['loss', (numbers: number[]) => new Set(numbers).size < 500],
    ['duplication', (numbers: number[]) => numbers.length > new Set(numbers).size],
    ['reordering', (numbers: number[]) => numbers.some((n, at) => n < (numbers[at - 1] ?? 0))],
  ] as const

  test.each(kinds)('%s shows', async (kind, shows) => {
    const numbers: number[] = []
    const network = { promises: 'nothing', delayMs: [1, 1] } as const
    const { run } = await onNetwork({ network, faults: { [kind]: 0.2 }, minutes: 0.3 }, (world) =>
      pump(world, { count: 500, onFrame: (number) => numbers.push(number) }),
    )
    expect(run.failure).toBeUndefined()
    expect(shows(numbers)).toBe(true)
    expect(Object.keys(run.faultCounts)).toEqual([kind])
  })

  test('each frame that is lost, and each copy, is counted', async () => {
    const numbers: number[] = []
    const network = { promises: 'nothing', delayMs: [1, 1] } as const
    const faults = { loss: 0.1, duplication: 0.3 }
    const { run, events } = await onNetwork({ network, faults, minutes: 0.3 }, (world) =>
      pump(world, { count: 500, onFrame: (number) => numbers.push(number) }),
    )
    const { loss = 0, duplication = 0 } = run.faultCounts
    const lost = events.filter(({ kind }) => kind === 'frame_lost').length
    // A greeting may be lost, too, and is sent again.
    expect([lost, lost + 1, lost + 2]).toContain(loss)
    expect(numbers.length).toBe(500 + duplication - lost)
  })

  test('nothing of it shows where order is promised', async () => {
    const numbers: number[] = []
    const faults = { loss: 0.2, duplication: 0.2, reordering: 0.2 }
    const { run } = await onNetwork({ faults, minutes: 0.3 }, (world) =>
      pump(world, { count: 500, onFrame: (number) => numbers.push(number) }),
    )
    expect(run.failure).toBeUndefined()
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index))
    expect(Object.keys(run.faultCounts)).toEqual(['loss'])
    expect(run.faultCounts.loss).toBeGreaterThan(50)
  })
})

describe('a way that is blocked', () => {
  test('by a clog delays, and lets everything through afterwards', async () => {
    const delays = await delaysUnder({ clog: 60 })
    expect(Math.max(...delays)).toBeGreaterThan(100)
  })

  test('by a cut takes the link down once that has waited for too long', async () => {
    const reasons: string[] = []
    const setting = { faults: { cut: 30 }, minutes: 3, network: { linkTimeoutMs: 2000 } }
    const { run } = await onNetwork(setting, async (world) => {
      while (world.phase === 'faults') {
        const link = await linkOf(world).catch(() => undefined)
        if (link === undefined) continue
        const down = new Promise<string>((resolve) => link.onDown(resolve))
        let isUp = true
        const over = down.then((reason) => {
          isUp = false
          reasons.push(reason)
        })
        while (isUp && world.phase === 'faults') {
          link.send(new Uint8Array(1))
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        if (isUp) link.close()
        else await over
      }
    })
    expect(run.failure).toBeUndefined()
    expect(run.faultCounts.cut).toBeGreaterThan(0)
    expect(reasons).toContain('timeout')
  })

  test('may be so in one direction only', async () => {
    const setting = { faults: { cut: 2 }, minutes: 5, network: { linkTimeoutMs: 200_000 } }
    const { run, events } = await onNetwork(setting, async (world) => {
      const ends: Link[] = []
      world.node('b').transport.listen((link) => void ends.push(link))
      ends.push(await world.node('a').transport.connect('b'))
      while (world.phase === 'faults') {
        for (const end of ends) end.send(new Uint8Array(1))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })
    expect(run.failure).toBeUndefined()
    const passes = (from: string, to: string, { startMs, endMs }: Record<string, number>) =>
      events.some((event) => {
        if (event.kind !== 'frame_delivered') return false
        const isWithin = event.atMs > (startMs ?? 0) + 10 && event.atMs < (endMs ?? 0)
        return isWithin && event.from === from && event.to === to
      })
    const oneWay = events.filter((event) => {
      const [from, to] = event.kind === 'fault' ? event.target.split('>') : []
      if (event.kind !== 'fault' || from === undefined || to === undefined) return false
      const window = { startMs: event.atMs, endMs: event.atMs + Number(/\d+/.exec(event.detail)) }
      return !passes(from, to, window) && passes(to, from, window)
    })
    expect(oneWay.length).toBeGreaterThan(0)
  })
})

describe('a node that crashes', () => {
  test('takes its links along', async () => {
    const { run, events } = await onNetwork({ faults: { crash: 5 }, minutes: 2 }, (world) =>
      everybodyTalks(world),
    )
    expect(run.failure).toBeUndefined()
    const crash = events.find((event) => event.kind === 'node_crashed')
    expect(crash).toBeDefined()
    const late = events.filter((event) => {
      return event.kind === 'frame_sent' && event.atMs === crash?.atMs
    })
    expect(late.every((event) => event.sequence < (crash?.sequence ?? 0))).toBe(true)
  })
})

async function linkOf(world: World<Tally>, onFrame?: (number: number) => void): Promise<Link> {
  world.node('b').transport.listen((link) => {
    link.onFrame((frame) => onFrame?.(Number(new TextDecoder().decode(frame))))
  })
  return await world.node('a').transport.connect('b')
}

async function pump(
  world: World<Tally>,
  { count, onFrame }: { count: number; onFrame: (number: number) => void },
): Promise<void> {
  const link = await linkOf(world, onFrame)
  for (let index = 0; index < count; index += 1) {
    link.send(new TextEncoder().encode(String(index)))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}

async function delaysUnder(faults: FaultRates): Promise<number[]> {
  const { run, events } = await onNetwork({ faults, minutes: 1 }, (world) =>
    pump(world, { count: 1000, onFrame: () => undefined }),
  )
  expect(run.failure).toBeUndefined()
  const sent = new Map<number, number>()
  return events.flatMap((event) => {
    if (event.kind === 'frame_sent') sent.set(event.frame, event.atMs)
    if (event.kind !== 'frame_delivered') return []
    return [event.atMs - (sent.get(event.frame) ?? 0)]
  })
}

/** Every node sends to every other one, again and again, over links that are made anew. */
async function everybodyTalks(world: World<Tally>): Promise<void> {
  while (world.phase === 'faults') {
    for (const from of world.nodes) {
      for (const to of world.nodes) {
        if (from === to || from.state !== 'running' || to.state !== 'running') continue
        to.transport.listen((link) => link.onFrame(() => undefined))
        const say = (link: Link): void => {
          link.send(new Uint8Array(3))
          setTimeout(() => link.close(), 1000)
        }
        from.transport.connect(to.name).then(say, () => undefined)
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
