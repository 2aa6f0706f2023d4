import {
  argumentCodes,
  asyncTask,
  call,
  cast,
  child,
  defineServer,
  exit,
  type ProcessInfo,
  type ProcessStatus,
  processInfo,
  startNode,
  supervisor,
  sys,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { gate, inside, puppet, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('processInfo', () => {
  test('gives every part of a living process [PROC-083]', async () => {
    const { start, names, host } = await stage()
    const [starter, other, watcher] = [
      await start(puppet, []),
      await start(puppet, []),
      await start(puppet, []),
    ]
    const pid = await inside(starter, async (context) => {
      const started = await context.start(child(puppet, [], { name: names.via('me') }))
      if (!started.ok) throw new Error('not started')
      return started.pid
    })
    const kid = await inside(pid, async (context) => {
      context.trapExits(true)
      context.setLabel(['shard', 7])
      context.link(other)
      context.monitor(other)
      context.monitor(starter)
      const started = await context.start(child(puppet, []))
      return started.ok ? started.pid : undefined
    })
    await inside(watcher, (context) => context.monitor(pid))
    const go = gate()
    cast(pid, 'work', () => go.opened)
    cast(pid, 'note', 'waits')
    await host.settle()
    const above = ancestorsOf(starter)
    expect(processInfo(pid)).toEqual({
      pid,
      server: 'puppet',
      label: ['shard', 7],
      status: 'running',
      currentMessage: 'cast "work"',
      mailboxSize: 1,
      trapping: true,
      names: [{ registry: 'names', key: 'me' }],
      parent: starter,
      ancestors: [starter, ...above],
      callers: [],
      links: [starter, kid, other],
      monitors: [other, starter],
      monitoredBy: [watcher],
    })
    go.open()
  })

  test('is undefined for one that has ended, however it is asked for [PROC-083, PROC-086]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    await inside(pid, (context) => context.setLabel('gone soon'))
    exit(pid, 'kill')
    expect(processInfo(pid)).toBeUndefined()
    const other = await puppet()
    const plain = structuredClone({ ...pid })
    expect(await inside(other, () => processInfo(plain))).toBeUndefined()
    const alive = structuredClone({ ...other })
    expect(await inside(other, () => processInfo(alive)?.pid)).toBe(other)
  })

  test('tells the links of a process, which shrink with each end and unlink [PROC-033]', async () => {
    const { puppet } = await stage()
    const [pid, one, two, three] = [await puppet(), await puppet(), await puppet(), await puppet()]
    const links = () => processInfo(pid)?.links
    const parent = processInfo(pid)?.parent
    await inside(pid, (context) => {
      context.trapExits(true)
      for (const other of [one, two, three]) context.link(other)
    })
    expect(links()).toEqual([parent, one, two, three])
    expect(processInfo(one)?.links).toEqual([parent, pid])
    exit(one, boom)
    expect(links()).toEqual([parent, two, three])
    await inside(pid, (context) => context.unlink(two))
    expect(links()).toEqual([parent, three])
    expect(processInfo(two)?.links).toEqual([parent])
  })

  test('tells what a process is at', async () => {
    const { start, names, host } = await stage()
    const status = (): ProcessStatus | undefined => {
      const pid = names.whereis('it')
      return pid === undefined ? undefined : processInfo(pid)?.status
    }
    const [init, work, last] = [gate(), gate(), gate()]
    const slow = defineServer({
      name: 'slow',
      init: () => init.opened.then(() => 0),
      casts: { work: (state) => work.opened.then(() => ({ state }) as never) },
      terminate: () => last.opened,
    })
    const starting = start(slow, undefined, { name: names.via('it') })
    await host.settle()
    const seen = [status()]
    init.open()
    const pid = await starting
    await host.settle()
    seen.push(status())
    await sys.suspend(pid)
    seen.push(status())
    cast(pid, 'work')
    await host.settle()
    seen.push(status())
    await sys.resume(pid)
    await host.settle()
    seen.push(status())
    // It has nothing in hand, but a message that it is about to take.
    const idle = await start(puppet, [])
    cast(idle, 'note', 1)
    seen.push(processInfo(idle)?.status)
    work.open()
    await host.settle()
    seen.push(status())
    last.open()
    await host.settle()
    seen.push(status())
    expect(seen).toEqual([
      ...['starting', 'waiting', 'suspended', 'suspended', 'running', 'running', 'terminating'],
      undefined,
    ])
  })

  test('tells who is above a process, up to the one that stands for the node [PROC-088]', async () => {
    const pids: { starting: ProcessInfo | undefined } = { starting: undefined }
    const leaf = defineServer({
      name: 'leaf',
      init: (_: undefined, { self }) => {
        pids.starting = processInfo(self)
        return 0
      },
    })
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one' }, [child(leaf, undefined)])
    const node = await startNode(supervisor({ name: 'root', strategy: 'one_for_one' }, [inner]), {
      host: virtualHost(),
    })
    onTestFinished(() => node.stop())
    const info = pids.starting
    expect(info?.status).toBe('starting')
    const labels = info?.ancestors.map((pid) => processInfo(pid)?.server)
    expect(labels).toEqual(['inner', 'root', 'node'])
    expect(info?.parent).toBe(info?.ancestors[0])
    const top = info?.ancestors[2]
    expect(top === undefined ? 0 : processInfo(top)).toMatchObject({
      parent: undefined,
      ancestors: [],
      status: 'waiting',
    })
  })

  test('names the starter of a process that is not linked to it', async () => {
    const { puppet: make } = await stage()
    const starter = await make()
    const started = await inside(starter, (context) => {
      return context.start(child(puppet, []), { link: false })
    })
    if (!started.ok) throw new Error('not started')
    const info = processInfo(started.pid)
    expect(info?.parent).toBe(starter)
    expect(info?.ancestors).toEqual([starter, ...ancestorsOf(starter)])
    expect([info?.links, processInfo(starter)?.links]).toEqual([[], [processInfo(starter)?.parent]])
  })

  test('keeps a parent that has ended', async () => {
    const { puppet: make } = await stage()
    const starter = await make()
    const started = await inside(starter, (context) => context.start(child(puppet, [])))
    if (!started.ok) throw new Error('not started')
    await inside(starter, ({ self }) => exit(self, 'normal')).catch(() => undefined)
    expect(processInfo(started.pid)).toMatchObject({ parent: starter, links: [] })
    exit(started.pid, 'kill')
  })

  test('tells on whose behalf a task runs [TASK-010]', async () => {
    const { puppet: make } = await stage()
    const asker = await make()
    const told = await inside(asker, async (context) => {
      const outer = asyncTask(context, async (own) => {
        const inner = asyncTask(own, ({ self }) => processInfo(self))
        return [own.self, processInfo(own.self), await inner.await()]
      })
      return outer.await()
    })
    const [outerPid, outer, inner] = told as [unknown, ProcessInfo, ProcessInfo]
    expect(outer.callers).toEqual([asker])
    expect(inner.callers).toEqual([outerPid, asker])
    expect(inner.ancestors.slice(0, 2)).toEqual([outerPid, asker])
  })

  test('runs no code of a user and shows neither state nor payload', async () => {
    const { start } = await stage()
    const secret = 'the secret'
    const ran: string[] = []
    const server = defineServer({
      name: 'private',
      init: (state: string) => state,
      format: () => {
        ran.push('format')
        return secret
      },
    })
    const pid = await start(server, secret)
    const go = gate()
    const other = await start(puppet, [])
    cast(other, 'work', () => go.opened)
    cast(other, 'note', secret)
    await Promise.resolve()
    const shown = JSON.stringify([processInfo(pid), processInfo(other)])
    expect([shown.includes(secret), ran]).toEqual([false, []])
    go.open()
  })

  test('is a snapshot that nobody can change', async () => {
    const { names, start } = await stage()
    const pid = await start(puppet, [], { name: names.via('x') })
    const info = processInfo(pid)
    const parts = [info, info?.links, info?.names, info?.names[0], info?.ancestors, info?.callers]
    for (const part of [...parts, info?.monitors, info?.monitoredBy]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    await inside(pid, (context) => context.trapExits(true))
    expect([info?.trapping, processInfo(pid)?.trapping]).toEqual([false, true])
  })

  test('refuses what is no pid, names included', async () => {
    const { names } = await stage()
    for (const wrong of [undefined, 5, {}, names.via('x')]) {
      expect(() => processInfo(wrong as never)).toThrow(
        expect.objectContaining({ code: argumentCodes.invalid_address }),
      )
    }
  })
})

describe('a label', () => {
  test('is set by the process itself, read by others, absent until then [PROC-086]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const labelOf = () => processInfo(pid)?.label
    const seen = [labelOf()]
    for (const label of ['first', 42, ['game', 'g1']]) {
      await inside(pid, (context) => context.setLabel(label))
      seen.push(labelOf())
    }
    expect(seen).toEqual([undefined, 'first', 42, ['game', 'g1']])
  })

  test('shows up in the reports of a crash and of the end [PROC-086]', async () => {
    const { puppet, events } = await stage()
    const [labelled, plain] = [await puppet(), await puppet()]
    await inside(labelled, (context) => context.setLabel('the one'))
    for (const pid of [labelled, plain]) {
      await call(pid, 'run', () => {
        throw new Error('boom')
      }).catch(() => undefined)
    }
    const labels = events.flatMap((event) => {
      const isReport = event.kind === 'crash_report' || event.kind === 'process_ended'
      return isReport ? [[event.kind, event.label, event.processLabel]] : []
    })
    expect(labels).toEqual([
      ['crash_report', 'puppet', 'the one'],
      ['process_ended', 'puppet', 'the one'],
      ['crash_report', 'puppet', undefined],
      ['process_ended', 'puppet', undefined],
    ])
  })

  test('is copied: a list that changes later does not change it', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const label = ['a', 'b']
    await inside(pid, (context) => context.setLabel(label))
    label.push('c')
    expect(processInfo(pid)?.label).toEqual(['a', 'b'])
  })
})

describe('the processes of a node', () => {
  test('are all that live, oldest first, and none once it has stopped', async () => {
    const { puppet, node } = await stage()
    const [one, two] = [await puppet(), await puppet()]
    const pids = node.processes()
    expect(pids).toHaveLength(node.statistics().processes)
    expect(pids.slice(-2)).toEqual([one, two])
    expect(pids.map((pid) => processInfo(pid)?.server).slice(0, 2)).toEqual(['node', 'tree'])
    exit(one, 'kill')
    expect(node.processes()).not.toContain(one)
    expect(pids).toContain(one)
    await node.stop()
    expect(node.processes()).toEqual([])
  })
})

function ancestorsOf(pid: object): unknown[] {
  const process = LocalPid.processOf(pid)
  const ancestors: unknown[] = []
  for (let above = process?.parent; above !== undefined; above = above.parent) {
    ancestors.push(above.pid)
  }
  return ancestors
}
