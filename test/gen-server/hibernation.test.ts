import {
  type Context,
  call,
  cast,
  defineServer,
  exit,
  isAlive,
  next,
  type Pid,
  reply,
  type StepOptions,
  send,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { gate, stage } from '../process/stage.ts'

describe('a server that hibernates', () => {
  test('from a call, a cast or a message answers any message as before [GS-050, GS-061]', async () => {
    const { start, host } = await stage()
    const nap: StepOptions = { hibernate: true }
    const ways: ((pid: Pid) => unknown)[] = [
      (pid) => call(pid, 'step', nap),
      (pid) => cast(pid, 'step', nap),
      (pid) => send(pid, nap),
    ]
    for (const way of ways) {
      const log: unknown[] = []
      const pid = await start(sleeper, { log })
      await way(pid)
      await host.settle()
      expect(hibernates(pid)).toBe(true)
      cast(pid, 'note', 'cast')
      send(pid, {})
      expect(await call(pid, 'step', {})).toBe('done')
      expect([hibernates(pid), log]).toEqual([false, ['cast', 'info']])
    }
  })

  test('from init starts as any other, and wakes for its first message [GS-006, GS-061]', async () => {
    const { start } = await stage()
    for (const isLate of [false, true]) {
      const pid = await start(sleeper, { log: [], first: { hibernate: true }, isLate })
      expect(hibernates(pid)).toBe(true)
      expect(await call(pid, 'step', {})).toBe('done')
    }
  })

  test('wakes for what the runtime tells it: DOWN, EXIT, timers and time-outs [GS-061]', async () => {
    const { start, host, puppet } = await stage()
    const log: unknown[] = []
    const [pid, other] = [await start(sleeper, { log }), await puppet()]
    await call(pid, 'run', (context) => {
      context.trapExits(true)
      context.monitor(other)
      context.link(other)
      context.after(20, 'note', 'timer')
    })
    await call(pid, 'step', { hibernate: true })
    exit(other, 'kill')
    await host.settle()
    expect(log.toSorted()).toEqual(['down', 'exit'])
    await call(pid, 'step', { hibernate: true })
    await host.advance(20)
    await call(pid, 'step', { hibernate: true, idleTimeoutMs: 5 })
    await host.advance(5)
    expect(log.slice(2)).toEqual(['timer', 'timeout'])
  })

  test('keeps what it still needs, and gives the rest back', async () => {
    const { start, puppet, node } = await stage()
    const [pid, other] = [await start(sleeper, { log: [] }), await puppet()]
    const kept: Context[] = []
    await call(pid, 'run', (context) => {
      kept.push(context)
      const monitor = context.monitor(other)
      context.link(other)
      context.unlink(other)
      context.after(10, 'note').cancel()
      context.demonitor(monitor)
    })
    expect(processOf(pid).extrasIfAny).toBeDefined()
    await call(pid, 'step', { hibernate: true })
    expect(processOf(pid).extrasIfAny).toBeUndefined()
    await call(pid, 'run', (context) => context.monitor(other))
    await call(pid, 'step', { hibernate: true })
    expect(node.statistics().monitors).toBe(1)
    exit(pid, 'kill')
    expect([node.statistics().monitors, kept[0]?.signal.aborted]).toEqual([0, true])
  })

  test('is refused anything but true and false', async () => {
    const { start } = await stage()
    const pid = await start(sleeper, { log: [] })
    await expect(call(pid, 'step', { hibernate: 1 as never })).resolves.toBe('done')
    expect(isAlive(pid)).toBe(false)
  })
})

describe('a server with hibernateAfterMs', () => {
  test('hibernates when no message came for so long, and again after the next one [GS-061]', async () => {
    const { start, host } = await stage()
    const pid = await start(drowsy(100), undefined)
    await host.advance(99)
    expect(hibernates(pid)).toBe(false)
    await host.advance(1)
    expect(hibernates(pid)).toBe(true)
    expect(await call(pid, 'ping')).toBe('pong')
    expect(hibernates(pid)).toBe(false)
    await host.advance(200)
    expect(hibernates(pid)).toBe(true)
  })

  test('stays awake while messages come, and in the middle of one', async () => {
    const { start, host } = await stage()
    const pid = await start(drowsy(100), undefined)
    for (let count = 0; count < 10; count += 1) {
      await host.advance(60)
      expect(hibernates(pid)).toBe(false)
      await call(pid, 'ping')
    }
    const go = gate()
    const busy = call(pid, 'wait', go.opened)
    await host.advance(1000)
    expect(hibernates(pid)).toBe(false)
    go.open()
    await busy
    await host.advance(200)
    expect(hibernates(pid)).toBe(true)
  })

  test('of 0 hibernates as soon as it is idle', async () => {
    const { start, host } = await stage()
    const pid = await start(drowsy(0), undefined)
    const go = gate()
    const busy = call(pid, 'wait', go.opened)
    await host.advance(10)
    go.open()
    await busy
    await host.advance(2)
    expect(hibernates(pid)).toBe(true)
  })

  test('has one timer at a time, none while it hibernates and none once it has ended', async () => {
    const { start, host, node } = await stage()
    const pid = await start(drowsy(100), undefined)
    for (let count = 0; count < 10; count += 1) await call(pid, 'ping')
    expect(node.statistics().deadlines).toBe(1)
    await host.advance(200)
    expect([hibernates(pid), node.statistics().deadlines]).toEqual([true, 0])
    await call(pid, 'ping')
    expect(node.statistics().deadlines).toBe(1)
    await call(pid, 'nap')
    expect([hibernates(pid), node.statistics().deadlines]).toEqual([true, 0])
    await call(pid, 'ping')
    exit(pid, 'kill')
    expect([node.statistics().deadlines, host.pendingTimers]).toEqual([0, 0])
  })
})

interface Sleeper {
  readonly log: unknown[]
  readonly first?: StepOptions
  readonly isLate?: boolean
}

const write = ({ log, ...rest }: Sleeper, word: unknown) => {
  log.push(word)
  return next({ log, ...rest })
}

const sleeper = defineServer({
  name: 'sleeper',
  init: (state: Sleeper) => {
    const step = next(state, state.first ?? {})
    return state.isLate === true ? Promise.resolve(step) : step
  },
  calls: {
    step: (state, options: StepOptions) => reply('done', state, options),
    run: (state, work: (context: Context) => unknown, context) => {
      work(context)
      return reply('ran', state)
    },
  },
  casts: {
    step: (state, options: StepOptions) => next(state, options),
    note: write,
  },
  info: (state, options) =>
    (options as StepOptions).hibernate === true
      ? next(state, options as StepOptions)
      : write(state, 'info'),
  down: (state) => write(state, 'down'),
  exit: (state) => write(state, 'exit'),
  timeout: (state) => write(state, 'timeout'),
})

/** A server that hibernates after so much silence. */
function drowsy(hibernateAfterMs: number) {
  return defineServer({
    name: 'drowsy',
    hibernateAfterMs,
    init: (_: undefined) => 0,
    calls: {
      ping: (state) => reply('pong', state),
      nap: (state) => reply('zzz', state, { hibernate: true }),
      wait: async (state, until: Promise<void>) => {
        await until
        return reply('waited', state)
      },
    },
  })
}

function processOf(pid: Pid): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('no process')
  return process
}

/** Seen from within: it has given back its context. */
function hibernates(pid: Pid): boolean {
  return processOf(pid).context === undefined
}
