import { setFlagsFromString } from 'node:v8'
import { Exit } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { Deadlines } from '../../src/core/deadlines.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { Request } from '../../src/process/request.ts'
import { type Stage, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('a request', () => {
  test('settles once: whatever comes after the first is told so', async () => {
    const here = await stage()
    for (const settle of [(one: Request) => one.answer(1), (one: Request) => one.fail(boom)]) {
      const request = await requestOn(here, { asOutcome: true })
      expect(settle(request)).toBe(true)
      expect([request.answer(2), request.fail(boom), request.settled]).toEqual([false, false, true])
    }
  })

  test('answers with the value, or rejects with an Exit that says what was called', async () => {
    const here = await stage()
    const [good, bad] = [await requestOn(here), await requestOn(here)]
    good.answer('yes')
    bad.fail(boom)
    expect(await good.promise).toBe('yes')
    await expect(bad.promise).rejects.toThrow(
      /^Call "ask" to puppet <.*> failed: the process crashed: "boom" \(crash\)$/,
    )
  })

  test('fails with an exit that shows where the call was refused, and no frames of the runtime', async () => {
    const here = await stage()
    const [refused, late, orphan] = [
      await requestOn(here, { asOutcome: true }),
      await requestOn(here, { asOutcome: true }),
      await requestOn(here, { asOutcome: true }),
    ]
    refused.fail(boom)
    late.expire()
    orphan.targetEnded(boom)
    expect(await refused.promise).toHaveProperty(
      'exit.stack',
      expect.stringMatching(/request\.test\.ts/),
    )
    for (const { promise } of [late, orphan]) {
      expect(await promise).toHaveProperty(
        'exit.stack',
        expect.stringMatching(/^Exit: Call "ask".*\)$/),
      )
    }
  })

  test('gives an outcome instead when asked for', async () => {
    const here = await stage()
    const options = { asOutcome: true }
    const [good, bad] = [await requestOn(here, options), await requestOn(here, options)]
    good.answer('yes')
    bad.fail(boom)
    expect(await good.promise).toEqual({ ok: true, value: 'yes' })
    const outcome = await bad.promise
    expect(outcome).toMatchObject({ ok: false, exit: { reason: boom } })
  })

  test('expires with the time it was given, and never when that is infinity', async () => {
    const here = await stage()
    const short = await requestOn(here, { timeoutMs: 7 })
    const endless = await requestOn(here, { timeoutMs: 'infinity' })
    short.expire()
    endless.expire()
    await expect(short.promise).rejects.toMatchObject({ reason: { kind: 'timeout', afterMs: 7 } })
    expect(endless.settled).toBe(false)
    endless.answer(1)
  })

  test('undoes what must be undone, once, however it settles', async () => {
    const here = await stage()
    let undone = 0
    const request = await requestOn(here)
    request.onSettled(() => {
      undone += 1
    })
    request.answer(1)
    request.fail(boom)
    expect(undone).toBe(1)
  })

  // Vitest fails the run for an unhandled rejection.
  test('that nobody looks at causes no unhandled rejection', async () => {
    const here = await stage()
    const request = await requestOn(here)
    request.fail(boom)
    await here.host.settle()
    expect(Exit.is(await request.promise.catch((error: unknown) => error))).toBe(true)
  })

  test('remembers the turn of its caller', async () => {
    const here = await stage()
    const caller = LocalPid.processOf(await here.puppet())
    const target = LocalPid.processOf(await here.puppet())
    if (caller === undefined || target === undefined) throw new Error('no process')
    const content = { kind: 'call', name: 'x', payload: 0, timeoutMs: 5, asOutcome: false } as const
    caller.turn = 41
    expect(new Request(target, caller, content).callerTurn).toBe(41)
    expect(new Request(target, undefined, content).callerTurn).toBe(0)
  })

  test('is laid out alike whether it had a deadline or not, so nothing is compiled twice', async () => {
    const here = await stage()
    const [never, once] = [await requestOn(here), await requestOn(here)]
    new Deadlines<Request>().schedule(once, 12.5)
    for (const other of [once, await requestOn(here)]) {
      expect(haveSameLayout(never, other)).toBe(true)
    }
  })
})

setFlagsFromString('--allow-natives-syntax')
// V8 alone can tell, and only to code that is compiled after it was asked to.
const haveSameLayout = new Function('one', 'other', 'return %HaveSameMap(one, other)')

async function requestOn(
  { puppet }: Stage,
  options: { timeoutMs?: number | 'infinity'; asOutcome?: boolean } = {},
): Promise<Request> {
  const pid = await puppet()
  const target = LocalPid.processOf(pid)
  if (target === undefined) throw new Error('no process')
  const { timeoutMs = 5000, asOutcome = false } = options
  return new Request(target, undefined, {
    kind: 'call',
    name: 'ask',
    payload: 0,
    timeoutMs,
    asOutcome,
  })
}
