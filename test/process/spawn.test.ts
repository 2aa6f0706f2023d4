import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  exit,
  ignore,
  isAlive,
  later,
  next,
  type Pid,
  reply,
  type Started,
  startNode,
  stop,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { currentProcess, runAs } from '../../src/process/current.ts'
import { end } from '../../src/process/dying.ts'
import { bareNode, bareProcess, bareStart } from './bare.ts'
import { gate, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('a name', () => {
  it('is taken before init runs', async () => {
    const { start, names } = await stage()
    const seen: unknown[] = []
    const curious = defineServer({
      name: 'curious',
      init: (_: undefined, { self }) => {
        seen.push([names.whereis('curious') === self, names.keys(self)])
        return 0
      },
    })
    await start(curious, undefined, { name: names.via('curious') })
    expect(seen).toEqual([[true, ['curious']]])
  })

  it('that is sent to while init runs keeps the messages until init is over', async () => {
    const { start, names, host } = await stage()
    const init = gate()
    const slow = defineServer({
      name: 'slow',
      init: async () => {
        await init.opened
        return next<string[]>([])
      },
      calls: { words: (words) => reply(words, words) },
      casts: { add: (words, word: string) => next([...words, word]) },
    })
    const starting = start(slow, undefined, { name: names.via('slow') })
    await host.settle()
    cast(names.via('slow'), 'add', 'early')
    const words = call(names.via('slow'), 'words')
    await host.settle()
    init.open()
    expect(await words).toEqual(['early'])
    expect(names.whereis('slow')).toBe(await starting)
  })

  it.each([
    ['throws', () => throwing()],
    ['throws later', async () => throwing()],
    ['stops', () => stop(boom, 0)],
    ['chooses not to start', () => ignore()],
  ])('is free before the starter hears that init %s', async (_, init) => {
    const { names, workers, node } = await openDynamic()
    await using _node = node
    const doomed = defineServer({ name: 'doomed', init })
    const before = node.statistics().processes
    const free: unknown[] = []
    const spec = child(doomed, undefined, { name: names.via('doomed') })
    const started = await workers.startChild(spec).finally(() => {
      free.push(names.whereis('doomed'))
    })
    expect([started.ok, free, names.count()]).toEqual([false, [undefined], 0])
    expect(node.statistics().processes).toBe(before)
  })

  it('goes to one of many that start at once; the others get its pid and run no init', async () => {
    const { names, node, sups } = await openDynamic(10)
    await using _node = node
    const init = gate()
    let inits = 0
    const contender = defineServer({
      name: 'contender',
      init: async () => {
        inits += 1
        await init.opened
        return 0
      },
    })
    const spec = () => child(contender, undefined, { name: names.via('prize') })
    const starting = sups.map((workers) => workers.startChild(spec()))
    const losers = await Promise.all(starting.slice(1))
    init.open()
    const winner = pidOf(await starting[0])
    const reason = { kind: 'already_started', pid: winner }
    expect(losers).toEqual(losers.map(() => ({ ok: false, reason })))
    expect([inits, names.whereis('prize')]).toEqual([1, winner])
  })

  it('of a registry that does not run here is refused, and nothing runs', async () => {
    const { node, workers } = await openDynamic()
    await using _node = node
    const elsewhere = uniqueRegistry<string, any>({ name: 'elsewhere' })
    await using _other = await startNode(elsewhere, { host: virtualHost() })
    const never = defineServer({ name: 'never', init: () => expect.unreachable('init ran') })
    const spec = child(never, undefined, { name: elsewhere.via('name') })
    expect(messageOf(await workers.startChild(spec))).toMatch(
      /"elsewhere" does not run on the node/,
    )
    expect(elsewhere.count()).toBe(0)
  })

  it('beyond the limit of its registry is refused', async () => {
    const names = uniqueRegistry<string, any>({ name: 'small', maxNames: 1 })
    const workers = dynamicSupervisor({ name: 'workers' })
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, workers])
    await using _node = await startNode(tree, { host: virtualHost() })
    const spec = (key: string) =>
      child(plain, undefined, { name: names.via(key), restart: 'temporary' })
    const first = await workers.startChild(spec('first'))
    const second = await workers.startChild(spec('second'))
    expect(messageOf(second)).toMatch(/"small" holds as many names as it may/)
    exit(pidOf(first), 'kill')
    expect(await workers.startChild(spec('third'))).toMatchObject({ ok: true })
  })
})

