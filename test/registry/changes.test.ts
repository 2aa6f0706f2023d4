/**
 * Processes that listen to a registry, and what they are told.
 */
import {
  type Address,
  type Context,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  type Key,
  next,
  type ProtocolOf,
  reply,
  send,
  supervisor,
  uniqueRegistry,
  watchEvents,
} from 'flotilla'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Changes } from '../../src/registry/changes.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { feed, run } from '../supervisor/running.ts'
import { part, startedBy } from '../supervisor/worker.ts'
import { inside, type Kind, kinds, makeRegistry } from './any-registry.ts'

const Listener = defineServer({
  name: 'listener',
  maxMailboxSize: 5,
  init: (_: unknown): readonly unknown[] => [],
  calls: {
    heard: (heard) => reply(heard, heard),
    hang: async (heard, until: Promise<void>) => {
      await until
      return reply(undefined, heard)
    },
    register: (heard, task: (context: Context) => unknown, context) => reply(task(context), heard),
  },
  info: (heard, message) => next([...heard, message]),
})

describe.each(kinds)(
  'a listener of a registry with $keys keys and $options [REG-010, REG-011]',
  (kind) => {
    test('gets a message for each registration, with the value, and each release [REG-076, REG-077]', async () => {
      const { names, start, heard, host } = await runHeard(kind)
      const pid = await start()
      await inside(pid, (context) => names.register(context, 'x', { role: 'owner' }))
      await inside(pid, (context) => names.unregister(context, 'x'))
      await inside(pid, (context) => names.register(context, ['y', 1]))
      exit(pid, 'kill')
      await host.settle()
      const all = [
        { kind: 'register', registry: 'names', key: 'x', pid, value: { role: 'owner' } },
        { kind: 'unregister', registry: 'names', key: 'x', pid },
        { kind: 'register', registry: 'names', key: ['y', 1], pid, value: undefined },
        { kind: 'unregister', registry: 'names', key: ['y', 1], pid },
      ]
      expect(await heard('first')).toEqual(all)
      expect(await heard('second')).toEqual(all)
    })

    test('hears of each entry that is unregistered by a pattern', async () => {
      const { names, start, heard } = await runHeard(kind)
      const pid = await start()
      await inside(pid, (context) => {
        names.register(context, 'x', 1)
        names.register(context, 'y', 2)
        names.unregisterMatch(context, 'x', { value: 2 })
        names.unregisterMatch(context, 'x', { value: 1 })
      })
      expect(kindsOf(await heard('first'))).toEqual(['register', 'register', 'unregister'])
    })

    test('hears nothing of what was refused [REG-079]', async () => {
      const { names, start, heard, host } = await runHeard(kind, { maxNames: 1 })
      const [pid, other] = [await start(), await start()]
      await inside(pid, (context) => names.register(context, 'x'))
      for (const each of [pid, other]) {
        const again = await inside(each, (context) => names.register(context, 'x'))
        expect(again.ok).toBe(false)
      }
      await inside(other, (context) => names.unregister(context, 'x'))
      await host.settle()
      expect(kindsOf(await heard('first'))).toEqual(['register'])
    })

    test('hears of a registration before whatever its process says next', async () => {
      const { names, start, heard, listenerPid } = await runHeard(kind)
      const pid = await start()
      await inside(pid, (context) => {
        send(listenerPid('first'), 'before')
        names.register(context, 'x')
        send(listenerPid('first'), 'after')
      })
      expect(await heard('first')).toEqual([
        'before',
        expect.objectContaining({ key: 'x' }),
        'after',
      ])
    })

    test('that is missing, full or of a registry that does not run makes nothing fail', async () => {
      const never = uniqueRegistry<string, ListenerProtocol>({ name: 'never' })
      const gone = bareProcess(bareNode())
      const odd: readonly Address[] = [
        never.via('x'),
        gone.pid,
        { registry: 'no such registry', key: 'x' },
        { node: 'no such node', serial: 1, incarnation: 1 },
      ]
      const reports = feed()
      const { names, start, heard, host, node, hang } = await runHeard(kind, {}, odd)
      exit(gone.pid, 'kill')
      const release = await hang('first')
      const pid = await start()
      const refusedBefore = node.statistics().refused
      for (let key = 0; key < 8; key += 1) {
        expect(await inside(pid, (context) => names.register(context, key).ok)).toBe(true)
      }
      expect([names.count(), names.keys(pid).length]).toEqual([8, 8])
      release()
      await host.settle()
      expect([(await heard('first')).length, (await heard('second')).length]).toEqual([5, 8])
      expect(node.statistics().refused - refusedBefore).toBe(3)
      expect(reports.filter((each) => each.kind === 'overload')).toHaveLength(3)
    })

    test('may be an address written out as data, whoever causes the change', async () => {
      const plain = { registry: 'listeners', key: 'third' }
      const { names, start, heard, children, listeners, host } = await runHeard(kind, {}, [plain])
      const third = child(Listener, 0, { name: listeners.via('third'), restart: 'temporary' })
      await startedBy(children.startChild(third))
      const pid = await start()
      await inside(pid, (context) => names.register(context, 'x'))
      // Nobody's code: what is data would have no node to be looked up in.
      exit(pid, 'kill')
      await host.settle()
      expect(kindsOf(await heard('third'))).toEqual(['register', 'unregister'])
    })

    test('that is full is reported when the step is over, not in the middle of it', async () => {
      const { names, start, host, hang } = await runHeard(kind)
      const release = await hang('first')
      const pid = await start()
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        await inside(pid, (context) => names.register(context, key))
      }
      const counts: number[] = []
      const watching = watchEvents((event) => {
        if (event.kind === 'overload') counts.push(names.count())
      })
      onTestFinished(() => watching.stop())
      exit(pid, 'kill')
      await host.settle()
      release()
      // Five names, and none was left when the first report was heard.
      expect(counts).toEqual([0, 0, 0, 0, 0])
    })

    test('that ends in the same step as the holder breaks nothing', async () => {
      const { names, start, heard, host, listenerPid, register } = await runHeard(kind)
      const pid = await start()
      await inside(pid, (context) => names.register(context, 'x'))
      await register('first', 'own')
      await inside(pid, (context) => context.link(listenerPid('first')))
      exit(pid, { kind: 'crash', error: 'boom' })
      await host.settle()
      expect(names.count()).toBe(0)
      expect(kindsOf(await heard('second'))).toEqual([
        'register',
        'register',
        'unregister',
        'unregister',
      ])
    })
  },
)

