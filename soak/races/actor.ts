/**
 * Does the steps of programs and writes down what came of them.
 */
import { type Context, exit, isAlive, type Pid, tryCall } from 'flotilla'
import type { Held } from './names-model.ts'
import type { Step, StepKind } from './program.ts'
import type { HolderStyle, World } from './world.ts'

/** Whose step it is. */
export interface Role {
  readonly client: string
  /** The serial of the process, or a negative number of its own for code outside of all. */
  readonly who: number
  /** The process itself, if it is one. */
  readonly context: Context | undefined
}

/** Something that takes a while and tells who holds what. */
interface Sight extends Pick<Role, 'client' | 'who'> {
  readonly held: Held
  readonly beganAt: number
}

/** Does steps in a world. */
export class Actor {
  /** What steps threw, none of which may throw. */
  readonly faults: unknown[] = []
  readonly #world: World
  #works = 0

  constructor(world: World) {
    this.#world = world
  }

  /** Does one step; what takes longer than that is a promise. */
  perform(step: Step, role: Role): Promise<void> | undefined {
    try {
      return this.#doers[step.kind](step.key, role)?.catch((error) => void this.faults.push(error))
    } catch (error) {
      this.faults.push(error)
      return undefined
    }
  }

  /** Waits until a client outside of all processes may go on. */
  turnOf({ client }: Role): Promise<void> {
    return this.#world.host.turn(client)
  }

  readonly #doers: Readonly<
    Record<StepKind, (key: string, role: Role) => Promise<void> | undefined>
  > = {
    look: (key, role) => void this.#look(['name', key], role),
    register: (key, role) => this.#register(key, role),
    unregister: (key, role) => this.#unregister(key, role),
    exit: (key, role) => this.#kill(['name', key], role),
    start: (key, role) => this.#start(key, role, { restart: 'temporary' }),
    begin: (key, role) => {
      return this.#start(key, role, { restart: 'temporary', init: () => this.#work() })
    },
    fail: (key, role) => this.#start(key, role, { restart: 'temporary', init: fail }),
    guard: (key, role) => {
      return this.#start(key, role, { restart: 'temporary', last: () => this.#work() })
    },
    stop: (key, role) => this.#stop(key, role),
    // A client that is a process ends by itself; see there.
    crash: () => undefined,
    hire: (key, role) => this.#hire(key, role),
    keep: (key, role) => this.#start(key, role, { restart: 'permanent' }),
    ask: (key, role) => this.#ask(key, role),
    ensure: (key, role) => this.#ensure(key, role),
    find: (key, role) => void this.#look(['worker', key], role),
    dismiss: (key, role) => this.#kill(['worker', key], role),
    retire: (key) => this.#retire(key),
    lock: (key, role) => this.#lock(key, role),
    evict: (key) => this.#evict(key),
  }

  #look(held: Held, { client, who }: Role): Pid | undefined {
    const { names, crew, ledger } = this.#world
    let found: Pid | undefined
    ledger.step({ client, operation: 'look', held, who }, () => {
      found = held[0] === 'name' ? names.whereis(held[1]) : crew.whereis(held[1])
      if (held[0] === 'name' && names.lookup(held[1])[0]?.pid !== found) return -2
      return found?.serial ?? 0
    })
    return found
  }

  /** What is seen right after the end, in the same step, must not be the dead process. */
  #kill(held: Held, role: Role): undefined {
    const holder = this.#look(held, role)
    if (holder === undefined) return
    exit(holder, 'kill')
    this.#look(held, role)
  }

  #register(key: string, { client, who, context }: Role): undefined {
    if (context === undefined) return
    const { names, ledger } = this.#world
    const held: Held = ['name', key]
    const result = ledger.step({ client, operation: 'register', held, who }, () => {
      const registered = names.register(context, key)
      if (registered.ok) return 0
      if (registered.reason.kind === 'already_registered') return registered.reason.pid.serial
      return isAlive(context.self) ? -2 : -1
    })
    if (result === 0) ledger.holds(held, who)
  }

  #unregister(key: string, { client, who, context }: Role): undefined {
    if (context === undefined) return
    const { names, ledger } = this.#world
    ledger.step({ client, operation: 'unregister', held: ['name', key], who }, () => {
      return names.unregister(context, key)
    })
  }

  async #start(key: string, role: Role, style: HolderStyle): Promise<void> {
    const beganAt = this.#world.ledger.tick()
    const side = Math.abs(role.who) % 2
    const pid = await this.#world.startHolder(key, { ...style, side })
    this.#saw({ ...role, held: ['name', key], beganAt }, pid)
  }

  async #ask(key: string, { client, who }: Role): Promise<void> {
    const { names, ledger } = this.#world
    const beganAt = ledger.tick()
    const answer = await tryCall(names.via(key), 'who', undefined, { timeoutMs: 100 })
    const act = { client, operation: 'see', held: ['name', key], who } as const
    if (answer.ok) ledger.since(beganAt, act, answer.value)
    else if (answer.exit.reason.kind === 'noproc') ledger.since(beganAt, act, 0)
  }

  async #ensure(key: string, role: Role): Promise<void> {
    const held: Held = ['worker', key]
    const beganAt = this.#world.ledger.tick()
    // It fails if the worker is retired before it runs: then nobody is seen.
    const pid = await this.#world.crew.ensure(this.#world.holderPlan(held)).catch(() => undefined)
    this.#saw({ ...role, held, beganAt }, pid)
  }

  async #hire(key: string, role: Role): Promise<void> {
    const held: Held = ['worker', key]
    const beganAt = this.#world.ledger.tick()
    const plan = this.#world.holderPlan(held)
    const started = await this.#world.crew.start(plan).catch(() => undefined)
    if (started?.ok === true) this.#saw({ ...role, held, beganAt }, started.pid)
    else if (started?.reason.kind === 'already_started') {
      this.#saw({ ...role, held, beganAt }, started.reason.pid)
    }
  }

  async #stop(key: string, role: Role): Promise<void> {
    const holder = this.#look(['name', key], role)
    if (holder !== undefined) await this.#world.stopHolder(holder)
  }

  async #retire(key: string): Promise<void> {
    await this.#world.crew.stop(key)
  }

  async #lock(key: string, { client, who, context }: Role): Promise<void> {
    const { names, ledger, atWork } = this.#world
    const held: Held = ['lock', key]
    const beganAt = ledger.tick()
    const work = async (): Promise<void> => {
      const isDead = context?.signal.aborted === true
      ledger.since(beganAt, { client, operation: isDead ? 'trespass' : 'acquire', held, who })
      ledger.holds(held, who)
      atWork.set(key, context?.self)
      await this.#work()
      endedAt = ledger.tick()
      if (atWork.get(key) === context?.self) atWork.delete(key)
    }
    let endedAt: number | undefined
    // It fails if its process ends: then the work is not begun, or nobody waits for it any more.
    await names.lock(key, work).catch(() => undefined)
    if (endedAt !== undefined) ledger.since(endedAt, { client, operation: 'release', held, who })
  }

  #evict(key: string): undefined {
    const owner = this.#world.atWork.get(key)
    if (owner !== undefined) exit(owner, 'kill')
  }

  /** Something that takes a while: until the schedule lets it go on. */
  #work(): Promise<void> {
    this.#works += 1
    return this.#world.host.turn(`work ${this.#works}`)
  }

  #saw({ client, who, held, beganAt }: Sight, pid: Pid | undefined): void {
    if (pid === undefined) return
    this.#world.ledger.since(beganAt, { client, operation: 'see', held, who }, pid.serial)
  }
}

function fail(): never {
  throw new Error('fails on purpose')
}
