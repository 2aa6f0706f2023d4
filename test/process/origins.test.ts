import { child, exit, type Pid } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { ancestorsOf, callersOf, callersWith, starterOf } from '../../src/process/origins.ts'
import { OwnStart } from '../../src/process/own-start.ts'
import { Process } from '../../src/process/process.ts'
import { bareNode, bareProcess } from './bare.ts'
import { inside, puppet, stage } from './stage.ts'

describe('the origin of a process', () => {
  test('is its parent, then the parent of that, up to the top', () => {
    const node = bareNode()
    const top = bareProcess(node)
    const middle = bareProcess(node, {}, top)
    const leaf = bareProcess(node, {}, middle)
    expect([starterOf(leaf), starterOf(top)]).toEqual([middle, undefined])
    expect(ancestorsOf(leaf)).toEqual([middle.pid, top.pid])
    expect(ancestorsOf(top)).toEqual([])
  })

  test('is its starter if another process stands for its parent', () => {
    const node = bareNode()
    const top = bareProcess(node)
    const starter = bareProcess(node, {}, top)
    const loose = bareProcess(node, {}, top)
    loose.extras.starter = starter
    expect(starterOf(loose)).toBe(starter)
    expect(ancestorsOf(loose)).toEqual([starter.pid, top.pid])
  })

  test.each([true, false])(
    'is forgotten beyond one who had ended before: successors are no leak (linked: %s)',
    async (link) => {
      const { puppet: make } = await stage()
      let present = await make()
      for (let generation = 0; generation < 30; generation += 1) {
        const started = await inside(present, (context) => {
          return context.start(child(puppet, []), { link })
        })
        if (!started.ok) throw new Error('not started')
        await inside(present, ({ self }) => exit(self, 'normal')).catch(() => undefined)
        present = started.pid
      }
      expect(keptBy(present)).toBeLessThanOrEqual(3)
      exit(present, 'kill')
    },
  )
})

describe('callers', () => {
  test('are those of the behaviour, nobody where it says nothing', () => {
    const node = bareNode()
    const [asker, other] = [bareProcess(node), bareProcess(node)]
    expect(callersOf(asker)).toEqual([])
    const worker = new Process(node, { ...asker.behaviour, callers: [other.pid] }, asker)
    expect(callersOf(worker)).toEqual([other.pid])
    expect(callersWith(worker)).toEqual([worker.pid, other.pid])
  })

  test('are at most 64, the nearest ones', () => {
    const node = bareNode()
    const asker = bareProcess(node)
    const many = Array.from({ length: 64 }, () => bareProcess(node).pid)
    const worker = new Process(node, { ...asker.behaviour, callers: many }, asker)
    expect(callersWith(worker)).toEqual([worker.pid, ...many.slice(0, 63)])
  })
})

/** How many processes can be reached from one by way of who started whom. */
function keptBy(pid: Pid): number {
  const first = LocalPid.processOf(pid)
  const open = [first]
  const seen = new Set<Process>()
  while (open.length > 0) {
    const next = open.pop()
    if (next === undefined || seen.has(next)) continue
    seen.add(next)
    // Whoever lives is kept by the node.
    if (next.alive && next !== first) continue
    open.push(next.parent, next.extrasIfAny?.starter)
    if (next.record instanceof OwnStart) open.push(next.record.starter)
  }
  return seen.size
}
