/**
 * Names that processes take and give up by hand, and the values beside names.
 */
import {
  argumentCodes,
  type ChildSpec,
  type Context,
  call,
  child,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  exit,
  isAlive,
  next,
  type Pid,
  type ProtocolOf,
  type RegistryEvent,
  reply,
  send,
  supervisor,
  type UniqueRegistryOptions,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { codeOf, run } from '../supervisor/running.ts'
import { part, startedBy, type WorkerProtocol } from '../supervisor/worker.ts'
import { inside, runKind, uniques } from './any-registry.ts'

interface Badge {
  readonly role: string
  readonly level?: number
}

const guest: Badge = { role: 'guest' }

describe.each(uniques)('register in a unique registry with $options [REG-010, REG-011]', (kind) => {
  test('is refused to the holder itself; its value stays and the key is listed once [REG-016, REG-018]', async () => {
    const { names, start, enter } = await runKind(kind)
    const pid = await start()
    await enter(pid, 'x', 'first')
    const again = await inside(pid, (context) => names.register(context, 'x', 'second'))
    expect(again).toEqual({ ok: false, reason: { kind: 'already_registered', pid } })
    expect([names.lookup('x'), names.keys(pid), names.count()]).toEqual([
      [{ pid, value: 'first' }],
      ['x'],
      1,
    ])
    expect(LocalPid.processOf(pid)?.extrasIfAny?.names).toBeUndefined()
  })

  // Two refusals are values, since they are no mistakes; one process may well have several names.
  test('is refused to the dead and for a taken key, as a value; nothing is no key [differs: PROC-068]', async () => {
    const { names, start, enter } = await runKind(kind)
    const [pid, other] = [await start(), await start()]
    const kept: Context[] = []
    await inside(other, (context) => kept.push(context))
    await enter(pid, 'x')
    const [context] = kept
    if (context === undefined) throw new Error('no context')
    const taken = await inside(other, (own) => names.register(own, 'x'))
    expect(taken).toEqual({ ok: false, reason: { kind: 'already_registered', pid } })
    exit(other, 'kill')
    expect(names.register(context, 'y')).toEqual({ ok: false, reason: { kind: 'noproc' } })
    for (const key of ['y', true, false]) await enter(pid, key)
    expect(names.keys(pid)).toHaveLength(4)
    for (const nothing of [undefined, null]) {
      const code = codeOf(() => names.register(context, trust(nothing)))
      expect(code).toBe(argumentCodes.invalid_key)
    }
  })

  test('is refused while another process holds the key; the loser has nothing of it [REG-017, REG-018, REG-079]', async () => {
    const { names, start, enter, node, host } = await runKind(kind)
    const [holder, loser] = [await start(), await start()]
    await enter(holder, 'x', 1)
    await host.settle()
    const events: unknown[] = []
    names.watch((event) => events.push(event))
    const before = node.statistics().rows
    const refused = await inside(loser, (context) => names.register(context, 'x', 2))
    expect(refused).toEqual({ ok: false, reason: { kind: 'already_registered', pid: holder } })
    expect([names.keys(loser), names.values('x', loser)]).toEqual([[], []])
    expect(names.lookup('x')).toEqual([{ pid: holder, value: 1 }])
    const process = LocalPid.processOf(loser)
    expect([process?.nameKey, process?.extrasIfAny?.names]).toEqual([undefined, undefined])
    await host.settle()
    expect([events, node.statistics().rows]).toEqual([[], before])
  })

  test('has one winner of many in one turn', async () => {
    const { names, start } = await runKind(kind)
    const pids = await Promise.all(Array.from({ length: 50 }, () => start()))
    const outcomes = await Promise.all(
      pids.map((pid) => inside(pid, (context) => names.register(context, 'x'))),
    )
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    const [winner] = names.lookup('x')
    for (const outcome of outcomes) {
      if (!outcome.ok) {
        expect(outcome.reason).toEqual({ kind: 'already_registered', pid: winner?.pid })
      }
    }
  })
})

describe('a naming module', () => {
  test('has four functions: register, unregister, whereis and send by name [VIA-001]', async () => {
    const { names, start } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await start()
    expect((await inside(pid, (context) => names.register(context, 'x', guest))).ok).toBe(true)
    expect((await inside(pid, (context) => names.register(context, 'x', guest))).ok).toBe(false)
    expect(names.whereis('x')).toBe(pid)
    expect(send(names.via('x'), 'hello')).toBe(true)
    expect(await call(names.via('x'), 'pid')).toBe(pid)
    await inside(pid, (context) => names.unregister(context, 'x'))
    expect(names.whereis('x')).toBeUndefined()
    expect(send(names.via('x'), 'hello')).toBe(true)
  })
})

describe('a process that drops its name', () => {
  test('lives on, another takes the name, and calls go to that one [VIA-021]', async () => {
    const { names, take, start } = await runTyped({ name: 'names', initialValue: guest })
    const first = await take('x')
    const via = names.via('x')
    expect(await call(via, 'pid')).toBe(first)
    await inside(first, (context) => names.unregister(context, 'x'))
    expect([isAlive(first), names.whereis('x')]).toEqual([true, undefined])
    await expect(call(via, 'pid')).rejects.toMatchObject({ reason: { kind: 'noproc' } })
    expect(await call(first, 'id')).toBe('x')
    const second = await start()
    await inside(second, (context) => names.register(context, 'x', { role: 'heir' }))
    expect(await call(via, 'pid')).toBe(second)
    exit(first, 'kill')
    expect(names.whereis('x')).toBe(second)
  })

  test('is called by its pid in reports, and by the next name that it takes', async () => {
    const { names, take } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await take('x')
    const process = LocalPid.processOf(pid)
    expect(process?.describe()).toBe('names "x"')
    await inside(pid, (context) => names.unregister(context, 'x'))
    expect(process?.describe()).toMatch(/^worker </)
    await inside(pid, (context) => names.register(context, 'y', guest))
    expect(process?.describe()).toBe('names "y"')
  })
})

describe('a name taken by hand and by a start', () => {
  // The name is taken before init runs, so init finds it taken, by itself.
  test('is refused to init, which is told that it has it already [VIA-027]', async () => {
    const { names, children } = await runTyped({ name: 'names', initialValue: guest })
    const init = (context: Context): void => {
      const registered = names.register(context, 'x', guest)
      if (registered.ok) return
      const { kind } = registered.reason
      const mine = kind === 'already_registered' && registered.reason.pid === context.self
      throw new Error(mine ? 'use one pattern only' : kind)
    }
    const twice = part({ id: 'a', init }, { name: names.via('x'), restart: 'temporary' })
    const started = await children.startChild(twice)
    expect(started).toMatchObject({
      ok: false,
      reason: { kind: 'init_failed', exit: { cause: { message: 'use one pattern only' } } },
    })
    expect([names.whereis('x'), names.count()]).toEqual([undefined, 0])
  })

  // As a start function does that registers first: it registers whoever runs it.
  test('is refused to the start, with the pid of whoever registered [VIA-027]', async () => {
    const { names, children, start } = await runTyped({ name: 'names', initialValue: guest })
    const starter = await start()
    const outcome = await inside(starter, (context) => {
      names.register(context, 'x', guest)
      return children.startChild(part({ id: 'a' }, { name: names.via('x') }))
    })
    expect(outcome).toEqual({ ok: false, reason: { kind: 'already_started', pid: starter } })
    expect(names.lookup('x')).toEqual([{ pid: starter, value: guest }])
  })
})

describe('the value of a name', () => {
  test('is the one of the via it was taken under, or else the initial one [VIA-010, REG-076]', async () => {
    const { names, take, host } = await runTyped({ name: 'names', initialValue: guest })
    const events: RegistryEvent<string, Badge>[] = []
    names.watch((event) => events.push(event))
    const [plain, badged] = [await take('a'), await take('b', { role: 'owner' })]
    expect(names.lookup('a')).toEqual([{ pid: plain, value: guest }])
    expect(names.lookup('b')).toEqual([{ pid: badged, value: { role: 'owner' } }])
    await host.settle()
    expect(events).toEqual([
      { kind: 'register', key: 'a', pid: plain, value: guest },
      { kind: 'register', key: 'b', pid: badged, value: { role: 'owner' } },
    ])
  })

  test('is undefined where there is none, and needs no option then [VIA-010]', async () => {
    const names = uniqueRegistry<string, WorkerProtocol>({ name: 'names' })
    const named = part({ id: 'a' }, { name: names.via('a') })
    await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [names, named]))
    expect(names.lookup('a')).toEqual([{ pid: names.whereis('a'), value: undefined }])
  })

  test('plays no role in addressing: any via of the key leads to its holder [VIA-011]', async () => {
    const { names, take } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await take('x', { role: 'owner' })
    const vias = [
      names.via('x'),
      names.via('x', { role: 'owner' }),
      names.via('x', { role: 'another' }),
    ]
    for (const via of vias) {
      expect(await call(via, 'pid')).toBe(pid)
      expect({ ...via }).toEqual({ registry: 'names', key: 'x' })
    }
    expect(names.lookup('x')).toEqual([{ pid, value: { role: 'owner' } }])
  })

  test('is the same again at every restart', async () => {
    const { names, children, host } = await runTyped({ name: 'names', initialValue: guest })
    const badge = { role: 'owner' }
    const named = part({ id: 'x' }, { name: names.via('x', badge), restart: 'permanent' })
    const first = await startedBy(children.startChild(named))
    await inside(first, (context) => names.updateValue(context, 'x', () => ({ role: 'changed' })))
    expect(names.lookup('x')).toEqual([{ pid: first, value: { role: 'changed' } }])
    exit(first, 'kill')
    await host.settle()
    const second = names.whereis('x')
    expect(second).not.toBe(first)
    expect(names.lookup('x')).toEqual([{ pid: second, value: badge }])
  })
})

