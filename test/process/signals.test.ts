import {
  ArgumentError,
  argumentCodes,
  call,
  cast,
  ended,
  exit,
  isAlive,
  type Pid,
  processInfo,
  send,
  tryCall,
  uniqueRegistry,
  type Via,
  whereis,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('exit', () => {
  test('ends a process that does not trap exits before it returns [PROC-011]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const last = ended(pid)
    exit(pid, boom)
    expect(isAlive(pid)).toBe(false)
    expect(await last).toEqual(boom)
  })

  test('with normal does nothing to another process [PROC-006]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    exit(pid, 'normal')
    exit(pid, { kind: 'normal' })
    await host.settle()
    expect(isAlive(pid)).toBe(true)
    expect(log).toEqual([])
  })

  test('with normal ends the process that sends it to itself', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const last = ended(pid)
    const answer = tryCall(pid, 'run', ({ self }) => exit(self, 'normal'))
    expect(await last).toEqual({ kind: 'normal' })
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'normal' } } })
    expect(log).toEqual([])
  })

  test('is a message for a process that traps exits, normal included [PROC-007, PROC-011]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await call(pid, 'run', (context) => context.trapExits(true))
    exit(pid, 'normal')
    exit(pid, 'shutdown')
    exit(pid, boom)
    await host.settle()
    const reasons = [{ kind: 'normal' }, { kind: 'shutdown' }, boom]
    expect(log).toMatchObject(reasons.map((reason) => ({ exit: reason })))
    expect(isAlive(pid)).toBe(true)
  })

  test('is a message even for the process that sends it to itself while trapping [PROC-009]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await call(pid, 'run', (context) => {
      context.trapExits(true)
      exit(context.self, 'normal')
      exit(context.self, boom)
    })
    await host.settle()
    expect(log).toEqual([
      { exit: { kind: 'normal' }, from: pid },
      { exit: boom, from: pid },
    ])
  })

  test('with kill ends a trapping process too, and shows as killed [PROC-012]', async () => {
    const { puppet } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await call(pid, 'run', (context) => context.trapExits(true))
    const last = ended(pid)
    exit(pid, 'kill')
    expect(isAlive(pid)).toBe(false)
    expect(await last).toEqual({ kind: 'killed' })
    expect(log).toEqual([])
  })

  // Killed as a reason is an ordinary one, only the request `kill` cannot be trapped.
  test('with the reason killed can be trapped [PROC-012]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    await call(pid, 'run', (context) => context.trapExits(true))
    exit(pid, { kind: 'killed' })
    await host.settle()
    expect(log).toMatchObject([{ exit: { kind: 'killed' } }])
  })

  test('decides the reason by the first of two signals [PROC-013]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const last = ended(pid)
    exit(pid, boom)
    exit(pid, 'kill')
    expect(await last).toEqual(boom)
  })

  test('to a dead process does nothing [PROC-005]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    exit(pid, 'kill')
    expect(() => exit(pid, 'kill')).not.toThrow()
    expect(() => exit(pid, boom)).not.toThrow()
  })

  test('tells who sent it, not whom it hit [PROC-014]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const sender = await puppet()
    const receiver = await puppet(log)
    await call(receiver, 'run', (context) => context.trapExits(true))
    await call(sender, 'run', () => exit(receiver, boom))
    await host.settle()
    expect(log).toEqual([{ exit: boom, from: sender }])
  })

  // Nothing remembers what the flag was when the signal's cause was set up.
  test('acts as the receiver has chosen when the signal arrives [PROC-034, PROC-036]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(await call(pid, 'run', (context) => context.trapExits(true))).toBe(false)
    expect(await call(pid, 'run', (context) => context.trapExits(false))).toBe(true)
    exit(pid, boom)
    expect(isAlive(pid)).toBe(false)
  })

  test('over a link acts as the receiver has chosen when it arrives, not when it linked [PROC-034]', async () => {
    const { puppet, host } = await stage()
    for (const traps of [true, false]) {
      const log: unknown[] = []
      const [pid, other] = [await puppet(log), await puppet()]
      await call(pid, 'run', (context) => {
        context.trapExits(!traps)
        context.link(other)
        context.trapExits(traps)
      })
      exit(other, boom)
      await host.settle()
      expect([isAlive(pid), log]).toEqual([traps, traps ? [{ exit: boom, from: other }] : []])
    }
  })

  test('leaves messages sent after it unhandled, whatever came before [PROC-016]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const last = ended(pid)
    const before = tryCall(pid, 'run', () => log.push('before'))
    exit(pid, boom)
    const after = tryCall(pid, 'run', () => log.push('after'))
    await host.settle()
    expect(log).toEqual([])
    expect(await before).toMatchObject({ ok: false, exit: { reason: boom } })
    expect(await after).toMatchObject({ ok: false, exit: { reason: { kind: 'noproc' } } })
    expect(await last).toEqual(boom)
  })

  test('carries its reason unchanged, of any size and shape [PROC-004]', async () => {
    const { puppet } = await stage()
    const error = { deep: [new Map([[1, 'x'.repeat(100_000)]])] }
    const pid = await puppet()
    const last = ended(pid)
    exit(pid, { kind: 'crash', error })
    const reason = await last
    expect(reason).toEqual({ kind: 'crash', error })
    expect(reason).toHaveProperty('error', error)
  })

  test('of code that a dead process left behind does nothing', async () => {
    const { puppet, host } = await stage()
    const victim = await puppet()
    const killer = await puppet()
    void tryCall(killer, 'runAsync', async () => {
      await host.settle()
      exit(victim, 'kill')
    })
    await host.settle()
    exit(killer, 'kill')
    await host.settle()
    await host.settle()
    expect(isAlive(victim)).toBe(true)
  })

  test('refuses a via, since a signal is for this very process', async () => {
    const { names } = await stage()
    expect(() => exit(names.via('x') as never, 'kill')).toThrow(/wanted a pid/)
    expect(() => isAlive(names.via('x') as never)).toThrow(/wanted a pid/)
  })

  test('refuses what is no reason and leaves the process alone', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const unreadable = {
      get kind(): never {
        throw new Error('unreadable')
      },
    }
    for (const reason of [undefined, null, 'boom', 1, {}, { kind: 'x' }, [], unreadable]) {
      expect(() => exit(pid, reason as never)).toThrow(/^Cannot send an exit signal: the reason is/)
    }
    expect(isAlive(pid)).toBe(true)
  })

  test('never leaves a process half dead over a reason that only looks like one', async () => {
    const { puppet } = await stage()
    const cyclic = { kind: 'failed_to_start_child', id: 'x', reason: {} }
    cyclic.reason = { kind: 'shutdown', detail: cyclic }
    let reads = 0
    const fickle = {
      get kind() {
        reads += 1
        if (reads > 3) throw new Error('read too often')
        return 'killed'
      },
    }
    const half = { kind: 'calling_self', cycle: 5 }
    for (const reason of [half, fickle, { kind: 'shutdown', detail: cyclic }]) {
      const pid = await puppet()
      const waiting = tryCall(pid, 'run', () => 1)
      const refusal = attempt(() => exit(pid, reason as never))
      expect(isAlive(pid)).toBe(refusal !== undefined)
      expect(refusal === undefined || ArgumentError.is(refusal)).toBe(true)
      expect(await waiting).toMatchObject({ ok: refusal !== undefined })
    }
  })
})

