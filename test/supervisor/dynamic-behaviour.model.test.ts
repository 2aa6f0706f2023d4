import fc from 'fast-check'
import {
  cast,
  dynamicSupervisor,
  exit,
  isAlive,
  type Restart,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { expectNothingLeft } from './running.ts'
import { part, type WorkerProtocol, workerNames } from './worker.ts'

// Starts, failed starts, deaths and stops in any order agree with a list of
// children, of which there are never more than the limit. A child is known by its name.

const restart = fc.constantFrom<Restart>('permanent', 'transient', 'temporary')
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), name, restart }) },
  fc.record({ kind: fc.constant('fail' as const), name, restart }),
  fc.record({ kind: fc.constantFrom('kill', 'normal', 'crash', 'terminate'), name, restart }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const maxChildren = 3

describe('a dynamic supervisor under random starts, deaths and stops', () => {
  test.each([true, false])(
    'agrees with a list of children, asynchronous init: %s',
    async (slow) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const world = await World.start(slow)
          for (const each of steps) await world.take(each)
          await world.finish()
        }),
        { numRuns: 150 },
      )
    },
    60_000,
  )
})

class World {
  readonly #model = new Map<string, Restart>()
  readonly #names = workerNames()
  readonly #children = dynamicSupervisor({ name: 'it', maxChildren, maxRestarts: 1_000_000 })
  readonly #host = virtualHost()
  readonly #slow: boolean
  #stop: () => Promise<void> = async () => undefined

  static async start(slow: boolean): Promise<World> {
    const world = new World(slow)
    const tree = [world.#names, world.#children]
    const node = await startNode(supervisor({ name: 'top', strategy: 'rest_for_one' }, tree), {
      host: world.#host,
    })
    world.#stop = async () => {
      await node.stop()
      expectNothingLeft(node, world.#host)
    }
    return world
  }

  private constructor(slow: boolean) {
    this.#slow = slow
  }

  async take(what: Step): Promise<void> {
    if (what.kind === 'start' || what.kind === 'fail') await this.#begin(what)
    else await this.#end(what.kind, what.name)
    await this.#host.settle()
    const { specs, active } = this.#children.countChildren()
    expect([specs, active, this.#names.count()]).toEqual(Array(3).fill(this.#model.size))
    for (const key of this.#model.keys()) {
      const pid = this.#names.whereis(key)
      expect(pid !== undefined && isAlive(pid)).toBe(true)
    }
  }

  async finish(): Promise<void> {
    await this.#stop()
    expect(() => this.#names.count()).toThrow('is not running any more')
  }

  async #begin({ kind, name: key, restart: type }: Step): Promise<void> {
    const fail = (): void => {
      if (kind === 'fail') throw new Error('as asked')
    }
    const init = () => (this.#slow ? Promise.resolve().then(fail) : fail())
    const child = part({ id: key, init }, { name: this.#names.via(key), restart: type })
    const started = await this.#children.startChild<WorkerProtocol>(child)
    if (this.#model.size >= maxChildren) expect(started).toMatchObject(refusal('max_children'))
    else if (this.#model.has(key)) expect(started).toMatchObject(refusal('already_started'))
    else if (kind === 'fail') expect(started).toMatchObject(refusal('init_failed'))
    else {
      expect(started).toEqual({ ok: true, pid: this.#names.whereis(key) })
      this.#model.set(key, type)
    }
  }

  async #end(kind: string, key: string): Promise<void> {
    const pid = this.#names.whereis(key)
    if (pid === undefined) return
    const type = this.#model.get(key)
    const isGone = type === 'temporary' || (type === 'transient' && kind === 'normal')
    if (isGone || kind === 'terminate') this.#model.delete(key)
    if (kind === 'kill') exit(pid, 'kill')
    else if (kind === 'terminate') expect(await this.#children.terminateChild(pid)).toBe(true)
    else if (kind === 'crash') cast(pid, 'crash', 'boom')
    else cast(pid, 'stop', { kind: 'normal' })
    await this.#host.settle()
    expect(isAlive(pid)).toBe(false)
  }
}

function refusal(kind: string) {
  return { ok: false, reason: { kind } }
}
