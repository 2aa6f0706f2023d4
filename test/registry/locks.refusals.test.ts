/**
 * Locks that are not to be had: inside themselves, beyond the limit, without a node, by mistake.
 */
import { argumentCodes, startNode } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { trust } from '../../src/core/trust.ts'
import { codeOf, run } from '../supervisor/running.ts'
import { gate } from '../supervisor/worker.ts'
import { inside, kinds, makeRegistry, runKind } from './any-registry.ts'

const anyKind = kinds[0] ?? unreachable()

describe('a lock inside the work that has it', () => {
  test('is refused with the cycle instead of waiting for ever', async () => {
    const { names, start } = await runKind(anyKind)
    const nested = () => names.lock('k', () => names.lock('k', unreachable))
    const reason = { kind: 'calling_self', cycle: ['lock "k" of names', 'lock "k" of names'] }
    await expect(nested()).rejects.toMatchObject({ reason })
    const pid = await start()
    const { failed } = await inside(pid, () => ({ failed: nested() }))
    await expect(failed).rejects.toMatchObject({ reason })
    expect(await names.lock('k', () => 'free')).toBe('free')
  })

  test('is found after any await, timer, and inside the locks of other keys and registries', async () => {
    const { names } = await runKind(anyKind)
    const others = makeRegistry(anyKind, { name: 'others' })
    await run(others, 'elsewhere')
    const deep = names.lock('a', async () => {
      await Promise.resolve()
      return names.lock('b', () => {
        return others.lock('a', async () => {
          await new Promise((resolve) => setImmediate(resolve))
          return names.lock('a', unreachable)
        })
      })
    })
    await expect(deep).rejects.toMatchObject({ reason: { kind: 'calling_self' } })
  })

  test('of another key or another registry is none', async () => {
    const { names } = await runKind(anyKind)
    const others = makeRegistry(anyKind, { name: 'others' })
    await run(others, 'elsewhere')
    const nested = names.lock('k', () => others.lock('k', () => names.lock('j', () => 'in')))
    expect(await nested).toBe('in')
  })

  test('is one of many if it is asked for after the work is over', async () => {
    const { names } = await runKind(anyKind)
    const { wait, release } = gate()
    let late: Promise<string> = Promise.resolve('')
    await names.lock('k', () => {
      late = wait().then(() => names.lock('k', () => 'late'))
    })
    release()
    expect(await late).toBe('late')
  })

  // Not told apart by their owner: the work of one process may go on beside itself.
  test('is none of what the same process does beside it: that waits its turn', async () => {
    const { names, start } = await runKind(anyKind)
    const pid = await start()
    const journal: string[] = []
    const { done } = await inside(pid, () => ({
      done: ['a', 'b', 'c'].map((each) =>
        names.lock('k', async () => {
          journal.push(`+${each}`)
          await new Promise((resolve) => setImmediate(resolve))
          journal.push(`-${each}`)
        }),
      ),
    }))
    await Promise.all(done)
    expect(journal.join(' ')).toBe('+a -a +b -b +c -c')
  })
})

describe('too many locks', () => {
  test('are refused at once, and there is room again when one is over', async () => {
    const { names } = await runKind(anyKind, { maxLocks: 2 })
    const { wait, release } = gate()
    const both = [names.lock('a', wait), names.lock('a', wait)]
    expect(codeOf(() => names.lock('b', unreachable))).toBe(argumentCodes.limit)
    release()
    await Promise.all(both)
    expect(await names.lock('b', () => 'room')).toBe('room')
  })
})

describe('the end of the node', () => {
  test('refuses whoever waits; work that has begun goes on', async () => {
    const names = makeRegistry(anyKind)
    const { node } = await run(names)
    const { wait, release } = gate()
    const begun = names.lock('k', () => wait().then(() => 'done'))
    const waits = names.lock('k', unreachable)
    await Promise.resolve()
    await node.stop()
    await expect(waits).rejects.toMatchObject({ reason: { kind: 'nodedown', node: 'local' } })
    release()
    expect(await begun).toBe('done')
  })
})

describe('a registry that is stopped while its locks are held', () => {
  test('keeps them, so that nobody joins the holder after the next start', async () => {
    const { children, host } = await runKind(anyKind)
    const { wait, release } = gate()
    const journal: string[] = []
    const again = makeRegistry(anyKind, { name: 'again' })
    const started = await children.startChild(again)
    if (!started.ok) throw new Error('not started')
    const held = again.lock('k', () => wait().then(() => journal.push('again')))
    expect(await children.terminateChild(started.pid)).toBe(true)
    expect((await children.startChild(again)).ok).toBe(true)
    const next = again.lock('k', () => journal.push('next'))
    await host.settle()
    expect(journal).toEqual([])
    release()
    await Promise.all([held, next])
    expect(journal).toEqual(['again', 'next'])
  })

  test('stays on its node, where the holder is', async () => {
    const { children, host } = await runKind(anyKind)
    const { wait, release } = gate()
    const again = makeRegistry(anyKind, { name: 'again' })
    const started = await children.startChild(again)
    if (!started.ok) throw new Error('not started')
    const held = again.lock('k', wait)
    expect(await children.terminateChild(started.pid)).toBe(true)
    const moved = startNode(again, { host, name: 'second' })
    await expect(moved).rejects.toThrow('it runs on the node "local"')
    release()
    await held
  })
})

describe('a wrong argument', () => {
  test.each<[string, readonly unknown[], string]>([
    ['a key that is none', [{}, unreachable], argumentCodes.invalid_key],
    ['no work', ['k'], argumentCodes.invalid_argument],
    ['work that is no function', ['k', 'work'], argumentCodes.invalid_argument],
    ['options that are none', ['k', unreachable, 5], argumentCodes.invalid_argument],
    ['an unknown option', ['k', unreachable, { timeout: 5 }], argumentCodes.unknown_option],
    ['a time that is none', ['k', unreachable, { timeoutMs: -1 }], argumentCodes.invalid_option],
    ['a signal that is none', ['k', unreachable, { signal: {} }], argumentCodes.invalid_option],
    ['an owner that is none', ['k', unreachable, { owner: {} }], argumentCodes.invalid_argument],
  ])('is refused at once: %s', async (_, given, code) => {
    const { names, node } = await runKind(anyKind)
    expect(codeOf(() => Reflect.apply(names.lock, names, [...given]))).toBe(code)
    expect(node.statistics().rows['locks of names']).toBeUndefined()
  })

  test('a signal that cannot be listened to is refused, and nobody is locked out', async () => {
    const { names } = await runKind(anyKind)
    const broken: AbortSignal = trust({
      aborted: false,
      addEventListener: () => fail('broken'),
      removeEventListener: () => fail('broken'),
    })
    const code = codeOf(() => names.lock('k', unreachable, { signal: broken }))
    expect(code).toBe(argumentCodes.invalid_option)
    expect(await names.lock('k', () => 'free')).toBe('free')
  })
})

function fail(message: string): never {
  throw new Error(message)
}

function unreachable(): never {
  throw new Error('unreachable')
}
