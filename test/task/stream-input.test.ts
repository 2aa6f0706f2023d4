import { describe, expect, test } from 'vitest'
import { type InputSink, type Items, StreamInput, sourceOf } from '../../src/task/stream-input.ts'
import { codeOf } from '../supervisor/running.ts'
import { forever, gate } from './workshop.ts'

/** An input, and what came out of it. */
function open<T>(items: Items<T>) {
  const log: unknown[] = []
  const sink: InputSink<T> = {
    item: (item) => void log.push(item),
    ended: () => void log.push('ended'),
    failed: (error) => void log.push({ error }),
  }
  return { input: new StreamInput(sourceOf('read', items)(), sink), log }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('sourceOf', () => {
  test.each([
    ['an array', [1, 2]],
    ['a text', 'ab'],
    ['a set', new Set([1])],
    [
      'a generator',
      (function* () {
        yield 1
      })(),
    ],
    [
      'an asynchronous generator',
      (async function* () {
        yield 1
      })(),
    ],
  ])('takes %s', (_, items) => {
    expect(sourceOf<unknown>('read', items)()).toHaveProperty('next')
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a plain object', {}],
    ['a revoked proxy', revoked()],
    ['something with no function for an iterator', { [Symbol.iterator]: 5 }],
  ])('refuses %s', (_, items) => {
    expect(codeOf(() => sourceOf('read', items as never))).toBe('FLOTILLA_INVALID_ARGUMENT')
  })

  test('prefers the asynchronous way, and opens the source anew each time', async () => {
    const both = {
      opened: 0,
      *[Symbol.iterator]() {
        yield 'sync'
      },
      async *[Symbol.asyncIterator]() {
        this.opened += 1
        yield `async ${this.opened}`
      },
    }
    const source = sourceOf('read', both)
    expect(await source().next()).toMatchObject({ value: 'async 1' })
    expect(await source().next()).toMatchObject({ value: 'async 2' })
  })
})

describe('StreamInput', () => {
  test('gives what is there at once, then its end', () => {
    const { input, log } = open(['a'])
    input.pull()
    expect([log, input.isIdle, input.isOver]).toEqual([['a'], true, false])
    input.pull()
    expect([log, input.isIdle, input.isOver]).toEqual([['a', 'ended'], false, true])
  })

  test('asks for nothing while an item is on its way', async () => {
    const { opened, open: release } = gate()
    const { input, log } = open(
      (async function* () {
        await opened
        yield 'late'
      })(),
    )
    input.pull()
    expect([log, input.isIdle]).toEqual([[], false])
    release()
    await turn()
    expect([log, input.isIdle]).toEqual([['late'], true])
  })

  test.each([
    ['at once', () => fail()],
    ['later', async () => fail()],
  ])('passes on an error that comes %s, and is over', async (_, next) => {
    const { input, log } = open({ [Symbol.asyncIterator]: () => ({ next }) } as never)
    input.pull()
    await turn()
    expect(log).toEqual([{ error: new Error('broken') }])
    expect(input.isOver).toBe(true)
    await input.close()
  })

  test('tells the source once that no more is wanted, and drops what it still owes', async () => {
    const log: string[] = []
    const { opened, open: release } = gate()
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          await opened
          return { done: false, value: 'dropped' } as const
        },
        return: async () => {
          log.push('returned')
          return { done: true, value: undefined } as const
        },
      }),
    }
    const { input, log: items } = open(source)
    input.pull()
    await input.close()
    await input.close()
    release()
    await turn()
    expect([log, items]).toEqual([['returned'], []])
  })

  test('is not held up by a source that never lets go while it owes an item', async () => {
    const stuck = { next: forever, return: forever }
    const { input } = open({ [Symbol.asyncIterator]: () => stuck })
    input.pull()
    await input.close()
    expect(input.isOver).toBe(true)
  })

  test('takes for a promise what "await" takes for one', async () => {
    const steps = [{ done: false, value: 1 }, { done: true }]
    const next = () => {
      const step = steps.shift()
      return Object.fromEntries([['then', (resolve: (step: unknown) => void) => resolve(step)]])
    }
    const { input, log } = open({ [Symbol.asyncIterator]: () => ({ next: next as never }) })
    input.pull()
    await turn()
    input.pull()
    await turn()
    expect([log, input.isOver]).toEqual([[1, 'ended'], true])
  })

  const broken = {
    get done(): boolean {
      return fail()
    },
  }
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['what cannot be looked into', { step: broken }],
  ])('fails when its source gives %s', async (_, given) => {
    const step = typeof given === 'object' && given !== null ? given.step : given
    const sources = [
      { [Symbol.iterator]: () => ({ next: () => step as never }) },
      { [Symbol.asyncIterator]: () => ({ next: async () => step as never }) },
    ]
    for (const source of sources) {
      const { input, log } = open(source)
      input.pull()
      await turn()
      expect(log).toEqual([{ error: expect.any(Error) }])
      expect(input.isOver).toBe(true)
    }
  })

  test('does not tell a source that has ended by itself', async () => {
    const log: string[] = []
    const { input } = open({
      [Symbol.iterator]: () => ({
        next: () => ({ done: true, value: undefined }) as const,
        return: () => {
          log.push('returned')
          return { done: true, value: undefined } as const
        },
      }),
    })
    input.pull()
    await input.close()
    expect(log).toEqual([])
  })
})

function fail(): never {
  throw new Error('broken')
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
