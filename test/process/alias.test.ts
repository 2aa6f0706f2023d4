import {
  type Alias,
  argumentCodes,
  type Context,
  call,
  cast,
  defineServer,
  exit,
  isAlive,
  type Monitor,
  next,
  reply,
  send,
  tryCall,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { gate, inside, type Puppet, type Stage, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('an alias', () => {
  test('leads to its process until it is taken back, then messages vanish [PROC-054]', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias())
    expect([send(alias, 'one'), send(alias, 'two')]).toEqual([true, true])
    const taken = await inside(pid, (context) => [context.unalias(alias), context.unalias(alias)])
    expect(taken).toEqual([true, false])
    expect(send(alias, 'three')).toBe(true)
    await place.host.settle()
    expect(log()).toEqual(['one', 'two'])
    expect(place.node.statistics()).toMatchObject({ aliases: 0, queued: 0 })
  })

  test('works from anywhere: other processes, other nodes, outside, written out as data', async () => {
    const [place, far] = [await stage(), await stage()]
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias())
    const plain: Alias = JSON.parse(JSON.stringify(alias))
    await inside(await place.puppet(), () => send(alias, 'near'))
    await inside(await place.puppet(), () => send(plain, 'near, as data'))
    await inside(await far.puppet(), () => send(alias, 'far'))
    const elsewhere = await listener(far)
    const other = await inside(elsewhere.pid, (context) => context.alias())
    expect(other.id).toBe(alias.id)
    await inside(elsewhere.pid, () => send(plain, 'lost: another node'))
    send(alias, 'outside')
    // Outside of any process nobody knows which node is meant.
    expect(() => send(plain, 'x')).toThrow(/^Cannot send: the address is a plain object/)
    await place.host.settle()
    await far.host.settle()
    expect(log()).toEqual(['near', 'near, as data', 'far', 'outside'])
    expect(elsewhere.log()).toEqual([])
  })

  test('keeps the order of what one sender sends, whichever way', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias())
    for (let index = 0; index < 6; index += 1) send(index % 2 === 0 ? alias : pid, index)
    await place.host.settle()
    expect(log()).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('for a reply lets the first message in, and none after it [PROC-055]', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias({ reply: true }))
    expect([send(alias, 'first'), send(alias, 'second')]).toEqual([true, true])
    await place.host.settle()
    expect(log()).toEqual(['first'])
    expect(await inside(pid, (context) => context.unalias(alias))).toBe(false)
    expect(place.node.statistics().aliases).toBe(0)
  })

  test('for a reply is not used up by a message that a full mailbox refuses', async () => {
    const { start, host } = await stage()
    const log: unknown[] = []
    const narrow = defineServer({
      name: 'narrow',
      maxMailboxSize: 1,
      init: (_: undefined, context) => context.alias({ reply: true }),
      calls: { alias: (alias) => reply(alias, alias) },
      info: (alias, word) => {
        log.push(word)
        return next(alias)
      },
    })
    const pid = await start(narrow, undefined)
    const alias = await call(pid, 'alias')
    expect([send(pid, 'fills'), send(alias, 'refused')]).toEqual([true, false])
    await host.settle()
    expect([send(alias, 'first'), log]).toEqual([true, ['fills']])
    await host.settle()
    expect(log).toEqual(['fills', 'first'])
  })

  test('for a reply is not used up by a message of the dead', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias({ reply: true }))
    const [left, go] = [await place.puppet(), gate()]
    cast(left, 'work', async () => {
      await go.opened
      send(alias, 'of the dead')
    })
    await place.host.settle()
    exit(left, 'kill')
    go.open()
    await place.host.settle()
    send(alias, 'first')
    await place.host.settle()
    expect(log()).toEqual(['first'])
  })

  test('takes messages alone: it is no address for calls, casts, monitors or signals', async () => {
    const place = await stage()
    const { pid } = await listener(place)
    const alias = (await inside(pid, (context) => context.alias())) as never
    const misuses = [
      () => call(alias, 'run', (() => 1) as never),
      () => tryCall(alias, 'run', (() => 1) as never),
      () => cast(alias, 'note', 1 as never),
      () => exit(alias, 'kill'),
      () => isAlive(alias),
    ]
    for (const misuse of misuses) {
      expect(misuse).toThrow(expect.objectContaining({ code: argumentCodes.invalid_address }))
    }
    expect(isAlive(pid)).toBe(true)
  })

  test('ends with its process', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const aliases = await inside(pid, (context) => [
      context.alias(),
      context.alias({ reply: true }),
      context.monitor(context.self, { alias: 'explicit_unalias' }),
    ])
    expect(place.node.statistics().aliases).toBe(3)
    exit(pid, boom)
    expect(place.node.statistics().aliases).toBe(0)
    for (const alias of aliases) expect(send(alias, 'late')).toBe(true)
    expect(log()).toEqual([])
  })

  test('is its process alone to take back', async () => {
    const place = await stage()
    const { pid, log } = await listener(place)
    const alias = await inside(pid, (context) => context.alias())
    const other = await place.puppet()
    expect(await inside(other, (context) => context.unalias(alias))).toBe(false)
    send(alias, 'still open')
    await place.host.settle()
    expect(log()).toEqual(['still open'])
  })

  test('is refused when the process has 65,536 open, and made again after one is back', async () => {
    const place = await stage()
    const { pid } = await listener(place)
    const outcome = await inside(pid, (context) => {
      const first = context.alias()
      for (let count = 1; count < 65_536; count += 1) context.alias()
      const refused = codeOf(() => context.alias())
      context.unalias(first)
      return [refused, codeOf(() => context.alias())]
    })
    expect(outcome).toEqual([argumentCodes.limit, undefined])
    exit(pid, 'kill')
    expect(place.node.statistics().aliases).toBe(0)
  })
})

