import {
  call,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  startNode,
  supervisor,
  tryCall,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, inside, puppet } from './stage.ts'

describe('a question to a supervisor', () => {
  test('waits as long as it takes, without a deadline', async () => {
    const { workers, node, host } = await house()
    const go = gate()
    const slow = defineServer({ name: 'slow', init: (_: undefined) => go.opened })
    const starting = workers.startChild(child(slow, undefined))
    await host.advance(10_000_000)
    expect(node.statistics().deadlines).toBe(0)
    go.open()
    expect((await starting).ok).toBe(true)
  })

  test('ends with the supervisor', async () => {
    const { workers, supervisorPid } = await house()
    const never = defineServer({
      name: 'never',
      init: (_: undefined) => new Promise(() => undefined),
    })
    const starting = [
      workers.startChild(child(never, undefined)),
      workers.startChild(child(puppet, [])),
    ]
    exit(supervisorPid(), 'kill')
    for (const failed of starting) {
      await expect(failed).rejects.toMatchObject({ reason: { kind: 'killed' } })
    }
  })

  test('of a process that it is starting is refused, since neither could go on', async () => {
    const { workers } = await house()
    const seen = gate<unknown>()
    const entangled = defineServer({
      name: 'entangled',
      init: async (_: undefined) => {
        const failed = await workers.startChild(child(puppet, [])).catch((error: unknown) => error)
        seen.open(failed)
        return 0
      },
    })
    expect((await workers.startChild(child(entangled, undefined))).ok).toBe(true)
    expect(await seen.opened).toMatchObject({ reason: { kind: 'calling_self' } })
  })

  test('of a running child is fine', async () => {
    const { workers } = await house()
    const started = await workers.startChild(child(puppet, []))
    if (!started.ok) throw new Error('not started')
    const other = await inside(started.pid, () => workers.startChild(child(puppet, [])))
    expect(other.ok).toBe(true)
  })

  test('of a process that has ended does nothing', async () => {
    const { workers, node, host } = await house()
    const started = await workers.startChild(child(puppet, [], { restart: 'temporary' }))
    if (!started.ok) throw new Error('not started')
    const [go, done] = [gate(), gate<unknown>()]
    const hung = tryCall(started.pid, 'runAsync', async () => {
      await go.opened
      done.open(await workers.startChild(child(puppet, [])).catch((error: unknown) => error))
    })
    await host.settle()
    exit(started.pid, 'kill')
    const { processes } = node.statistics()
    go.open()
    expect(await done.opened).toMatchObject({ reason: { kind: 'killed' } })
    expect([node.statistics().processes, (await hung).ok]).toEqual([processes, false])
  })
})

test('supervisors refuse what is not meant for them at the sender', async () => {
  const { supervisorPid } = await house()
  expect(() => call(supervisorPid(), 'start_child', 5)).toThrow(/has no call "start_child"/)
})

async function house() {
  const host = virtualHost()
  const workers = dynamicSupervisor({ name: 'workers' })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [workers])
  const node = await startNode(tree, { name: 'house', host })
  onTestFinished(() => node.stop())
  const supervisorPid = () => {
    const pid = tree.whichChildren()[0]?.pid
    if (pid === undefined || pid === 'restarting') throw new Error('not running')
    return pid
  }
  return { host, workers, node, supervisorPid }
}