describe('init', () => {
  it('that works synchronously has run when the start returns', () => {
    const node = bareNode()
    const process = bareProcess(node)
    expect([process.phase, process.alive, node.processes.size]).toEqual(['running', true, 1])
  })

  it('that fails leaves no process, and the reason is what it threw', () => {
    const node = bareNode()
    const error = new Error('no')
    const outcome = bareStart(node, {
      init: () => {
        throw error
      },
    })
    expect(outcome).toEqual({ kind: 'failed', reason: { kind: 'crash', error } })
    expect([node.processes.size, node.counters]).toMatchObject([0, { started: 1, ended: 1 }])
  })

  it('that is cut short by an exit signal fails at once', async () => {
    const { start, host, names } = await stage()
    const init = gate()
    const slow = defineServer({ name: 'slow', init: () => init.opened.then(() => 'too late') })
    const starting = start(slow, undefined, { name: names.via('slow') }).catch((error) => error)
    await host.settle()
    const pid = names.whereis('slow')
    exit(pid as Pid, 'kill')
    expect(await starting).toMatchObject({ message: expect.stringContaining('init_failed') })
    init.open()
    await host.settle()
    expect([isAlive(pid as Pid), names.count()]).toEqual([false, 0])
  })

  it('that ends its own process fails the start, whatever it gives back', async () => {
    const { start } = await stage()
    const suicidal = defineServer({
      name: 'suicidal',
      init: (_: undefined, { self }) => {
        exit(self, 'kill')
        return 'running after all'
      },
    })
    await expect(start(suicidal, undefined)).rejects.toThrow('init_failed')
  })

  it('that fails is told to the starter only, not by the link as well', async () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const heard: unknown[] = []
    const parent = bareProcess(node, { receive: (_, { kind }) => void heard.push(kind) })
    const failed = bareStart(node, { init: () => ({ kind: 'failed', reason: boom }) }, parent)
    expect(failed).toEqual({ kind: 'failed', reason: boom })
    expect(bareStart(node, { init: () => ({ kind: 'ignored' }) }, parent)).toEqual({
      kind: 'ignored',
    })
    parent.trapping = true
    bareStart(node, { init: () => ({ kind: 'failed', reason: boom }) }, parent)
    await host.settle()
    expect([parent.alive, heard]).toEqual([true, []])
  })
})

describe('a start', () => {
  it('leaves whoever runs nobody in particular as nobody, also in what comes after', async () => {
    expect(currentProcess()).toBeUndefined()
    runAs(undefined, () => bareStart(bareNode()))
    expect(currentProcess()).toBeUndefined()
    await Promise.resolve()
    expect(currentProcess()).toBeUndefined()
  })
})

describe('a dead parent', () => {
  it('starts nobody', () => {
    const node = bareNode()
    const parent = bareProcess(node)
    end(parent, boom)
    const outcome = bareStart(node, { init: () => expect.unreachable('init ran') }, parent)
    expect(outcome).toEqual({ kind: 'failed', reason: boom })
    expect(node.processes.size).toBe(0)
  })
})

const plain = defineServer({
  name: 'plain',
  init: () => 0,
  calls: { wait: (count, _: undefined, context) => later(context.replyPort<void>(), count) },
})

async function openDynamic(count = 1) {
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const sups = Array.from({ length: count }, (_, index) =>
    dynamicSupervisor({ name: `workers${index}` }),
  )
  const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [names, ...sups])
  const node = await startNode(tree, { host: virtualHost() })
  const [workers] = sups
  if (workers === undefined) throw new Error('no supervisor')
  return { names, node, sups, workers }
}

function pidOf(started: Started | undefined): Pid {
  if (started?.ok) return started.pid
  throw new Error(`not started: ${started?.reason.kind}`)
}

function messageOf(started: Started): string {
  if (started.ok || started.reason.kind !== 'init_failed') throw new Error('started')
  expect(Exit.is(started.reason.exit)).toBe(true)
  return started.reason.exit.message
}

function throwing(): never {
  throw new Error('as asked')
}
