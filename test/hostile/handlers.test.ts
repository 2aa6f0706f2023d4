/**
 * Hostile values out of handlers: given back, thrown, rejected with, replied.
 *
 * Invariant: they end the process that made them and nothing else; its caller hears of it, and the
 * reports can be read.
 */
import { inspect } from 'node:util'
import {
  ArgumentError,
  call,
  cast,
  child,
  defineServer,
  Exit,
  type ExitReason,
  ended,
  exit,
  type FlotillaEvent,
  isAlive,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  send,
  stop,
  tryCall,
  watchEvents,
} from 'flotilla'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type HostileValue, hostileValues } from './hostile-values.ts'
import { disguise, openStage, type Stage } from './stage.ts'

type Make = () => unknown

function fling(make: Make): never {
  throw make()
}

/** Does with its messages whatever they say. */
const Puppet = defineServer({
  name: 'puppet',
  init: (_: unknown, context) => {
    context.trapExits(true)
    return { idle: (): unknown => 0, last: (): unknown => 0 }
  },
  calls: {
    yields: (_state, make: Make) => disguise(make()),
    yieldsLater: async (_state, make: Make) => disguise([make()].pop()),
    throws: (_state, make: Make) => fling(make),
    rejects: async (_state, make: Make) => fling(make),
    replies: (state, make: Make) => reply(make(), state),
    stops: (state, make: Make) => stop(disguise(make()), state),
    options: (state, make: Make) => reply(1, state, disguise(make())),
    continues: (state, make: Make) => reply(1, state, { continueWith: disguise(make()) }),
    continuesAs: (state, make: Make) => reply(1, state, { continueWith: [disguise(make())] }),
    idles: (state, make: Make) => reply(1, state, { idleTimeoutMs: disguise(make()) }),
    dies: (state, last: Make) => stop({ kind: 'normal' }, { ...state, last }, 1),
  },
  casts: {
    yieldsAgain: (_state, make: Make) => disguise(make()),
    waits: (state, idle: Make) => next({ ...state, idle }, { idleTimeoutMs: 5 }),
  },
  info: (_state, make) => disguise(Reflect.apply(disguise(make), undefined, [])),
  exit: (_state, signal) => {
    return disguise(signal.reason.kind === 'crash' ? fling(() => signal.reason) : signal)
  },
  timeout: (state) => disguise(state.idle()),
  terminate: (state) => disguise(state.last()),
})

type PuppetProtocol = ProtocolOf<typeof Puppet>

let stage: Stage
let puppet: Pid<PuppetProtocol>

beforeAll(async () => {
  stage = await openStage()
})

beforeEach(renew)

afterEach(async () => {
  // Whatever happened, nobody else noticed.
  expect(await call(stage.probe, 'plain', 1)).toBe('plain')
})

afterAll(() => stage.node.stop())

async function renew(): Promise<void> {
  const started = await stage.dynamic.startChild(child(Puppet, 0, { restart: 'temporary' }))
  if (!started.ok) throw new Error('no puppet')
  puppet = started.pid
}

/** Every value once, each with a puppet of its own; what is wrong, by label. */
async function forEach(
  values: readonly HostileValue[],
  problemWith: (make: Make) => Promise<string | undefined>,
): Promise<void> {
  const problems: string[] = []
  for (const { label, make } of values) {
    if (!isAlive(puppet)) await renew()
    const problem = await problemWith(make)
    if (problem !== undefined) problems.push(`${label}: ${problem}`)
    exit(puppet, 'kill')
  }
  expect(problems).toEqual([])
}

/** What the call came to, after as much time as it may take. */
async function outcomeOf(name: keyof PuppetProtocol['calls'], make: Make): Promise<ExitReason> {
  const outcome = tryCall(puppet, name, make)
  await stage.host.advance(6000)
  const settled = await outcome
  return settled.ok ? { kind: 'normal' } : settled.exit.reason
}

const neverSettles = (label: string): boolean => label.endsWith('never settles')
const settling = hostileValues.filter(({ label }) => !neverSettles(label))