describe('a listener of a unique registry', () => {
  test('hears of a name that is taken by a start under a via, before its init [REG-076]', async () => {
    const { names, children, heard, host } = await runHeard({ keys: 'unique', options: {} })
    const named = uniqueVia(names, 'x')
    const started = await startedBy(children.startChild(part({ id: 'x' }, named)))
    await host.settle()
    expect(await heard('first')).toEqual([
      { kind: 'register', registry: 'names', key: 'x', pid: started, value: 'by via' },
    ])
  })
})

describe('the changes of a table', () => {
  test('cost nothing while nobody hears, and are told to whoever does', () => {
    const node = bareNode()
    const [process, listener] = [bareProcess(node), bareProcess(node)]
    const silent = new Changes('names', [])
    silent.registered(process, 'x', 1)
    expect(listener.size).toBe(0)
    const heard = new Changes('names', [listener.pid])
    heard.registered(process, 'x', 1)
    heard.unregistered(process, 'x')
    expect(listener.size).toBe(2)
  })

  test('are one message for all, which none of them can change', () => {
    const node = bareNode()
    const received: unknown[] = []
    const listeners = [1, 2].map(() =>
      bareProcess(node, {
        receive: (_, envelope) => void received.push('payload' in envelope && envelope.payload),
      }),
    )
    const process = bareProcess(node)
    new Changes(
      'names',
      listeners.map(({ pid }) => pid),
    ).registered(process, 'x', 1)
    for (const listener of listeners) {
      const { head } = listener
      if (head?.kind === 'info') listener.behaviour.receive(listener, head)
    }
    expect(received).toHaveLength(2)
    expect(received[0]).toBe(received[1])
    expect(Object.isFrozen(received[0])).toBe(true)
  })
})

type ListenerProtocol = ProtocolOf<typeof Listener>

/** A registry with two listeners that are found by name in another one. */
async function runHeard(kind: Kind, options: object = {}, more: readonly Address[] = []) {
  const listeners = uniqueRegistry<string, ListenerProtocol>({ name: 'listeners' })
  const vias = ['first', 'second'].map((key) => listeners.via(key))
  const names = makeRegistry(kind, { listeners: [...more, ...vias], ...options })
  const children = dynamicSupervisor({ name: 'children' })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
    listeners,
    ...vias.map((name, index) =>
      child(Listener, 0, { id: `${index}`, name, restart: 'temporary' }),
    ),
    names,
    children,
  ])
  const running = await run(top)
  const listenerPid = (key: string) => {
    const pid = listeners.whereis(key)
    if (pid === undefined) throw new Error(`no listener ${key}`)
    return pid
  }
  const heard = (key: string) => call(listenerPid(key), 'heard')
  const register = (key: string, name: Key) => {
    return call(listenerPid(key), 'register', (context) => names.register(context, name).ok)
  }
  /** Keeps a listener busy, so that its mailbox fills. */
  async function hang(key: string): Promise<() => void> {
    let release = (): void => undefined
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    void call(listenerPid(key), 'hang', until)
    await running.host.settle()
    return release
  }
  const start = () => startedBy(children.startChild(part({ id: 'w' }, { restart: 'temporary' })))
  const given = { names, children, listeners, start, heard, hang, register, listenerPid }
  return { ...given, ...running }
}

function kindsOf(messages: readonly unknown[]): unknown[] {
  return messages.map((message) => Reflect.get(Object(message), 'kind'))
}

/** A name with a value in what is known to be a unique registry. */
function uniqueVia(names: object, key: string): { name: never } {
  const via: unknown = Reflect.get(names, 'via').call(names, key, 'by via')
  return { name: via as never }
}
