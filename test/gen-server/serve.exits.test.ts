import {
  type CallStep,
  type Context,
  call,
  cast,
  child,
  defineServer,
  Exit,
  type ExitReason,
  ended,
  isAlive,
  type Node,
  next,
  type Pid,
  reply,
  send,
  startNode,
  stop,
  stopServer,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, type Stage, stage } from '../process/stage.ts'

const error = new Error('boom')
const crash: ExitReason = { kind: 'crash', error }
const detailed: ExitReason = { kind: 'shutdown', detail: { why: 'done' } }
const noproc: ExitReason = { kind: 'noproc', address: 'nobody' }

type Deed = (context: Context) => CallStep<'never', 'good'>

const thrown = (value: unknown): Deed => {
  return () => {
    throw value
  }
}
const exits = (reason: ExitReason): Deed => {
  return (context) => context.exit(reason)
}
const stops = (reason: ExitReason): Deed => {
  return () => stop(reason, 'good')
}

describe('a server whose handler', () => {
  test.each<[string, Deed, ExitReason, 'reported' | 'quiet']>([
    ['throws an error', thrown(error), crash, 'reported'],
    ['throws a value', thrown('boom'), { kind: 'crash', error: 'boom' }, 'reported'],
    ['exits with an error', exits(crash), crash, 'reported'],
    ['exits with noproc', exits(noproc), noproc, 'reported'],
    ['exits with normal', exits({ kind: 'normal' }), { kind: 'normal' }, 'quiet'],
    ['exits with shutdown', exits({ kind: 'shutdown' }), { kind: 'shutdown' }, 'quiet'],
    ['exits with shutdown and a detail', exits(detailed), detailed, 'quiet'],
    ['stops with an error', stops(crash), crash, 'reported'],
    ['stops with noproc', stops(noproc), noproc, 'reported'],
    ['stops with normal', stops({ kind: 'normal' }), { kind: 'normal' }, 'quiet'],
    ['stops with shutdown', stops({ kind: 'shutdown' }), { kind: 'shutdown' }, 'quiet'],
    ['stops with shutdown and a detail', stops(detailed), detailed, 'quiet'],
  ])(
    '%s: terminate, the end and the caller have one reason [GS-040, GS-041, GS-062, PROC-002]',
    async (_, deed, reason, report) => {
      for (const call of ['now', 'later'] as const) {
        const here = await stage()
        const { pid, log } = await mortal(here)
        const last = ended(pid)
        const failed = await tryCall(pid, call, deed)
        expect(failed.ok ? failed.value : failed.exit.reason).toEqual(reason)
        expect(await last).toEqual(reason)
        expect(log).toEqual([{ terminate: reason, state: 'good' }])
        expect(crashReports(here).map((event) => event.reason)).toEqual(
          report === 'reported' ? [reason] : [],
        )
      }
    },
  )

  test('throws keeps the error itself, with its stack [PROC-002]', async () => {
    const { pid } = await mortal(await stage())
    const failed = await tryCall(pid, 'now', thrown(error))
    expect(failed.ok || failed.exit.cause).toBe(error)
    expect(error.stack).toContain('serve.exits.test.ts')
  })

  test('gives back junk: terminate, the end and the caller have one reason [GS-043]', async () => {
    for (const junk of ['ok', undefined, { step: 'reply' }, next('good')]) {
      const { pid, log } = await mortal(await stage())
      const last = ended(pid)
      const failed = await tryCall(pid, 'now', () => junk as never)
      const reason = await last
      expect(reason).toMatchObject({ kind: 'crash', error: { code: 'FLOTILLA_INVALID_STEP' } })
      expect(failed.ok || failed.exit.reason).toEqual(reason)
      expect(log).toEqual([{ terminate: reason, state: 'good' }])
    }
  })

  test('is told to stop by stopServer runs terminate, trapping or not [GS-062]', async () => {
    for (const reason of [{ kind: 'normal' }, detailed, crash] as const) {
      for (const traps of [false, true]) {
        const { start } = await stage()
        const log: unknown[] = []
        const pid = await start(mortalServer({ log, traps }), undefined)
        const last = ended(pid)
        await stopServer(pid, { reason })
        expect([await last, log]).toEqual([reason, [{ terminate: reason, state: 'good' }]])
      }
    }
  })

  test('for messages fails ends the server as any other does [GS-045]', async () => {
    const { pid, log } = await mortal(await stage())
    const last = ended(pid)
    send(pid, { wanted: 'a function' })
    expect(await last).toMatchObject({ kind: 'crash', error: { name: 'TypeError' } })
    expect(log).toMatchObject([{ terminate: { kind: 'crash' } }])
  })
})