describe('updateValue', () => {
  test('by the holder gives the new and the old value, and every look-up shows the new one [REG-031]', async () => {
    const { names, take } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await take('x', { role: 'owner', level: 1 })
    const updated = await inside(pid, (context) => {
      return names.updateValue(context, 'x', (old) => ({ ...old, level: 2 }))
    })
    expect(updated).toEqual({
      ok: true,
      value: { role: 'owner', level: 2 },
      old: { role: 'owner', level: 1 },
    })
    expect(names.lookup('x')).toEqual([{ pid, value: { role: 'owner', level: 2 } }])
    expect(names.values('x', pid)).toEqual([{ role: 'owner', level: 2 }])
  })

  test('of a key that is free or held by another is refused, and the callback is not run [REG-032]', async () => {
    const { names, take, start } = await runTyped({ name: 'names', initialValue: guest })
    await take('x')
    const other = await start()
    let runs = 0
    const update = (old: Badge) => {
      runs += 1
      return old
    }
    const refused = { ok: false, reason: { kind: 'not_registered' } }
    for (const key of ['x', 'free']) {
      const updated = await inside(other, (context) => names.updateValue(context, key, update))
      expect(updated).toEqual(refused)
    }
    expect(runs).toBe(0)
  })

  test('tells nobody who listens or watches [REG-035]', async () => {
    const listener = await runListener()
    const { names, take, host } = listener
    const pid = await take('x')
    await host.settle()
    const events: unknown[] = []
    names.watch((event) => events.push(event))
    const heard = (await call(listener.pid, 'heard')).length
    expect(heard).toBe(1)
    await inside(pid, (context) => names.updateValue(context, 'x', () => ({ role: 'new' })))
    await host.settle()
    expect([events, (await call(listener.pid, 'heard')).length]).toEqual([[], heard])
  })

  test('changes nothing if the callback throws, and the error goes to the caller', async () => {
    const { names, take } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await take('x')
    const failed = await inside(pid, (context) => {
      try {
        return names.updateValue(context, 'x', () => {
          throw new Error('no')
        })
      } catch (error) {
        return error
      }
    })
    expect(failed).toEqual(new Error('no'))
    expect(names.lookup('x')).toEqual([{ pid, value: guest }])
  })

  test('stores nothing if the callback has given the name up or ended the process', async () => {
    const { names, take, start } = await runTyped({ name: 'names', initialValue: guest })
    const heir = await start()
    const context = await inside(heir, (own) => ({ own }))
    for (const leave of [
      (own: Context) => void names.unregister(own, 'x'),
      (own: Context) => exit(own.self, 'kill'),
    ]) {
      const pid = await take('x')
      const own = await inside(pid, (given) => ({ given }))
      const updated = names.updateValue(own.given, 'x', () => {
        leave(own.given)
        names.register(context.own, 'x', { role: 'heir' })
        return { role: 'late' }
      })
      expect(updated).toEqual({ ok: false, reason: { kind: 'not_registered' } })
      expect(names.lookup('x')).toEqual([{ pid: heir, value: { role: 'heir' } }])
      names.unregister(context.own, 'x')
    }
  })
})

