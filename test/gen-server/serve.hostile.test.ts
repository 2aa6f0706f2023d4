import {
  call,
  defineServer,
  ended,
  exit,
  isAlive,
  next,
  type Pid,
  reply,
  type StepOptions,
  stopServer,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { hostileValues, throwing, throwingProxy } from '../process/hostile.ts'
import { gate, stage } from '../process/stage.ts'

describe('a hostile result of a handler', () => {
  for (const [name, value] of hostileValues()) {
    test(`ends that process and no other: ${name}`, async () => {
      const { start, puppet } = await stage()
      const other = await puppet()
      for (const wrap of wrappings) {
        const pid = await start(victim, undefined)
        const last = ended(pid)
        const failed = await tryCall(pid, 'give', () => wrap(value))
        expect(failed).toMatchObject({ ok: false, exit: { reason: { kind: 'crash' } } })
        expect(await last).toMatchObject({ kind: 'crash' })
      }
      expect(await call(other, 'run', () => 'alive')).toBe('alive')
    })
  }

  test('that settles twice counts once', async () => {
    const { start } = await stage()
    const results: [(resolve: Settle, reject: Settle) => void, unknown][] = [
      [(resolve, reject) => [resolve(reply(1, 1)), reject(new Error('no')), resolve(5)], 1],
      [(resolve) => [resolve(reply(2, 2)), throwing()], 2],
    ]
    for (const [then, expected] of results) {
      const pid = await start(victim, undefined)
      expect(await call(pid, 'give', () => thenable(then))).toBe(expected)
      expect(await call(pid, 'give', (state: unknown) => reply(state, state))).toBe(expected)
    }
    const pid = await start(victim, undefined)
    const both = (resolve: Settle, reject: Settle) => [reject('first'), resolve(reply(1, 1))]
    expect(await tryCall(pid, 'give', () => thenable(both))).toMatchObject({
      exit: { reason: { kind: 'crash', error: 'first' } },
    })
  })

  test.each(tampered)('that is a promise %s ends that process and no other', async (_, make) => {
    const { start, puppet, node } = await stage()
    const [pid, other] = [await start(victim, undefined), await puppet()]
    expect(await tryCall(pid, 'give', make)).toMatchObject({
      exit: { reason: { kind: 'crash' } },
    })
    const dying = await start(Dying, make)
    await stopServer(dying).catch(() => undefined)
    expect([isAlive(pid), isAlive(dying)]).toEqual([false, false])
    await start(Born, make).catch(() => undefined)
    expect(await call(other, 'run', () => 'alive')).toBe('alive')
    expect(node.statistics().deferred).toBe(0)
  })

  test('that changes between two looks ends the process at worst', async () => {
    const { start } = await stage()
    let looks = 0
    const look = () => {
      looks += 1
      return looks > 1 ? throwing() : (resolve: Settle) => resolve(reply(1, 1))
    }
    const fickle = Object.defineProperty({}, 'then', { get: look })
    const pid = await start(victim, undefined)
    expect(await tryCall(pid, 'give', () => fickle)).toMatchObject({ ok: false })
    expect(isAlive(pid)).toBe(false)
  })

  test('that never settles holds only that process, until it is killed', async () => {
    const { start, puppet } = await stage()
    const [pid, other] = [await start(victim, undefined), await puppet()]
    const hung = tryCall(pid, 'give', () => thenable(() => undefined))
    expect(await call(other, 'run', () => 'alive')).toBe('alive')
    exit(pid, 'kill')
    expect(await hung).toMatchObject({ exit: { reason: { kind: 'killed' } } })
  })

  test('that looks like a step is none', async () => {
    const { start } = await stage()
    const forged = { step: 'reply', reply: 1, state: 2, options: undefined, replies: true }
    const copied = Object.assign(Object.create(Object.getPrototypeOf(reply(1, 2))), forged)
    for (const result of [forged, copied, new Proxy(reply(1, 2), {})]) {
      const pid = await start(victim, undefined)
      await expect(call(pid, 'give', () => result)).rejects.toThrow(/the result of calls.give is/)
    }
  })
})

describe('hostile options of a step', () => {
  const misshapen: [string, unknown][] = [
    ['a continueWith that is no list', { continueWith: { 0: 'go' } }],
    ['a continueWith that is a text', { continueWith: 'go' }],
    ['a continueWith that is empty', { continueWith: [] }],
    ['a continueWith of null', { continueWith: null }],
    ['a continueWith that throws', { continueWith: throwingProxy([]) }],
    ['a continueWith to a call', { continueWith: ['give'] }],
    ['a continueWith to __proto__', { continueWith: ['__proto__'] }],
    ['an idle time-out below 0', { idleTimeoutMs: -1 }],
    ['an idle time-out that is NaN', { idleTimeoutMs: Number.NaN }],
    ['an idle time-out as text', { idleTimeoutMs: '5' }],
    ['an unknown option', { idleTimeout: 5 }],
    ['options that throw', throwingProxy()],
    ['options that are no object', 5],
  ]
  for (const [name, options] of misshapen) {
    test(`end that process with an error that says so: ${name}`, async () => {
      const { start, puppet, node } = await stage()
      const [pid, other] = [await start(victim, undefined), await puppet()]
      const last = ended(pid)
      await call(pid, 'give', () => reply('given', 0, options as StepOptions))
      expect(await last).toMatchObject({
        kind: 'crash',
        error: { message: expect.stringMatching(/^Cannot go on with server "victim": /) },
      })
      expect(await call(other, 'run', () => 'alive')).toBe('alive')
      expect(node.statistics().deadlines).toBe(0)
    })
  }
})

describe('a hostile error', () => {
  for (const [name, value] of hostileValues()) {
    test(`thrown, rejected with or emitted is the reason as it is: ${name}`, async () => {
      const { start } = await stage()
      for (const fail of [throwIt, rejectIt]) {
        const pid = await start(victim, undefined)
        const failed = await tryCall(pid, 'give', () => fail(value))
        if (failed.ok) throw new Error('it did not fail')
        const { reason, cause, message } = failed.exit
        expect(reason.kind === 'crash' && Object.is(reason.error, value)).toBe(true)
        expect(Object.is(cause, value)).toBe(true)
        expect(message.length).toBeLessThan(300)
      }
    })
  }
})

describe('a step that comes after the end of its process', () => {
  const killed = (pid: Pid, step: unknown) => {
    exit(pid, 'kill')
    return step
  }
  const ways: [string, (pid: Pid, step: unknown) => unknown][] = [
    ['at once', killed],
    ['after an await', (pid, step) => Promise.resolve().then(() => killed(pid, step))],
  ]
  for (const [how, give] of ways) {
    test(`has no effect: given back ${how}`, async () => {
      const { start, node, host } = await stage()
      const pid = await start(victim, undefined)
      const step = reply('too late', 1, { idleTimeoutMs: 5, continueWith: ['go'] })
      const failed = await tryCall(pid, 'give', () => give(pid, step))
      await host.settle()
      expect(failed).toMatchObject({ exit: { reason: { kind: 'killed' } } })
      await host.advance(5)
      expect(node.statistics()).toMatchObject({ deadlines: 0, lateReplies: 0, queued: 0 })
      expect([isAlive(pid), host.pendingTimers]).toEqual([false, 0])
    })
  }
})

test('a promise that a handler leaves behind does not hold up the next message', async () => {
  const { start } = await stage()
  const [pid, never] = [await start(victim, undefined), gate()]
  const left = (state: unknown) => {
    void never.opened.then(() => throwing())
    return reply('left', state)
  }
  expect(await call(pid, 'give', left)).toBe('left')
  expect(await call(pid, 'give', () => reply('next', 0))).toBe('next')
})

type Settle = (value: unknown) => void

const wrappings: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  async (value) => value,
  (value) => thenable((resolve: Settle) => resolve(value)),
]

/** Promises that were tampered with, so that the plain use of them throws. */
const tampered: [string, () => Promise<unknown>][] = [
  ['with a "then" that throws', () => tamper('then', { value: throwing })],
  ['with a "constructor" that throws', () => tamper('constructor', { get: throwing })],
]

function tamper(name: string, property: PropertyDescriptor): Promise<unknown> {
  return Object.defineProperty(Promise.resolve(), name, property)
}

const Born = defineServer({ name: 'born', init: (make: () => unknown) => make() })

const Dying = defineServer({
  name: 'dying',
  init: (make: () => unknown) => make,
  terminate: (make) => make() as never,
})

const victim = defineServer({
  name: 'victim',
  init: (_: undefined): unknown => 0,
  calls: { give: (state, make: (state: unknown) => unknown) => make(state) as never },
  casts: { go: (state) => next(state) },
  timeout: (state) => next(state),
})

function throwIt(value: unknown): never {
  throw value
}

function rejectIt(value: unknown): Promise<never> {
  return Promise.reject(value)
}

/** An object with this method `then`, as a promise of another library may be. */
function thenable(then: unknown): object {
  return Object.fromEntries([['then', then]])
}
