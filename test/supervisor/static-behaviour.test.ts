import {
  cast,
  dynamicSupervisor,
  ended,
  exit,
  isAlive,
  type Shutdown,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { expectNothingLeft, feed, run, startedPid } from './running.ts'
import { failingAt, gate, part, pidOf, workerNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('a starting supervisor', () => {
  it('starts its children in order, each after the init of the one before [SUP-001]', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const init = async () => {
      await wait()
      journal.push('a is ready')
    }
    const running = run(
      supervisor(one, [part({ id: 'a', journal, init }), part({ id: 'b', journal })]),
    )
    await Promise.resolve()
    expect(journal).toEqual(['+a'])
    release()
    await running
    expect(journal).toEqual(['+a', 'a is ready', '+b'])
  })

  it('stops what it started, newest first, when a later child fails [SUP-016]', async () => {
    const journal: string[] = []
    const host = virtualHost()
    const tree = supervisor(one, [
      part({ id: 'a', journal, traps: true }),
      part({ id: 'b', journal, traps: true }),
      part({ id: 'c', journal, init: () => Promise.reject(new Error('no database')) }),
      part({ id: 'd', journal }),
    ])
    const failed = startNode(tree, { host, name: 'failing' })
    await expect(failed).rejects.toMatchObject({
      reason: {
        kind: 'shutdown',
        detail: { kind: 'failed_to_start_child', id: 'c', reason: { kind: 'crash' } },
      },
      cause: { message: 'no database' },
    })
    expect(journal).toEqual(['+a', '+b', '+c', '-b shutdown', '-a shutdown'])
  })

  it('waits for each of those stops before it fails [SUP-016]', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const host = virtualHost()
    const tree = supervisor(one, [
      part({ id: 'a', journal, traps: true }),
      part({ id: 'b', journal, traps: true, terminate: wait }),
      part({ id: 'c', journal, init: failingAt(1).init }),
    ])
    const failed = startNode(tree, { host }).catch(() => journal.push('failed'))
    await host.settle()
    expect(journal.slice(3)).toEqual(['-b shutdown'])
    release()
    await failed
    expect(journal.slice(3)).toEqual(['-b shutdown', '-a shutdown', 'failed'])
  })

  it('can be started again after a start that failed', async () => {
    const tree = supervisor(one, [part({ id: 'a', init: failingAt(1).init })])
    await expect(startNode(tree, { host: virtualHost() })).rejects.toThrow('poisoned')
    await run(tree)
    expect(tree.countChildren().active).toBe(1)
  })

  it('deals with a child that died during the start of the next one afterwards', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const names = workerNames()
    const running = run(
      supervisor({ ...one, strategy: 'rest_for_one' }, [
        names,
        part({ id: 'a', journal }, { name: names.via('a') }),
        part({ id: 'b', journal, init: wait }),
      ]),
    )
    await Promise.resolve()
    const first = names.whereis('a')
    if (first === undefined) throw new Error('a does not run')
    exit(first, 'kill')
    expect(journal).toEqual(['+a', '+b'])
    release()
    const { host } = await running
    await host.settle()
    expect(journal).toEqual(['+a', '+b', '+a', '+b'])
  })

  // A supervisor that is killed while it starts must not go on starting children.
  it('starts nobody after it was killed in the middle', async () => {
    const events = feed()
    const journal: string[] = []
    const { wait, release } = gate()
    const names = workerNames()
    const children = dynamicSupervisor({ name: 'children' })
    const inner = supervisor({ ...one, name: 'inner' }, [
      part({ id: 'victim', journal }, { name: names.via('victim') }),
      part({ id: 'slow', journal, traps: true, init: wait }),
      part({ id: 'late', journal }),
    ])
    const { host } = await run(supervisor(one, [names, children]))
    const started = children.startChild(inner)
    await host.settle()
    cast(names.via('victim'), 'crash', 'to learn who supervises it')
    await host.settle()
    const report = events.find((each) => each.kind === 'crash_report')
    const [pid] = report?.kind === 'crash_report' ? report.ancestors : []
    if (pid === undefined) throw new Error('no crash report')
    exit(pid, 'kill')
    expect(await started).toMatchObject({ ok: false, reason: { kind: 'init_failed' } })
    release()
    await host.settle()
    expect(journal).toEqual(['+victim', '+slow', '-victim crash', '-slow killed'])
    expect(children.countChildren().active).toBe(0)
  })
})

