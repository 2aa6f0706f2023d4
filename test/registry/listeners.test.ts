import { describe, expect, test } from 'vitest'
import type { NodeRuntime } from '../../src/process/node-runtime.ts'
import { Listeners } from '../../src/registry/listeners.ts'

describe('a feed', () => {
  test('tells every event once and in order, in a later turn', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    listeners.add((event) => heard.push(event))
    tell(1, 2, 3)
    expect(heard).toEqual([])
    turn()
    expect(heard).toEqual([1, 2, 3])
    turn()
    tell(4)
    turn()
    expect(heard).toEqual([1, 2, 3, 4])
  })

  test('tells nothing of what was before', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    tell(1)
    listeners.add((event) => heard.push(event))
    tell(2)
    turn()
    expect(heard).toEqual([2])
  })

  test('tells an event that is caused by hearing one after the one that caused it', () => {
    const { listeners, tell, turn } = feed()
    const heard: string[] = []
    listeners.add((event) => {
      heard.push(`first ${event}`)
      if (event === 1) tell(3)
    })
    listeners.add((event) => heard.push(`second ${event}`))
    tell(1, 2)
    for (let count = 0; count < 3; count += 1) turn()
    expect(heard.filter((each) => each.startsWith('first'))).toEqual([
      'first 1',
      'first 2',
      'first 3',
    ])
    expect(heard.filter((each) => each.startsWith('second'))).toEqual([
      'second 1',
      'second 2',
      'second 3',
    ])
  })

  test('tells whoever is added while it delivers only what comes after', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    listeners.add((event) => {
      if (event === 1) listeners.add((later) => heard.push(later))
    })
    tell(1, 2)
    turn()
    turn()
    expect(heard).toEqual([])
    tell(3)
    turn()
    expect(heard).toEqual([3])
  })

  test('tells nothing any more from the moment it is stopped', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    const watch = listeners.add((event) => {
      heard.push(event)
      if (event === 2) watch.stop()
    })
    tell(1, 2, 3)
    turn()
    tell(4)
    turn()
    expect(heard).toEqual([1, 2])
    watch.stop()
  })

  test('tells nobody who stopped before the turn', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    const watch = listeners.add((event) => heard.push(event))
    tell(1)
    watch.stop()
    turn()
    expect(heard).toEqual([])
  })

  test('goes on after a listener threw, for it and for the others, and reports it', () => {
    const { listeners, tell, turn, reports } = feed()
    const heard: number[] = []
    const error = new Error('no')
    listeners.add((event) => {
      heard.push(event)
      throw error
    })
    listeners.add((event) => heard.push(event * 10))
    tell(1, 2)
    turn()
    expect(heard.toSorted()).toEqual([1, 10, 2, 20])
    const report = { kind: 'listener_failed', listener: 'watch', error }
    expect(reports).toEqual([report, report])
  })

  test('keeps one listener added twice as two', () => {
    const { listeners, tell, turn } = feed()
    const heard: number[] = []
    const hear = (event: number) => heard.push(event)
    const first = listeners.add(hear)
    listeners.add(hear)
    first.stop()
    tell(1)
    turn()
    expect(heard).toEqual([1])
  })

  test.each([undefined, null, 'listener', {}])('refuses %j', (wrong) => {
    const { listeners } = feed()
    const add = () => listeners.add(wrong as unknown as () => void)
    expect(add).toThrow(expect.objectContaining({ code: 'FLOTILLA_INVALID_ARGUMENT' }))
  })
})

/** A feed on a node whose turns the test takes. */
function feed() {
  const listeners = new Listeners<number>()
  const reports: unknown[] = []
  let tasks: (() => void)[] = []
  const node = {
    later: (task: () => void) => tasks.push(task),
    reports: { emit: (content: unknown) => reports.push(content) },
  } as unknown as NodeRuntime
  return {
    listeners,
    reports,
    tell: (...events: readonly number[]) => {
      for (const event of events) listeners.tell(node, event)
    },
    turn: () => {
      const due = tasks
      tasks = []
      for (const task of due) task()
    },
  }
}
