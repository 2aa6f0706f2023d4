/**
 * The network between the nodes of a simulation.
 *
 * Invariant: what happens to frames depends on the seed and on what the faults of the run do to it;
 * the endpoint of a life that is over sends and gets nothing any more.
 */
import { checkFunction, checkName } from '../../core/argument-error.ts'
import { runInContext } from '../../process/attribution.ts'
import type { Link, Transport } from '../../process/transport.ts'
import { below, fraction } from '../random-source.ts'
import type { Engine } from './engine.ts'
import type { FaultKind, FaultRates } from './fault.ts'
import { Lane } from './lane.ts'
import type { NetworkOptions } from './network-options.ts'
import type { NodeHost } from './node-host.ts'
import { Place } from './place.ts'
import { Direction, LinkEnd, type Wire } from './simulated-link.ts'
import type { SimulationEventContent } from './simulation-event.ts'

/** What a network needs of its world. */
export interface WorldOfNetwork {
  readonly engine: Engine
  readonly source: () => number
  readonly options: Required<NetworkOptions>
  /** What may befall a frame sent now; nothing while all is quiet. */
  readonly rates: () => FaultRates
  /** Something has befallen a frame. */
  readonly befell: (kind: FaultKind) => void
  readonly publish: (event: SimulationEventContent) => void
}

/** What is lost is sent again after so long, and after twice as long each further time. */
const resendMs = 200
const resendsMax = 6
/** How much later a frame may arrive that is overtaken. */
const overtakenMs = 500

/** All connections of one run. */
export class SimulatedNetwork {
  readonly #world: WorldOfNetwork
  readonly #fabric: Lane
  readonly #wire: Wire
  readonly #endpoints = new Map<string, Endpoint>()
  readonly #directions = new Set<Direction>()
  /** Until when nothing passes, by path. */
  readonly #blocked = new Map<string, number>()
  #links = 0

  constructor(world: WorldOfNetwork) {
    this.#world = world
    this.#fabric = new Lane(world.engine, 'network')
    const { promises, linkTimeoutMs, maxQueuedBytes } = world.options
    this.#wire = {
      engine: world.engine,
      promises,
      linkTimeoutMs,
      maxQueuedBytes,
      travelUs: () => this.#travelUs(),
      copies: () => (this.#befalls('duplication') ? 2 : 1),
      blockedUntilUs: (from, to) => this.#blocked.get(pathOf(from, to)) ?? 0,
      tell: (kind, note) => world.publish({ kind, ...note }),
    }
  }

  /** The door of a node in one of its lives. */
  endpoint(name: string, host: NodeHost): Transport {
    const endpoint = new Endpoint(name, host, this)
    this.#endpoints.set(name, endpoint)
    return endpoint
  }

  /** The life of a node is over. */
  disconnect(name: string, host: NodeHost): void {
    const endpoint = this.#endpoints.get(name)
    if (endpoint?.host !== host) return
    this.#endpoints.delete(name)
    endpoint.close()
  }

  /** From now on nothing passes from one node to another, for so long. */
  block(from: string, to: string, durationMs: number): void {
    const path = pathOf(from, to)
    const untilUs = this.#world.engine.nowUs + durationMs * 1000
    this.#blocked.set(path, Math.max(this.#blocked.get(path) ?? 0, untilUs))
  }

  /** Everything passes again. */
  heal(): void {
    this.#blocked.clear()
    for (const direction of this.#directions) {
      direction.flush()
      if (direction.isOver) this.#directions.delete(direction)
    }
  }

  /** @throws Error (as a rejection) if nobody listens, or the way is blocked for too long */
  async connect(from: Endpoint, peer: string): Promise<Link> {
    await this.#travel(from.name, peer)
    const to = this.#endpoints.get(peer)
    const onLink = to?.onLink
    if (to === undefined || onLink === undefined || !from.isOpen) {
      await this.#travel(peer, from.name)
      throw new Error(`nobody listens on the node ${peer}`)
    }
    this.#links += 1
    const link = this.#links
    const [near, far] = this.#join(from, to, link)
    to.run(() => onLink(far))
    await this.#travel(peer, from.name)
    this.#world.publish({ kind: 'link_up', from: from.name, to: peer, link, reason: '' })
    return near
  }

