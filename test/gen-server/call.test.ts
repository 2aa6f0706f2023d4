import {
  type Address,
  ArgumentError,
  call,
  cast,
  defineServer,
  Exit,
  type ExitReason,
  ended,
  exit,
  isAlive,
  next,
  type Pid,
  reply,
  send,
  stop,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { inside, puppet, stage } from '../process/stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('call', () => {
  test('gives the reply, and the next message sees the new state [GS-018]', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    expect(await Promise.all([call(pid, 'add', 2), call(pid, 'add', 3)])).toEqual([3, 6])
    expect(await call(pid, 'get')).toBe(6)
  })

  // Sending only enqueues.
  test('runs nothing of the receiver before the sender has finished', async () => {
    const { puppet: another } = await stage()
    const log: unknown[] = []
    const [one, other] = [await another(log), await another(log)]
    await call(one, 'run', () => {
      cast(other, 'note', 'cast')
      send(other, 'sent')
      void call(other, 'run', () => log.push('called'))
      log.push('sender done')
    })
    await call(other, 'run', () => 0)
    expect(log).toEqual(['sender done', 'cast', 'sent', 'called'])
  })

  test('fails with the reason with which the server ends meanwhile [GS-025]', async () => {
    const { start } = await stage()
    const error = new Error('boom')
    const reasons = [
      { kind: 'normal' },
      { kind: 'shutdown', detail: 1 },
      { kind: 'crash', error },
    ] as const
    for (const reason of reasons) {
      const pid = await start(counter, 1)
      const failed = await call(pid, 'stop', reason).catch((exit: unknown) => exit)
      expect(Exit.is(failed) && failed.reason).toEqual(reason)
      expect(failed).toMatchObject({ call: { name: 'stop', timeoutMs: 5000 } })
    }
    const pid = await start(counter, 1)
    await expect(call(pid, 'fail', error)).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_CRASH',
      cause: error,
      message: expect.stringMatching(
        /^Call "fail" to counter <.*> failed: .*: Error: boom \(crash\)/,
      ),
    })
  })

  test('to nobody fails with noproc and says whom it was for [GS-023]', async () => {
    const { start, names } = await stage()
    const pid = await start(counter, 1)
    exit(pid, 'kill')
    await expect(call(pid, 'get')).rejects.toMatchObject({
      reason: { kind: 'noproc', address: `${pid}` },
      call: { name: 'get', to: `${pid}`, timeoutMs: 5000 },
      message: `Call "get" to ${pid} failed: no process at ${pid} (noproc)`,
    })
    await expect(call(names.via('x'), 'get')).rejects.toThrow(
      'Call "get" to names "x" failed: no process at names "x" (noproc)',
    )
  })

  // A look-up that found nobody gives undefined, which does not compile as an address.
  test('to undefined, which is no address, is refused at once [differs: GS-023]', async () => {
    const { names } = await stage()
    const nobody = names.whereis('x')
    expect(() => call(nobody as unknown as Pid, 'get')).toThrow(
      'Cannot call: the address is undefined, wanted a pid or a via',
    )
  })

  test('finds whoever holds the name at each use [VIA-003, VIA-017]', async () => {
    const { start, names } = await stage()
    const via = names.via('c')
    const first = await start(counter, 1, { name: names.via('c') })
    expect(await call(via, 'get')).toBe(1)
    exit(first, 'kill')
    await start(counter, 2, { name: names.via('c') })
    expect(await call(via, 'get')).toBe(2)
  })

  test('through a registry that was never started throws at once [REG-009]', () => {
    const never = uniqueRegistry({ name: 'never' })
    expect(() => call(never.via('x') as Address, 'get')).toThrow(
      /"never" was never started; put it into a tree and start that with startNode/,
    )
  })

  test('leaves the payload as it is, whatever that is', async () => {
    const { puppet: another } = await stage()
    const pid = await another()
    const hostile = new Proxy({}, { get: () => fail(), has: () => fail(), ownKeys: () => fail() })
    const log: unknown[] = []
    const receiver = await another(log)
    cast(receiver, 'note', hostile)
    send(receiver, hostile)
    await call(receiver, 'run', () => 0)
    expect([log[0] === hostile, log[1] === hostile]).toEqual([true, true])
    expect(isAlive(pid)).toBe(true)
  })

  test('to an address that says nothing of its protocol takes any payload', async () => {
    const { start } = await stage()
    const self: Pid = await start(counter, 1)
    expect(await call(self, 'add', 2, { timeoutMs: 10 })).toBe(3)
    expect(await call(self, 'get')).toBe(3)
  })

  test('keeps the order of calls, casts and messages of one sender [GS-034, PROC-060]', async () => {
    const { puppet: another } = await stage()
    const log: unknown[] = []
    const [sender, receiver] = [await another(), await another(log)]
    await inside(sender, async () => {
      cast(receiver, 'note', 1)
      const called = call(receiver, 'run', () => log.push(2))
      send(receiver, 3)
      cast(receiver, 'note', 4)
      await called
    })
    await call(receiver, 'run', () => 0)
    expect(log).toEqual([1, 2, 3, 4])
  })
})

