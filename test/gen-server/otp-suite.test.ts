/**
 * Cases of gen_server_SUITE, proc_lib_SUITE and gen_server_test that no line of the catalogue
 * names, each with the case it is of.
 */
import {
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  ignore,
  isAlive,
  next,
  processInfo,
  stop,
  stopServer,
  sys,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, stage } from '../process/stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const
const normal = { kind: 'normal' } as const

/** How an order to stop went: `done`, or why not. */
function outcomeOf(stopping: Promise<void>): Promise<unknown> {
  return stopping.then(
    () => 'done',
    (exit) => exit.reason,
  )
}

describe('an order to stop', () => {
  // stop1 to stop10 while the server is in its init
  const endings: readonly [string, () => unknown, readonly unknown[], readonly unknown[]][] = [
    ['runs', () => 0, [normal], ['done', normal]],
    ['stops', () => stop(boom, 0), [], [boom, 'done']],
    ['ignores', () => ignore(), [], ['done', normal]],
  ]
  test.each(endings)(
    'given while init is under way, which then %s, is settled by the end',
    async (_what, then, lastWords, outcomes) => {
      const { puppet, names, host, node } = await stage()
      const go = gate()
      const log: unknown[] = []
      const slow = defineServer({
        name: 'slow',
        init: async (_: undefined): Promise<unknown> => go.opened.then(then),
        terminate: (_state, reason) => {
          log.push(reason)
        },
      })
      const spec = child(slow, undefined, { name: names.via('slow') })
      const starting = inside(await puppet(), (context) => context.start(spec))
      await host.settle()
      const [first, second, impatient] = [
        outcomeOf(stopServer(names.via('slow'))),
        outcomeOf(stopServer(names.via('slow'), { reason: boom })),
        outcomeOf(stopServer(names.via('slow'), { timeoutMs: 5 })),
      ]
      await host.advance(6)
      expect(await impatient).toEqual({ kind: 'timeout', afterMs: 5 })
      go.open()
      await Promise.all([starting, host.settle()])
      expect([await first, await second]).toEqual(outcomes)
      expect([log, names.whereis('slow')]).toEqual([lastWords, undefined])
      expect(node.statistics().deadlines).toBe(0)
    },
  )

  test('that comes during the last words waits for the end and does not repeat them', async () => {
    const { start, host } = await stage()
    const go = gate()
    const log: unknown[] = []
    const slow = defineServer({
      name: 'slow',
      init: () => 0,
      terminate: async (_state, reason) => {
        log.push(reason)
        await go.opened
      },
    })
    const pid = await start(slow, undefined)
    const orders = [outcomeOf(stopServer(pid))]
    await host.settle()
    orders.push(outcomeOf(stopServer(pid, { reason: boom })), outcomeOf(stopServer(pid)))
    const looking = sys.getState(pid).catch((exit) => exit.reason)
    expect(processInfo(pid)).toMatchObject({ status: 'terminating', mailboxSize: 3 })
    go.open()
    await host.settle()
    expect(await Promise.all(orders)).toEqual(['done', normal, 'done'])
    expect([await looking, log]).toEqual([normal, [normal]])
  })

  test('waits for a supervisor that is starting a child, which then goes with it', async () => {
    const { puppet, host } = await stage()
    const go = gate()
    const slow = defineServer({ name: 'slow', init: () => go.opened.then(() => 0) })
    const workers = dynamicSupervisor({ name: 'busy' })
    const starter = await puppet()
    const top = await inside(starter, (context) => context.start(workers))
    if (!top.ok) throw new Error('not started')
    const starting = workers.startChild(child(slow, undefined))
    await host.settle()
    const impatient = outcomeOf(stopServer(top.pid, { timeoutMs: 50 }))
    const patient = outcomeOf(stopServer(top.pid))
    await host.advance(50)
    expect([await impatient, isAlive(top.pid)]).toEqual([{ kind: 'timeout', afterMs: 50 }, true])
    go.open()
    const started = await starting
    expect([await patient, started.ok && isAlive(started.pid)]).toEqual(['done', false])
    expect(isAlive(starter)).toBe(true)
  })
})

// gen_server_SUITE: spec_init_*, a parent that ends while its child is in init
test('a trapping server whose parent ended during its init says its last words at once', async () => {
  const { puppet, host, node } = await stage()
  const before = node.statistics().processes
  const go = gate()
  const log: unknown[] = []
  const trapping = defineServer({
    name: 'trapping',
    init: async (_: undefined, context) => {
      context.trapExits(true)
      await go.opened
      return 0
    },
    exit: (state) => {
      log.push('told as a message')
      return next(state)
    },
    terminate: (_state, reason) => {
      log.push(reason)
    },
  })
  const parent = await puppet()
  const starting = inside(parent, (context) => context.start(child(trapping, undefined)))
  const ended = expect(starting).rejects.toMatchObject({ reason: boom })
  await host.settle()
  exit(parent, boom)
  go.open()
  await Promise.all([ended, host.settle()])
  expect([log, node.statistics().processes]).toEqual([[boom], before])
})
