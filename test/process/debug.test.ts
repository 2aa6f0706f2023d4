import { describe, expect, test } from 'vitest'
import { Debug } from '../../src/process/debug.ts'
import { end } from '../../src/process/dying.ts'
import { Note } from '../../src/process/envelope.ts'
import { Oversight } from '../../src/process/oversight.ts'
import { bareNode, bareProcess } from './bare.ts'

function debugged() {
  const process = bareProcess(bareNode())
  const debug = new Debug(process)
  Oversight.of(process).debug = debug
  return { process, debug }
}

describe('the debug facilities', () => {
  test('go with the last thing that was switched on, and the oversight with them', () => {
    const { process, debug } = debugged()
    debug.startCounting()
    debug.startLog(3)
    debug.install('h', () => undefined)
    debug.stopCounting()
    debug.stopLog()
    expect(process.oversight?.debug).toBe(debug)
    expect(debug.remove('h')).toBe(true)
    expect([process.oversight, debug.remove('h')]).toEqual([undefined, false])
  })

  test('stay with a suspension, which outlives them', () => {
    const { process, debug } = debugged()
    process.oversight?.suspend()
    debug.startLog(1)
    debug.clear()
    expect(process.oversight).toMatchObject({ suspended: true, debug: undefined })
  })

  test('tell hooks in the order of their installation; one that takes another out wins', () => {
    const { debug } = debugged()
    const heard: string[] = []
    debug.install('a', () => heard.push('a'))
    debug.install('b', () => {
      heard.push('b')
      debug.remove('c')
    })
    debug.install('c', () => heard.push('c'))
    debug.messageIn(new Note('info', '', 1))
    expect(heard).toEqual(['a', 'b'])
    expect([debug.hookCount, debug.hookIds]).toEqual([2, ['a', 'b']])
  })

  test('tell of the end once, and of nothing after it', () => {
    const { process, debug } = debugged()
    const heard: string[] = []
    debug.install('h', ({ kind }) => heard.push(kind))
    end(process, { kind: 'shutdown' })
    end(process, { kind: 'shutdown' })
    debug.emit({ kind: 'state', state: 1 })
    expect([heard, process.oversight]).toEqual([['ended'], undefined])
  })

  test('count a signal as a turn and not as a message', () => {
    const { debug } = debugged()
    debug.startCounting()
    for (const kind of ['cast', 'info', 'exit', 'down', 'idle', 'own'] as const) {
      debug.messageIn(new Note(kind, 'x', 1))
    }
    expect(debug.counts).toMatchObject({ messagesIn: 2, messagesOut: 0, turns: 6 })
  })
})
