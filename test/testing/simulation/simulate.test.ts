import { call, child, defineServer, next, tryCall } from 'flotilla'
import {
  type Client,
  type FaultKind,
  type Simulation,
  type SimulationDefinition,
  type SimulationEvent,
  simulate,
  simulation,
} from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { counting, losing, startCounter, type Tally } from './counters.ts'

const seeds = Array.from({ length: 10 }, (_, index) => index + 1)

describe('a run', () => {
  test('has the same hash for the same seed, and another one for another', async () => {
    const hashes = new Set<string>()
    for (const seed of seeds) {
      const options = { seed, minutes: 0.2 }
      const first = await simulate(counting({ nodes: 2 }), options)
      const second = await simulate(counting({ nodes: 2 }), options)
      expect(first.failure, `seed ${seed}`).toBeUndefined()
      expect(second.hash, `seed ${seed}`).toBe(first.hash)
      expect(second.timeline).toEqual(first.timeline)
      hashes.add(first.hash)
    }
    expect(hashes.size).toBe(seeds.length)
  })

  test('goes another way under another schedule', async () => {
    const hashes: string[] = []
    for (const schedule of ['random', 'priority', 'fifo'] as const) {
      const run = await simulate(counting({ faults: 'none' }), { seed: 1, minutes: 0.1, schedule })
      expect(run.drawn.schedule).toBe(schedule)
      hashes.push(run.hash)
    }
    expect(new Set(hashes).size).toBe(3)
  })

  test('lasts as long as it was told to, in no time at all', async () => {
    const run = await simulate(counting({ faults: 'none' }), { seed: 1, minutes: 10 })
    expect(run.ok).toBe(true)
    expect(run.virtualMs).toBeGreaterThanOrEqual(600_000)
    expect(run.events).toBeGreaterThan(50_000)
  })

  test('says what was drawn for it, and gives the options that bring it about again', async () => {
    const run = await simulate(counting(), { seed: 5, minutes: 0.2 })
    const again = await simulate(counting(), run.options)
    expect(again.hash).toBe(run.hash)
    expect(Object.keys(run.drawn.faults).length).toBeGreaterThan(0)
    expect(run.drawn.clients).toEqual(['visitor 1', 'visitor 2', 'visitor 3'])
  })

  test('is refused while another one runs in the OS process', async () => {
    const first = simulate(counting({ faults: 'none' }), { seed: 1, minutes: 0.01 })
    await expect(simulate(counting(), { seed: 1 })).rejects.toMatchObject({
      code: 'FLOTILLA_ALREADY_STARTED',
    })
    expect((await first).ok).toBe(true)
  })

  test('shows its invariants every event once and in order', async () => {
    const sequences: number[] = []
    const kinds = new Set<string>()
    let ends = 0
    const make = () => ({
      on: (event: SimulationEvent) => {
        sequences.push(event.sequence)
        kinds.add(event.kind)
      },
      atEnd: () => {
        ends += 1
      },
    })
    const watched = counting({ faults: 'none', invariants: [{ id: 'X', title: 'sees', make }] })
    const run = await simulate(watched, { seed: 1, minutes: 0.05 })
    expect(sequences).toEqual(Array.from({ length: run.events }, (_, index) => index + 1))
    expect(ends).toBe(1)
    for (const kind of ['process_starting', 'name_taken', 'call_settled', 'node_ended']) {
      expect(kinds).toContain(kind)
    }
  })
})

describe('a node that ends in order', () => {
  test('leaves nothing behind, whatever has happened before', async () => {
    for (const seed of seeds) {
      const residues: unknown[] = []
      const on = (event: SimulationEvent) => {
        if (event.kind === 'node_ended') residues.push(event.residue)
      }
      const invariant = { id: 'X', title: 'sees', make: () => ({ on }) }
      await simulate(counting({ nodes: 2, invariants: [invariant] }), { seed, minutes: 0.2 })
      const none = { processes: 0, timers: 0, rows: 0, aliases: 0, calls: 0, escapeListeners: 0 }
      expect(residues.length).toBeGreaterThanOrEqual(2)
      for (const residue of residues) expect(residue, `seed ${seed}`).toEqual(none)
    }
  })
})

