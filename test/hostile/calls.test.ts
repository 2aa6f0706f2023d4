/**
 * Hostile callers and hostile callees: every call settles once, with an Exit or a reply.
 */
import {
  type CallOptions,
  call,
  cast,
  child,
  defineServer,
  Exit,
  ended,
  exit,
  fleet,
  later,
  type Pid,
  type ProtocolOf,
  type ReplyPort,
  reply,
  startNode,
  supervisor,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hostileValues } from './hostile-values.ts'
import { disguise, inside, openStage, type Stage } from './stage.ts'

/** Answers when told, once, twice or never; keeps its ports where anybody can reach them. */
const ports: ReplyPort<number>[] = []
const Silent = defineServer({
  name: 'silent',
  init: (_: void) => 0,
  calls: {
    ask: (state, _payload: unknown, context) => {
      const port = context.replyPort<number>()
      ports.push(port)
      return later(port, state)
    },
    hang: async (state) => {
      await new Promise(() => undefined)
      return reply(1, state)
    },
  },
})

let stage: Stage
let silent: Pid<ProtocolOf<typeof Silent>>

beforeEach(async () => {
  stage = await openStage()
  ports.length = 0
  const started = await stage.dynamic.startChild(child(Silent, undefined, { restart: 'temporary' }))
  if (!started.ok) throw new Error('no silent server')
  silent = started.pid
})

afterEach(() => stage.node.stop())

/** The kind of reason a call failed with, once time has moved. */
async function failureOf(asked: Promise<unknown>, afterMs = 0): Promise<string> {
  const settled = asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof Exit ? error.reason.kind : String(error)),
  )
  await stage.host.advance(afterMs)
  return settled
}

describe('a call with an odd time limit', () => {
  test('of no time at all gives up at the end of the turn', async () => {
    expect(await failureOf(call(silent, 'ask', 1, { timeoutMs: 0 }))).toBe('timeout')
  })

  test('of less than a millisecond gives up after one', async () => {
    expect(await failureOf(call(silent, 'ask', 1, { timeoutMs: 0.1 }), 1)).toBe('timeout')
  })

  test('beyond what a timer of Node can hold waits for as long as it says', async () => {
    const timeoutMs = 2 ** 31 + 1000
    const asked = tryCall(silent, 'ask', 1, { timeoutMs })
    await stage.host.advance(2 ** 31)
    expect(stage.node.statistics().deferred).toBe(1)
    await stage.host.advance(1000)
    expect(await asked).toMatchObject({ ok: false, exit: { reason: { afterMs: timeoutMs } } })
  })

  test('that never comes waits until the server ends', async () => {
    const asked = failureOf(call(silent, 'ask', 1, { timeoutMs: 'infinity' }), 2 ** 40)
    exit(silent, 'kill')
    expect(await asked).toBe('killed')
  })
})

describe('a call to an odd address', () => {
  test('of a process that has ended, or a node that has stopped, is an Exit', async () => {
    exit(stage.victim, 'kill')
    expect(await failureOf(call(stage.victim, 'echo', 1))).toBe('noproc')
    const { probe, games } = stage
    await stage.node.stop()
    expect(await failureOf(call(probe, 'echo', 1))).toBe('nodedown')
    expect(cast(probe, 'take', 1)).toBe(true)
    expect((await ended(probe)).kind).toBe('nodedown')
    expect(() => games.whereis('g1')).not.toThrow()
  })

  test('of another node in the same OS process is answered', async () => {
    const other = await openStage()
    expect(await inside(stage, () => call(other.probe, 'plain', 1))).toBeDefined()
    expect(await call(other.probe, 'plain', 1)).toBe('plain')
    await other.node.stop()
  })

  test('that was forged is refused outside and leads nowhere inside', async () => {
    const { node, serial, incarnation } = stage.probe
    const forged = { node, serial: serial + 1_000_000, incarnation }
    expect(() => call(forged, 'plain', 1)).toThrow(/Cannot call: the address is a plain object/)
    const before = stage.node.statistics().processes
    const asked = await inside(stage, () => [tryCall(forged, 'plain', 1)])
    expect(asked).toMatchObject({ value: [expect.any(Promise)] })
    expect(stage.node.statistics().processes).toBe(before)
  })

  test('of a supervisor never reaches what only supervisors ask', async () => {
    const pids = stage.root.whichChildren().map(({ pid }) => pid)
    for (const pid of pids) {
      if (typeof pid !== 'object') throw new Error('a child is missing')
      for (const name of ['start_child', 'terminate_child', 'start', 'stop', 'release']) {
        for (const { make } of hostileValues.slice(0, 40)) {
          await attemptCall(pid, name, make())
        }
      }
    }
    expect(await call(stage.probe, 'plain', 1)).toBe('plain')
  })
})

/** Refused at once or not answered; only that the node lives on is asked for. */
async function attemptCall(pid: Pid, name: string, payload: unknown): Promise<void> {
  const before = stage.node.statistics()
  let asked: Promise<unknown> = Promise.resolve()
  try {
    asked = tryCall(pid, name, payload, { timeoutMs: 1 })
  } catch (error) {
    expect(error).toMatchObject({ code: 'FLOTILLA_UNKNOWN_MESSAGE' })
  }
  await stage.host.advance(1)
  await asked
  expect(stage.node.statistics()).toMatchObject({
    processes: before.processes,
    rows: before.rows,
  })
}

