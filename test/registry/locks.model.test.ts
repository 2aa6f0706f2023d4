/**
 * Locks under whatever can happen to those who hold them and wait for them.
 */
import fc from 'fast-check'
import { dynamicSupervisor, exit, type Node, type Pid, startNode, supervisor } from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { part, startedBy, type WorkerProtocol } from '../supervisor/worker.ts'
import { type AnyRegistry, contextOf, makeRegistry } from './any-registry.ts'

const keys = ['a', 'b'] as const
type Key = (typeof keys)[number]

/** One request, as the model sees it. */
interface Asked {
  readonly id: number
  readonly key: Key
  readonly owner: number | undefined
  readonly aborter: AbortController
  readonly dueMs: number
  state: 'waiting' | 'working' | 'over'
  finish: (fails: boolean) => void
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('ask' as const),
    key: fc.constantFrom(...keys),
    owner: fc.option(fc.nat(3), { nil: undefined }),
    timeoutMs: fc.constantFrom<number | 'infinity'>('infinity', 'infinity', 0, 5, 20),
  }),
  fc.record({ kind: fc.constant('finish' as const), at: fc.nat(9), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('abort' as const), at: fc.nat(9) }),
  fc.record({ kind: fc.constant('kill' as const), owner: fc.nat(3) }),
  fc.record({ kind: fc.constant('advance' as const), delayMs: fc.constantFrom(1, 5, 30) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('one at a time, in the order of asking, nobody twice, nobody who is gone, nothing left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), async (steps) => {
      const world = await World.open()
      for (const each of steps) await world.take(each)
      await world.close()
    }),
    { numRuns: 150 },
  )
})

class World {
  readonly #host: VirtualHost
  readonly #node: Node
  readonly #names: AnyRegistry
  readonly #start: () => Promise<Pid<WorkerProtocol>>
  readonly #owners: Pid<WorkerProtocol>[] = []
  readonly #asked: Asked[] = []
  readonly #problems: string[] = []

  private constructor(
    host: VirtualHost,
    node: Node,
    parts: { readonly names: AnyRegistry; readonly start: () => Promise<Pid<WorkerProtocol>> },
  ) {
    this.#host = host
    this.#node = node
    this.#names = parts.names
    this.#start = parts.start
  }

  static async open(): Promise<World> {
    const names = makeRegistry({ keys: 'unique', options: {} })
    const children = dynamicSupervisor({ name: 'children' })
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children])
    const host = virtualHost()
    const node = await startNode(top, { host })
    const start = () => {
      return startedBy(children.startChild(part({ id: 'w' }, { restart: 'temporary' })))
    }
    const world = new World(host, node, { names, start })
    for (let owner = 0; owner < 4; owner += 1) world.#owners.push(await start())
    return world
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'ask':
        this.#ask(step)
        break
      case 'finish':
        this.#working(step.at)?.finish(step.fails)
        break
      case 'abort': {
        const open = this.#asked.filter(({ state }) => state !== 'over')
        open[step.at % Math.max(1, open.length)]?.aborter.abort()
        for (const each of open) if (each.aborter.signal.aborted) this.#stopWaiting(each)
        break
      }
      case 'kill':
        await this.#kill(step.owner)
        break
      case 'advance':
        await this.#host.advance(step.delayMs)
        for (const each of this.#asked) {
          if (each.dueMs <= this.#host.nowMs) this.#stopWaiting(each)
        }
    }
    await this.#host.settle()
    this.#check()
  }

  async close(): Promise<void> {
    for (const each of this.#asked) each.aborter.abort()
    await this.#host.settle()
    for (const each of this.#asked) each.finish(false)
    await this.#host.settle()
    for (const each of this.#asked) each.state = 'over'
    this.#check()
    await this.#node.stop()
  }

  #ask({ key, owner, timeoutMs }: Extract<Step, { kind: 'ask' }>): void {
    const isFree = this.#queue(key).length === 0
    const aborter = new AbortController()
    const waitMs = timeoutMs === 'infinity' ? Number.POSITIVE_INFINITY : timeoutMs
    const asked: Asked = {
      id: this.#asked.length,
      key,
      owner,
      aborter,
      dueMs: isFree ? Number.POSITIVE_INFINITY : this.#host.nowMs + waitMs,
      state: 'waiting',
      finish: () => undefined,
    }
    this.#asked.push(asked)
    const pid = owner === undefined ? undefined : this.#owners[owner]
    const work = () => {
      if (asked.state !== 'waiting') this.#problems.push(`${asked.id} runs, but is ${asked.state}`)
      if (this.#queue(key)[0] !== asked) this.#problems.push(`${asked.id} is not the first`)
      asked.state = 'working'
      return new Promise<void>((resolve, reject) => {
        asked.finish = (fails) => {
          if (asked.state === 'working') asked.state = 'over'
          if (fails) reject(new Error('work'))
          else resolve()
        }
      })
    }
    const owning = pid === undefined ? {} : { owner: contextOf(pid) }
    const options = { timeoutMs, signal: aborter.signal, ...owning }
    this.#names.lock(key, work, options).catch(() => undefined)
  }

  /** The killed owner is replaced, so that its place can own again. */
  async #kill(owner: number): Promise<void> {
    const pid = this.#owners[owner]
    if (pid !== undefined) exit(pid, 'kill')
    for (const each of this.#asked) if (each.owner === owner) each.state = 'over'
    this.#owners[owner] = await this.#start()
  }

  /** Work that has begun cannot be stopped. */
  #stopWaiting(asked: Asked): void {
    if (asked.state === 'waiting') asked.state = 'over'
  }

  #working(at: number): Asked | undefined {
    const working = this.#asked.filter(({ state }) => state === 'working')
    return working[at % Math.max(1, working.length)]
  }

  #queue(key: Key): Asked[] {
    return this.#asked.filter((each) => each.key === key && each.state !== 'over')
  }

  #check(): void {
    for (const key of keys) {
      const states = this.#queue(key).map(({ state }) => state)
      // The first works, once everything that can run has run; nobody behind it does.
      expect(states).toEqual(states.map((_, index) => (index === 0 ? 'working' : 'waiting')))
    }
    const open = keys.flatMap((key) => this.#queue(key)).length
    const rows = this.#node.statistics().rows['locks of names']
    expect([rows ?? 0, this.#problems]).toEqual([open, []])
  }
}
