import { AsyncResource } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { type Address, call, defineServer, type Pid, reply, tryCall } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, puppet, stage } from '../process/stage.ts'

describe('a call that could never be answered', () => {
  test('to oneself is refused at once, by pid and by name [GS-022]', async () => {
    const { start, names } = await stage()
    const pid = await start(puppet, [], { name: names.via('me') })
    for (const self of [pid, names.via('me')] as Address[]) {
      const refused = await inside(pid, () => tryCall(self, 'run', () => 1))
      expect(refused).toMatchObject({ ok: false, exit: { reason: { kind: 'calling_self' } } })
    }
  })

  test('to oneself is refused after an await too', async () => {
    const { puppet: another } = await stage()
    const pid = await another()
    const refused = await inside(pid, async () => {
      await Promise.resolve()
      return tryCall(pid, 'run', () => 1)
    })
    expect(refused).toMatchObject({ ok: false, exit: { reason: { kind: 'calling_self' } } })
  })

  test('to oneself is answered when code left behind by a handler makes it between two', async () => {
    const { start } = await stage()
    const pid = await start(puppet, [])
    const left = await inside(pid, () => new EventEmitter())
    const heard = new Promise((resolve) => {
      call(pid, 'run', () => {
        const onPing = AsyncResource.bind(() => resolve(tryCall(pid, 'run', () => 1)))
        left.once('ping', onPing)
      }).then(() => left.emit('ping'))
    })
    expect(await heard).toEqual({ ok: true, value: 1 })
  })

  test('to oneself is refused in init', async () => {
    const { start } = await stage()
    const seen: unknown[] = []
    const server = defineServer({
      name: 'eager',
      init: async (_: undefined, { self }): Promise<number> => {
        seen.push(await tryCall(self as Pid, 'get'))
        return 0
      },
      calls: { get: (state) => reply(state, state) },
    })
    await start(server, undefined)
    expect(seen).toMatchObject([{ exit: { reason: { kind: 'calling_self' } } }])
  })

  test('through another process is refused with the cycle in its message', async () => {
    const { start, names } = await stage()
    const a = await start(puppet, [], { name: names.via('a') })
    const b = await start(puppet, [], { name: names.via('b') })
    const failed = await inside(a, () => call(b, 'runAsync', () => tryCall(a, 'run', () => 1)))
    expect(failed).toMatchObject({
      ok: false,
      exit: {
        reason: { cycle: ['names "a"', 'names "b"', 'names "a"'] },
        message: expect.stringContaining(
          'the calls form a cycle: names "a" → names "b" → names "a"',
        ),
      },
    })
    expect(await call(a, 'run', () => 'free again')).toBe('free again')
  })

  test('is found across three processes', async () => {
    const { start, names } = await stage()
    const [a, b, c] = [
      await start(puppet, [], { name: names.via('a') }),
      await start(puppet, [], { name: names.via('b') }),
      await start(puppet, [], { name: names.via('c') }),
    ]
    const failed = await inside(a, () =>
      call(b, 'runAsync', () => call(c, 'runAsync', () => tryCall(a, 'run', () => 1))),
    )
    expect(failed).toMatchObject({
      exit: { reason: { cycle: ['names "a"', 'names "b"', 'names "c"', 'names "a"'] } },
    })
  })

  test('is found when the first of them is still in its init', async () => {
    const { start, puppet: another } = await stage()
    const helper = await another()
    const server = defineServer({
      name: 'entangled',
      init: async (_: undefined, { self }) =>
        call(helper, 'runAsync', () => tryCall(self as Pid, 'get')),
      calls: { get: (state) => reply(state, state) },
    })
    const pid = await start(server, undefined)
    expect(await call(pid, 'get')).toMatchObject({
      ok: false,
      exit: { reason: { kind: 'calling_self', cycle: expect.any(Array) } },
    })
  })

  test('is not mistaken for one that was made earlier and not waited for', async () => {
    const { puppet: another } = await stage()
    const [a, b] = [await another(), await another()]
    const go = gate<unknown>()
    await call(a, 'run', () => {
      void call(b, 'runAsync', async () => go.open(await tryCall(a, 'run', () => 'fine')))
    })
    expect(await go.opened).toEqual({ ok: true, value: 'fine' })
  })

  test('is not seen where the first waits for something else by now', async () => {
    const { puppet: another, host } = await stage()
    const [a, b] = [await another(), await another()]
    const [go, free, answer] = [gate(), gate(), gate<unknown>()]
    await call(a, 'run', () => {
      void call(b, 'runAsync', async () => {
        await go.opened
        answer.open(await tryCall(a, 'run', () => 'fine'))
      })
    })
    const busy = call(a, 'runAsync', () => free.opened)
    await host.settle()
    go.open()
    await host.settle()
    free.open()
    expect([await busy, await answer.opened]).toEqual([undefined, { ok: true, value: 'fine' }])
  })
})