describe('the alias of a monitor', () => {
  test('with explicit_unalias outlives the monitor, reported or taken back [PROC-056]', async () => {
    for (const how of ['reported', 'taken back'] as const) {
      const place = await stage()
      const { pid, log, downs } = await listener(place)
      const target = await place.puppet()
      const alias = await monitored(pid, target, 'explicit_unalias')
      if (how === 'reported') exit(target, boom)
      else expect(await inside(pid, (context) => context.demonitor(alias))).toBe(true)
      await place.host.settle()
      send(alias, 'after')
      await place.host.settle()
      expect(log()).toEqual(['after'])
      expect(downs()).toBe(how === 'reported' ? 1 : 0)
      expect(await inside(pid, (context) => context.unalias(alias))).toBe(true)
      expect(place.node.statistics()).toMatchObject({ aliases: 0, monitors: 0 })
    }
  })

  test('with demonitor goes with the monitor, and not with a message', async () => {
    for (const how of ['reported', 'taken back'] as const) {
      const place = await stage()
      const { pid, log } = await listener(place)
      const target = await place.puppet()
      const alias = await monitored(pid, target, 'demonitor')
      send(alias, 'one')
      send(alias, 'two')
      if (how === 'reported') exit(target, boom)
      else await inside(pid, (context) => context.demonitor(alias))
      send(alias, 'too late')
      await place.host.settle()
      expect(log()).toEqual(['one', 'two'])
      expect(place.node.statistics()).toMatchObject({ aliases: 0, monitors: 0 })
    }
  })

  test('with reply_demonitor lets one message in, which takes the monitor back', async () => {
    const place = await stage()
    const { pid, log, downs } = await listener(place)
    const target = await place.puppet()
    const alias = await monitored(pid, target, 'reply_demonitor')
    send(alias, 'reply')
    send(alias, 'second')
    expect(place.node.statistics()).toMatchObject({ aliases: 0, monitors: 0 })
    exit(target, boom)
    await place.host.settle()
    expect([log(), downs()]).toEqual([['reply'], 0])
  })

  test('with reply_demonitor is closed by the report of the end', async () => {
    const place = await stage()
    const { pid, log, downs } = await listener(place)
    const target = await place.puppet()
    const alias = await monitored(pid, target, 'reply_demonitor')
    exit(target, boom)
    send(alias, 'too late')
    await place.host.settle()
    expect([log(), downs()]).toEqual([[], 1])
  })

  test('of a process that is gone is closed with the report, unless it is explicit', async () => {
    const place = await stage()
    const { pid, downs } = await listener(place)
    const dead = await place.puppet()
    exit(dead, 'kill')
    for (const mode of ['explicit_unalias', 'demonitor', 'reply_demonitor'] as const) {
      const alias = await monitored(pid, dead, mode)
      expect(await inside(pid, (context) => context.unalias(alias))).toBe(
        mode === 'explicit_unalias',
      )
    }
    expect(downs()).toBe(3)
  })

  test('after demonitor with flush lets no report in by any way [PROC-059]', async () => {
    for (const mode of ['explicit_unalias', 'demonitor', 'reply_demonitor'] as const) {
      const place = await stage()
      const { pid, downs } = await listener(place)
      const target = await place.puppet()
      await inside(pid, (context) => {
        const alias = context.monitor(target, { alias: mode })
        exit(target, boom)
        expect(context.demonitor(alias, { flush: true })).toBe(false)
      })
      await place.host.settle()
      expect(downs()).toBe(0)
    }
  })

  test('may be taken back alone: the monitor still reports', async () => {
    const place = await stage()
    const { pid, log, downs } = await listener(place)
    const target = await place.puppet()
    const alias = await monitored(pid, target, 'demonitor')
    expect(await inside(pid, (context) => context.unalias(alias))).toBe(true)
    send(alias, 'closed')
    exit(target, boom)
    await place.host.settle()
    expect([log(), downs()]).toEqual([[], 1])
  })
})

test('demonitor of a plain alias is harmless: it stays open [PROC-059]', async () => {
  const place = await stage()
  const { pid, log } = await listener(place)
  const target = await place.puppet()
  const watched: Monitor = await inside(pid, (context) => context.monitor(target))
  const alias = await inside(pid, (context) => context.alias())
  expect(alias.id).not.toBe(watched.id)
  expect(await inside(pid, (context) => context.demonitor(alias, { flush: true }))).toBe(false)
  send(alias, 'open')
  await place.host.settle()
  expect(log()).toEqual(['open'])
  expect(place.node.statistics()).toMatchObject({ aliases: 1, monitors: 1 })
})

/** A puppet, what it was sent, and how many reports of ends it got. */
async function listener({ puppet }: Stage) {
  const all: unknown[] = []
  const pid = await puppet(all)
  const isDown = (word: unknown): boolean => typeof word === 'object'
  return {
    pid,
    log: () => all.filter((word) => !isDown(word)),
    downs: () => all.filter(isDown).length,
  }
}

function monitored(
  pid: Puppet,
  target: Puppet,
  mode: 'explicit_unalias' | 'demonitor' | 'reply_demonitor',
): Promise<Alias> {
  return inside(pid, (context: Context) => context.monitor(target, { alias: mode }))
}

function codeOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
