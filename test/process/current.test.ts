import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  next,
  reply,
  startNode,
  supervisor,
  systemHost,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ownerOfContext } from '../../src/process/attribution.ts'
import {
  currentProcess,
  isWithin,
  processOfContext,
  runAs,
  runMarked,
} from '../../src/process/current.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { gate, inside, puppet, stage } from './stage.ts'

describe('the process whose code runs now', () => {
  test('is nobody outside of any process, also after everything a test does with a node', async () => {
    const { puppet: another, node } = await stage()
    expect(currentProcess()).toBeUndefined()
    const pid = await another()
    await call(pid, 'run', () => 1)
    exit(pid, 'kill')
    expect(currentProcess()).toBeUndefined()
    await node.stop()
    expect(currentProcess()).toBeUndefined()
  })

  test('is the one of the handler, before and after an await, in timers and callbacks', async () => {
    const { puppet: another } = await stage()
    const pid = await another()
    const seen = await inside(pid, async () => {
      const before = currentProcess()
      await null
      return [
        before,
        currentProcess(),
        await new Promise((resolve) => setImmediate(() => resolve(currentProcess()))),
        await new Promise((resolve) => queueMicrotask(() => resolve(currentProcess()))),
      ]
    })
    expect(seen).toEqual(Array(4).fill(LocalPid.processOf(pid)))
  })

  test('stays itself when its promises settle by the work of another', async () => {
    const { puppet: another } = await stage()
    const [one, other] = [await another(), await another()]
    const done = gate()
    const waiting = inside(one, async () => {
      await done.opened
      return currentProcess()?.pid
    })
    await call(other, 'run', () => done.open())
    expect(await waiting).toBe(one)
  })

  test('is the new one inside init, and the starter again afterwards', async () => {
    const { start, puppet: another } = await stage()
    const workers = dynamicSupervisor({ name: 'more' })
    const seen: unknown[] = []
    const server = defineServer({
      name: 'seen',
      init: (_: undefined, { self }) => {
        seen.push(currentProcess()?.pid === self)
        return 0
      },
    })
    await start(server, undefined)
    const pid = await another()
    const starter = await inside(pid, async () => {
      const node = await startNode(workers, { name: 'inner', host: systemHost() })
      const started = await workers.startChild(child(server, undefined))
      const current = currentProcess()?.pid
      await node.stop()
      return [current, currentProcess()?.pid, started.ok]
    })
    expect([seen, starter]).toEqual([
      [true, true],
      [pid, pid, true],
    ])
  })

  test('is nobody for listeners that the node calls back', async () => {
    const { names, start, host } = await stage()
    const seen: unknown[] = []
    const watching = names.watch(() => seen.push(currentProcess(), ownerOfContext()))
    onTestFinished(() => watching.stop())
    const pid = await start(puppet, [], { name: names.via('a') })
    await call(pid, 'run', ({ self }) => exit(self, 'kill')).catch(() => undefined)
    await host.settle()
    expect(seen).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('the context of asynchronous work', () => {
  test('is right for the first handler of every run, however the last run ended', async () => {
    const { workers } = await real()
    const spy = defineServer({
      name: 'spy',
      init: async (tell: (owner: unknown) => void) => {
        await null
        return tell
      },
      calls: {
        look: (tell) => {
          // What a promise left behind would be charged to.
          void Promise.resolve().then(() => tell(processOfContext()?.pid))
          return reply('looking', tell)
        },
        fail: async (): Promise<never> => {
          await null
          throw new Error('ends outside any run')
        },
      },
      terminate: () => undefined,
    })
    for (let round = 0; round < 20; round += 1) {
      const told = gate<unknown>()
      const [doomed, started] = [
        await workers.startChild(child(spy, () => undefined, { restart: 'temporary' })),
        await workers.startChild(child(spy, told.open, { restart: 'temporary' })),
      ]
      if (!started.ok || !doomed.ok) throw new Error('not started')
      if (round % 2 === 0) await call(doomed.pid, 'fail').catch(() => undefined)
      await call(started.pid, 'look')
      expect(await told.opened).toBe(started.pid)
    }
  })
})

// 1. Code outside sends to A and ends it: a run is asked for, in the context of nobody.
// 2. Before that run, work of a supervisor that had to wait goes on and starts P.
// 3. The run skips A, which is dead, and begins with P, the last one that was entered.
test('the first handler of a run has its context although the run was asked for by others', async () => {
  for (let microtasks = 0; microtasks < 12; microtasks += 1) {
    const [go, told] = [gate(), gate<unknown>()]
    let lives = 0
    const patient = defineServer({
      name: 'patient',
      init: (_: undefined, context) => {
        context.trapExits(true)
        lives += 1
        return lives === 1 ? next(0) : next(0, { continueWith: ['look'] })
      },
      casts: {
        look: (state, _: undefined, { self }) => {
          void Promise.resolve().then(() => told.open(processOfContext()?.pid === self))
          return next(state)
        },
      },
      terminate: () => go.opened,
    })
    const names = uniqueRegistry<string, any>({ name: 'names' })
    const group = supervisor({ name: 'group', strategy: 'one_for_all' }, [
      child(puppet, [], { name: names.via('trigger') }),
      child(patient, undefined, { shutdownMs: 'infinity' }),
    ])
    const others = dynamicSupervisor({ name: 'others' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, group, others])
    const node = await startNode(tree, { name: 'run' })
    const bait = await others.startChild(child(puppet, [], { restart: 'temporary' }))
    if (!bait.ok) throw new Error('not started')
    exit(names.whereis('trigger') ?? raise(), 'kill')
    await new Promise((resolve) => setImmediate(resolve))
    go.open()
    for (let count = 0; count < microtasks; count += 1) await null
    cast(bait.pid, 'note', 'x')
    exit(bait.pid, 'kill')
    expect([microtasks, await told.opened]).toEqual([microtasks, true])
    await node.stop()
  }
})

describe('runAs', () => {
  test('lends the thread to a process, or to nobody, and takes it back', async () => {
    const { puppet: another } = await stage()
    const process = LocalPid.processOf(await another())
    if (process === undefined) throw new Error('no process')
    expect(runAs(process, currentProcess)).toBe(process)
    runAs(process, () => {
      expect(runAs(undefined, currentProcess)).toBeUndefined()
      expect(currentProcess()).toBe(process)
    })
    expect(currentProcess()).toBeUndefined()
    expect(() =>
      runAs(process, () => {
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(currentProcess()).toBeUndefined()
  })
})

describe('work under a mark', () => {
  const marked = () => ({ isOver: false })

  test('is known by it wherever it leads, also inside work under other marks', async () => {
    const [outer, inner, other] = [marked(), marked(), marked()]
    const within = () => [outer, inner, other].map(isWithin)
    const seen: unknown[] = [within()]
    await runMarked(outer, async () => {
      seen.push(within())
      await runMarked(inner, async () => {
        await null
        seen.push(within())
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(within())
      })
      seen.push(within())
    })
    seen.push(within())
    const [no, one, two] = [
      [false, false, false],
      [true, false, false],
      [true, true, false],
    ]
    expect(seen).toEqual([no, one, two, two, one, no])
  })

  test('still belongs to the process that does it', async () => {
    const { puppet: another } = await stage()
    const pid = await another()
    const mark = marked()
    const seen = await inside(pid, () => {
      return runMarked(mark, async () => {
        const before = currentProcess()?.pid
        await null
        return [before, currentProcess()?.pid, processOfContext()?.pid, isWithin(mark)]
      })
    })
    expect(seen).toEqual([pid, pid, pid, true])
  })

  test('that goes on by itself for ever does not drag along the marks that are over', () => {
    const marks = Array.from({ length: 100 }, marked)
    const depths: number[] = []
    const step = (index: number): void => {
      const mark = marks[index]
      if (mark === undefined) return
      runMarked(mark, () => {
        depths.push(depthOfContext())
        mark.isOver = true
        step(index + 1)
      })
    }
    step(0)
    expect(new Set(depths)).toEqual(new Set([1]))
    const [outer, inner] = [marked(), marked()]
    runMarked(outer, () => runMarked(inner, () => depths.push(depthOfContext())))
    expect(depths.at(-1)).toBe(2)
  })

  function depthOfContext(): number {
    let depth = 0
    let part: unknown = ownerOfContext()
    for (; typeof part === 'object' && part !== null && 'outer' in part; part = part.outer)
      depth += 1
    return depth
  }
})

test('without chargeAsyncErrors code is known by its handler only, not after an await', async () => {
  const workers = dynamicSupervisor({ name: 'workers' })
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [workers])
  const node = await startNode(tree, { name: 'bare', chargeAsyncErrors: false })
  onTestFinished(() => node.stop())
  const started = await workers.startChild(child(puppet, []))
  if (!started.ok) throw new Error('not started')
  const seen = await inside(started.pid, async () => {
    const before = currentProcess()?.pid
    await null
    return [before, currentProcess()?.pid]
  })
  expect(seen).toEqual([started.pid, undefined])
})

async function real() {
  const workers = dynamicSupervisor({ name: 'workers' })
  const node = await startNode(workers, { name: 'real' })
  onTestFinished(() => node.stop())
  return { workers }
}

function raise(): never {
  throw new Error('absent')
}