describe('isAlive', () => {
  test('is false from the turn of the end on, for everybody [PROC-017, PROC-082]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const observer = await puppet()
    const seen = await call(observer, 'run', () => {
      const before = isAlive(pid)
      exit(pid, 'kill')
      return [before, isAlive(pid)]
    })
    expect(seen).toEqual([true, false])
  })

  test('knows a pid that was written out as data only inside the node it belongs to', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const { node, serial, incarnation } = pid
    expect(await call(pid, 'run', () => isAlive({ node, serial, incarnation }))).toBe(true)
    const earlier = { node, serial, incarnation: incarnation - 1 }
    expect(await call(pid, 'run', () => isAlive(earlier))).toBe(false)
    expect(() => isAlive({ node, serial, incarnation })).toThrow(/wanted a pid/)
  })
})

describe('ended', () => {
  test('resolves with noproc at once if nobody is there', async () => {
    const { puppet, names } = await stage()
    const pid = await puppet()
    exit(pid, 'kill')
    expect(await ended(pid)).toMatchObject({ kind: 'noproc' })
    expect(await ended(names.via('nobody'))).toEqual({
      kind: 'noproc',
      address: 'names "nobody"',
    })
  })

  test('waits for the process that holds the name now, not for its successors', async () => {
    const { start, names } = await stage()
    const first = await start(puppet, [], { name: names.via('a') })
    const last = ended(names.via('a'))
    exit(first, boom)
    await start(puppet, [], { name: names.via('a') })
    expect(await last).toEqual(boom)
  })

  test('leaves nothing behind when it is asked inside a process', async () => {
    const { puppet, node } = await stage()
    const [one, other] = [await puppet(), await puppet()]
    const watching = gate()
    const reason = inside(one, () => {
      watching.open()
      return ended(other)
    })
    await watching.opened
    exit(other, boom)
    expect(await reason).toEqual(boom)
    expect(node.statistics().monitors).toBe(0)
  })
})