describe('a call with a signal', () => {
  test('that is aborted already is given up before it is sent', async () => {
    const before = stage.node.statistics()
    const options: CallOptions = { signal: AbortSignal.abort('why') }
    const outcome = await tryCall(silent, 'ask', 1, options)
    expect(outcome).toMatchObject({
      ok: false,
      exit: { reason: { kind: 'aborted', error: 'why' } },
    })
    expect(stage.node.statistics()).toEqual(before)
  })

  test('that is aborted for a hostile reason gives that reason', async () => {
    for (const { make } of hostileValues) {
      const why = make()
      const controller = new AbortController()
      const asked = tryCall(silent, 'ask', 1, { signal: controller.signal })
      controller.abort(why)
      const outcome = await asked
      const reason = outcome.ok ? undefined : outcome.exit.reason
      const error = reason?.kind === 'aborted' ? reason.error : 'another kind'
      // Node puts an error of its own in the place of undefined.
      if (why !== undefined) expect(Object.is(error, why)).toBe(true)
    }
  })

  test('that only looks like one cannot hurt whoever answers', async () => {
    const fake = {
      aborted: false,
      addEventListener: () => undefined,
      removeEventListener: () => {
        throw new Error('user code ran')
      },
    }
    const asked = call(silent, 'ask', 1, { signal: disguise(fake) })
    await stage.host.settle()
    ports[0]?.send(5)
    expect(await asked).toBe(5)
    expect(await call(stage.probe, 'plain', 1)).toBe('plain')
  })
})

describe('a reply', () => {
  test('given twice counts once', async () => {
    const asked = call(silent, 'ask', 1)
    await stage.host.settle()
    ports[0]?.send(1)
    ports[0]?.send(2)
    expect(await asked).toBe(1)
    expect(stage.node.statistics().lateReplies).toBe(1)
  })

  test('given after the end of the server is dropped', async () => {
    const asked = failureOf(call(silent, 'ask', 1))
    await stage.host.settle()
    exit(silent, 'kill')
    ports[0]?.send(1)
    expect(await asked).toBe('killed')
  })

  test('that never comes costs the time-out', async () => {
    expect(await failureOf(call(silent, 'hang'), 5000)).toBe('timeout')
  })
})

describe('a failed call that nobody looks at', () => {
  test('ends nothing, however it fails', async () => {
    const worker = defineServer({ name: 'never', init: (): number => disguise(missing()) })
    const lazy = fleet(worker, { name: 'lazy', key: (id: string) => id, onDemand: missing })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [lazy])
    const node = await startNode(root, { host: virtualHost() })
    const unheard = [
      () => call(stage.users.via('absent'), 'plain', 1),
      () => call(lazy.via('x'), disguise('anything')),
      () => lazy.ensure('x'),
      () => lazy.start('x'),
      () => stage.games.stop('absent'),
    ]
    for (const ask of unheard) void ask()
    await stage.host.settle()
    await node.stop()
    for (const ask of [() => lazy.start('x'), () => lazy.ensure('x'), () => lazy.stop('x')]) {
      try {
        void ask()
      } catch (error) {
        expect(error).toMatchObject({ code: 'FLOTILLA_NOT_STARTED' })
      }
    }
    await stage.host.settle()
  })
})

function missing(): never {
  throw new Error('missing')
}

describe('a call that starts its worker first', () => {
  const Slow = defineServer({
    name: 'slow',
    init: async (id: string) => {
      if (id === 'stuck') await new Promise(() => undefined)
      return id
    },
    calls: { name: (state) => reply(state, state) },
  })

  async function lazyFleet(onDemand: (key: string) => string) {
    const lazy = fleet(Slow, { name: 'lazy', key: (id: string) => id, onDemand })
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [lazy])
    return { lazy, node: await startNode(root, { host: stage.host }) }
  }

  test('gives up in time if the worker never comes up', async () => {
    const { lazy, node } = await lazyFleet((key) => key)
    const asked = failureOf(lazy.call('stuck', 'name', undefined, { timeoutMs: 50 }), 50)
    expect(await Promise.race([asked, hung(60)])).toBe('timeout')
    const { signal, abort } = abortable()
    const given = failureOf(lazy.call('stuck', 'name', undefined, { signal }))
    abort()
    expect(await Promise.race([given, hung(0)])).toBe('aborted')
    await node.stop()
  })

  test('is never answered by the worker of another key', async () => {
    const { lazy, node } = await lazyFleet(() => 'other')
    const outcome = await tryCall(lazy.via('mine'), 'name')
    expect(outcome).toMatchObject({ ok: false, exit: { reason: { kind: 'crash' } } })
    expect(lazy.counts().desired).toBe(0)
    await node.stop()
  })

  test('fails with whatever the start argument could not be made of', async () => {
    let why: unknown
    const { lazy, node } = await lazyFleet(() => {
      throw why
    })
    for (const { make } of hostileValues) {
      why = make()
      const outcome = await tryCall(lazy.via('x'), 'name')
      expect(outcome.ok).toBe(false)
    }
    expect(lazy.counts().desired).toBe(0)
    await node.stop()
  })

  /** Settles after that much time and whatever follows from it. */
  async function hung(afterMs: number): Promise<'hung'> {
    await stage.host.advance(afterMs)
    await stage.host.settle()
    return 'hung'
  }
})

function abortable(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
