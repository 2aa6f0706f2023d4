import fc from 'fast-check'
import {
  call,
  type Down,
  defineServer,
  ended,
  exit,
  isAlive,
  type Monitor,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { inside, type Puppet, puppet as puppetServer, stage, type Work } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('monitor', () => {
  test('reports the end of a process once, normal ends too [PROC-037]', async () => {
    const { puppet, host } = await stage()
    for (const reason of [{ kind: 'normal' } as const, boom]) {
      const log: unknown[] = []
      const [watcher, pid] = [await puppet(log), await puppet()]
      await monitor(watcher, pid)
      await tryCall(pid, 'run', ({ self }) => exit(self, reason))
      exit(pid, 'kill')
      await host.settle()
      expect(log).toEqual([{ down: reason, pid }])
    }
  })

  test('of a dead process reports noproc at once [PROC-038]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, dead] = [await puppet(log), await puppet()]
    exit(dead, 'kill')
    await monitor(watcher, dead)
    await host.settle()
    expect(log).toMatchObject([{ down: { kind: 'noproc' }, pid: undefined }])
  })

  test('by name stays with the process that held it, and tells the name [PROC-039, VIA-019]', async () => {
    const { start, names, host } = await stage()
    const downs: unknown[] = []
    const watcher = await start(watching, downs)
    const via = names.via('a')
    const pid = await start(puppetServer, [], { name: via })
    const [known, unknown] = [
      await call(watcher, 'run', (context) => context.monitor(via)),
      await call(watcher, 'run', (context) => context.monitor(names.via('b'))),
    ]
    exit(pid, boom)
    await start(puppetServer, [], { name: via })
    await host.settle()
    const noproc = { kind: 'noproc', address: 'names "b"' }
    expect(downs).toEqual([
      { monitor: unknown, address: names.via('b'), pid: undefined, reason: noproc },
      { monitor: known, address: via, pid, reason: boom },
    ])
  })

  test('made twice reports twice, each with its own handle [PROC-042]', async () => {
    const { puppet, start, host } = await stage()
    const downs: { monitor: Monitor }[] = []
    const [watcher, pid] = [await start(watching, downs), await puppet()]
    const handles = await call(watcher, 'run', (context) => [
      context.monitor(pid),
      context.monitor(pid),
    ])
    exit(pid, boom)
    await host.settle()
    expect(downs.map((down) => down.monitor)).toEqual(handles)
    expect(new Set(downs.map((down) => down.monitor.id)).size).toBe(2)
  })

  test('is one way: the end of the watcher does nothing to the target [PROC-043]', async () => {
    const { puppet, node } = await stage()
    const [watcher, pid] = [await puppet(), await puppet()]
    await monitor(watcher, pid)
    exit(watcher, boom)
    expect(isAlive(pid)).toBe(true)
    expect(node.statistics().monitors).toBe(0)
  })

  test('of itself never reports and holds nothing [PROC-044]', async () => {
    const { puppet, node } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    expect(await call(pid, 'run', (context) => context.monitor(context.self))).toHaveProperty('id')
    expect(node.statistics().monitors).toBe(0)
    exit(pid, boom)
    expect(log).toEqual([])
  })

  test('made in the turn of the end still tells the true reason', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    await call(watcher, 'run', (context) => {
      context.monitor(pid)
      exit(pid, boom)
    })
    await host.settle()
    expect(log).toEqual([{ down: boom, pid }])
  })

  test('reports with its tag if it was given one, noproc as well [PROC-052]', async () => {
    const { start, puppet, host } = await stage()
    const downs: Down[] = []
    const [watcher, pid, dead] = [await start(watching, downs), await puppet(), await puppet()]
    exit(dead, 'kill')
    await call(watcher, 'run', (context) => [
      context.monitor(pid, { tag: ['the', 'first'] }),
      context.monitor(pid),
      context.monitor(dead, { tag: 'gone' }),
      context.monitor(dead, { tag: undefined }),
    ])
    exit(pid, boom)
    await host.settle()
    const seen = downs.map((down) => [down.reason.kind, 'tag' in down, down.tag])
    expect(seen).toEqual([
      ['noproc', true, 'gone'],
      ['noproc', true, undefined],
      ['crash', true, ['the', 'first']],
      ['crash', false, undefined],
    ])
  })

  test('reports to a process of another node', async () => {
    const [here, there] = [await stage(), await stage()]
    const log: unknown[] = []
    const [watcher, pid] = [await here.puppet(log), await there.puppet()]
    await monitor(watcher, pid)
    await there.node.stop()
    await here.host.settle()
    expect(log).toEqual([{ down: { kind: 'killed' }, pid }])
  })
})

