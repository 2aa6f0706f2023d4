import {
  type Context,
  call,
  child,
  defineServer,
  exit,
  isAlive,
  next,
  processInfo,
  reply,
  requestCollection,
  send,
  startNode,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { processOf } from '../../src/process/process-context.ts'
import { inside, type Stage, stage } from './stage.ts'

describe('self and signal', () => {
  test('are the pid and one signal for the whole life, first asked for whenever', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const signals = await inside(pid, async (context) => {
      expect(context.self).toBe(pid)
      const before = context.signal
      await Promise.resolve()
      return [before, context.signal]
    })
    expect(signals[0]).toBe(signals[1])
    const kept: Context[] = []
    await call(pid, 'run', (context) => kept.push(context))
    exit(pid, 'kill')
    expect(kept[0]?.signal).toBe(signals[0])
    expect(kept[0]?.signal.aborted).toBe(true)
  })

  test('are aborted from the start when first asked for after the end', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const kept: Context[] = []
    await call(pid, 'run', (context) => kept.push(context))
    exit(pid, { kind: 'shutdown', detail: 7 })
    const { aborted, reason } = kept[0]?.signal ?? AbortSignal.abort()
    expect([aborted, reason]).toMatchObject([true, { reason: { kind: 'shutdown', detail: 7 } }])
  })
})

describe('trapExits', () => {
  test('gives back the old choice [PROC-036]', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(await call(pid, 'run', (context) => context.trapExits(true))).toBe(false)
    expect(await call(pid, 'run', (context) => context.trapExits(true))).toBe(true)
    expect(await call(pid, 'run', (context) => context.trapExits(false))).toBe(true)
  })

  // A signal from outside is nobody's parent, also for the root of a tree.
  test('keeps signals from outside from ending the root of a tree [GS-065]', async () => {
    const log: unknown[] = []
    const { host } = await stage()
    const root = defineServer({
      name: 'root',
      init: (_: undefined, context) => {
        context.trapExits(true)
        log.push(context.self)
        return 0
      },
      exit: (state, signal) => {
        log.push(signal.reason)
        return next(state)
      },
    })
    const node = await startNode(child(root, undefined), { name: 'rooted', host })
    exit(log[0] as never, 'normal')
    exit(log[0] as never, 'shutdown')
    await host.settle()
    expect(log.slice(1)).toEqual([{ kind: 'normal' }, { kind: 'shutdown' }])
    await node.stop()
    expect(await node.ended).toEqual({ kind: 'shutdown' })
  })
})

describe('misuse of what every context has', () => {
  const bad: readonly [string, (context: Context) => unknown, RegExp][] = [
    ['monitor', (context) => context.monitor(5 as never), /Cannot monitor a process: the address/],
    [
      'monitor',
      (context) => context.monitor(context.self, 5 as never),
      /the options argument is 5/,
    ],
    [
      'monitor',
      (context) => context.monitor(context.self, { alias: 'yes' as never }),
      /option "alias" is "yes", wanted "explicit_unalias", "demonitor" or "reply_demonitor"/,
    ],
    ['demonitor', (context) => context.demonitor(5 as never), /Cannot take a monitor back: the/],
    ['link', (context) => context.link({} as never), /Cannot link to a process: the address/],
    ['unlink', (context) => context.unlink('x' as never), /Cannot unlink a process: the address/],
    ['alias', (context) => context.alias({ reply: 1 as never }), /option "reply" is 1/],
    ['unalias', (context) => context.unalias({} as never), /Cannot take an alias back: the alias/],
    ['setLabel', (context) => context.setLabel({} as never), /Cannot label a process/],
    ['sleep', (context) => context.sleep(-1), /Cannot sleep: option "durationMs" is -1/],
    ['exit', (context) => context.exit('now' as never), /Cannot exit: the reason is "now"/],
    ['trapExits', (context) => context.trapExits(1 as never), /Cannot trap exits/],
  ]
  test.each(bad)('of %s ends that process with an error (%#)', async (_name, work, message) => {
    const { puppet, node } = await stage()
    const [pid, other] = [await puppet(), await puppet()]
    await expect(call(pid, 'run', work)).rejects.toThrow(message)
    expect([isAlive(pid), isAlive(other)]).toEqual([false, true])
    expect(node.statistics()).toMatchObject({ deadlines: 0, monitors: 0, links: 0, aliases: 0 })
  })
})