describe('a fault', () => {
  const ofNodes: readonly [FaultKind, number, (event: SimulationEvent) => boolean][] = [
    ['crash', 5, ({ kind }) => kind === 'node_crashed'],
    ['pause', 5, ({ kind }) => kind === 'node_paused'],
    ['jump', 20, ({ kind }) => kind === 'fault'],
    ['drift', 0.02, ({ kind }) => kind === 'fault'],
    ['kill', 20, (event) => event.kind === 'process_ended' && event.reason.kind === 'killed'],
    ['throw_before', 0.02, (event) => event.kind === 'process_ended' && hasFault(event.reason)],
    ['throw_after', 0.02, (event) => event.kind === 'process_ended' && hasFault(event.reason)],
    ['escape', 0.02, (event) => event.kind === 'process_ended' && hasFault(event.reason)],
    ['slow', 0.02, (event) => event.kind === 'call_settled' && event.afterMs > 1],
  ]

  test.each(ofNodes)('of the kind %s happens and is survived', async (kind, rate, shows) => {
    let seen = 0
    const on = (event: SimulationEvent) => {
      if (shows(event)) seen += 1
    }
    const invariants = [{ id: 'X', title: 'sees', make: () => ({ on }) }]
    const run = await simulate(counting({ faults: { [kind]: rate }, invariants }), {
      seed: 3,
      minutes: 2,
    })
    expect(run.failure).toBeUndefined()
    expect(run.faultCounts[kind]).toBeGreaterThan(0)
    expect(seen).toBeGreaterThan(0)
  })

  test('that is left out leaves the others where they are', async () => {
    const faulty = counting({ faults: { kill: 20 } })
    const all = await simulate(faulty, { seed: 3, minutes: 1 })
    const kept = all.injected.filter((_, index) => index % 2 === 0)
    const onlyFaults = kept.map(({ name }) => name)
    const some = await simulate(faulty, { seed: 3, minutes: 1, onlyFaults })
    expect(all.injected.length).toBeGreaterThan(3)
    expect(some.injected.map(({ name }) => name)).toEqual(onlyFaults)
  })

  test('does not happen when it is not wanted', async () => {
    for (const seed of seeds) {
      const withoutFaults = ['crash', 'kill', 'pause'] as const
      const run = await simulate(counting({ withoutFaults }), { seed, minutes: 0.2 })
      for (const kind of withoutFaults) expect(run.faultCounts[kind]).toBeUndefined()
    }
  })
})

describe('the clock of a node', () => {
  test('jumps, and never goes back where it promised not to', async () => {
    const walls: number[] = []
    const monotonic: number[] = []
    const run = await simulate(
      counting({
        faults: { jump: 60, drift: 0.02 },
        clients: {
          reader: (client) =>
            client.every(50, () => {
              const { clock } = client.world.node('a').host
              walls.push(clock.wallMs())
              monotonic.push(clock.monotonicMs())
            }),
        },
      }),
      { seed: 2, minutes: 1 },
    )
    expect(run.ok).toBe(true)
    expect(walls.some((wall, index) => wall < (walls[index - 1] ?? 0))).toBe(true)
    expect(monotonic).toEqual(monotonic.toSorted((one, other) => one - other))
    expect(Math.abs((monotonic.at(-1) ?? 0) / run.virtualMs - 1)).toBeGreaterThan(1e-4)
  })
})

