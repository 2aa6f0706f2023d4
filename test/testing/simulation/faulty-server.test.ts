import { expect, test } from 'vitest'
import { trust } from '../../../src/core/trust.ts'
import type { Context } from '../../../src/gen-server/context.ts'
import { ServerBehaviour } from '../../../src/gen-server/serve.ts'
import { next, reply } from '../../../src/gen-server/steps.ts'
import { runAs } from '../../../src/process/current.ts'
import { disturbing, type HandlerFault } from '../../../src/testing/simulation/faulty-server.ts'
import { bareNode, bareProcess } from '../../process/bare.ts'

const limits = { maxMailboxSize: 7, hibernateAfterMs: 'infinity' } as const

function handlerUnder(fault: HandlerFault | undefined) {
  const ran: string[] = []
  const add = () => {
    ran.push('add')
    return reply(1, 1)
  }
  const server = new ServerBehaviour('x', limits, {
    init: () => 0,
    calls: new Map([['add', add]]),
    casts: new Map([['bump', () => next(1)]]),
    info: undefined,
    down: undefined,
    exit: undefined,
    timeout: undefined,
    terminate: undefined,
    format: undefined,
  })
  const dressed = disturbing(() => fault)(server)
  if (!(dressed instanceof ServerBehaviour)) throw new Error('no server')
  const process = bareProcess(bareNode())
  const context: Context = trust({})
  const run = () => runAs(process, () => dressed.calls.get('add')?.(0, undefined, context))
  return { server, dressed, run, ran }
}

test('leaves a server what it is, and what is no server alone', () => {
  const { dressed, server } = handlerUnder(undefined)
  expect(dressed).not.toBe(server)
  expect(dressed).toMatchObject({ label: 'x', maxMailboxSize: 7, hibernateAfterMs: 'infinity' })
  const { behaviour } = bareProcess(bareNode())
  expect(disturbing(() => undefined)(behaviour)).toBe(behaviour)
})

test('runs a handler that nothing befalls as it is', () => {
  const { run, ran } = handlerUnder(undefined)
  expect(run()).toEqual(reply(1, 1))
  expect(ran).toEqual(['add'])
})

test('throws before the handler, or after it', () => {
  const before = handlerUnder({ kind: 'throw_before', name: 'first' })
  expect(before.run).toThrow(/first/)
  expect(before.ran).toEqual([])
  const after = handlerUnder({ kind: 'throw_after', name: 'second' })
  expect(after.run).toThrow(/second/)
  expect(after.ran).toEqual(['add'])
})
