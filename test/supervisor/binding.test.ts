import { dynamicSupervisor, Exit, exit, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { part, pidOf } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('the tie between a handle and its process', () => {
  // SUP-035, DSUP-018
  test('is noproc between the end of one process and the start of the next', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const top = supervisor(one, [children])
    const { host } = await run(top)
    exit(pidOf(top, 'children'), 'kill')
    const refused = children.startChild(part({ id: 'a' }))
    await expect(refused).rejects.toMatchObject({
      reason: { kind: 'noproc', address: 'dynamic supervisor "children"' },
    })
    await host.settle()
    expect((await children.startChild(part({ id: 'a' }))).ok).toBe(true)
  })

  test('settles whoever waits when the process ends', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const top = supervisor(one, [children])
    const { host } = await run(top)
    const stuck = { id: 'a', init: () => new Promise<void>(() => undefined) }
    const waiting = [children.startChild(part(stuck)), children.startChild(part({ id: 'b' }))]
    await host.settle()
    exit(pidOf(top, 'children'), 'kill')
    const settled = await Promise.allSettled(waiting)
    for (const each of settled) {
      expect(each.status === 'rejected' && Exit.is(each.reason) && each.reason.reason).toEqual({
        kind: 'killed',
      })
    }
  })

  test('leads to the new process after a restart', async () => {
    const inner = supervisor({ ...one, name: 'inner' }, [part({ id: 'a' })])
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    const before = pidOf(inner, 'a')
    exit(pidOf(top, 'inner'), 'kill')
    await host.settle()
    expect(pidOf(inner, 'a')).not.toBe(before)
  })

  test('is refused to a second process while the first lives, which goes on', async () => {
    const children = dynamicSupervisor({ name: 'children' })
    const inner = supervisor({ ...one, name: 'inner' }, [part({ id: 'a' })])
    await run(supervisor(one, [children, inner]))
    const before = pidOf(inner, 'a')
    const refused = await children.startChild(inner)
    if (refused.ok || refused.reason.kind !== 'init_failed') throw new Error('it started')
    expect(refused.reason.exit.cause).toMatchObject({ code: 'FLOTILLA_ALREADY_STARTED' })
    expect(pidOf(inner, 'a')).toBe(before)
  })
})
