import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  exit,
  isAlive,
  next,
  type ProtocolOf,
  reply,
  send,
  startNode,
  stopServer,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { ProbeTimeout, simulate, simulation, startProbe, virtualHost } from 'flotilla/testing'
import { expect, onTestFinished, test } from 'vitest'

const Counter = defineServer({
  name: 'counter',
  init: () => 0,
  calls: {
    read: (count) => reply(count, count),
    add: (count, by: number) => reply(count + by, count + by),
  },
  casts: { bump: (count, by: number) => next(count + by), reset: () => next(0) },
})

async function opened() {
  const host = virtualHost()
  const names = uniqueRegistry<string, ProtocolOf<typeof Counter>>({ name: 'names' })
  const workers = dynamicSupervisor({ name: 'workers' })
  const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, workers])
  const node = await startNode(tree, { host })
  onTestFinished(() => node.stop())
  return { host, names, workers, node }
}

test('waits for what is sent to it, and gives it once', async () => {
  const { node } = await opened()
  const probe = await startProbe(node)
  const waiting = probe.next()
  send(probe.pid, 'first')
  send(probe.pid, 'second')
  expect(await waiting).toEqual({ kind: 'info', message: 'first' })
  expect(await probe.next({ kind: 'info' })).toEqual({ kind: 'info', message: 'second' })
  expect(probe.arrived).toEqual([])
})

test('stands in for a server: it is cast to and called by name, and answers when told', async () => {
  const { node, names } = await opened()
  const probe = await startProbe(node, { as: Counter, name: names.via('a') })
  cast(names.via('a'), 'bump', 3)
  const total = call(names.via('a'), 'add', 4)
  const asked = await probe.next({ kind: 'call', name: 'add' })
  expect(asked.payload).toBe(4)
  asked.reply(asked.payload * 100)
  expect(await total).toBe(400)
  expect((await probe.next({ kind: 'cast', name: 'bump' })).payload).toBe(3)
})

test('takes the oldest that fits, and leaves the others in their order', async () => {
  const { node, host } = await opened()
  const probe = await startProbe(node, { as: Counter })
  for (const by of [1, 2, 3]) cast(probe.pid, 'bump', by)
  send(probe.pid, 'info')
  await host.settle()
  const second = await probe.next((event) => event.kind === 'cast' && event.payload === 2)
  expect(second).toMatchObject({ payload: 2 })
  expect(probe.arrived.map((event) => event.kind)).toEqual(['cast', 'cast', 'info'])
  expect(await probe.next({ kind: 'info' })).toEqual({ kind: 'info', message: 'info' })
  expect(await probe.next()).toMatchObject({ name: 'bump', payload: 1 })
})

test('serves several waits, each of them first come, first served', async () => {
  const { node } = await opened()
  const probe = await startProbe(node, { as: Counter })
  const waits = [probe.next({ kind: 'cast' }), probe.next({ kind: 'info' }), probe.next()]
  send(probe.pid, 'x')
  cast(probe.pid, 'reset')
  cast(probe.pid, 'bump', 1)
  expect(await Promise.all(waits)).toMatchObject([
    { name: 'reset' },
    { message: 'x' },
    { name: 'bump' },
  ])
})

test('is told of the ends of those it monitors and of those it is linked to', async () => {
  const { node, workers } = await opened()
  const probe = await startProbe(node)
  const one = await workers.startChild(child(Counter, undefined, { restart: 'temporary' }))
  const other = await workers.startChild(child(Counter, undefined, { restart: 'temporary' }))
  if (!one.ok || !other.ok) throw new Error('not started')
  const monitor = probe.monitor(one.pid)
  probe.link(other.pid)
  exit(one.pid, 'kill')
  exit(other.pid, 'kill')
  const { down } = await probe.next({ kind: 'down' })
  expect(down).toMatchObject({ monitor, reason: { kind: 'killed' } })
  const { signal } = await probe.next({ kind: 'exit' })
  expect(signal).toMatchObject({ from: other.pid, reason: { kind: 'killed' } })
  probe.monitor(one.pid)
  expect((await probe.next({ kind: 'down' })).down.reason.kind).toBe('noproc')
})

