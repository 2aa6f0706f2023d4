/**
 * Starts that fail: at once or later, by a throw, a stop, a time limit, or because the name is
 * taken or there is no room; under a dynamic supervisor, and by processes themselves.
 *
 * The oracle: no more children run than may, a failed start takes nobody's place, and who started
 * in vain hears of it once.
 */
import {
  child,
  type DuplicateRegistry,
  type DynamicSupervisor,
  defineServer,
  duplicateRegistry,
  dynamicSupervisor,
  type ExitReason,
  type Fleet,
  fleet,
  formatPid,
  next,
  type ProtocolOf,
  reply,
  supervisor,
  tryCall,
  type UniqueRegistry,
  uniqueRegistry,
} from 'flotilla'
import { always, type Client, restartIntensity, simulation, sometimes } from 'flotilla/testing'
import { passing } from '../simulation/persistence.ts'
import { type Fate, type FragileProtocol, FragileServer, type FragileStart } from './fragile.ts'

interface Running {
  readonly names: UniqueRegistry<number, FragileProtocol>
  readonly crew: DuplicateRegistry<string, FragileProtocol>
  readonly places: DynamicSupervisor
  readonly starters: UniqueRegistry<string, StarterProtocol>
  readonly slow: Fleet<number, number, SlowProtocol>
}

interface Memory {
  running: Running | undefined
}

const maxChildren = 4
const keyCount = 5
const intensity = { maxRestarts: 2, maxSeconds: 2 } as const
const fates = ['fine', 'fine', 'fine', 'throws', 'rejects', 'stops', 'ignores', 'hangs'] as const
const ends = ['normal', 'shutdown', 'killed'] as const

/** Starts others itself, linked, and hears of their ends as messages. */
const StarterServer = defineServer({
  name: 'starter',
  init(_start: void, context) {
    context.trapExits(true)
    return new Set<string>()
  },
  calls: {
    async start(started, { key, ...start }: NamedStart, context) {
      const spec = child(FragileServer, start, { name: key, startTimeoutMs: 60 })
      const outcome = await context.start(spec)
      if (outcome.ok) started.add(formatPid(outcome.pid))
      return reply(undefined, started)
    },
  },
  exit(started, { from }) {
    const isKnown = started.delete(formatPid(from))
    always(isKnown, 'I5: who started in vain hears of it a second time, by the link')
    return next(started)
  },
})

interface NamedStart extends FragileStart {
  readonly key: ReturnType<UniqueRegistry<number, FragileProtocol>['via']>
}

type StarterProtocol = ProtocolOf<typeof StarterServer>

/** Takes a while to start, and then to answer. */
const SlowServer = defineServer({
  name: 'slow',
  init: (key: number, context) => context.sleep(150).then(() => key),
  calls: {
    async think(key, durationMs: number, context) {
      await context.sleep(durationMs)
      return reply(key, key)
    },
    leave: (key, _payload: void, context) => context.exit({ kind: 'shutdown', detail: key }),
  },
  casts: {},
})

type SlowProtocol = ProtocolOf<typeof SlowServer>

/** The scenario, with the checkers of some invariants put out. */
export const startsUnder = (without: readonly string[] = []) =>
  simulation<Memory>({
    name: 'starts',
    settleMs: 120_000,
    // Clients measure how long they waited, by the clock of the world.
    withoutFaults: ['pause', 'drift'],
    withoutInvariants: without,
    invariants: without.includes('I16') ? [] : [restartIntensity({ places: intensity })],
    memory: () => ({ running: undefined }),
    async start(world, node) {
      world.memory.running = undefined
      const names = uniqueRegistry<number, FragileProtocol>({ name: 'names' })
      const crew = duplicateRegistry<string, FragileProtocol>({ name: 'crew' })
      const starters = uniqueRegistry<string, StarterProtocol>({ name: 'starters' })
      const places = dynamicSupervisor({ name: 'places', maxChildren, ...intensity })
      const slow = fleet(SlowServer, {
        name: 'slow fleet',
        key: (key: number) => key,
        restart: 'temporary',
        onDemand: (key) => key,
      })
      const starter = child(StarterServer, undefined, { name: starters.via('only') })
      const options = { name: 'top', strategy: 'one_for_one', maxRestarts: 1000 } as const
      const tree = supervisor(options, [names, crew, starters, places, starter, slow])
      const started = await world.startNode(tree, node)
      world.memory.running = { names, crew, places, starters, slow }
      return started
    },
    clients: {
      founder: { count: 3, run: (client) => client.every(50, () => found(client)) },
      visitor: { count: 2, run: (client) => client.every(40, () => visit(client)) },
      thinker: { count: 2, run: (client) => client.every(200, () => think(client)) },
    },
    finally: ({ memory }) => (memory.running === undefined ? undefined : fillUp(memory.running)),
  })

