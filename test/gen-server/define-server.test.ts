import { ArgumentError, call, child, defineServer, reply, startNode, supervisor } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { ServerDefinition } from '../../src/gen-server/define-server.ts'
import { hostileValues } from '../process/hostile.ts'
import { stage } from '../process/stage.ts'

const init = () => 0

describe('defineServer', () => {
  test('makes a definition that starts any number of processes on any number of nodes', async () => {
    const server = defineServer({
      name: 'counter',
      init: (start: number) => start,
      calls: { add: (count, step: number) => reply(count + step, count + step) },
    })
    expect(server.name).toBe('counter')
    const [here, there] = [await stage(), await stage()]
    const pids = [
      await here.start(server, 1),
      await here.start(server, 2),
      await there.start(server, 3),
    ]
    expect(await Promise.all(pids.map((pid) => call(pid, 'add', 10)))).toEqual([11, 12, 13])
  })

  test('is a child under its name, permanent and with five seconds to stop, or as it is told [GS-017]', async () => {
    const started: unknown[] = []
    const counter = defineServer({
      name: 'counter',
      init: (argument: string) => {
        started.push(argument)
        return 0
      },
    })
    const spec = child(counter, 'a')
    expect(spec).toMatchObject({ id: 'counter', restart: 'permanent', shutdownMs: 5000 })
    const life = { id: 'x', restart: 'transient', shutdownMs: 'kill' } as const
    const other = child(counter, 'b', life)
    expect(other).toMatchObject(life)
    const tree = supervisor({ name: 'tree', strategy: 'one_for_one' }, [spec, other])
    const node = await startNode(tree, { host: virtualHost() })
    await node.stop()
    expect(started).toEqual(['a', 'b'])
  })

  const mistakes: [string, unknown, string][] = [
    ['no name', { init }, 'the name is undefined, wanted a text of 1 to 255 characters'],
    ['an empty name', { name: '', init }, 'the name is "", wanted a text'],
    ['an init that is no function', { name: 'x', init: 5 }, 'init'],
    ['a handler that is no function', { name: 'x', init, calls: { go: 5 } }, 'calls.go'],
    ['a cast that is no function', { name: 'x', init, casts: { go: null } }, 'casts.go'],
    [
      'calls that are a list',
      { name: 'x', init, calls: [init] },
      'option "calls" is an array of 1',
    ],
    ['calls that are null', { name: 'x', init, calls: null }, 'option "calls" is null'],
    ['an info that is no function', { name: 'x', init, info: 'log' }, 'info'],
    ['a mailbox of 0', { name: 'x', init, maxMailboxSize: 0 }, 'option "maxMailboxSize" is 0'],
    ['a mailbox without end', { name: 'x', init, maxMailboxSize: 2 ** 31 }, '"maxMailboxSize"'],
    ['a misspelt option', { name: 'x', init, cals: {} }, 'calls'],
  ]
  for (const [what, definition, message] of mistakes) {
    test(`refuses ${what}`, () => {
      expect(() => defineServer(definition as never)).toThrow(ArgumentError)
      expect(() => defineServer(definition as never)).toThrow(message)
    })
  }

  test('refuses to define what could not start: a server without init [differs: GS-016]', () => {
    expect(() => defineServer({ name: 'x', calls: {} } as never)).toThrow(
      'Cannot define a server "x": option "init" is undefined, wanted a function',
    )
  })

  test('refuses everything hostile as a definition and in each of its places', () => {
    for (const [, value] of hostileValues()) {
      if (value === undefined || typeof value === 'function') continue
      expect(() => defineServer(value as never)).toThrow(ArgumentError)
      for (const place of ['init', 'info', 'down', 'exit', 'timeout', 'terminate', 'format']) {
        const definition = { name: 'x', init, [place]: value } as never
        expect(() => defineServer(definition)).toThrow(ArgumentError)
      }
      const calls = { name: 'x', init, calls: { go: value } } as never
      expect(() => defineServer(calls)).toThrow(ArgumentError)
    }
  })

  test('takes handlers under any name, those of Object.prototype included', async () => {
    const { start } = await stage()
    const names = ['constructor', 'toString', 'then', ' ', '\u202e', 'a.b']
    const calls = Object.fromEntries(
      names.map((name) => [name, (state: number) => reply(name, state)] as const),
    )
    const pid = await start(defineServer({ name: 'odd', init, calls }), undefined)
    for (const name of names) expect(await call(pid, name as never)).toBe(name)
  })

  test('reads the definition once, so that changing it later changes nothing', async () => {
    const { start } = await stage()
    const calls = { get: (state: number) => reply('old', state) }
    const pid = await start(defineServer({ name: 'x', init, calls }), undefined)
    Object.assign(calls, { get: (state: number) => reply('new', state) })
    expect(await call(pid, 'get')).toBe('old')
  })
})

describe('ServerDefinition.behaviourOf', () => {
  test('refuses what defineServer did not give back', () => {
    const copy = { ...defineServer({ name: 'x', init }) }
    for (const value of [copy, ...hostileValues().map(([, hostile]) => hostile)]) {
      expect(() => ServerDefinition.behaviourOf('make a child', value)).toThrow(
        /^Cannot make a child: the server is .*, wanted what defineServer gave back/,
      )
    }
  })
})