test('gives up by the clock of its node, and says what has arrived instead', async () => {
  const { node, host } = await opened()
  const probe = await startProbe(node, { as: Counter })
  cast(probe.pid, 'bump', 1)
  for (let more = 0; more < 11; more += 1) send(probe.pid, more)
  const outcome = probe.next({ kind: 'cast', name: 'reset' }, { timeoutMs: 50 }).catch((e) => e)
  await host.advance(49)
  expect(host.pendingTimers).toBe(1)
  await host.advance(1)
  const error: Error = await outcome
  expect(error).toBeInstanceOf(ProbeTimeout)
  expect(error.message).toMatch(
    /^waited 50 ms in vain for cast "reset"; what has arrived is cast "bump" 1, .* 8, and 2 more$/,
  )
  // What was given up takes nothing away from others.
  cast(probe.pid, 'reset')
  expect(await probe.next({ kind: 'cast', name: 'reset' })).toMatchObject({ name: 'reset' })
  expect(host.pendingTimers).toBe(0)
})

test('ends with its node, and whoever waits hears why', async () => {
  const { node } = await opened()
  const probe = await startProbe(node)
  const waiting = probe.next(undefined, { timeoutMs: 'infinity' }).catch((error) => error)
  await node.stop()
  expect(Exit.is(await waiting)).toBe(true)
  expect(isAlive(probe.pid)).toBe(false)
  await expect(probe.next()).rejects.toBeInstanceOf(Exit)
  await expect(startProbe(node)).rejects.toBeInstanceOf(Exit)
})

test('can be stopped, and its name is free then', async () => {
  const { node, names } = await opened()
  const options = { as: Counter, name: names.via('a') }
  const first = await startProbe(node, options)
  await expect(startProbe(node, options)).rejects.toMatchObject({
    code: 'FLOTILLA_ALREADY_STARTED',
  })
  await stopServer(first.pid)
  const second = await startProbe(node, options)
  expect(names.whereis('a')).toEqual(second.pid)
})

test('ends by a crash when nobody takes what arrives', async () => {
  const { node } = await opened()
  const probe = await startProbe(node, { maxArrived: 2 })
  for (let more = 0; more < 3; more += 1) send(probe.pid, more)
  const error = await probe.next(() => false).catch((thrown) => thrown)
  expect(error.message).toContain('2 events have arrived at a probe, and nobody took them')
})

test('hands on what the function throws that is to choose, and goes on', async () => {
  const { node } = await opened()
  const probe = await startProbe(node)
  const wrong = () => {
    throw new Error('on purpose')
  }
  const waiting = probe.next(wrong)
  const other = probe.next()
  send(probe.pid, 1)
  await expect(waiting).rejects.toThrow('on purpose')
  expect(await other).toEqual({ kind: 'info', message: 1 })
  send(probe.pid, 2)
  await expect(probe.next((event) => event.kind === 'info')).resolves.toMatchObject({ message: 2 })
})

test('has a limit of waits at a time', async () => {
  const { node } = await opened()
  const probe = await startProbe(node)
  const waits = Array.from({ length: 1024 }, () => probe.next())
  await expect(probe.next()).rejects.toMatchObject({ code: 'FLOTILLA_LIMIT' })
  for (let more = 0; more < 1024; more += 1) send(probe.pid, more)
  expect(await Promise.all(waits)).toHaveLength(1024)
})

test('works in a simulation, and hears of a crash of its node', async () => {
  const seen: unknown[] = []
  const watched = simulation({
    name: 'watched',
    faults: { crash: 10 },
    start: (world, node) => world.startNode(dynamicSupervisor({ name: 'workers' }), node),
    clients: {
      async tester({ world }) {
        const { node } = world.node('a')
        if (node === undefined) throw new Error('it is up at the beginning')
        const probe = await startProbe(node)
        send(probe.pid, 'hello')
        seen.push(await probe.next())
        const timeoutMs = 100
        seen.push(await probe.next({ kind: 'down' }, { timeoutMs }).catch((e) => e.name))
        const end = await probe.next({ kind: 'down' }, { timeoutMs: 'infinity' }).catch((e) => e)
        seen.push(end.reason.kind)
      },
    },
  })
  const run = await simulate(watched, { seed: 1 })
  expect(run.failure).toBeUndefined()
  expect(run.faultCounts.crash).toBeGreaterThan(0)
  expect(seen).toEqual([{ kind: 'info', message: 'hello' }, 'ProbeTimeout', 'nodedown'])
})
