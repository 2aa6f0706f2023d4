/**
 * Runs a program on Flotilla and writes down what happens, as oracle/elixir/driver.ex does.
 *
 * Invariant: time is virtual, so the trace of a program is always the same.
 */
import {
  type ChildInfo,
  cast,
  type DynamicSupervisor,
  dynamicSupervisor,
  ended,
  exit,
  isAlive,
  type Pid,
  send,
  startNode,
  supervisor,
  tryCall,
  whichChildren,
} from 'flotilla'
import { type VirtualHost, virtualHost } from 'flotilla/testing'
import { namesIn } from '../encode.ts'
import { allPlaces, type ChildNode, hasHanging, type Operation, type Program } from '../program.ts'
import { Hands, startWords } from './hands.ts'
import { exitWords, reasonOf, reasonWords } from './words.ts'
import { type Part, World } from './world.ts'

/** The trace of one program: a line for each step, the fields of a line separated by tabs. */
export async function runOnFlotilla(program: Program): Promise<string> {
  const host = virtualHost()
  const world = new World()
  const top = dynamicSupervisor({ name: 'top', maxRestarts: 0 })
  const tree = supervisor({ name: 'oracle', strategy: 'one_for_one' }, [world.names, top])
  const node = await startNode(tree, { host })
  const drive = new Drive(program, world, host)
  const lines = [await drive.start(top)]
  for (const operation of program.operations) lines.push(await drive.step(operation))
  lines.push(await drive.finish(top))
  // What hangs for ever would hang here, too.
  if (lines.at(-1)?.startsWith('over')) await node.stop()
  return lines.join('\n')
}

/** Longer than all that hangs takes to be killed or given up, shorter than anything else. */
const patienceMs = 100

class Drive {
  readonly #world: World
  readonly #host: VirtualHost
  readonly #hands: Hands
  readonly #program: Program
  readonly #kinds: ReadonlyMap<number, ChildNode['kind']>
  readonly #names: readonly number[]
  readonly #hangs: boolean
  readonly #watched = new Set<Pid>()
  #root: Pid | undefined = undefined
  #clients = 0

  constructor(program: Program, world: World, host: VirtualHost) {
    const places = allPlaces(program)
    this.#program = program
    this.#world = world
    this.#host = host
    this.#hands = new Hands(world)
    this.#kinds = new Map(places.map((place) => [place.id, place.kind]))
    this.#names = namesIn(places)
    this.#hangs = hasHanging(places)
  }

  async start(top: DynamicSupervisor): Promise<string> {
    const starting = top.startChild(this.#hands.specOf(this.#program.root))
    await this.#settle()
    const started = await starting
    if (started.ok) {
      this.#root = started.pid
      this.#world.called(started.pid, this.#program.root.id)
    }
    return await this.#line(startWords(started))
  }

  async step(operation: Operation): Promise<string> {
    if (operation.op === 'advance') await this.#host.advance(operation.seconds * 1000)
    else if (operation.op === 'timed') await this.#performTimed(operation.operation)
    else this.#perform(operation)
    return await this.#line(['ok'])
  }

  async #performTimed(operation: Operation): Promise<void> {
    this.#perform(operation)
    await this.#host.advance(patienceMs)
  }

  async finish(top: DynamicSupervisor): Promise<string> {
    const root = this.#root
    if (root !== undefined && isAlive(root)) void top.terminateChild(root)
    await this.#settle()
    const isOver = root === undefined || !isAlive(root)
    return `${isOver ? 'over' : 'STUCK'}\t${this.#world.collect().join(';')}\t`
  }