describe('a stored value', () => {
  test('cannot be changed by whoever gave it or looks it up', async () => {
    const { names, take } = await runTyped({ name: 'names', initialValue: guest })
    const mine = { role: 'owner', level: 1 }
    await take('x', mine)
    const change = () => {
      mine.level = 2
    }
    expect(change).toThrow(TypeError)
    expect(Object.isFrozen(names.lookup('x')[0]?.value)).toBe(true)
  })

  test('may hold pids and vias, which are frozen as well', async () => {
    const names = uniqueRegistry<string, WorkerProtocol, { readonly chief: Pid | undefined }>({
      name: 'names',
      initialValue: { chief: undefined },
    })
    const { children } = await runBeside(names)
    const chief = await startedBy(children.startChild(part({ id: 'chief' })))
    const name = names.via('x', { chief })
    await startedBy(children.startChild(part({ id: 'x' }, { name })))
    expect(names.lookup('x')[0]?.value.chief).toBe(chief)
    expect(await call(chief, 'id')).toBe('chief')
  })

  test('is refused if it can be neither frozen nor is to be shared', async () => {
    const { names, start } = await runTyped({ name: 'names', initialValue: guest })
    const pid = await start()
    const wrong: Badge = trust(new Date())
    const codes = await inside(pid, (context) => [
      codeOf(() => names.register(context, 'x', wrong)),
      codeOf(() => names.via('x', wrong)),
    ])
    expect(codes).toEqual(Array(2).fill(argumentCodes.invalid_argument))
    const wrongOptions: UniqueRegistryOptions<Badge> = { name: 'x', initialValue: wrong }
    expect(codeOf(() => uniqueRegistry(wrongOptions))).toBe(argumentCodes.invalid_argument)
    expect(names.count()).toBe(0)
  })

  test('is what was given, whatever it is, where values are shared', async () => {
    const names = uniqueRegistry<string, WorkerProtocol, Map<string, number> | undefined>({
      name: 'names',
      values: 'share',
    })
    const { children } = await runBeside(names)
    const shared = new Map([['a', 1]])
    const pid = await startedBy(children.startChild(part({ id: 'x' })))
    await inside(pid, (context) => names.register(context, 'x', shared))
    shared.set('b', 2)
    expect(names.lookup('x')[0]?.value).toBe(shared)
    expect(Object.isFrozen(shared)).toBe(false)
  })
})