describe('a stopping supervisor', () => {
  it('stops its children newest first, one after the other [SUP-063]', async () => {
    const journal: string[] = []
    const gates = ['a', 'b', 'c'].map((id) => ({ id, ...gate() }))
    const top = supervisor(
      one,
      gates.map(({ id, wait }) => part({ id, journal, traps: true, terminate: wait })),
    )
    const { host, node } = await run(top)
    const stopped = node.stop()
    const seen: string[][] = []
    for (const { release } of gates.toReversed()) {
      await host.settle()
      seen.push(journal.slice(3))
      release()
    }
    await stopped
    expect(seen).toEqual([
      ['-c shutdown'],
      ['-c shutdown', '-b shutdown'],
      ['-c shutdown', '-b shutdown', '-a shutdown'],
    ])
  })

  it.each<[Shutdown, number, string]>([
    [200, 199, 'waits'],
    [200, 200, 'killed'],
    [1, 1, 'killed'],
    [0, 0, 'killed'],
    ['kill', 0, 'killed'],
    ['infinity', 1e9, 'waits'],
  ])(
    'with shutdownMs %s has after %i ms: %s [SUP-064, SUP-013]',
    async (shutdownMs, delayMs, outcome) => {
      const { wait, release } = gate()
      const stuck = part({ id: 'a', traps: true, terminate: wait }, { shutdownMs })
      const top = supervisor(one, [stuck])
      const { host, node } = await run(top)
      const pid = pidOf(top, 'a')
      const reason = ended(pid)
      const stopped = node.stop()
      await host.advance(delayMs)
      expect(isAlive(pid)).toBe(outcome === 'waits')
      release()
      await stopped
      expect((await reason).kind).toBe(outcome === 'waits' ? 'shutdown' : 'killed')
    },
  )

  it('needs no time for a child that does not trap exits', async () => {
    const journal: string[] = []
    const top = supervisor(one, [part({ id: 'a', journal, terminate: gate().wait })])
    const { node, host } = await run(top)
    const reason = ended(pidOf(top, 'a'))
    await node.stop()
    expect(await reason).toEqual({ kind: 'shutdown' })
    expect(host.nowMs).toBe(0)
    expect(journal).toEqual(['+a'])
  })

  it('is not disturbed by children that leave with reasons of their own [SUP-065]', async () => {
    const journal: string[] = []
    const top = supervisor(one, [
      part({ id: 'a', journal, traps: true }),
      part({ id: 'b', traps: true, terminate: () => Promise.reject(new Error('odd')) }),
      part({ id: 'c', journal, traps: true }),
    ])
    const { node } = await run(top)
    const reason = ended(pidOf(top, 'b'))
    await node.stop()
    expect(await reason).toMatchObject({ kind: 'crash', error: { message: 'odd' } })
    expect(journal.slice(2)).toEqual(['-c shutdown', '-a shutdown'])
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })

  it.each([{ kind: 'normal' }, { kind: 'shutdown', detail: 'over' }, { kind: 'killed' }] as const)(
    'ends with the reason its parent gave: $kind [SUP-068, SUP-072]',
    async (reason) => {
      const names = workerNames()
      const top = supervisor(one, [names, part({ id: 'a' }, { name: names.via('a') })])
      const { node, host } = await run(top)
      const worker = ended(pidOf(top, 'a'))
      await node.stop(reason)
      expect(await node.ended).toEqual(reason)
      expect(await worker).toEqual({ kind: 'shutdown' })
      expect(() => names.whereis('a')).toThrow('is not running any more')
      expectNothingLeft(node, host)
    },
  )

  it('stops in the middle of a slow restart once that is over', async () => {
    const { wait, release } = gate()
    const journal: string[] = []
    let lives = 0
    const init = () => {
      lives += 1
      return lives > 1 ? wait() : undefined
    }
    const top = supervisor(one, [part({ id: 'a', journal, traps: true, init })])
    const { node, host } = await run(top)
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    const stopped = node.stop()
    await host.settle()
    expect(journal).toEqual(['+a', '+a'])
    release()
    await stopped
    expect(journal).toEqual(['+a', '+a', '-a shutdown'])
  })
})

describe('a killed supervisor', () => {
  it('takes its children along: the plain ones at once, trapping ones run terminate [SUP-071]', async () => {
    const journal: string[] = []
    const top = supervisor({ ...one, name: 'inner' }, [
      part({ id: 'plain', journal }),
      part({ id: 'trapping', journal, traps: true }),
    ])
    const root = supervisor(one, [top])
    const { host } = await run(root)
    const plain = pidOf(top, 'plain')
    const reasons = Promise.all([ended(plain), ended(pidOf(top, 'trapping'))])
    exit(pidOf(root, 'inner'), 'kill')
    expect(isAlive(plain)).toBe(false)
    await host.settle()
    expect(await reasons).toEqual([{ kind: 'killed' }, { kind: 'killed' }])
    expect(journal.toSorted()).toEqual([
      '+plain',
      '+plain',
      '+trapping',
      '+trapping',
      '-trapping killed',
    ])
  })

  it('at the top ends the node, and nothing outlives it', async () => {
    const events = feed()
    const names = workerNames()
    const slow = { id: 'slow', traps: true, terminate: gate().wait }
    const root = supervisor(one, [names, part(slow, { name: names.via('slow') })])
    const { node, host } = await run(root)
    const reason = ended(pidOf(root, 'slow'))
    exit(startedPid(events, 'top'), 'kill')
    expect(await node.ended).toEqual({ kind: 'killed' })
    expectNothingLeft(node, host)
    expect(await reason).toEqual({ kind: 'killed' })
    expect(() => names.count()).toThrow('is not running any more')
  })
})