function isBadStep(reason: ExitReason): boolean {
  const error = reason.kind === 'crash' ? reason.error : undefined
  return ArgumentError.is(error) && error.code === 'FLOTILLA_INVALID_STEP'
}

describe('the result of a handler', () => {
  test.each(['yields', 'yieldsLater'] as const)(
    'that is no step ends the server, and the caller hears of it (%s)',
    async (name) => {
      await forEach(settling, async (make) => {
        const reason = await outcomeOf(name, make)
        if (isAlive(puppet)) return 'the server lives'
        return reason.kind === 'crash' ? undefined : reason.kind
      })
    },
  )

  test('that is no promise either is called a wrong step', async () => {
    const plain = settling.filter(({ label }) => !/promise|then/.test(label))
    await forEach(plain, async (make) => {
      const reason = await outcomeOf('yields', make)
      return isBadStep(reason) ? undefined : inspect(reason)
    })
  })

  test('that never settles costs its callers their time-out and others nothing', async () => {
    await forEach(
      hostileValues.filter(({ label }) => neverSettles(label)),
      async (make) => {
        const { kind } = await outcomeOf('yields', make)
        return kind === 'timeout' && isAlive(puppet) ? undefined : kind
      },
    )
  })

  test('of a cast, a raw message, an exit signal or an idle time-out does the same', async () => {
    const ways: readonly ((make: Make) => unknown)[] = [
      (make) => cast(puppet, 'yieldsAgain', make),
      (make) => send(puppet, make),
      (make) => cast(puppet, 'waits', make),
      () => exit(puppet, { kind: 'shutdown' }),
    ]
    for (const way of ways) {
      await forEach(settling, async (make) => {
        const over = ended(puppet)
        way(make)
        await stage.host.advance(10)
        const reason = await over
        return reason.kind === 'crash' ? undefined : reason.kind
      })
    }
  })

  test('of terminate changes nothing unless it fails', async () => {
    await forEach(settling, async (make) => {
      const over = ended(puppet)
      const outcome = await tryCall(puppet, 'dies', make)
      if (!outcome.ok) return `the reply was lost: ${outcome.exit.message}`
      const { kind } = await over
      return kind === 'normal' || kind === 'crash' ? undefined : kind
    })
  })
})

describe('what a handler throws', () => {
  test.each(['throws', 'rejects'] as const)(
    'reaches the caller as the cause of an Exit (%s)',
    async (name) => {
      await forEach(hostileValues, async (make) => {
        const value = make()
        const outcome = await tryCall(puppet, name, () => value)
        if (outcome.ok) return 'it was answered'
        const { reason, cause, message } = outcome.exit
        if (reason.kind !== 'crash' || !Object.is(reason.error, value)) return inspect(reason)
        if (!Object.is(cause, value)) return 'the cause is another'
        return message.length < 1500 && !message.includes('\u001b') ? undefined : message
      })
    },
  )

  test('is charged to init as well', async () => {
    await forEach(hostileValues, async (make) => {
      const value = make()
      const server = defineServer({ name: 'stillborn', init: () => fling(() => value) })
      const started = await stage.dynamic.startChild(child(server, undefined))
      if (started.ok || started.reason.kind !== 'init_failed') return 'it started'
      return Object.is(started.reason.exit.cause, value) ? undefined : 'the cause is another'
    })
  })

  test('in terminate becomes the reason', async () => {
    await forEach(hostileValues, async (make) => {
      const value = make()
      const over = ended(puppet)
      await tryCall(puppet, 'dies', () => fling(() => value))
      const reason = await over
      return reason.kind === 'crash' && Object.is(reason.error, value) ? undefined : reason.kind
    })
  })
})

describe('a reply', () => {
  test('that await would take for a promise ends the server and not the caller', async () => {
    const awaited = hostileValues.filter(({ label }) => /promise|thenable/.test(label))
    expect(awaited.length).toBeGreaterThan(3)
    await forEach(awaited, async (make) => {
      const reason = await outcomeOf('replies', make)
      const error = reason.kind === 'crash' ? reason.error : undefined
      return ArgumentError.is(error) ? undefined : reason.kind
    })
  })

  test('of any other kind arrives as it is', async () => {
    await forEach(hostileValues, async (make) => {
      const value = make()
      const outcome = await tryCall(puppet, 'replies', () => value)
      if (!outcome.ok) return ArgumentError.is(outcome.exit.cause) ? undefined : 'it failed'
      return Object.is(outcome.value, value) ? undefined : 'it is another'
    })
  })
})

