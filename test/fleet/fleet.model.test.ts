import fc from 'fast-check'
import { exit, isAlive, type Pid, type Restart, startNode, supervisor } from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { expectNothingLeft } from '../supervisor/running.ts'
import { type Part, pidOf } from '../supervisor/worker.ts'
import { type Crew, changes, crew, expectOneHolderEach } from './crew.ts'

// The model of a fleet: the set of wanted keys. An order changes it as its answer says; kills,
// poison and the loss of the keeper change nothing. Everything else is derived and compared.

const keys = ['a', 'b', 'c', 'd'] as const
type Name = (typeof keys)[number]

/** Orders are given together and answered side by side. */
const order = fc.record({
  kind: fc.constantFrom('start', 'ensure', 'stop', 'kill', 'kill', 'poison', 'heal'),
  key: fc.constantFrom<Name>(...keys),
})
/** What concerns the whole fleet, or depends on where a key stands, has a step of its own. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(order, { minLength: 1, maxLength: 6 }) },
  fc.record({ kind: fc.constant('release'), key: fc.constantFrom<Name>(...keys) }),
  fc.record({ kind: fc.constant('leave'), key: fc.constantFrom<Name>(...keys) }),
  fc.record({ kind: fc.constant('lose the keeper'), key: fc.constantFrom<Name>(...keys) }),
  fc.record({ kind: fc.constant('lose the tree'), key: fc.constantFrom<Name>(...keys) }),
  fc.record({ kind: fc.constant('wait'), key: fc.constantFrom<Name>(...keys) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

describe('a fleet under random orders, kills, poison and losses', () => {
  const styles: readonly Style[] = [
    { traps: false, slow: false },
    { traps: false, slow: true },
    { traps: true, slow: false },
    { traps: true, slow: true },
  ]
  const table = (['permanent', 'transient'] as const).flatMap((restart) => {
    return styles.map((style) => ({ restart, ...style }))
  })

  test.each(table)(
    'does as the model says: %j',
    async ({ restart, ...style }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
          const world = await World.start(restart, style)
          for (const each of steps) await world.take(each)
          await world.finish()
        }),
        { numRuns: 40 },
      )
    },
    60_000,
  )
})

interface Style {
  readonly traps: boolean
  /** `init` and `terminate` take five milliseconds. */
  readonly slow: boolean
}

class World {
  readonly #wanted = new Set<string>()
  readonly #poisoned = new Set<string>()
  readonly #workers: Crew
  readonly #style: Style
  readonly #host: VirtualHost = virtualHost()
  readonly #events: ReturnType<typeof changes>
  readonly #inner
  readonly #top
  #stop: () => Promise<void> = async () => undefined
  #expectOver: () => void = () => undefined