describe('a crash', () => {
  /** A client that waits as long as it takes, and notes what its calls come to. */
  const waiting = (answers: string[]) => (client: Client<Tally>) =>
    client.every(10, async () => {
      const counter = client.world.memory.counters.get('a')
      if (counter === undefined) return
      const answer = await tryCall(counter, 'linger', 5000, { timeoutMs: 'infinity' })
      answers.push(answer.ok ? 'reply' : answer.exit.reason.kind)
    })

  test('answers those who wait outside, and starts the node anew', async () => {
    const answers: string[] = []
    const run = await simulate(
      counting({
        faults: { crash: 6 },
        clients: { waiter: waiting(answers) },
      }),
      { seed: 1, minutes: 3 },
    )
    expect(run.ok).toBe(true)
    expect(new Set(answers)).toEqual(new Set(['reply', 'nodedown', 'noproc']))
  })

  test('is what becomes of a node whose start fails once it is there', async () => {
    let failures = 0
    const answers: string[] = []
    const run = await simulate(
      counting({
        faults: { crash: 6 },
        start: async (world, node) => {
          const started = await startCounter(world, node)
          if (node.life % 2 === 1) return started
          await new Promise((resolve) => setTimeout(resolve, 1000))
          failures += 1
          throw new Error('the database is not there yet')
        },
        clients: { waiter: waiting(answers) },
      }),
      { seed: 1, minutes: 3 },
    )
    expect(run.failure).toBeUndefined()
    expect(failures).toBeGreaterThan(0)
    expect(answers.filter((answer) => answer === 'nodedown').length).toBeGreaterThan(failures)
  })

  test('runs none of the code of the node any more', async () => {
    const lives: number[] = []
    const run = await simulate(
      simulation<Tally>({
        name: 'timers',
        memory: () => ({ counters: new Map(), added: 0 }),
        start: async (world, node) => {
          const { life } = node
          setInterval(() => {
            lives.push(life)
            if (life !== node.life) throw new Error('a timer of a life that is over has fired')
          }, 100)
          return await startCounter(world, node)
        },
        faults: { crash: 6 },
      }),
      { seed: 1, minutes: 3 },
    )
    expect(run.failure).toBeUndefined()
    expect(new Set(lives).size).toBeGreaterThan(1)
  })
})

