import {
  ArgumentError,
  call,
  defineServer,
  isAlive,
  later,
  type ReplyPort,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { answer, checkMessage } from '../../src/gen-server/messages.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Behaviour } from '../../src/process/process.ts'
import { Request } from '../../src/process/request.ts'
import { hostileValues } from '../process/hostile.ts'
import { stage } from '../process/stage.ts'

describe('checkMessage', () => {
  const behaviour = {
    label: 'games',
    calls: new Map([
      ['look', 1],
      ['guess', 1],
    ]),
    casts: new Map<string, number>(),
  } as unknown as Behaviour

  test('lets known names pass, calls and casts apart', () => {
    expect(() => checkMessage('call', behaviour, { kind: 'call', name: 'look' })).not.toThrow()
    expect(() => checkMessage('cast', behaviour, { kind: 'cast', name: 'look' })).toThrow(
      'Cannot cast: server "games" has no cast "look", wanted nothing: it has none',
    )
  })

  test('refuses any other name and says which there are', () => {
    expect(() => checkMessage('call', behaviour, { kind: 'call', name: 'loko' })).toThrow(
      'Cannot call: server "games" has no call "loko", wanted "look", "guess"',
    )
    for (const [, value] of hostileValues()) {
      const name = value as string
      expect(() => checkMessage('call', behaviour, { kind: 'call', name })).toThrow(ArgumentError)
    }
  })
})

describe('answer', () => {
  test('counts and reports an answer that nobody waits for', async () => {
    const { puppet, node, events } = await stage()
    const pid = await puppet()
    const target = LocalPid.processOf(pid)
    if (target === undefined) throw new Error('no process')
    const content = {
      kind: 'call',
      name: 'x',
      payload: 0,
      timeoutMs: 'infinity',
      asOutcome: false,
    } as const
    const request = new Request(target, undefined, content)
    answer(target, request, 'first')
    expect(await request.promise).toBe('first')
    expect(node.statistics().lateReplies).toBe(0)
    answer(target, request, 'second')
    expect(node.statistics().lateReplies).toBe(1)
    expect(events.at(-1)).toMatchObject({ kind: 'late_reply', pid, label: 'puppet' })
  })

  test('of a call that was put off and never answered ends with the server', async () => {
    const { start } = await stage()
    const ports: ReplyPort<number>[] = []
    const forgetful = defineServer({
      name: 'forgetful',
      init: (_: undefined) => 0,
      calls: {
        ask: (state, _: undefined, context) => {
          const port = context.replyPort<number>()
          ports.push(port)
          return later(port, state)
        },
        end: (): never => {
          throw new Error('gone')
        },
      },
    })
    const pid = await start(forgetful, undefined)
    const asked = tryCall(pid, 'ask')
    await call(pid, 'end').catch(() => undefined)
    expect(isAlive(pid)).toBe(false)
    expect(await asked).toMatchObject({ ok: false, exit: { reason: { kind: 'crash' } } })
  })
})