/** With every checker. */
export const starts = startsUnder()

async function found(client: Client<Memory>): Promise<void> {
  const { running } = client.world.memory
  if (running === undefined) return
  const { names, crew, places, starters } = running
  const fate: Fate = client.pick(fates)
  const initMs = fate === 'rejects' || fate === 'hangs' ? 20 : client.pick([0, 0, 30])
  const key = names.via(client.below(keyCount))
  const start = { fate, initMs, crew }
  try {
    if (client.below(4) === 0) {
      await tryCall(starters.via('only'), 'start', { ...start, key }, { timeoutMs: 500 })
      return
    }
    const restart = client.pick(['temporary', 'transient', 'permanent'] as const)
    const options = { name: key, restart, startTimeoutMs: 60 }
    const started = await places.startChild(child(FragileServer, start, options))
    sometimes('there is no room', !started.ok && started.reason.kind === 'max_children')
    const { active } = places.countChildren()
    always(active <= maxChildren, `I18: ${active} children run where ${maxChildren} may`)
  } catch (error) {
    passing(error)
  }
}

async function visit(client: Client<Memory>): Promise<void> {
  const { running } = client.world.memory
  if (running === undefined) return
  const to = running.names.via(client.below(keyCount))
  const waiting = { timeoutMs: 100 }
  try {
    if (client.below(5) > 0) await tryCall(to, 'ready', undefined, waiting)
    else await tryCall(to, 'end', endOf(client.pick(ends)), waiting)
  } catch (error) {
    passing(error)
  }
}

function endOf(kind: (typeof ends)[number]): ExitReason {
  return { kind }
}

/** A wait for somebody who has to be started first is no longer than was allowed. */
async function think(client: Client<Memory>): Promise<void> {
  const { world } = client
  const { running } = world.memory
  if (running === undefined) return
  const to = running.slow.via(client.below(2))
  const timeoutMs = 250
  try {
    const beganMs = world.nowMs
    await tryCall(to, 'think', client.pick([10, 200, 400]), { timeoutMs })
    const waitedMs = world.nowMs - beganMs
    const isInTime = waitedMs <= timeoutMs + 5 || world.memory.running !== running
    always(isInTime, `I12: a call with ${timeoutMs} ms took ${waitedMs} ms`)
    if (client.below(2) === 0) await tryCall(to, 'leave', undefined, { timeoutMs })
  } catch (error) {
    passing(error)
  }
}

/** There is room for exactly as many as may be: nobody who is gone takes a place. */
async function fillUp({ places, crew }: Running): Promise<void> {
  for (const { pid } of places.whichChildren()) {
    if (typeof pid === 'object') await places.terminateChild(pid)
  }
  const start: FragileStart = { fate: 'fine', initMs: 0, crew }
  const spec = child(FragileServer, start, { restart: 'temporary' })
  for (let count = 1; count <= maxChildren + 1; count += 1) {
    const { ok } = await places.startChild(spec)
    const hasRoom = count <= maxChildren
    always(ok === hasRoom, `I5: child ${count} of ${maxChildren} ${ok ? 'starts' : 'does not'}`)
  }
}