describe('demonitor', () => {
  test('takes a monitor back, and says whether it had not reported yet [PROC-045, PROC-047]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    const handle = await monitor(watcher, pid)
    expect(await demonitor(watcher, handle)).toBe(true)
    expect(await demonitor(watcher, handle)).toBe(false)
    expect(await demonitor(watcher, { id: 4711 })).toBe(false)
    exit(pid, boom)
    await host.settle()
    expect(log).toEqual([])
  })

  test('comes too late for a report that already waits, and leaves it there [PROC-047]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    const late = await call(watcher, 'run', (context) => {
      const handle = context.monitor(pid)
      exit(pid, boom)
      return context.demonitor(handle)
    })
    await host.settle()
    expect([late, log]).toEqual([false, [{ down: boom, pid }]])
  })

  test('with flush takes a report that already waits out of the mailbox, and only that [PROC-059]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, pid] = [await puppet(log), await puppet()]
    const late = await call(watcher, 'run', (context) => {
      const kept = context.monitor(pid)
      const flushed = context.monitor(pid)
      exit(pid, boom)
      return [context.demonitor(flushed, { flush: true }), kept.id < flushed.id]
    })
    await host.settle()
    expect(late).toEqual([false, true])
    expect(log).toEqual([{ down: boom, pid }])
  })

  test('of a handle that another process owns does not disarm it [PROC-049]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [watcher, thief, pid] = [await puppet(log), await puppet(), await puppet()]
    const handle = await monitor(watcher, pid)
    expect(await demonitor(thief, handle)).toBe(false)
    exit(pid, boom)
    await host.settle()
    expect(log).toEqual([{ down: boom, pid }])
  })

  test('of a handle of another node does not disarm an own one of that number', async () => {
    const [here, there] = [await stage(), await stage()]
    const log: unknown[] = []
    const [watcher, pid] = [await here.puppet(log), await here.puppet()]
    const [stranger, target] = [await there.puppet(), await there.puppet()]
    const own = [await monitor(watcher, pid), await monitorWithAlias(watcher, pid)]
    const other = [await monitor(stranger, target), await monitorWithAlias(stranger, target)]
    expect(other.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
    for (const handle of other) expect(await demonitor(watcher, handle)).toBe(false)
    exit(pid, boom)
    await here.host.settle()
    expect(log).toHaveLength(2)
    for (const handle of other) expect(await demonitor(stranger, handle)).toBe(true)
  })

  test('refuses what is no handle or no options [PROC-049]', async () => {
    const { puppet } = await stage()
    const bad = [undefined, null, 1, 'x', {}, { id: '1' }]
    for (const handle of bad) {
      const watcher = await puppet()
      await expect(demonitor(watcher, handle as never)).rejects.toThrow(
        /Cannot take a monitor back: the monitor is .*, wanted what context.monitor gave back/,
      )
    }
    const watcher = await puppet()
    const wrong = call(watcher, 'run', (context) =>
      context.demonitor({ id: 1 }, { flsh: true } as never),
    )
    await expect(wrong).rejects.toThrow(/Cannot take a monitor back: .*flsh/)
  })
})

