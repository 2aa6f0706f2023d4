import { call, cast, defineServer, isAlive, reply, tryCall } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, stage } from '../process/stage.ts'

describe('the time-out of a call', () => {
  test('is 5000 ms, and tells the caller alone: the server finishes [GS-019, GS-020]', async () => {
    const { puppet: another, host } = await stage()
    const log: unknown[] = []
    const pid = await another(log)
    const go = gate()
    const answer = tryCall(pid, 'runAsync', async () => {
      await go.opened
      log.push('finished')
    })
    await host.advance(4999)
    cast(pid, 'note', 'still waiting')
    await host.advance(1)
    expect(await answer).toMatchObject({
      ok: false,
      exit: {
        code: 'FLOTILLA_EXIT_TIMEOUT',
        reason: { kind: 'timeout', afterMs: 5000 },
        call: { name: 'runAsync', to: `puppet ${pid}`, timeoutMs: 5000 },
        message: `Call "runAsync" to puppet ${pid} failed: no reply within 5000 ms (timeout)`,
      },
    })
    go.open()
    await host.settle()
    expect(log).toEqual(['finished', 'still waiting'])
    expect(isAlive(pid)).toBe(true)
  })

  test('leaves nothing for the caller when the reply comes late [GS-021]', async () => {
    const { puppet: another, host, node } = await stage()
    const log: unknown[] = []
    const [caller, server] = [await another(log), await another()]
    const go = gate()
    const failed = inside(caller, () =>
      tryCall(server, 'runAsync', () => go.opened, { timeoutMs: 10 }),
    )
    await host.advance(10)
    expect(await failed).toMatchObject({ ok: false })
    go.open()
    await host.settle()
    expect(log).toEqual([])
    expect(node.statistics()).toMatchObject({ lateReplies: 1, deadlines: 0 })
  })

  test('costs no timer when the answer comes in the same turn', async () => {
    const { start, host, node } = await stage()
    const pid = await start(counter, 1)
    const answers = [call(pid, 'get'), call(pid, 'get', undefined, { timeoutMs: 1 })]
    expect(host.pendingTimers).toBe(0)
    await Promise.all(answers)
    await host.settle()
    expect([host.pendingTimers, node.statistics().deadlines]).toEqual([0, 0])
  })

  test('is armed from the end of the turn on, and disarmed by the answer', async () => {
    const { puppet: another, host, node } = await stage()
    const pid = await another()
    const go = gate()
    const answer = call(pid, 'runAsync', () => go.opened)
    await host.settle()
    expect([host.pendingTimers, node.statistics().deadlines]).toEqual([1, 1])
    go.open()
    await answer
    expect([host.pendingTimers, node.statistics().deadlines]).toEqual([0, 0])
  })

  test('may be infinity, and may be longer than a timer of Node can wait [GS-019]', async () => {
    const { puppet: another, host } = await stage()
    const pid = await another()
    const go = gate()
    const endless = tryCall(pid, 'runAsync', () => go.opened, { timeoutMs: 'infinity' })
    const long = tryCall(pid, 'run', () => 1, { timeoutMs: 2 ** 32 })
    await host.advance(2 ** 32 - 1)
    let settled = false
    void long.then(() => {
      settled = true
    })
    await host.settle()
    expect(settled).toBe(false)
    await host.advance(1)
    expect(await long).toMatchObject({ ok: false, exit: { reason: { kind: 'timeout' } } })
    go.open()
    expect(await endless).toMatchObject({ ok: true })
  })

  test('is refused at once when it is no duration [GS-019]', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    for (const timeoutMs of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null, {}]) {
      expect(() => call(pid, 'get', undefined, { timeoutMs: timeoutMs as never })).toThrow(
        /^Cannot call: option "timeoutMs" is /,
      )
    }
    expect(() => call(pid, 'get', undefined, { timeout: 5 } as never)).toThrow(/timeoutMs/)
    expect(await call(pid, 'get')).toBe(1)
  })
})

describe('the AbortSignal of a call', () => {
  test('ends the wait with aborted; the server finishes', async () => {
    const { puppet: another, host, node } = await stage()
    const log: unknown[] = []
    const pid = await another(log)
    const [go, abort] = [gate(), new AbortController()]
    const work = async () => {
      await go.opened
      log.push('finished')
    }
    const answer = call(pid, 'runAsync', work, { signal: abort.signal })
    await host.settle()
    const why = new Error('user went away')
    abort.abort(why)
    await expect(answer).rejects.toMatchObject({
      code: 'FLOTILLA_EXIT_ABORTED',
      reason: { kind: 'aborted', error: why },
      cause: why,
    })
    expect(node.statistics().deadlines).toBe(0)
    go.open()
    await host.settle()
    expect(log).toEqual(['finished'])
  })

  test('that is aborted already sends nothing', async () => {
    const { start, node } = await stage()
    const pid = await start(counter, 1)
    const { sent } = node.statistics()
    const answer = tryCall(pid, 'get', undefined, { signal: AbortSignal.abort('no') })
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { error: 'no' } } })
    expect(node.statistics().sent).toBe(sent)
  })

  // Many calls with one long-lived signal must not pile up listeners.
  test('keeps no listener once the call is over, however it ended', async () => {
    const { start } = await stage()
    const pid = await start(counter, 1)
    const signal = countingSignal()
    await call(pid, 'get', undefined, { signal })
    await tryCall(pid, 'fail', 'boom', { signal })
    expect(signal.listening).toBe(0)
    expect(signal.added).toBe(2)
  })

  test('that misbehaves cannot harm the node', async () => {
    const { puppet: another, node } = await stage()
    const pid = await another()
    const options = (signal: object) => ({ signal: signal as AbortSignal })
    for (const signal of [{ aborted: false }, { aborted: false, addEventListener: () => 0 }]) {
      expect(() => call(pid, 'run', () => 1, options(signal))).toThrow(/wanted an AbortSignal/)
    }
    const sticky = Object.assign(new AbortController().signal, { removeEventListener: fail })
    expect(await call(pid, 'run', () => 1, { signal: sticky })).toBe(1)
    expect(await call(pid, 'run', () => 2)).toBe(2)
    expect(node.statistics().processes).toBeGreaterThan(3)
  })
})

const counter = defineServer({
  name: 'counter',
  init: (start: number) => start,
  calls: {
    get: (count) => reply(count, count),
    fail: (_: number, error: unknown): never => {
      throw error
    },
  },
})

/** An AbortSignal that counts its listeners. */
function countingSignal(): AbortSignal & { listening: number; added: number } {
  const { signal } = new AbortController()
  const counts = { listening: 0, added: 0 }
  const { addEventListener, removeEventListener } = signal
  return Object.assign(signal, counts, {
    addEventListener(...args: Parameters<typeof addEventListener>) {
      Object.assign(signal, { listening: counts.listening++ + 1, added: counts.added++ + 1 })
      addEventListener.apply(signal, args)
    },
    removeEventListener(...args: Parameters<typeof removeEventListener>) {
      Object.assign(signal, { listening: counts.listening-- - 1 })
      removeEventListener.apply(signal, args)
    },
  })
}

function fail(): never {
  throw new Error('not to be used')
}
