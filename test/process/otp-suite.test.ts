/**
 * Cases of process_SUITE, monitor_SUITE, erl_link_SUITE, signal_SUITE and process_test that no line
 * of the catalogue names, each with the case it is of.
 */
import {
  type AliasMode,
  cast,
  child,
  defineServer,
  exit,
  isAlive,
  next,
  type Pid,
  processInfo,
  send,
  stop,
  stopServer,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const
const killed = { kind: 'killed' } as const
const modes: readonly AliasMode[] = ['explicit_unalias', 'demonitor', 'reply_demonitor']

describe('the alias of a monitor', () => {
  // alias_monitor, "simple alias + unalias flow"
  test.each(modes)('(%s) that is taken back leaves the monitor to report', async (mode) => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    const alias = await inside(watcher, (context) => context.monitor(pid, { alias: mode }))
    const taken = await inside(watcher, (context) => [
      context.unalias(alias),
      context.unalias(alias),
    ])
    send(alias, 'lost')
    exit(pid, 'kill')
    await host.settle()
    expect([taken, log]).toEqual([[true, false], [{ down: killed, pid }]])
    expect(node.statistics().aliases).toBe(0)
  })

  // down_aliasmonitor
  test.each(modes)('(%s) is open after DOWN only if it is to be taken back', async (mode) => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    const alias = await inside(watcher, (context) => context.monitor(pid, { alias: mode }))
    exit(pid, 'kill')
    send(alias, 'late')
    await host.settle()
    const stays = mode === 'explicit_unalias'
    expect(log).toEqual([{ down: killed, pid }, ...(stays ? ['late'] : [])])
    expect(node.statistics().aliases).toBe(stays ? 1 : 0)
    exit(watcher, 'kill')
    expect(node.statistics().aliases).toBe(0)
  })

  // message_order_alias
  test('and the pid are one way: what goes through either keeps its order', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [pid, sender] = [await puppet(log), await puppet()]
    const alias = await inside(pid, (context) => context.alias())
    await inside(sender, () => {
      for (let count = 0; count < 6; count += 1) send(count % 2 === 0 ? pid : alias, count)
    })
    await host.settle()
    expect(log).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('exit signals', () => {
  // self_exit, exit_and_trap
  test('to oneself, in the middle of a handler, are as the flag is at that moment', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const ending = inside(pid, (context) => {
      context.trapExits(true)
      exit(context.self, 'normal')
      exit(context.self, killed)
      context.trapExits(false)
      return 'alive'
    })
    expect(await ending).toBe('alive')
    await host.settle()
    const told = [{ kind: 'normal' }, killed].map((reason) => ({ exit: reason, from: pid }))
    expect(log).toEqual(told)
    const last = inside(pid, ({ self }) => exit(self, 'normal'))
    await expect(last).rejects.toMatchObject({ reason: { kind: 'normal' } })
    expect(isAlive(pid)).toBe(false)
  })
})

describe('a process that links and monitors in its init, and does not start', () => {
  // proc_lib_SUITE: sync_start_nolink, erl_link_SUITE: process_links
  test('ends those it linked itself to, as any end does, and leaves nothing', async () => {
    const { puppet, host, node } = await stage()
    const log: unknown[] = []
    const [starter, trapping, plain] = [await puppet(), await puppet(log), await puppet()]
    await inside(trapping, (context) => context.trapExits(true))
    const failing = defineServer({
      name: 'failing',
      init: (others: readonly Pid[], context) => {
        for (const other of others) context.link(other)
        context.monitor(trapping, { alias: 'demonitor' })
        return stop(boom, others)
      },
    })
    const spec = child(failing, [trapping, plain])
    const outcome = await inside(starter, (context) => context.start(spec))
    await host.settle()
    expect(outcome).toMatchObject({ ok: false, reason: { exit: { reason: boom } } })
    expect([isAlive(starter), isAlive(plain)]).toEqual([true, false])
    expect(log).toMatchObject([{ exit: boom }])
    const { links, monitors, aliases } = node.statistics()
    expect([links, monitors, aliases]).toEqual([0, 0, 0])
  })

  // proc_lib_SUITE: sync_start_timeout
  test('but goes on after its time was up does nothing more: its name has a new holder', async () => {
    const { puppet, host, node, names } = await stage()
    const starter = await puppet()
    const log: unknown[] = []
    const slow = defineServer({
      name: 'slow',
      init: async (waitMs: number, context) => {
        const inner = await context.start(child(defineServer({ name: 'in', init: () => 0 }), null))
        if (waitMs > 0) await new Promise<void>((resolve) => gates.push(resolve))
        log.push(inner.ok && isAlive(inner.pid))
        context.after(1, 'tick')
        context.alias()
        return next(waitMs, { continueWith: ['tick'], idleTimeoutMs: 1 })
      },
      casts: { tick: (state) => next(state) },
      timeout: (state) => next(state),
      terminate: () => {
        log.push('terminate')
      },
    })
    const gates: (() => void)[] = []
    const named = { name: names.via('slow'), startTimeoutMs: 30 }
    const starting = inside(starter, async (context) => [
      await context.start(child(slow, 50, named)),
      await context.start(child(slow, 0, named)),
    ])
    await host.advance(31)
    const [first, second] = await starting
    for (const open of gates) open()
    await host.advance(100)
    expect([first?.ok, second?.ok, log]).toEqual([false, true, [true, false]])
    expect(processInfo(names.whereis('slow') as Pid)?.status).toBe('waiting')
    const { aliases, deadlines } = node.statistics()
    expect([aliases, deadlines]).toEqual([1, 0])
  })
})

// proc_lib_SUITE: sync_start_monitor, with a starter that does not wait for the end of the start
test('a process whose starter ended during its init is monitored by nobody', async () => {
  const { puppet, host, node, names } = await stage()
  const starter = await puppet()
  const go = gate()
  const slow = defineServer({ name: 'slow', init: () => go.opened.then(() => 0) })
  const spec = child(slow, undefined, { name: names.via('slow') })
  cast(starter, 'work', (context) => context.start(spec, { link: false, monitor: true }))
  await host.settle()
  exit(starter, boom)
  go.open()
  await host.settle()
  const info = processInfo(names.whereis('slow') as Pid)
  expect(info).toMatchObject({ status: 'waiting', monitoredBy: [] })
  expect(node.statistics().monitors).toBe(0)
})

// process_info_*, process_status_exiting
test('every living process can be looked into, and a link or monitor never shows the dead', async () => {
  const { puppet, node } = await stage()
  const [one, two, three] = [await puppet(), await puppet(), await puppet()]
  await inside(one, (context) => {
    context.link(two)
    context.monitor(three)
    context.trapExits(true)
  })
  exit(two, 'kill')
  await stopServer(three)
  for (const pid of node.processes()) {
    const info = processInfo(pid)
    const others = [info?.links, info?.monitors, info?.monitoredBy].flatMap((pids) => pids ?? [])
    expect(others.filter((other) => !isAlive(other))).toEqual([])
  }
  expect([processInfo(two), processInfo(three)]).toEqual([undefined, undefined])
})