  static async start(restart: Restart, style: Style): Promise<World> {
    const world = new World(restart, style)
    const node = await startNode(world.#top, { host: world.#host })
    world.#stop = () => node.stop()
    world.#expectOver = () => expectNothingLeft(node, world.#host)
    return world
  }

  private constructor(restart: Restart, style: Style) {
    this.#workers = crew({ restart })
    this.#style = style
    this.#events = changes(this.#workers)
    const often = { strategy: 'one_for_one', maxRestarts: 1_000_000 } as const
    this.#inner = supervisor({ ...often, name: 'inner' }, [this.#workers])
    this.#top = supervisor({ ...often, name: 'top' }, [this.#inner])
  }

  async take(what: Step): Promise<void> {
    if (Array.isArray(what)) await this.#orders(what)
    else await this.#alone(what.kind, what.key)
    this.#compare()
  }

  /** Takes all poison away: then every wanted key must run, and no other. */
  async finish(): Promise<void> {
    this.#poisoned.clear()
    await this.#host.advance(20_000)
    for (const { key } of this.#workers.parked())
      expect(await this.#workers.release(key)).toBe(true)
    await this.#host.advance(20_000)
    this.#compare()
    expect([...this.#workers.keys()].toSorted()).toEqual([...this.#wanted].toSorted())
    expect(this.#workers.counts()).toEqual({
      desired: this.#wanted.size,
      running: this.#wanted.size,
      pending: 0,
      parked: 0,
    })
    for (const key of this.#wanted) expect(await this.#workers.call(key, 'id')).toBe(key)
    const over = this.#stop()
    await this.#host.advance(10_000)
    await over
    this.#expectOver()
    expect(expectOneHolderEach(this.#events).size).toBe(0)
  }

  async #orders(orders: readonly { readonly kind: string; readonly key: string }[]): Promise<void> {
    const learn = orders.map(({ kind, key }) => this.#order(kind, key))
    // Nothing takes longer: whoever still waits then waits for ever.
    await this.#host.advance(100)
    const pending = Symbol('pending')
    for (const each of learn) {
      const lesson = await Promise.race([each, Promise.resolve(pending)])
      if (typeof lesson === 'symbol') throw new Error('an order was never answered')
      lesson()
    }
  }

  /** Gives an order; its answer is what the model has to learn, in the order of the orders. */
  async #order(kind: string, key: string): Promise<() => void> {
    const wants = (): void => void this.#wanted.add(key)
    const nothing = (): void => undefined
    switch (kind) {
      case 'start': {
        const started = await this.#workers.start(this.#part(key))
        return started.ok || started.reason.kind === 'already_started' ? wants : nothing
      }
      case 'ensure': {
        const present = this.#workers.whereis(key)
        const pid = await this.#workers.ensure(this.#part(key)).catch(() => present)
        // Whoever is there already is given at once, before orders that still wait.
        return pid === present ? nothing : wants
      }
      case 'stop': {
        const isStopped = await this.#workers.stop(key)
        // True also for a start that was under way and failed of it: then nobody was wanted yet.
        return () => expect(!this.#wanted.delete(key) || isStopped).toBe(true)
      }
      case 'kill':
        this.#kill(this.#workers.whereis(key))
        return nothing
      case 'poison':
        this.#poisoned.add(key)
        return nothing
      default:
        this.#poisoned.delete(key)
        return nothing
    }
  }

  async #alone(kind: string, key: string): Promise<void> {
    const workers = this.#workers
    if (kind === 'release') {
      const isParked = workers.parked().some((each) => each.key === key)
      expect(await workers.release(key)).toBe(isParked)
    } else if (kind === 'leave') {
      const runs = workers.whereis(key) !== undefined
      workers.cast(key, 'stop', { kind: 'normal' })
      await this.#host.advance(100)
      // A worker that had to start first may have left, or failed to start and be tried again.
      if (runs && workers.counts().desired < this.#wanted.size) this.#wanted.delete(key)
    } else if (kind === 'lose the keeper') this.#kill(pidOf(this.#inner, 'crew'))
    else if (kind === 'lose the tree') this.#kill(pidOf(this.#top, 'inner'))
    else await this.#host.advance(6000)
    await this.#host.advance(6000)
  }

  #kill(pid: Pid | undefined): void {
    if (pid === undefined) return
    exit(pid, 'kill')
    expect(isAlive(pid)).toBe(false)
    this.#expectNobodyDead()
  }

  #part(key: string): Part {
    const { traps, slow } = this.#style
    const pause = () => new Promise<void>((go) => void this.#host.clock.after(5, go))
    const init = () => {
      if (this.#poisoned.has(key)) throw new Error('poisoned')
      return slow ? pause() : undefined
    }
    return { id: key, traps, init, ...(slow ? { terminate: pause } : {}) }
  }

  #compare(): void {
    this.#expectNobodyDead()
    expectOneHolderEach(this.#events)
    const { desired, running, pending, parked } = this.#workers.counts()
    expect(desired).toBe(this.#wanted.size)
    expect(running + pending + parked).toBe(desired)
    expect(this.#workers.parked().every(({ key }) => this.#wanted.has(key))).toBe(true)
  }

  #expectNobodyDead(): void {
    for (const key of keys) {
      const pid = this.#workers.whereis(key)
      expect(pid === undefined || isAlive(pid)).toBe(true)
    }
  }
}
