import {
  call,
  cast,
  child,
  defineServer,
  exit,
  fleet,
  later,
  next,
  type Pid,
  type ReplyPort,
  reply,
  send,
  startNode,
  supervisor,
  table,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { gate, inside, puppet, stage } from './stage.ts'

/** What the stage itself has: the process of the node, the tree, the names and the workers. */
const ofStage = 4

test('counts processes now, and those that started and ended', async () => {
  const { puppet, node } = await stage()
  expect(node.statistics()).toMatchObject({ processes: ofStage, started: ofStage, ended: 0 })
  const pids = [await puppet(), await puppet()]
  exit(pids[0] as Pid, 'kill')
  expect(node.statistics()).toMatchObject({
    processes: ofStage + 1,
    started: ofStage + 2,
    ended: 1,
  })
})

test('counts as sent whatever reaches an inbox, also what nobody called or cast', async () => {
  const { puppet, node, host } = await stage()
  const [one, two] = [await puppet(), await puppet()]
  await inside(one, (context) => {
    context.trapExits(true)
    context.monitor(two)
    context.link(two)
    context.after(10, 'note', 'of the timer')
  })
  const { sent } = node.statistics()
  await host.advance(10)
  expect(node.statistics().sent - sent).toBe(1)
  exit(two as Pid, 'kill')
  // To the process: the report of its monitor and the exit over its link; the supervisor hears too.
  expect(node.statistics().sent - sent).toBe(1 + 3)
  await host.settle()
  expect(node.statistics()).toMatchObject({ sent: sent + 1 + 3, queued: 0, dropped: 0 })
})

test('counts the rows of each registry, fleet and table by its kind and name', async () => {
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const rows = table<string, number>({ name: 'rows' })
  const games = fleet(puppet, { name: 'games', key: () => 'the only one' })
  const named = child(puppet, [], { name: names.via('named') })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, rows, games, named])
  await using node = await startNode(tree, { host: virtualHost() })
  rows.save('one', 1)
  rows.save('two', 2)
  await games.ensure([])
  expect(node.statistics().rows).toEqual({
    'registry or fleet names': 1,
    'table rows': 2,
    'registry or fleet games': 1,
    'desired set of the fleet games': 1,
  })
})

test('counts monitors that have not reported, and links other than those of a parent', async () => {
  const { puppet, node, host } = await stage()
  const [one, two, three] = [await puppet(), await puppet(), await puppet()]
  await inside(one, (context) => {
    context.monitor(two)
    context.monitor(three)
    context.link(two)
    context.link(two)
  })
  expect(node.statistics()).toMatchObject({ monitors: 2, links: 1 })
  exit(three, 'kill')
  await host.settle()
  expect(node.statistics()).toMatchObject({ monitors: 1, links: 1 })
  exit(two, 'kill')
  expect(node.statistics()).toMatchObject({ monitors: 0, links: 0 })
})

test('counts messages that wait, and calls whose reply was put off', async () => {
  const { start, node, host } = await stage()
  const ports: ReplyPort<string>[] = []
  const lazy = defineServer({
    name: 'lazy',
    init: (log: ReplyPort<string>[]) => log,
    calls: {
      defer: (log, _: undefined, context) => {
        const port = context.replyPort<string>()
        log.push(port)
        return later(port, log)
      },
    },
    casts: { block: async (log, opened: Promise<void>) => next(await opened.then(() => log)) },
  })
  const pid = await start(lazy, ports)
  const unblocked = gate()
  const deferred = call(pid, 'defer')
  await host.settle()
  expect(node.statistics()).toMatchObject({ queued: 0, deferred: 1 })
  cast(pid, 'block', unblocked.opened)
  await host.settle()
  cast(pid, 'block', unblocked.opened)
  cast(pid, 'block', unblocked.opened)
  expect(node.statistics()).toMatchObject({ queued: 2, deferred: 1 })
  ports[0]?.send('at last')
  expect(await deferred).toBe('at last')
  unblocked.open()
  await host.settle()
  expect(node.statistics()).toMatchObject({ queued: 0, deferred: 0 })
})

test('counts deadlines that wait: timers and the time-outs of open calls', async () => {
  const { puppet, node, host } = await stage()
  const pid = await puppet()
  await inside(pid, (context) => context.after(1000, 'note'))
  expect(node.statistics().deadlines).toBe(1)
  const never = gate()
  const waiting = tryCall(pid, 'runAsync', () => never.opened, { timeoutMs: 500 })
  await host.settle()
  expect(node.statistics().deadlines).toBe(2)
  await host.advance(500)
  expect(await waiting).toMatchObject({ exit: { reason: { kind: 'timeout' } } })
  expect(node.statistics().deadlines).toBe(1)
  exit(pid, 'kill')
  expect(node.statistics().deadlines).toBe(0)
})

test('counts messages sent, refused, dropped, and replies that came too late', async () => {
  const { start, node, host } = await stage()
  const opened = gate()
  const narrow = defineServer({
    name: 'narrow',
    maxMailboxSize: 2,
    init: () => 0,
    calls: { slow: async (count) => reply(await opened.opened, count) },
    casts: { none: (count) => next(count) },
  })
  const pid = await start(narrow, undefined)
  const before = node.statistics()
  const gone = tryCall(pid, 'slow', undefined, { timeoutMs: 1 })
  await host.settle()
  const accepted = [cast(pid, 'none'), send(pid, 'raw'), cast(pid, 'none'), send(pid, 'raw')]
  expect(accepted).toEqual([true, true, false, false])
  expect(await tryCall(pid, 'slow')).toMatchObject({ exit: { reason: { kind: 'overload' } } })
  const after = node.statistics()
  expect(after.sent - before.sent).toBe(3)
  expect(after.refused - before.refused).toBe(3)
  await host.advance(1)
  expect(await gone).toMatchObject({ exit: { reason: { kind: 'timeout' } } })
  expect(node.statistics().lateReplies).toBe(0)
  opened.open()
  await host.settle()
  expect(node.statistics().lateReplies).toBe(1)
  cast(pid, 'none')
  send(pid, 'raw')
  exit(pid, 'kill')
  expect(node.statistics().dropped - before.dropped).toBe(2)
})