describe('the context of a process that has ended', () => {
  test('does nothing', async () => {
    const place = await stage()
    const other = await place.puppet()
    const context = await leftBehind(place)
    const before = place.node.statistics()
    expect(context.monitor(other)).toEqual({ id: 0 })
    expect(context.monitor(other, { alias: 'demonitor' })).toHaveProperty('id')
    expect(context.unalias(context.alias())).toBe(false)
    context.link(other)
    context.setLabel('dead')
    void context.sleep(50)
    const requests = requestCollection(context)
    requests.add(new Promise(() => undefined), 'never')
    void requests.next({ timeoutMs: 50 })
    expect(await Promise.race([context.sleep(0), place.host.settle().then(() => 'later')])).toBe(
      'later',
    )
    expect(place.node.statistics()).toEqual(before)
    expect([processInfo(context.self), processInfo(other)?.links]).toMatchObject([
      undefined,
      { length: 1 },
    ])
  })
})

describe('what no context has', () => {
  test('is a dictionary: what a process keeps is its state, its own and gone with it [differs: PROC-085]', async () => {
    const { start, puppet } = await stage()
    const names = await inside(await puppet(), (context) => {
      const owners = [context, Object.getPrototypeOf(context)]
      return owners.flatMap((owner) => Object.getOwnPropertyNames(owner))
    })
    expect(names.filter((name) => /dictionary|^(put|get|set|delete)$/.test(name))).toEqual([])
    const keeping = defineServer({
      name: 'keeping',
      init: (_: undefined) => new Map<string, number>(),
      calls: {
        put: (kept, [key, value]: [string, number]) => {
          return reply(kept.get(key), new Map(kept).set(key, value))
        },
        get: (kept, key: string) => reply(kept.get(key) ?? 0, kept),
      },
    })
    const [one, other] = [await start(keeping, undefined), await start(keeping, undefined)]
    expect(await call(one, 'put', ['a', 1])).toBeUndefined()
    expect(await call(one, 'put', ['a', 2])).toBe(1)
    expect([await call(one, 'get', 'a'), await call(other, 'get', 'a')]).toEqual([2, 0])
    exit(one, 'kill')
    expect(await call(await start(keeping, undefined), 'get', 'a')).toBe(0)
  })

  test('is a choice of messages: a server puts off what it cannot do yet [differs: PROC-064]', async () => {
    const { start } = await stage()
    const order: string[] = []
    const choosy = defineServer({
      name: 'choosy',
      init: (_: undefined) => ({ isOpen: false, waiting: [] as string[] }),
      info: (state, word) => {
        order.push(`seen ${word}`)
        if (word !== 'open' && !state.isOpen) {
          return next({ ...state, waiting: [...state.waiting, String(word)] })
        }
        for (const done of word === 'open' ? state.waiting : [word]) order.push(`done ${done}`)
        return next({ isOpen: true, waiting: [] })
      },
      calls: { order: (state) => reply(order, state) },
    })
    const pid = await start(choosy, undefined)
    for (const word of ['a', 'b', 'open', 'c']) send(pid, word)
    expect(await call(pid, 'order')).toEqual([
      ...['seen a', 'seen b', 'seen open', 'done a', 'done b'],
      ...['seen c', 'done c'],
    ])
  })
})

describe('processOf', () => {
  test('refuses what is no context', async () => {
    for (const wrong of [undefined, null, 5, 'self', {}, { self: {} }]) {
      expect(() => processOf('try', wrong as never)).toThrow(
        /^Cannot try: the context is .*, wanted the context of a process; pass on what the handler/,
      )
    }
  })

  test('finds the process behind a context, dead or alive', async () => {
    const place = await stage()
    const context = await leftBehind(place)
    expect(processOf('try', context).pid).toBe(context.self)
    const alive = await inside(await place.puppet(), (own) => processOf('try', own).alive)
    expect(alive).toBe(true)
  })
})

/** The context of a puppet that has ended. */
async function leftBehind({ puppet, host }: Stage): Promise<Context> {
  const pid = await puppet()
  const contexts: Context[] = []
  await call(pid, 'run', (context) => contexts.push(context))
  exit(pid, 'kill')
  await host.settle()
  const context = contexts[0]
  if (context === undefined) throw new Error('no context')
  return context
}
