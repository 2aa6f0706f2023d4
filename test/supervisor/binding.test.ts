import { type ChildSpec, dynamicSupervisor, Exit, exit, fleet, isAlive, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { gate, type Part, part, pidOf, Worker } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('the tie between a handle and its process', () => {
  test('is noproc between the end of one process and the start of the next [SUP-035, DSUP-018]', async () => {
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

describe('a handle whose process outlives its supervisor', () => {
  // F2: the supervisor in the middle is killed, and what is below it needs time to stop.
  test.each<[string, (slow: Part) => Promise<Tree>]>([
    ['supervisor', async (slow) => runBelow(supervisor({ ...one, name: 'below' }, [part(slow)]))],
    [
      'dynamic supervisor',
      async (slow) => {
        const below = dynamicSupervisor({ name: 'below' })
        const tree = await runBelow(below)
        await below.startChild(part(slow))
        return tree
      },
    ],
    [
      'fleet',
      async (slow) => {
        const below = fleet(Worker, { name: 'below', key: (what) => what.id })
        const tree = await runBelow(below)
        await below.start(slow)
        return tree
      },
    ],
  ])('is started again once that has ended: a %s', async (_, start) => {
    const { wait, release } = gate()
    const { top, middle, host } = await start({ id: 'slow', traps: true, terminate: wait })
    const before = pidOf(middle, 'below')
    exit(pidOf(top, 'middle'), 'kill')
    await host.settle()
    expect(isAlive(before)).toBe(true)
    expect(top.countChildren().active).toBe(1)
    release()
    await host.advance(60_000)
    expect(isAlive(before)).toBe(false)
    expect(isAlive(pidOf(middle, 'below'))).toBe(true)
    expect(pidOf(top, 'bystander')).toBeDefined()
  })

  test('starts nobody if its new supervisor is gone as well by then', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const slow = { id: 'slow', journal, traps: true, terminate: wait }
    const tree = await runBelow(supervisor({ ...one, name: 'below' }, [part(slow)]))
    exit(pidOf(tree.top, 'middle'), 'kill')
    await tree.host.settle()
    const stopped = tree.node.stop()
    await tree.host.settle()
    release()
    await tree.host.advance(60_000)
    await stopped
    expect(journal.filter((line) => line.startsWith('-'))).toHaveLength(
      journal.filter((line) => line.startsWith('+')).length,
    )
  })
})

type Tree = Awaited<ReturnType<typeof runBelow>>

async function runBelow(below: ChildSpec) {
  const middle = supervisor({ ...one, name: 'middle' }, [below])
  const top = supervisor(one, [part({ id: 'bystander' }), middle])
  return { top, middle, ...(await run(top)) }
}