describe('an exit of its own code', () => {
  test('can be caught there, and then nothing happens [PROC-003]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const caught = await inside(pid, async (context) => {
      try {
        await null
        return context.exit(detailed)
      } catch (thrown) {
        return thrown
      }
    })
    expect(Exit.is(caught) && caught.reason).toEqual(detailed)
    expect(isAlive(pid)).toBe(true)
  })

  test('that is caught and thrown again still says why', async () => {
    const { pid } = await mortal(await stage())
    const last = ended(pid)
    void tryCall(pid, 'now', (context) => {
      const caught = valueThrownBy(() => context.exit(detailed))
      throw caught
    })
    expect(await last).toEqual(detailed)
  })

  test('is not the exit of a call that failed, which is a crash', async () => {
    const { puppet } = await stage()
    const [pid, other] = [await puppet(), await puppet()]
    const last = ended(pid)
    void inside(pid, () => call(other, 'run', (context) => context.exit({ kind: 'normal' })))
    const reason = await last
    expect(reason.kind).toBe('crash')
    expect(reason.kind === 'crash' && Exit.is(reason.error) && reason.error.reason).toEqual({
      kind: 'normal',
    })
  })

  test('in init fails the start with its reason, in terminate it is the last word', async () => {
    const { start } = await stage()
    for (const isLate of [false, true]) {
      const reasons: Promise<ExitReason>[] = []
      const never = defineServer({
        name: 'never',
        init: (_: undefined, context): number | Promise<number> => {
          reasons.push(ended(context.self))
          return isLate ? Promise.resolve().then(() => context.exit(noproc)) : context.exit(noproc)
        },
      })
      await expect(start(never, undefined)).rejects.toThrow('init_failed')
      expect(await Promise.all(reasons)).toEqual([noproc])
    }
    const late = defineServer({
      name: 'late',
      init: (_: undefined) => 0,
      casts: { stop: (state) => stop({ kind: 'normal' }, state) },
      terminate: (_state, _reason, context) => context.exit(detailed),
    })
    const pid = await start(late, undefined)
    const last = ended(pid)
    cast(pid, 'stop')
    expect(await last).toEqual(detailed)
  })

  test('refuses what is no reason', async () => {
    const { puppet } = await stage()
    const failed = inside(await puppet(), (context) => context.exit('boom' as never))
    await expect(failed).rejects.toThrow(/^Call "runAsync" .*Cannot exit: the reason is "boom"/)
  })
})

describe('a server that traps exits, when its parent tells it to stop', () => {
  test.each([
    { kind: 'normal' },
    { kind: 'shutdown' },
    detailed,
    crash,
    { kind: 'killed' },
  ] as const)(
    'with %o: terminate runs and the end has that reason, no handler hears of it [GS-064]',
    async (reason) => {
      const { node, pid, log } = await rooted()
      const last = ended(pid)
      await node.stop(reason)
      expect(log).toEqual([{ terminate: reason, state: 'good' }])
      expect([await last, await node.ended]).toEqual([reason, reason])
    },
  )

  test('handles what came before; what comes after is dropped unseen [GS-067]', async () => {
    const { node, pid, log, host } = await rooted()
    const go = gate()
    const busy = call(pid, 'later', async () => {
      await go.opened
      return reply('never', 'good')
    })
    await host.settle()
    cast(pid, 'note', 'before')
    const stopped = node.stop()
    cast(pid, 'note', 'after')
    const late = tryCall(pid, 'now', () => reply('never', 'good'))
    go.open()
    await stopped
    expect(log).toEqual(['before', { terminate: { kind: 'shutdown' }, state: 'good' }])
    expect(await busy).toBe('never')
    expect(await late).toMatchObject({ ok: false, exit: { reason: { kind: 'shutdown' } } })
  })
})

interface Life {
  readonly log: unknown[]
  readonly traps: boolean
  readonly tell?: (pid: Pid) => void
}

/** Does what it is told, and writes down how it ends. */
function mortalServer({ log, traps, tell }: Life) {
  return defineServer({
    name: 'mortal',
    init: (_: undefined, context): 'good' => {
      context.trapExits(traps)
      tell?.(context.self)
      return 'good'
    },
    calls: {
      now: (_state, deed: (context: Context) => unknown, context) => deed(context) as never,
      later: async (_state, deed: (context: Context) => unknown, context) => {
        await null
        return (await deed(context)) as never
      },
    },
    casts: {
      note: (state, word: unknown) => {
        log.push(word)
        return next(state)
      },
    },
    info: (state, message) => {
      const { wanted } = message as { wanted: () => void }
      wanted()
      return next(state)
    },
    exit: (state, signal) => {
      log.push({ exit: signal.reason })
      return next(state)
    },
    terminate: (state, reason) => {
      log.push({ terminate: reason, state })
    },
  })
}

/** One that does not trap exits. */
async function mortal({ start }: Stage) {
  const log: unknown[] = []
  return { log, pid: await start(mortalServer({ log, traps: false }), undefined) }
}

/** One that traps exits, with the node as its parent. */
async function rooted() {
  const [log, host, pids] = [[] as unknown[], virtualHost(), [] as Pid[]]
  const root = mortalServer({ log, traps: true, tell: (pid) => pids.push(pid) })
  const node: Node = await startNode(child(root, undefined), { name: 'rooted', host })
  onTestFinished(() => node.stop())
  const [pid] = pids
  if (pid === undefined) throw new Error('not started')
  return { node, host, log, pid }
}

function valueThrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

function crashReports({ events }: Stage) {
  return events.flatMap((event) => (event.kind === 'crash_report' ? [event] : []))
}