const Listener = defineServer({
  name: 'listener',
  init: (_: undefined): readonly unknown[] => [],
  calls: { heard: (heard) => reply(heard, heard) },
  info: (heard, message) => next([...heard, message]),
})

/** A registry with a listener that has a name in another one. */
async function runListener() {
  const others = uniqueRegistry<string, ProtocolOf<typeof Listener>>({ name: 'others' })
  const names = uniqueRegistry<string, WorkerProtocol, Badge>({
    name: 'names',
    initialValue: guest,
    listeners: [others.via('listener')],
  })
  const children = dynamicSupervisor({ name: 'children' })
  const listener = child(Listener, undefined, { name: others.via('listener') })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
    others,
    listener,
    names,
    children,
  ])
  const running = await run(top)
  const pid = others.whereis('listener')
  if (pid === undefined) throw new Error('no listener')
  return { names, pid, ...taking(names, children), ...running }
}

type Names = ReturnType<typeof uniqueRegistry<string, WorkerProtocol, Badge>>

async function runTyped(options: UniqueRegistryOptions<Badge>) {
  const names = uniqueRegistry<string, WorkerProtocol, Badge>(options)
  const { children, ...running } = await runBeside(names)
  return { names, children, ...taking(names, children), ...running }
}

function taking(names: Names, children: DynamicSupervisor) {
  const temporary = { restart: 'temporary' } as const
  const start = () => startedBy(children.startChild(part({ id: 'w' }, temporary)))
  const take = (key: string, badge?: Badge) => {
    return startedBy(
      children.startChild(part({ id: key }, { name: names.via(key, badge), ...temporary })),
    )
  }
  return { start, take }
}

async function runBeside(names: ChildSpec) {
  const children = dynamicSupervisor({ name: 'children' })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children])
  return { children, ...(await run(top)) }
}
