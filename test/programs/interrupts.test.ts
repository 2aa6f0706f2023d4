import { EventEmitter } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { onInterrupt } from '../../programs/interrupts.ts'

afterEach(() => vi.restoreAllMocks())

test('the first press stops in order, its echo does nothing, a later one does not wait', () => {
  let nowMs = 1000
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const source = new EventEmitter()
  const done: string[] = []
  const interrupts = onInterrupt(
    source,
    () => done.push('stop'),
    () => done.push('force'),
  )
  source.emit('SIGINT')
  nowMs = 1499
  source.emit('SIGTERM')
  expect(done).toEqual(['stop'])
  nowMs = 1500
  source.emit('SIGINT')
  expect(done).toEqual(['stop', 'force'])
  interrupts[Symbol.dispose]()
  expect([source.listenerCount('SIGINT'), source.listenerCount('SIGTERM')]).toEqual([0, 0])
})