test('any game of monitor, demonitor and kill reports each monitor at most once [PROC-053]', async () => {
  const { puppet, start, host, node } = await stage()
  const step = fc.record({
    what: fc.constantFrom('monitor', 'demonitor', 'flush', 'kill'),
    who: fc.nat(3),
    whom: fc.nat(3),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const downs: { monitor: Monitor }[] = []
      const watcher = await start(watching, downs)
      const pids = [await puppet(), await puppet(), await puppet(), await puppet()]
      const armed = new Map<number, Puppet>()
      await call(watcher, 'run', (context) => {
        const handles: Monitor[] = []
        for (const { what, who, whom } of steps) {
          const pid = pids[whom] ?? raise()
          const handle = handles[(who * 4 + whom) % Math.max(1, handles.length)]
          if (what === 'kill') exit(pid, 'kill')
          else if (what === 'monitor') {
            const made = context.monitor(pid)
            handles.push(made)
            armed.set(made.id, pid)
          } else if (handle !== undefined) {
            if (context.demonitor(handle, { flush: what === 'flush' })) armed.delete(handle.id)
            else if (what === 'flush') armed.delete(handle.id)
          }
        }
      })
      for (const pid of pids) exit(pid, 'kill')
      await host.settle()
      const reported = downs.map((down) => down.monitor.id).sort((one, other) => one - other)
      expect(reported).toEqual([...armed.keys()].sort((one, other) => one - other))
      expect(node.statistics().monitors).toBe(0)
      exit(watcher, 'kill')
    }),
    { numRuns: 60 },
  )
})

test('games in which processes monitor, kill and forget each other end in empty tables [PROC-053]', async () => {
  const { start, host, node } = await stage()
  const step = fc.record({
    what: fc.constantFrom('monitor', 'demonitor', 'flush', 'kill', 'later'),
    who: fc.nat(4),
    whom: fc.nat(4),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const downs: { monitor: Monitor }[] = []
      const pids: Pid<ProtocolOf<typeof watching>>[] = []
      for (let count = 0; count < 5; count += 1) pids.push(await start(watching, downs))
      const handles: Monitor[][] = pids.map(() => [])
      for (const { what, who, whom } of steps) {
        if (what === 'later') await host.settle()
        const other = pids[whom] ?? raise()
        // Whoever was killed answers nothing, and the game goes on without it.
        await tryCall(pids[who] ?? raise(), 'run', (context) => {
          const own = handles[who] ?? raise()
          if (what === 'kill') exit(other, 'kill')
          else if (what === 'monitor') own.push(context.monitor(other))
          else for (const one of own) context.demonitor(one, { flush: what === 'flush' })
        })
      }
      await host.settle()
      const ids = downs.map((down) => down.monitor.id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const pid of pids) exit(pid, 'kill')
      expect(node.statistics().monitors).toBe(0)
      await host.settle()
      expect(node.statistics().queued).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('watching from outside any process holds nothing after the end', async () => {
  const { puppet, node } = await stage()
  const pid = await puppet()
  const reasons = [ended(pid), ended(pid)]
  expect(node.statistics().monitors).toBe(2)
  exit(pid, boom)
  expect(await Promise.all(reasons)).toEqual([boom, boom])
  expect(node.statistics().monitors).toBe(0)
})

/** A puppet that keeps its whole DOWN messages. */
const watching = defineServer({
  name: 'watching',
  init: (downs: unknown[]) => downs,
  calls: { run: (downs, work: Work, context) => reply(work(context), downs) },
  down: (downs, down) => {
    downs.push(down)
    return next(downs)
  },
})

async function monitor(watcher: Puppet, pid: Puppet): Promise<Monitor> {
  return (await call(watcher, 'run', (context) => context.monitor(pid))) as Monitor
}

async function monitorWithAlias(watcher: Puppet, pid: Puppet): Promise<Monitor> {
  return inside(watcher, (context) => context.monitor(pid, { alias: 'explicit_unalias' }))
}

function demonitor(watcher: Puppet, handle: Monitor): Promise<unknown> {
  return call(watcher, 'run', (context) => context.demonitor(handle))
}

function raise(): never {
  throw new Error('absent')
}
