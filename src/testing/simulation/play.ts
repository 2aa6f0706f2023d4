/**
 * The acts of a run: the nodes start, clients use them while faults happen, then the faults are
 * over, everything settles, is checked, and stops in order.
 *
 * Invariant: whatever the run comes to, every node is gone when this is over.
 */

import { forkedSource } from '../random-source.ts'
import type { EngineStop } from './engine.ts'
import { Lane } from './lane.ts'
import type { NodeSeat } from './node-seat.ts'
import { SimulatedClient } from './simulated-client.ts'
import type { SimulatedWorld } from './simulated-world.ts'
import type { DrawnOptions } from './simulation-run.ts'
import { type PlannedFault, planFaults } from './swarm.ts'
import { WorkInHand } from './work-in-hand.ts'

/** Plays a world from beginning to end; what goes wrong is its failure. */
export async function play<M>(world: SimulatedWorld<M>, drawn: DrawnOptions): Promise<void> {
  try {
    await new Play(world, drawn).run()
  } catch (error) {
    world.fail('internal', '', error)
  } finally {
    world.phase = 'over'
    for (const seat of world.seats) seat.crash()
  }
}

class Play<M> {
  readonly #world: SimulatedWorld<M>
  readonly #drawn: DrawnOptions
  readonly #open = new Set<string>()
  /** What was under way when everything else had settled. */
  #rest: WorkInHand | undefined = undefined

  constructor(world: SimulatedWorld<M>, drawn: DrawnOptions) {
    this.#world = world
    this.#drawn = drawn
  }

  async run(): Promise<void> {
    const world = this.#world
    const durationMs = this.#drawn.minutes * 60_000
    for (const seat of world.seats) seat.start()
    const areUp = () => world.seats.every((seat) => seat.state === 'running')
    if (!(await this.#until(areUp, 'a node to start'))) return
    this.#startClients()
    this.#planFaults(durationMs)
    if (!(await this.#goesOn(durationMs * 1000))) return
    this.#endFaults()
    if (
      !(await this.#until(
        () => this.#isSettled(),
        () => this.#whatIsOpen(),
      ))
    )
      return
    if (!(await this.#finally())) return
    await this.#stop()
  }

  /** Lets the time of the faults pass; false if the run has failed. */
  async #goesOn(untilUs: number): Promise<boolean> {
    const stop = await this.#world.engine.run(untilUs, () => false)
    return stop !== 'halted'
  }

  /** Waits within the time for settling; false if the run has failed. */
  async #until(isDone: () => boolean, what: string | (() => string)): Promise<boolean> {
    const world = this.#world
    const limitUs = world.engine.nowUs + world.plan.settleMs * 1000
    const stop: EngineStop = await world.engine.run(limitUs, isDone)
    if (stop === 'done') return true
    if (stop === 'halted') return false
    const named = typeof what === 'string' ? what : what()
    const works = this.#workInHand().describe((process) => world.referenceOf(process.pid))
    const awaited = [named, works.join(', ')].filter((text) => text !== '').join(': ')
    const why = works.length === 0 ? '' : ', which awaits what nothing in the simulation settles'
    const message = `waited ${world.plan.settleMs} ms in vain for ${awaited}${why}`
    world.fail('stalled', awaited, new Error(message))
    return false
  }

  #workInHand(): WorkInHand {
    return new WorkInHand(this.#world.seats.flatMap((seat) => seat.processes()))
  }

  #startClients(): void {
    const world = this.#world
    for (const { name, index, run } of world.plan.clients) {
      if (!this.#drawn.clients.includes(name)) continue
      const lane = new Lane(world.engine, `client ${name}`)
      const source = forkedSource(world.seed, `client ${name}`)
      const client = new SimulatedClient({
        name,
        index,
        world,
        engine: world.engine,
        lane,
        source,
      })
      this.#open.add(name)
      lane.push(() => {
        world.log.add({ kind: 'client_started', client: name })
        const work = async (): Promise<void> => run(client)
        world.within(`client ${name}`, lane, work).then(
          () => this.#clientEnded(name),
          (error) => this.#clientFailed(name, error),
        )
      })
    }
  }

  #clientEnded(name: string): void {
    this.#open.delete(name)
    this.#world.log.add({ kind: 'client_ended', client: name, error: undefined })
  }

  #clientFailed(name: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#world.log.add({ kind: 'client_ended', client: name, error: text })
    this.#world.fail('client', name, error)
  }

  #planFaults(durationMs: number): void {
    const { engine, lane, seed, faults, seats } = this.#world
    const nodes = seats.map(({ name }) => name)
    const startUs = engine.nowUs
    for (const fault of planFaults({ seed, rates: faults, nodes, durationMs })) {
      engine.at(startUs + fault.atUs, lane, () => this.#inject(fault))
    }
  }

  #inject(fault: PlannedFault): void {
    const world = this.#world
    if (world.phase !== 'faults') return
    const seat = world.node(fault.node)
    switch (fault.kind) {
      case 'kill':
        this.#kill(seat, fault)
        return
      case 'crash':
        if (seat.state === 'down' || !this.#happens(fault, `for ${fault.durationMs} ms`)) return
        seat.crash()
        world.restartLater(seat, fault.durationMs)
        return
      case 'pause':
        if (seat.state !== 'running' || !this.#happens(fault, `for ${fault.durationMs} ms`)) return
        this.#pause(seat, fault.durationMs)
        return
      case 'jump': {
        const byMs = fault.lot < 0.5 ? -fault.durationMs : fault.durationMs
        if (seat.state !== 'down' && this.#happens(fault, `by ${byMs} ms`)) seat.jump(byMs)
        return
      }
      case 'clog':
      case 'cut':
        this.#block(fault)
    }
  }

  /** Whether a planned fault takes place. */
  #happens({ kind, name, node, other }: PlannedFault, detail: string, target?: string): boolean {
    const where = other === undefined ? node : `${node}>${other}`
    return this.#world.inject({ kind, name, target: target ?? where, detail })
  }

  /** Mostly a process of the user; one in ten is any, supervisors included. */
  #kill(seat: NodeSeat, fault: PlannedFault): void {
    if (seat.state === 'down') return
    const all = seat.processes()
    const servers = all.filter((process) => process.behaviour.keepsState === true)
    const isAny = (fault.lot * 10) % 1 < 0.1
    const among = isAny || servers.length === 0 ? all : servers
    const victim = among[Math.floor(fault.lot * among.length)]
    if (victim === undefined) return
    const target = this.#world.referenceOf(victim.pid)
    if (this.#happens(fault, '', target)) seat.kill(victim)
  }

  #pause(seat: NodeSeat, durationMs: number): void {
    const { life } = seat
    if (!seat.pause()) return
    const { engine, lane } = this.#world
    engine.after(durationMs * 1000, lane, () => {
      if (seat.life === life) seat.resume()
    })
  }

  /** A clog is always in one direction; a cut in every other case in both. */
  #block(fault: PlannedFault): void {
    const { node, other, durationMs, kind, lot } = fault
    if (other === undefined || !this.#happens(fault, `for ${durationMs} ms`)) return
    const { network } = this.#world
    network.block(node, other, durationMs)
    if (kind === 'cut' && lot < 0.5) network.block(other, node, durationMs)
  }

  #endFaults(): void {
    const world = this.#world
    world.phase = 'settling'
    world.log.add({ kind: 'faults_over' })
    world.network.heal()
    for (const seat of world.seats) {
      seat.resume()
      if (seat.state === 'down') seat.start()
    }
  }

