import {
  call,
  cast,
  defineServer,
  later,
  next,
  type ReplyPort,
  reply,
  send,
  stop,
  sys,
} from 'flotilla'
import { expect, test } from 'vitest'
import { stage } from '../process/stage.ts'

const server = defineServer({
  name: 'server',
  init: (ports: ReplyPort<string>[]) => ports,
  calls: {
    reply: (ports) => reply('replied', ports),
    later: (ports, _: undefined, context) => {
      const port = context.replyPort<string>()
      ports.push(port)
      return later(port, ports)
    },
    both: (ports, _: undefined, context) => {
      context.replyPort<string>().send('by the port')
      return reply('by the step', ports)
    },
    stop: (ports) => stop({ kind: 'normal' }, ports, 'stopped'),
    wrong: (() => 'no step') as never,
  },
  casts: { next: (ports) => next(ports) },
})

test('each step shows its state, and its reply if that goes to somebody who waits', async () => {
  const { start, host } = await stage()
  const ports: ReplyPort<string>[] = []
  const pid = await start(server, ports)
  const shown: unknown[] = []
  await sys.install(pid, {
    id: 'h',
    hook: (event) => {
      if (event.kind === 'out') shown.push([event.name, event.payload])
      if (event.kind === 'state') shown.push('state')
    },
  })
  const take = (): unknown[] => shown.splice(0)
  await call(pid, 'reply')
  expect(take()).toEqual([['reply', 'replied'], 'state'])
  cast(pid, 'next')
  await host.settle()
  expect(take()).toEqual(['state'])
  await call(pid, 'both')
  expect(take()).toEqual([['both', 'by the port'], 'state'])
  const put = call(pid, 'later', undefined, { timeoutMs: 10 }).catch(() => 'timed out')
  await host.advance(10)
  expect([await put, take()]).toEqual(['timed out', ['state']])
  ports[0]?.send('too late')
  expect(take()).toEqual([])
  await call(pid, 'stop')
  expect(take()).toEqual([['stop', 'stopped'], 'state'])
})

test('a result that is no step shows nothing, and neither does a message to nobody', async () => {
  const { start, host } = await stage()
  const pid = await start(server, [])
  const log = sys.log(pid, 'on')
  const kinds: string[] = []
  await sys.trace(pid, ({ kind }) => kinds.push(kind))
  await log
  await expect(call(pid, 'wrong')).rejects.toMatchObject({ reason: { kind: 'crash' } })
  send(pid, 'x')
  await host.settle()
  expect(kinds).toEqual(['in', 'ended'])
})