describe('a failure', () => {
  test('of the last check is found, with what led to it', async () => {
    const run = await firstFailure(losing())
    expect(run.failure).toMatchObject({ kind: 'check', subject: 'finally' })
    expect(run.failure?.message).toMatch(/^of 4 visits [123] counted$/)
    expect(run.timeline.length).toBeGreaterThan(5)
  })

  test('of a client is one of the run', async () => {
    const failing = counting({
      clients: { tester: () => Promise.reject(new Error('on purpose')) },
    })
    const run = await simulate(failing, { seed: 1 })
    expect(run.failure).toMatchObject({ kind: 'client', subject: 'tester', message: 'on purpose' })
  })

  test('of an invariant names it and shows who sent what to whom', async () => {
    const on = (event: SimulationEvent) => {
      if (event.kind === 'call_settled' && event.atMs > 1000) throw new Error('too late')
    }
    const invariants = [{ id: 'I0', title: 'answers come early', make: () => ({ on }) }]
    const run = await simulate(counting({ faults: 'none', invariants }), { seed: 1 })
    expect(run.failure).toMatchObject({ kind: 'invariant', subject: 'I0', message: 'too late' })
    expect(run.failure?.slice.join('\n')).toMatch(/client visitor \d -> a\/\d+ call add/)
    expect(run.failure?.slice.at(-1)).toContain('reply')
  })

  test('of the first start is one of the run', async () => {
    const start = () => Promise.reject(new Error('no database'))
    const run = await simulate(simulation({ name: 'broken', start }), { seed: 1 })
    expect(run.failure).toMatchObject({ kind: 'start', subject: 'a', message: 'no database' })
  })

  test('to settle names who waits', async () => {
    const clients = { patient: () => new Promise<void>(() => undefined) }
    const run = await simulate(counting({ faults: 'none', clients }), { seed: 1, minutes: 0.01 })
    expect(run.failure).toMatchObject({ kind: 'stalled', subject: 'client patient' })
  })

  const stuck = (
    parts: Partial<Parameters<typeof simulation>[0]>,
    server: ReturnType<typeof Odd>,
  ) =>
    simulation({
      name: 'stuck',
      faults: 'none',
      start: (world, node) => world.startNode(child(server, undefined), node),
      // It takes the casts of timers for lost.
      withoutInvariants: ['I24'],
      ...parts,
    })
  const Odd = (handlers: Partial<Record<'init' | 'hang' | 'terminate', () => Promise<void>>>) =>
    defineServer({
      name: 'odd',
      async init(_arg: undefined, context) {
        context.trapExits(true)
        await handlers.init?.()
        if (handlers.hang !== undefined) context.after(10, 'hang')
      },
      casts: {
        async hang(_state, _payload: void, context) {
          // A timer that only sends a message settles nothing that the handler awaits.
          context.after(1_000_000, 'hang')
          await handlers.hang?.()
          return next(undefined)
        },
      },
      terminate: () => handlers.terminate?.(),
    })
  const never = () => new Promise<void>(() => undefined)
  test.each([
    ['hang', never, 'cast "hang" of odd a/2'],
    ['init', never, 'a node to start: init of odd a/2'],
    ['terminate', never, 'every node to stop: terminate of odd a/2'],
  ] as const)(
    'to settle names the %s that awaits what nothing settles',
    async (part, work, text) => {
      const start: SimulationDefinition['start'] = (world, node) =>
        world.startNode(
          child(Odd({ [part]: work }), undefined, {
            ...(part === 'terminate' ? { shutdownMs: 'infinity' } : {}),
          }),
          node,
        )
      const run = await simulate(stuck({ start }, Odd({})), { seed: 1, minutes: 0.01 })
      expect(run.failure).toMatchObject({ kind: 'stalled', subject: text })
      expect(run.failure?.message).toBe(
        `waited 60000 ms in vain for ${text}, which awaits what nothing in the simulation settles`,
      )
    },
  )

  test('to settle is none of a handler that others will wake, or a timer', async () => {
    let wake: () => void = () => undefined
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    const clients = {
      waker: async (client: { sleepMs(ms: number): Promise<void> }) => {
        await client.sleepMs(1000)
        setTimeout(wake, 30_000)
      },
    }
    const waiting = await simulate(stuck({ clients }, Odd({ hang: () => woken })), {
      seed: 1,
      minutes: 0.01,
    })
    expect(waiting.failure).toBeUndefined()
    const polling = async () => {
      for (;;) await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const run = await simulate(stuck({}, Odd({ hang: polling })), { seed: 1, minutes: 0.01 })
    expect(run.failure).toBeUndefined()
  })

  test('to handle an error is one of the run, unless it is the error of a process', async () => {
    const floating = async () => {
      void Promise.reject(new Error('nobody looks'))
    }
    const run = await simulate(counting({ faults: 'none', clients: { floating } }), { seed: 1 })
    expect(run.failure).toMatchObject({ kind: 'unhandled', message: 'nobody looks' })
  })

  test('to move time on is found', async () => {
    const clients = {
      busy: async (client: { turn(): Promise<void>; readonly goesOn: boolean }) => {
        while (client.goesOn) await client.turn()
      },
    }
    const run = await simulate(counting({ faults: 'none', clients }), { seed: 1 })
    expect(run.failure?.message).toMatch(/^\d+ steps were taken, and time did not move$/)
  })

  test('leaves the next run as it would be', async () => {
    const before = await simulate(counting(), { seed: 4, minutes: 0.1 })
    await firstFailure(losing())
    const after = await simulate(counting(), { seed: 4, minutes: 0.1 })
    expect(after.hash).toBe(before.hash)
  })
})

describe('the simulator', () => {
  test('handles many events in a second of the processor', async () => {
    const before = process.cpuUsage()
    const run = await simulate(counting({ faults: 'none' }), { seed: 1, minutes: 5 })
    const { user, system } = process.cpuUsage(before)
    const perSecond = Math.round(run.events / ((user + system) / 1e6))
    console.info(`simulator: ${run.events} events, ${perSecond} per second of the processor`)
    expect(run.ok).toBe(true)
  })

  test('lets a call be made in the last check', async () => {
    let counted = -1
    const run = await simulate(
      counting({
        faults: 'none',
        async finally({ memory }) {
          const counter = memory.counters.get('a')
          if (counter !== undefined) counted = await call(counter, 'read')
        },
      }),
      { seed: 1, minutes: 0.1 },
    )
    expect(run.ok).toBe(true)
    expect(counted).toBe(180)
  })
})

function hasFault(reason: { readonly kind: string; readonly error?: unknown }): boolean {
  return reason.error instanceof Error && reason.error.name === 'InjectedFault'
}

async function firstFailure(losing: Simulation<Tally>) {
  for (let seed = 1; seed <= 100; seed += 1) {
    const run = await simulate(losing, { seed, minutes: 0.01 })
    if (!run.ok) return run
  }
  throw new Error('none of 100 seeds fails')
}
