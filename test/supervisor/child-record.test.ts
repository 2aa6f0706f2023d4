import { dynamicSupervisor, exit, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { part, pidOf } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('what a supervisor shows of its children', () => {
  test('never shows or counts a dead process, not even in the turn of its end [SUP-037, SUP-038]', async () => {
    const top = supervisor(one, [part({ id: 'a' }), part({ id: 'b' })])
    const { host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    const dead = { id: 'a', pid: undefined, type: 'worker', label: 'worker' }
    expect(top.whichChildren()[0]).toEqual(dead)
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
    await host.settle()
    expect(top.countChildren().active).toBe(2)
  })

  test('nor does a dynamic one [DSUP-067, DSUP-068]', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const started = await children.startChild(part({ id: 'a' }))
    if (!started.ok) throw new Error('not started')
    exit(started.pid, 'kill')
    expect(children.whichChildren().some((each) => each.pid === started.pid)).toBe(false)
    expect(children.countChildren().active).toBe(0)
    await host.settle()
    expect(children.countChildren().active).toBe(1)
  })

  test('counts supervisors and workers by what they are, running or not [SUP-038]', async () => {
    const top = supervisor(one, [
      part({ id: 'a' }, { restart: 'transient' }),
      dynamicSupervisor({ name: 'b', restart: 'transient' }),
    ])
    const { host } = await run(top)
    exit(pidOf(top, 'a'), 'shutdown')
    await host.settle()
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 1, workers: 1 })
  })
})