  async #line(result: readonly Part[]): Promise<string> {
    await this.#settle()
    const shown = this.#snapshot()
    for (const pid of this.#world.begun()) this.#follow(pid)
    const said = result.map((part) => this.#world.say(part)).join(' ')
    return `${said}\t${this.#world.collect().join(';')}\t${shown}`
  }

  /** Waits until nothing moves, in programs with workers that hang until they have been killed. */
  async #settle(): Promise<void> {
    if (this.#hangs) await this.#host.advance(patienceMs)
    else await this.#host.settle()
  }

  #perform(operation: Operation): void {
    if (operation.op === 'burst') {
      for (const each of operation.operations) this.#perform(each)
      return
    }
    this.#clients += 1
    const client = `c${this.#clients}`
    this.#carryOut(operation).then(
      (parts) => this.#world.tell(client, 'outcome', ...parts),
      (error) => this.#world.tell(client, 'outcome', exitWords(error)),
    )
  }

  #carryOut(operation: Operation): Promise<readonly Part[]> {
    const hands = this.#hands
    switch (operation.op) {
      case 'send':
        return this.#send(operation)
      case 'signal':
        return this.#signal(operation)
      case 'halt':
        return hands.halt(operation.to, operation.reason)
      case 'start':
        return hands.start(operation.under, operation.child)
      case 'terminate':
      case 'restart':
      case 'delete':
        return hands[operation.op](operation.under, operation.child)
      case 'count':
        return hands.count(operation.of)
      default:
        throw new Error(`${operation.op} is not for clients`)
    }
  }

  async #send(operation: Extract<Operation, { readonly op: 'send' }>): Promise<readonly Part[]> {
    const { how, to, script } = operation
    const address = this.#world.address(to)
    if (address === undefined) return ['nobody']
    if (how === 'call') {
      const outcome = await tryCall(address, 'run', script, { timeoutMs: 'infinity' })
      return [outcome.ok ? outcome.value : exitWords(outcome.exit)]
    }
    if (how === 'cast') cast(address, 'run', script)
    else send(address, script)
    return ['ok']
  }

  async #signal(operation: Extract<Operation, { readonly op: 'signal' | 'halt' }>) {
    const { to, reason } = operation
    const pid = this.#world.find(to)
    if (pid !== undefined) exit(pid, reason === 'kill' ? 'kill' : reasonOf(reason))
    return ['ok']
  }

  /** How things stand: the tree, then the names. Everybody seen is watched from now on. */
  #snapshot(): string {
    const root = this.#root
    const tree = root === undefined ? '-' : this.#show(root, this.#program.root.id)
    const names = this.#names.map((name) => {
      const holder = this.#world.names.whereis(name)
      return ` k${name}=${holder === undefined ? '-' : this.#world.say(holder)}`
    })
    return `${tree}${names.join('')}`
  }

  #show(pid: Pid, id: number): string {
    if (!isAlive(pid)) return '-'
    this.#world.called(pid, id)
    this.#watch(pid)
    const children = whichChildren(pid)
    if (this.#kinds.get(id) === 'dynamic') {
      return `${id}{${children
        .map((each) => this.#showChild(each))
        .sort()
        .join(' ')}}`
    }
    return `${id}(${children.map((each) => `${each.id}=${this.#showChild(each)}`).join(' ')})`
  }

  #showChild({ id, pid, type }: ChildInfo): string {
    if (pid === 'restarting') return pid
    if (pid === undefined) return '-'
    if (type === 'supervisor') {
      const place = id === undefined ? this.#world.placeOf(pid) : Number(id)
      return place === undefined ? '?' : this.#show(pid, place)
    }
    this.#watch(pid)
    return this.#world.say(pid)
  }

  /** Whoever has begun to live is watched from now on, unless it was too late for that. */
  #follow(pid: Pid): void {
    if (this.#watched.has(pid)) return
    if (isAlive(pid)) this.#watch(pid)
    else this.#world.tellGone(pid)
  }

  #watch(pid: Pid): void {
    if (this.#watched.has(pid)) return
    this.#watched.add(pid)
    void ended(pid).then((reason) => this.#world.tellEnd(pid, reasonWords(reason)))
  }
}