  #isSettled(): boolean {
    const { engine, seats, openCalls } = this.#world
    if (this.#open.size > 0 || openCalls > 0 || !engine.isQuiet) return false
    if (!seats.every((seat) => seat.state === 'running')) return false
    // What has begun by now must come to an end; there may always be somebody who has just begun.
    this.#rest ??= this.#workInHand()
    return this.#rest.isDone
  }

  #whatIsOpen(): string {
    const { seats, openCalls } = this.#world
    const nodes = seats.filter(({ state }) => state !== 'running')
    const open = [
      ...[...this.#open].map((name) => `client ${name}`),
      ...nodes.map(({ name, state }) => `node ${name}, which is ${state}`),
    ]
    if (openCalls > 0) open.push(`the answers of ${openCalls} calls`)
    if (open.length > 0) return open.join(', ')
    return this.#rest?.isDone === false ? '' : 'everybody to come to rest'
  }

  async #finally(): Promise<boolean> {
    const world = this.#world
    let isOver = false
    world.lane.push(() => {
      const work = async (): Promise<void> => world.plan.finally(world)
      world.within('the final check', world.lane, work).then(
        () => {
          isOver = true
        },
        (error) => world.fail('check', 'finally', error),
      )
    })
    return await this.#until(() => isOver, 'the final check')
  }

  async #stop(): Promise<void> {
    const world = this.#world
    world.phase = 'stopping'
    let stopping = world.seats.length
    for (const seat of world.seats) {
      world.lane.push(() => {
        seat.stop().then(
          () => {
            stopping -= 1
          },
          (error) => world.fail('internal', seat.name, error),
        )
      })
    }
    const hasStopped = () => stopping === 0 && world.engine.isQuiet
    if (!(await this.#until(hasStopped, 'every node to stop'))) return
    world.phase = 'over'
    world.checkEnd()
  }
}
