import { call, defineServer, ended, exit, next, stop, tryCall } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, stage } from '../process/stage.ts'

describe('the reply of a stop step, while terminate runs', () => {
  test('is never given if the server is killed: the caller gets the reason [GS-025]', async () => {
    const { start, host } = await stage()
    const go = gate()
    const pid = await start(slow, go.opened)
    const answer = tryCall(pid, 'stop')
    await host.settle()
    exit(pid, 'kill')
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'killed' } } })
    go.open()
  })

  test('is never given if an exit signal ends it that it does not trap', async () => {
    const { start, host } = await stage()
    const go = gate()
    const pid = await start(slow, go.opened)
    const answer = tryCall(pid, 'stop')
    await host.settle()
    exit(pid, 'shutdown')
    expect(await answer).toMatchObject({ ok: false, exit: { reason: { kind: 'shutdown' } } })
    go.open()
  })

  test('is given even if terminate throws, as it is the last thing', async () => {
    const { start } = await stage()
    const pid = await start(slow, Promise.reject(new Error('bang')))
    const last = ended(pid)
    expect(await call(pid, 'stop')).toBe('farewell')
    expect(await last).toMatchObject({ kind: 'crash', error: { message: 'bang' } })
  })
})

const slow = defineServer({
  name: 'slow',
  init: (last: Promise<unknown>) => next(last),
  calls: {
    stop: (last) => stop({ kind: 'normal' }, last, 'farewell'),
  },
  terminate: async (last) => {
    await last
  },
})