describe('the parts of a step', () => {
  test.each(['stops', 'options', 'continues', 'continuesAs', 'idles'] as const)(
    'that are wrong end the server with an ArgumentError (%s)',
    async (name) => {
      await forEach(hostileValues, async (make) => {
        const over = ended(puppet)
        const outcome = await tryCall(puppet, name, make)
        await stage.host.advance(0)
        if (isAlive(puppet)) return isRightPart(name, make()) ? undefined : 'the server lives'
        const reason = await over
        if (!outcome.ok && outcome.exit.reason.kind !== 'crash') return outcome.exit.message
        const error = reason.kind === 'crash' ? reason.error : undefined
        return ArgumentError.is(error) ? undefined : inspect(reason)
      })
    },
  )
})

/** Whether the server may go on with it; a delay that never comes is one of them. */
function isRightPart(name: string, value: unknown): boolean {
  if (value === undefined) return name !== 'stops' && name !== 'continuesAs'
  if (name === 'idles') return typeof value === 'number' && value >= 0 && value < 2 ** 53
  return name === 'options' && typeof value === 'object'
}

describe('the result of init', () => {
  test('is the first state, whatever it is', async () => {
    await forEach(settling, async (make) => {
      const value = make()
      const server = defineServer({
        name: 'any state',
        init: () => disguise(value),
        calls: { same: (state: unknown) => reply(Object.is(state, value), disguise(state)) },
      })
      const started = await stage.dynamic.startChild(child(server, undefined))
      if (!started.ok) return isPromise(value) ? undefined : started.reason.kind
      const same = await call(started.pid, 'same')
      await stage.dynamic.terminateChild(started.pid)
      return same || isPromise(value) ? undefined : 'it is another'
    })
  })

  test('is refused if it is a step that means nothing there', async () => {
    const server = defineServer({ name: 'eager', init: () => disguise(reply(1, 1)) })
    const started = await stage.dynamic.startChild(child(server, undefined))
    expect(started).toMatchObject({ ok: false, reason: { kind: 'init_failed' } })
    const error =
      started.ok || started.reason.kind !== 'init_failed' ? 0 : started.reason.exit.cause
    expect(error).toMatchObject({ code: 'FLOTILLA_INVALID_STEP' })
  })
})

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && hasThen(value)
}

function hasThen(value: object): boolean {
  try {
    return typeof Reflect.get(value, 'then') === 'function'
  } catch {
    return false
  }
}

describe('a report of a hostile end', () => {
  test('is a plain value that can be read and put into words', async () => {
    const events: FlotillaEvent[] = []
    const watch = watchEvents((event) => events.push(event))
    await forEach(hostileValues, async (make) => {
      events.length = 0
      await tryCall(puppet, 'throws', make)
      const crash = events.find((event) => event.kind === 'crash_report')
      if (crash === undefined) return 'there is no report'
      return events.map(problemWithEvent).find((problem) => problem !== undefined)
    })
    watch.stop()
  })

  test('does not reach others when a listener throws', async () => {
    const heard: string[] = []
    const broken = watchEvents(() => fling(() => new Error('broken listener')))
    const watch = watchEvents((event) => heard.push(event.kind))
    await tryCall(puppet, 'throws', () => 1)
    broken.stop()
    watch.stop()
    expect(heard).toContain('crash_report')
    expect(heard).toContain('listener_failed')
  })
})

function problemWithEvent(event: FlotillaEvent): string | undefined {
  if (Object.getPrototypeOf(event) !== Object.prototype) return 'it is no plain object'
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(event))
  if (descriptors.some(({ get }) => get !== undefined)) return 'it has a getter'
  if (!('reason' in event)) return undefined
  return new Exit(event.reason).message === '' ? 'its reason has no words' : undefined
}
