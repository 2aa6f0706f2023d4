import { defineServer, type ExitReason, exit, isAlive, type Pid } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { stopProcess } from '../../src/process/stopping.ts'
import { gate, inside, stage } from './stage.ts'

const shutdown = { kind: 'shutdown' } as const
const killed = { kind: 'killed' } as const
const boom = { kind: 'crash', error: 'boom' } as const

describe('stopping', () => {
  test('a process that does not trap exits ends it at once, without last words', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    expect(stopProcess(processOf(pid), 5000)).toEqual(shutdown)
    expect([isAlive(pid), log]).toEqual([false, []])
  })

  test('a process with kill ends it at once even if it traps exits', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await inside(pid, (context) => context.trapExits(true))
    expect(stopProcess(processOf(pid), 'kill')).toEqual(killed)
    expect([isAlive(pid), log]).toEqual([false, []])
  })

  test('a process that traps exits waits for its last words', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await inside(pid, (context) => context.trapExits(true))
    const stopping = stopProcess(processOf(pid), 5000)
    expect([stopping instanceof Promise, isAlive(pid)]).toEqual([true, true])
    expect(await stopping).toEqual(shutdown)
    expect(log).toEqual([{ terminate: shutdown }])
    expect(host.pendingTimers).toBe(0)
  })

  test('a process that takes too long kills it when its time is over, not before', async () => {
    const { start, host } = await stage()
    const pid = await start(reluctant, new Promise(() => undefined))
    const stopping = stopProcess(processOf(pid), 100)
    await host.advance(99)
    expect(isAlive(pid)).toBe(true)
    await host.advance(1)
    expect(isAlive(pid)).toBe(false)
    expect(await stopping).toEqual(killed)
  })

  test('a process without a limit waits as long as it takes', async () => {
    const { start, host } = await stage()
    const done = gate()
    const pid = await start(reluctant, done.opened)
    const stopping = stopProcess(processOf(pid), 'infinity')
    await host.advance(1e9)
    expect([isAlive(pid), host.pendingTimers]).toEqual([true, 0])
    done.open()
    expect(await stopping).toEqual(shutdown)
  })

  test('a process with a reason of its own ends it with that', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(stopProcess(processOf(pid), 5000, boom)).toEqual(boom)
  })

  test('a process that is dead already gives the reason of its end', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const process = processOf(pid)
    exit(pid, boom)
    expect(stopProcess(process, 5000)).toEqual(boom)
  })

  test('a process that ends of something else meanwhile gives the true reason', async () => {
    const { start, host, node } = await stage()
    const pid = await start(reluctant, new Promise(() => undefined))
    const stopping = stopProcess(processOf(pid), 5000)
    await host.settle()
    exit(pid, 'kill')
    expect(await stopping).toEqual(killed)
    expect([node.statistics().deadlines, host.pendingTimers]).toEqual([0, 0])
  })

  test('tells the parent by its result alone', async () => {
    const { start, events, host, node } = await stage()
    const before = node.statistics().processes
    const pid = await start(reluctant, Promise.resolve(), { restart: 'permanent' })
    const outcome: ExitReason = await stopProcess(processOf(pid), 5000)
    await host.settle()
    expect(outcome).toEqual(shutdown)
    expect(events.filter((event) => event.kind === 'supervisor_report')).toEqual([])
    expect(node.statistics().processes).toBe(before)
  })
})

/** Traps exits and says its last words as long as it is told. */
const reluctant = defineServer({
  name: 'reluctant',
  init: (done: Promise<unknown>, context) => {
    context.trapExits(true)
    return { done }
  },
  terminate: async ({ done }) => {
    await done
  },
})

function processOf(pid: Pid): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('no process')
  return process
}
