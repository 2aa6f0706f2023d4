import { describe, expect, test } from 'vitest'
import { actorsOf, canonical } from '../../oracle/trace.ts'
import { plainWorker, programOf } from './programs.ts'

const program = programOf([plainWorker(1), plainWorker(2)])

function line(...events: readonly string[]): string {
  return canonical(program, `ok\t${events.join(';')}\t0(1=1#1 2=2#1)`)
}

describe('two traces are the same', () => {
  test('whatever the order between processes', () => {
    expect(line('1#1 got cast 1', '2#1 got cast 2')).toBe(line('2#1 got cast 2', '1#1 got cast 1'))
  })

  test('whether or not a process read what came before the signal that ended it', () => {
    const unread = line('1#1 init ok', '1#1 ended killed')
    expect(line('1#1 init ok', '1#1 down 2#1 boom', '1#1 ended killed')).toBe(unread)
    expect(line('1#1 init ok', '1#1 got cast 1', '1#1 ended killed')).toBe(unread)
  })
})

describe('two traces differ', () => {
  test('in the order of what one process does', () => {
    const one = line('1#1 got cast 1', '1#1 got cast 2')
    expect(line('1#1 got cast 2', '1#1 got cast 1')).not.toBe(one)
  })

  test('in the order in which a supervisor starts its children', () => {
    expect(line('1#1 init ok', '2#1 init ok')).not.toBe(line('2#1 init ok', '1#1 init ok'))
  })

  test('in the order in which a supervisor stops its children', () => {
    const newestFirst = line('2#1 terminate shutdown', '1#1 terminate shutdown')
    expect(line('1#1 terminate shutdown', '2#1 terminate shutdown')).not.toBe(newestFirst)
  })

  test('in what a process read that ended by itself', () => {
    const unread = line('1#1 terminate boom', '1#1 ended boom')
    expect(line('1#1 got cast 1', '1#1 terminate boom', '1#1 ended boom')).not.toBe(unread)
  })

  test('in what a process did before a signal ended it', () => {
    expect(line('1#1 where 0 nobody', '1#1 ended killed')).not.toBe(line('1#1 ended killed'))
  })

  test('in how things stand, and in what an operation came to', () => {
    const state = canonical(program, 'ok\t\t0(1=1#1)')
    expect(canonical(program, 'ok\t\t0(1=1#2)')).not.toBe(state)
    expect(canonical(program, 'STUCK\t\t0(1=1#1)')).not.toBe(state)
  })
})

test('the actors of a canonical trace are processes and clients, each with all it did', () => {
  const trace = `${line('1#1 init ok', 'c1 outcome ok')}\n\n${line('1#1 ended killed')}`
  expect(actorsOf(trace)).toEqual([
    ['1#1', '1#1 init ok\n1#1 ended killed\n'],
    ['c1', 'c1 outcome ok\n'],
  ])
})
