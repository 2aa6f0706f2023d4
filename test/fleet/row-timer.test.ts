import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { RowTimer } from '../../src/fleet/row-timer.ts'
import { end } from '../../src/process/dying.ts'
import { type Envelope, Note } from '../../src/process/envelope.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import type { Process } from '../../src/process/process.ts'
import { spawn } from '../../src/process/spawn.ts'

describe('the timer of a row', () => {
  it('delivers its note when its time has come, and leaves nothing behind', async () => {
    const { host, keeper, heard, node } = stage()
    new RowTimer(keeper, note('later')).start(10)
    await host.advance(9)
    expect([heard, node.timers.size]).toEqual([[], 1])
    await host.advance(1)
    expect([heard, node.timers.size]).toEqual([['later'], 0])
    expect(keeper.extras.timers?.size).toBe(0)
  })

  it('of no time delivers its note at once, as a message', async () => {
    const { host, keeper, heard, node } = stage()
    new RowTimer(keeper, note('now')).start(0)
    expect([heard, node.timers.size]).toEqual([[], 0])
    await host.settle()
    expect([heard, host.nowMs]).toEqual([['now'], 0])
  })

  it('lets its keeper go before everybody who waits, since a name is free meanwhile', async () => {
    const { host, keeper, heard, node, another } = stage()
    const crowd = [another(), another()]
    await host.settle()
    for (const each of crowd) node.deliver(each, note('crowd'))
    new RowTimer(keeper, note('again')).start(0)
    await host.settle()
    expect(heard).toEqual(['again', 'crowd', 'crowd'])
  })

  it('that is cancelled delivers nothing', async () => {
    const { host, keeper, heard, node } = stage()
    const timer = new RowTimer(keeper, note('never'))
    timer.start(10)
    timer.cancel()
    timer.cancel()
    expect([node.timers.size, keeper.extras.timers?.size]).toEqual([0, 0])
    await host.advance(100)
    expect(heard).toEqual([])
  })

  it('ends with its keeper', async () => {
    const { host, keeper, heard, node } = stage()
    new RowTimer(keeper, note('never')).start(10)
    end(keeper, { kind: 'killed' })
    expect([node.timers.size, host.pendingTimers]).toEqual([0, 0])
    await host.advance(100)
    expect(heard).toEqual([])
  })
})

function note(subject: string): Note {
  return new Note('own', 'try', subject)
}

/** A keeper that does nothing but write down what it is told. */
function stage() {
  const host = virtualHost()
  const node = new NodeRuntime({ name: 'local', host, chargesEscapes: false })
  const heard: unknown[] = []
  const nothing: ReadonlySet<string> = new Set()
  const behaviour = {
    label: 'keeper',
    maxMailboxSize: 10,
    calls: nothing,
    casts: nothing,
    init: () => ({ kind: 'running' as const }),
    receive: (_process: Process, envelope: Envelope) => {
      if (envelope.kind === 'own') heard.push(envelope.payload)
    },
    terminate: () => undefined,
  }
  const another = (): Process => {
    const outcome = spawn({ node, parent: undefined, argument: undefined, behaviour })
    if (outcome instanceof Promise || outcome.kind !== 'started') throw new Error('did not start')
    return outcome.process
  }
  return { host, node, heard, keeper: another(), another }
}