function attempt(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('whereis', () => {
  test('gives the pid itself, dead or not, also one of another node [GS-078]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(whereis(pid)).toBe(pid)
    exit(pid, 'kill')
    expect(whereis(pid)).toBe(pid)
    const far: Pid = { node: 'elsewhere', serial: 1, incarnation: 1 }
    expect(await inside(await puppet(), () => whereis(far))).toBe(far)
  })

  test('gives whoever holds the name, or nobody; it may be dead a moment later [GS-078, VIA-020]', async () => {
    const { start, names } = await stage()
    const via = names.via('a')
    expect(whereis(via)).toBeUndefined()
    const pid = await start(puppet, [], { name: via })
    const found = whereis(via)
    expect(found).toBe(pid)
    exit(pid, 'kill')
    expect([isAlive(pid), whereis(via), whereis(pid)]).toEqual([false, undefined, pid])
    const plain: Via = { registry: 'names', key: 'a' }
    const other = await start(puppet, [], { name: via })
    expect(await inside(other, () => whereis(plain))).toBe(other)
  })

  test('leads a name that a process took to it, as sending and monitoring by it do [PROC-067]', async () => {
    const { puppet: make, names, host } = await stage()
    const [log, downs]: [unknown[], unknown[]] = [[], []]
    const [pid, watcher] = [await make(log), await make(downs)]
    const via = names.via('taken')
    expect(whereis(via)).toBeUndefined()
    await inside(pid, (context) => names.register(context, 'taken'))
    expect(whereis(via)).toBe(pid)
    expect(processInfo(pid)?.names).toEqual([{ registry: 'names', key: 'taken' }])
    send(via, 'sent')
    cast(via, 'note', 'cast')
    expect(await call(via, 'run', () => 'called')).toBe('called')
    expect(log).toEqual(['sent', 'cast'])
    await inside(watcher, (context) => context.monitor(via))
    exit(pid, 'kill')
    await host.settle()
    expect(downs).toEqual([{ down: { kind: 'killed' }, pid }])
  })

  test('of an unknown name is nobody, and giving it back says false [PROC-069] [differs: PROC-069]', async () => {
    const { puppet: make, names } = await stage()
    expect(whereis(names.via('unknown'))).toBeUndefined()
    const pid = await make()
    expect(await inside(pid, (context) => names.unregister(context, 'unknown'))).toBe(false)
    expect(isAlive(pid)).toBe(true)
  })

  test('refuses what is no address, and a registry that was never started', () => {
    const wrong = [undefined, null, 5, 'a', {}, { registry: 'nowhere', key: 'a' }]
    for (const address of wrong) {
      expect(() => whereis(address as never)).toThrow(/^Cannot look up an address: /)
    }
    const unknown = uniqueRegistry<string, any>({ name: 'unknown' })
    expect(() => whereis(unknown.via('a'))).toThrow(
      expect.objectContaining({ code: argumentCodes.not_started }),
    )
  })
})
