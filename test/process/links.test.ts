import fc from 'fast-check'
import { call, Exit, ended, exit, isAlive, type Pid, tryCall } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { type Puppet, type Stage, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('link', () => {
  test('is mutual: whichever ends abnormally takes the other along [PROC-018]', async () => {
    for (const dying of [0, 1] as const) {
      const { pair } = await linkedPair()
      const reasons = Promise.all(pair.map((pid) => ended(pid)))
      exit(pair[dying], boom)
      expect(pair.map(isAlive)).toEqual([false, false])
      expect(await reasons).toEqual([boom, boom])
    }
  })

  test('lets the other live on, and is gone, after a normal end [PROC-019]', async () => {
    const { pair, node } = await linkedPair()
    const [one, other] = pair
    await tryCall(one, 'run', ({ self }) => exit(self, 'normal'))
    expect([isAlive(one), isAlive(other)]).toEqual([false, true])
    expect(node.statistics().links).toBe(0)
  })

  test('tells a trapping peer of a normal end too [PROC-020]', async () => {
    const log: unknown[] = []
    const { pair, host } = await linkedPair(log)
    const [one, other] = pair
    await call(other, 'run', (context) => context.trapExits(true))
    await tryCall(one, 'run', ({ self }) => exit(self, 'normal'))
    await host.settle()
    expect(log).toEqual([{ exit: { kind: 'normal' }, from: one }])
  })

  test('made twice is one link, and one unlink removes it [PROC-021]', async () => {
    const { pair, node } = await linkedPair()
    const [one, other] = pair
    await call(other, 'run', (context) => context.link(one))
    expect(node.statistics().links).toBe(1)
    await call(one, 'run', (context) => context.unlink(other))
    expect(node.statistics().links).toBe(0)
    exit(one, boom)
    expect(isAlive(other)).toBe(true)
  })

  test('to itself does nothing [PROC-022]', async () => {
    const { puppet, node } = await stage()
    const pid = await puppet()
    await call(pid, 'run', (context) => context.link(context.self))
    expect(node.statistics().links).toBe(0)
    expect(isAlive(pid)).toBe(true)
  })

  test('to a dead process is an Exit noproc for one that does not trap exits [PROC-025]', async () => {
    const { puppet } = await stage()
    const [pid, dead] = [await puppet(), await puppet()]
    exit(dead, 'kill')
    const failure = await call(pid, 'run', (context) => {
      try {
        return context.link(dead)
      } catch (error) {
        return error
      }
    })
    expect(Exit.is(failure) && failure.reason.kind).toBe('noproc')
  })

  test('to a dead process is a message for one that traps exits [PROC-025]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const [pid, dead] = [await puppet(log), await puppet()]
    exit(dead, 'kill')
    await call(pid, 'run', (context) => {
      context.trapExits(true)
      context.link(dead)
    })
    await host.settle()
    expect(log).toMatchObject([{ exit: { kind: 'noproc' }, from: dead }])
  })

  // A link stays with the process, not with the name.
  test('refuses a via and says what to do [VIA-019]', async () => {
    const { puppet, names } = await stage()
    const pid = await puppet()
    const linking = call(pid, 'run', (context) => context.link(names.via('x') as never))
    await expect(linking).rejects.toThrow(/Cannot link to a process: .*wanted a pid; look the name/)
  })

  test('between two nodes holds until one of the nodes stops', async () => {
    const [here, there] = [await stage(), await stage()]
    const [one, other] = [await here.puppet(), await there.puppet()]
    await call(one, 'run', (context) => context.link(other))
    const last = ended(one)
    await there.node.stop()
    expect(await last).toEqual({ kind: 'killed' })
  })
})

describe('unlink', () => {
  test('by either side leaves the other alone afterwards [PROC-023]', async () => {
    for (const side of [0, 1] as const) {
      const { pair, node } = await linkedPair()
      const other = pair[1 - side] ?? pair[0]
      await call(pair[side], 'run', (context) => context.unlink(other))
      exit(pair[0], boom)
      expect(isAlive(pair[1])).toBe(true)
      expect(node.statistics().links).toBe(0)
    }
  })

  test('of what was never linked, or is dead, does nothing [PROC-024]', async () => {
    const { puppet } = await stage()
    const [pid, stranger, dead] = [await puppet(), await puppet(), await puppet()]
    exit(dead, 'kill')
    await call(pid, 'run', (context) => {
      context.unlink(stranger)
      context.unlink(dead)
      context.unlink(context.self)
    })
    expect(isAlive(pid)).toBe(true)
  })

  test('from its parent lets a process outlive it, and the parent not hear of its end', async () => {
    const { puppet, host } = await stage()
    const pid = await puppet()
    const parent = parentOf(pid)
    await call(pid, 'run', (context) => context.unlink(parent))
    exit(parent, 'kill')
    expect(isAlive(pid)).toBe(true)
    exit(pid, 'kill')
    await host.settle()
    expect(isAlive(pid)).toBe(false)
  })
})

test('any order of link and unlink by both sides ends in one state both agree on [PROC-028]', async () => {
  const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.boolean()), { maxLength: 30 })
  const { puppet, node } = await stage()
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(2), async (taken, dying) => {
      const pids = [await puppet(), await puppet(), await puppet()] as const
      const linked = new Set<number>()
      for (const [from, to, isLink] of taken) {
        const [left, right] = [pids[from] ?? pids[0], pids[to] ?? pids[0]]
        const { fail } = await change(left, right, isLink)
        expect(fail).toBe(false)
        // Three processes: the sum of two different indexes tells the pair.
        if (from !== to && isLink) linked.add(from + to)
        else if (from !== to) linked.delete(from + to)
      }
      expect(node.statistics().links).toBe(linked.size)
      const doomed = reach(linked, dying)
      exit(pids[dying] ?? pids[0], boom)
      expect(pids.map((pid) => !isAlive(pid))).toEqual([0, 1, 2].map((one) => doomed.has(one)))
      for (const pid of pids) exit(pid, 'kill')
      expect(node.statistics().links).toBe(0)
    }),
    { numRuns: 60 },
  )
})

async function change(left: Puppet, right: Puppet, isLink: boolean): Promise<{ fail: boolean }> {
  const done = await tryCall(left, 'run', (context) =>
    isLink ? context.link(right) : context.unlink(right),
  )
  return { fail: !done.ok }
}

function reach(linked: ReadonlySet<number>, from: number): Set<number> {
  const reached = new Set([from])
  for (const one of reached) {
    for (const other of [0, 1, 2]) if (other !== one && linked.has(one + other)) reached.add(other)
  }
  return reached
}

async function linkedPair(log: unknown[] = []): Promise<Stage & { pair: [Puppet, Puppet] }> {
  const here = await stage()
  const pair: [Puppet, Puppet] = [await here.puppet(), await here.puppet(log)]
  await call(pair[0], 'run', (context) => context.link(pair[1]))
  return { ...here, pair }
}

function parentOf(pid: Puppet): Pid {
  const parent = LocalPid.processOf(pid)?.parent
  if (parent === undefined) throw new Error('no parent')
  return parent.pid
}
