import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { killed } from '../../src/core/exit.ts'
import { end } from '../../src/process/dying.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { cancelTimer, forgetTimer, keepTimer, startTimer } from '../../src/process/own-timers.ts'
import { Process } from '../../src/process/process.ts'
import { bareBehaviour } from './bare.ts'

describe('the timers of a process', () => {
  test('fire when they are due', async () => {
    const { host, process, timer, fired } = stage()
    startTimer(process, timer('a'), 10)
    startTimer(process, timer('b'), 5)
    await host.advance(10)
    expect(fired).toEqual(['b', 'a'])
    expect(process.extrasIfAny?.timers?.size).toBe(0)
  })

  test('are taken back once', async () => {
    const { host, process, timer, fired } = stage()
    const one = timer('a')
    startTimer(process, one, 10)
    expect([cancelTimer(process, one), cancelTimer(process, one)]).toEqual([true, false])
    await host.advance(10)
    expect([fired, process.node.timers.size]).toEqual([[], 0])
  })

  test('end with it, those that are kept and start again later too', async () => {
    const { host, process, timer, fired } = stage()
    const kept = timer('kept')
    keepTimer(process, kept)
    startTimer(process, timer('a'), 10)
    process.node.timers.schedule(kept, 20)
    end(process, killed)
    await host.advance(20)
    expect([fired, process.node.timers.size]).toEqual([[], 0])
  })
})

function stage() {
  const host = virtualHost()
  const node = new NodeRuntime({ name: 'local', host, chargesEscapes: false })
  const guardian = new Process(node, bareBehaviour(), undefined)
  const process = new Process(node, bareBehaviour(), guardian)
  process.phase = 'running'
  const fired: string[] = []
  const timer = (name: string) => {
    const made = {
      dueMs: 0,
      sequence: 0,
      heapIndex: -1,
      expire() {
        forgetTimer(process, made)
        fired.push(name)
      },
    }
    return made
  }
  return { host, process, timer, fired }
}
