import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  startNode,
  stopServer,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cycleOf } from '../../src/process/cycle.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { gate, inside, puppet, stage } from './stage.ts'

const calling_self = { ok: false, exit: { reason: { kind: 'calling_self' } } }

describe('a wait that could never end is refused', () => {
  test('between a call and a stop, in both directions, and the cycle is named', async () => {
    const { start, names } = await stage()
    const [boss, worker] = [
      await start(puppet, [], { name: names.via('boss') }),
      await start(puppet, [], { name: names.via('worker') }),
    ]
    const stopped = await inside(boss, () => {
      return inside(worker, () => stopServer(boss).catch((error: unknown) => error))
    })
    expect(stopped).toMatchObject({
      reason: { kind: 'calling_self', cycle: ['names "boss"', 'names "worker"', 'names "boss"'] },
    })
    const clinging = defineServer({
      name: 'clinging',
      init: (told: (outcome: unknown) => void) => ({ told }),
      terminate: async ({ told }) => told(await tryCall(boss, 'run', () => 1)),
    })
    const told = gate<unknown>()
    const last = await start(clinging, told.open)
    await inside(boss, () => stopServer(last))
    expect(await told.opened).toMatchObject(calling_self)
  })

  test('between the init of a process and whoever waits for its start', async () => {
    const workers = dynamicSupervisor({ name: 'workers' })
    const node = await startNode(workers, { host: virtualHost(), name: 'cyclic' })
    onTestFinished(() => node.stop())
    const started = await workers.startChild(child(puppet, []))
    if (!started.ok) throw new Error('not started')
    const asker = started.pid
    const outcomes: unknown[] = []
    for (const isLate of [false, true]) {
      const entangled = defineServer({
        name: 'entangled',
        init: async (_: undefined) => {
          if (isLate) await undefined
          outcomes.push(await tryCall(asker, 'run', () => 1))
        },
      })
      await inside(asker, () => workers.startChild(child(entangled, undefined)))
    }
    expect(outcomes).toMatchObject([calling_self, calling_self])
  })
})

describe('a wait that may well end is not refused', () => {
  test('of an init for a process that does not wait for the start', async () => {
    const { puppet: make } = await stage()
    const starter = await make()
    const told = gate<unknown>()
    const asking = defineServer({
      name: 'asking',
      init: async (_: undefined) => told.open(await call(starter, 'run', () => 'free')),
    })
    await call(starter, 'run', (context) => {
      void context.start(child(asking, undefined))
    })
    expect(await told.opened).toBe('free')
  })

  test('for a process that made its call and did not stay for the answer', async () => {
    const { puppet: make } = await stage()
    const [one, other] = [await make(), await make()]
    const told = gate<unknown>()
    await call(one, 'run', () => {
      cast(other, 'work', async () => told.open(await tryCall(one, 'run', () => 'free')))
    })
    expect(await told.opened).toMatchObject({ ok: true, value: 'free' })
  })

  test('where waits that nobody saw begin close a cycle without the caller', async () => {
    const { puppet: make } = await stage()
    const [caller, one, other] = [await make(), await make(), await make()]
    const never = new Promise<void>(() => undefined)
    for (const pid of [caller, one, other]) cast(pid, 'work', () => never)
    await Promise.resolve()
    const [a, b, c] = [caller, one, other].map(processOf) as [Process, Process, Process]
    // Each is handling what the next one asked; such a ring must not be walked for ever.
    const asked = (asker: Process) => ({
      kind: 'call',
      settled: false,
      caller: asker,
      callerTurn: asker.turn,
    })
    a.held = asked(b) as never
    b.held = asked(c) as never
    c.held = asked(b) as never
    expect(cycleOf(a, processOf(await make()))).toBeUndefined()
    for (const process of [a, b, c]) process.held = undefined
  })
})

function processOf(pid: object): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('no process')
  return process
}
