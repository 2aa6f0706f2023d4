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
import { inside, stage } from '../process/stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('call', () => {
  // GS-018
  test('gives the reply, and the next message sees the new state', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    expect(await Promise.all([call(pid, 'add', 2), call(pid, 'add', 3)])).toEqual([3, 6])
    expect(await call(pid, 'get')).toBe(6)
  })

  // Edge notes 1 and 3: sending only enqueues
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

  // GS-025
  test('fails with the reason with which the server ends meanwhile', async () => {
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

  // GS-023, VIA-012
  test('to nobody fails with noproc and says whom it was for', async () => {
    const { start, names } = await stage()
    const pid = await start(counter, 1)
    exit(pid, 'kill')
    await expect(call(pid, 'get')).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    await expect(call(names.via('x'), 'get')).rejects.toThrow(
      'Call "get" to names "x" failed: no process at names "x" (noproc)',
    )
  })

  // VIA-003, VIA-017
  test('finds whoever holds the name at each use', async () => {
    const { start, names } = await stage()
    const via = names.via('c')
    const first = await start(counter, 1, { name: names.via('c') })
    expect(await call(via, 'get')).toBe(1)
    exit(first, 'kill')
    await start(counter, 2, { name: names.via('c') })
    expect(await call(via, 'get')).toBe(2)
  })

  // REG-009
  test('through a registry that was never started throws at once', () => {
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

  // GS-034, PROC-060
  test('keeps the order of calls, casts and messages of one sender', async () => {
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
  // GS-044 is stronger here: the sender is refused, the server lives
  test('is refused at the sender, which is told what there is', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    const unknown = pid as Pid
    expect(() => call(unknown, 'ad')).toThrow(
      'Cannot call: server "counter" has no call "ad", wanted "get", "add", "fail", "stop"',
    )
    expect(() => tryCall(unknown, 'bump')).toThrow(/has no call "bump"/)
    expect(() => cast(unknown, 'get')).toThrow(
      'Cannot cast: server "counter" has no cast "get", wanted "bump"',
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
  // GS-048, VIA-013, PROC-063
  test('to nobody are true: dead, unknown, or through a registry that is not running', async () => {
    const { start, names } = await stage()
    const pid = await start(counter, 1)
    exit(pid, 'kill')
    const never = uniqueRegistry({ name: 'never' })
    for (const to of [pid, names.via('x'), never.via('x')] as Address[]) {
      expect([cast(to, 'bump'), send(to, 'x')]).toEqual([true, true])
    }
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

  // GS-045
  test('leave a server without info alone: the message is dropped, with an event', async () => {
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
  casts: { bump: (count) => next(count + 1) },
})

function fail(): never {
  throw new Error('not to be used')
}