describe('a message the server has no handler for', () => {
  test('in continueWith ends the server, or its start', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    const last = ended(pid)
    cast(pid, 'goOn')
    expect(await last).toMatchObject({
      kind: 'crash',
      error: { message: expect.stringContaining('"nowhere"') },
    })
    const lost = defineServer({
      name: 'lost',
      init: (_: undefined) => next(0, { continueWith: ['nowhere'] }),
    })
    await expect(start(lost, undefined)).rejects.toThrow('init_failed')
  })

  // Stronger: the sender is refused, the server lives.
  test('is refused at the sender, which is told what there is [differs: GS-044]', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    const unknown = pid as Pid
    expect(() => call(unknown, 'ad')).toThrow(
      'Cannot call: server "counter" has no call "ad", wanted "get", "add", "fail", "stop"',
    )
    expect(() => tryCall(unknown, 'bump')).toThrow(/has no call "bump"/)
    expect(() => cast(unknown, 'get')).toThrow(
      'Cannot cast: server "counter" has no cast "get", wanted "bump", "goOn"',
    )
    for (const name of [undefined, 5, Symbol('x'), '__proto__', 'constructor', 'toString']) {
      expect(() => call(unknown, name as never)).toThrow(ArgumentError)
    }
    expect(await call(pid, 'get')).toBe(1)
  })
})

describe('tryCall', () => {
  test('answers with an outcome instead of rejecting', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    expect(await tryCall(pid, 'add', 1)).toEqual({ ok: true, value: 2 })
    expect(await tryCall(pid, 'fail', 'boom')).toMatchObject({ ok: false, exit: { reason: boom } })
    expect(await tryCall(pid, 'get')).toMatchObject({ exit: { reason: { kind: 'noproc' } } })
  })
})

describe('cast and send', () => {
  test('to nobody are true: dead, unknown, or through a registry that is not running [GS-048, VIA-013] [differs: PROC-063]', async () => {
    const { start, names } = await stage()
    const pid = await start(counter, 1)
    exit(pid, 'kill')
    const never = uniqueRegistry({ name: 'never' })
    for (const to of [pid, names.via('x'), never.via('x')] as Address[]) {
      expect([cast(to, 'bump'), send(to, 'x')]).toEqual([true, true])
    }
  })

  test('to a node that is over returns at once: the cast is lost, and nobody waits for it [GS-049]', async () => {
    const [here, there] = [await stage(), await stage()]
    const [sender, far] = [await here.puppet(), await there.puppet()]
    await there.node.stop()
    const { sent } = here.node.statistics()
    expect(await inside(sender, () => [cast(far, 'note', 1), send(far, 2)])).toEqual([true, true])
    expect([cast(far, 'note', 1), here.node.statistics().sent - sent]).toEqual([true, 1])
  })

  // There is no function for it: a loop over vias does it, and waits for nobody.
  test('to one name on several nodes reach it where it is, a node that is over left out [differs: GS-051]', async () => {
    const stages = [await stage(), await stage(), await stage()]
    const logs = await Promise.all(
      stages.map(async ({ start, names }) => {
        const log: unknown[] = []
        await start(puppet, log, { name: names.via('clerk') })
        return log
      }),
    )
    await stages[1]?.node.stop()
    const sent = stages.map(({ names }) => cast(names.via('clerk'), 'note', 'news'))
    await Promise.all(stages.map(({ host }) => host.settle()))
    expect(sent).toEqual([true, true, true])
    const heard = logs.map((log) => log.filter((word) => word === 'news'))
    expect(heard).toEqual([['news'], [], ['news']])
  })

  test('refuse what is no address and say so', () => {
    const hostile = new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail, ownKeys: fail })
    for (const to of [undefined, null, 5, 'users', {}, [], { registry: 'x' }, hostile]) {
      const address = to as unknown as Address
      expect(() => cast(address, 'x')).toThrow(/^Cannot cast: (the address is|nothing here knows)/)
      expect(() => send(address, 'x')).toThrow(/^Cannot send: (the address is|nothing here knows)/)
      expect(() => call(address, 'x')).toThrow(/^Cannot call: (the address is|nothing here knows)/)
      expect(() => tryCall(address, 'x')).toThrow(ArgumentError)
      expect(() => ended(address)).toThrow(ArgumentError)
    }
  })

  test('leave a server without info alone: the message is dropped, with an event [GS-045]', async () => {
    const { start, events } = await stage()
    const pid = await start(counter, 7)
    send(pid, 'hello')
    expect(await call(pid, 'get')).toBe(7)
    const unhandled = events.filter((event) => event.kind === 'unhandled_message')
    expect(unhandled).toMatchObject([{ pid, label: 'counter', message: 'info' }])
  })
})

const counter = defineServer({
  name: 'counter',
  init: (start: number) => start,
  calls: {
    get: (count) => reply(count, count),
    add: (count, step: number) => reply(count + step, count + step),
    fail: (_: number, error: unknown): never => {
      throw error
    },
    stop: (count, reason: ExitReason) => stop(reason, count),
  },
  casts: {
    bump: (count) => next(count + 1),
    goOn: (count) => next(count, { continueWith: ['nowhere'] }),
  },
})

function fail(): never {
  throw new Error('not to be used')
}
