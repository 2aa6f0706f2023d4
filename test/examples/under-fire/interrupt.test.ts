import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { Interrupts } from '../../../examples/under-fire/interrupt.ts'

it.each(['SIGINT', 'SIGTERM'])('stops in order at the first %s', (signal) => {
  const { source, calls } = listen()
  source.emit(signal)
  expect(calls).toEqual(['stop'])
})

it('takes the signals of one press as one, from a terminal and from npm', () => {
  const { source, calls, clock } = listen()
  source.emit('SIGINT')
  source.emit('SIGINT')
  clock.nowMs = 499
  source.emit('SIGTERM')
  expect(calls).toEqual(['stop'])
})

it('does not wait at the second press', () => {
  const { source, calls, clock } = listen()
  source.emit('SIGINT')
  clock.nowMs = 500
  source.emit('SIGINT')
  expect(calls).toEqual(['stop', 'force'])
})

it('leaves no listener behind', () => {
  const { source, interrupts, calls } = listen()
  expect(source.listenerCount('SIGINT')).toBe(1)
  interrupts[Symbol.dispose]()
  expect(source.eventNames()).toEqual([])
  source.emit('SIGINT')
  expect(calls).toEqual([])
})

function listen() {
  const source = new EventEmitter()
  const calls: string[] = []
  const clock = { nowMs: 0 }
  const interrupts = new Interrupts(source, {
    stop: () => calls.push('stop'),
    force: () => calls.push('force'),
    nowMs: () => clock.nowMs,
  })
  return { source, calls, clock, interrupts }
}