  #join(from: Endpoint, to: Endpoint, link: number): [LinkEnd, LinkEnd] {
    const near = from.end(to.name)
    const far = to.end(from.name)
    const fabric = this.#fabric
    const there = new Direction(
      this.#wire,
      { from: from.name, to: to.name, link },
      { fabric, sender: near, receiver: far },
    )
    const back = new Direction(
      this.#wire,
      { from: to.name, to: from.name, link },
      { fabric, sender: far, receiver: near },
    )
    near.connect(there)
    far.connect(back)
    this.#directions.add(there)
    this.#directions.add(back)
    return [near, far]
  }

  /** The way of a greeting, which is sent again until it gets through or takes too long. */
  #travel(from: string, to: string): Promise<void> {
    const { engine, options } = this.#world
    const startUs = engine.nowUs
    const limitUs = startUs + options.linkTimeoutMs * 1000
    return new Promise((resolve, reject) => {
      const tryOnce = (): void => {
        const blockedUs = this.#blocked.get(pathOf(from, to)) ?? 0
        if (blockedUs <= engine.nowUs) resolve()
        else if (engine.nowUs >= limitUs) reject(new Error(`no answer from the node ${to}`))
        else engine.at(Math.min(blockedUs, limitUs), this.#fabric, tryOnce)
      }
      engine.after(this.#travelUs() ?? resendMs * 1000, this.#fabric, tryOnce)
    })
  }

  #travelUs(): number | undefined {
    const { source, options } = this.#world
    const [leastMs, mostMs] = options.delayMs
    let travelMs = leastMs + fraction(source) * (mostMs - leastMs)
    let resends = 0
    while (resends < resendsMax && this.#befalls('loss')) {
      if (options.promises === 'nothing') return undefined
      travelMs += resendMs * 2 ** resends
      resends += 1
    }
    if (options.promises === 'nothing' && this.#befalls('reordering')) {
      travelMs += below(source, overtakenMs)
    }
    return Math.round(travelMs * 1000)
  }

  /** Draws whether something befalls a frame, and counts it. */
  #befalls(kind: 'loss' | 'duplication' | 'reordering'): boolean {
    const { source, rates, befell } = this.#world
    if (fraction(source) >= (rates()[kind] ?? 0)) return false
    befell(kind)
    return true
  }
}

class Endpoint implements Transport {
  readonly name: string
  readonly host: NodeHost
  onLink: ((link: Link) => void) | undefined = undefined
  isOpen = true
  readonly #network: SimulatedNetwork
  readonly #ends = new Set<LinkEnd>()
  readonly #place: Place

  constructor(name: string, host: NodeHost, network: SimulatedNetwork) {
    this.name = name
    this.host = host
    this.#network = network
    this.#place = new Place(`network of ${host.name}`, host.lane, host)
  }

  listen(onLink: (link: Link) => void): { close(): void } {
    checkFunction('listen for connections', onLink, 'onLink')
    this.onLink = onLink
    return {
      close: () => {
        if (this.onLink === onLink) this.onLink = undefined
      },
    }
  }

  async connect(peer: string): Promise<Link> {
    const name = checkName('connect to a node', peer)
    if (!this.isOpen) throw new Error('this node is gone')
    return await this.#network.connect(this, name)
  }

  /** Makes this node's end of a connection. */
  end(peer: string): LinkEnd {
    const end = new LinkEnd(peer, this.host.lane, (work) => runInContext(this.#place, work))
    this.#ends.add(end)
    return end
  }

  /** Runs something as code of this node. */
  run(work: () => void): void {
    this.host.lane.push(() => runInContext(this.#place, work))
  }

  close(): void {
    this.isOpen = false
    this.onLink = undefined
    for (const end of this.#ends) end.abandon()
    this.#ends.clear()
  }
}

function pathOf(from: string, to: string): string {
  return `${from}>${to}`
}
