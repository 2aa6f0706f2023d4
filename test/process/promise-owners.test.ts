import { AsyncResource } from 'node:async_hooks'
import { inspect } from 'node:util'
import { promiseHooks } from 'node:v8'
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import type { Successor } from '../../src/process/promise-owners.ts'

/** A register of its own, with a successor that notes what it is told. */
async function marking() {
  vi.resetModules()
  const owners = await import('../../src/process/promise-owners.ts')
  const told: unknown[] = []
  const successor: Successor = {
    takeOver: () => void told.push('takes over'),
    adopt: (owner) => void told.push(owner),
  }
  owners.markPromises(successor)
  const lendTo = <T>(owner: unknown, work: () => T) => owners.lendTo(owner, work, undefined)
  return { ...owners, lendTo, told }
}

type Marking = Awaited<ReturnType<typeof marking>>

const [one, other] = [{ name: 'one' }, { name: 'other' }]
let marks: Marking

beforeEach(async () => {
  marks = await marking()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Which hooks of promises were asked for, time after time. */
function hooksOf(spy: MockInstance<typeof promiseHooks.createHook>): readonly string[] {
  return spy.mock.calls.map(([hooks]) => Object.keys(hooks).join())
}

/** Waits as no promise of the test's own does: by what Node numbers outside of the register. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('the register', () => {
  test('is of nobody by itself, and of whom it is lent to while his code runs', () => {
    expect(marks.presentOwner()).toBeUndefined()
    marks.lendTo(one, () => {
      expect(marks.presentOwner()).toBe(one)
      marks.lendTo(other, () => expect(marks.presentOwner()).toBe(other))
      marks.lendTo(undefined, () => expect(marks.presentOwner()).toBeUndefined())
      expect(marks.presentOwner()).toBe(one)
    })
    expect(marks.presentOwner()).toBeUndefined()
  })

  test('comes back from work that throws', () => {
    const failing = () =>
      marks.lendTo(one, () => {
        throw new Error('x')
      })
    expect(failing).toThrow('x')
    expect(marks.presentOwner()).toBeUndefined()
  })

  test('is given back by the reactions of promises made meanwhile, however deep they go', async () => {
    const seen: unknown[] = []
    const look = async (): Promise<void> => {
      await undefined
      seen.push(marks.presentOwner())
      await Promise.resolve().then(() => seen.push(marks.presentOwner()))
      seen.push(marks.presentOwner())
    }
    const looking = [marks.lendTo(one, look), marks.lendTo(other, look), look()]
    expect(marks.presentOwner()).toBeUndefined()
    await Promise.all(looking)
    expect(marks.presentOwner()).toBeUndefined()
    const who = (owner: unknown): number => seen.filter((each) => each === owner).length
    expect([who(one), who(other), who(undefined)]).toEqual([3, 3, 3])
  })
})

describe('reactions', () => {
  test('are listened to from the first promise that is somebody’s on', () => {
    const listened = vi.spyOn(promiseHooks, 'createHook')
    const settled = Promise.resolve()
    void settled.then(() => undefined)
    marks.lendTo(one, () => marks.reactUnmarked(settled, () => undefined))
    expect(hooksOf(listened)).toEqual([])
    marks.lendTo(one, () => Promise.resolve())
    expect(hooksOf(listened)).toEqual(['init,before,after'])
  })

  test('of a thenable that a promise of somebody takes over are his', async () => {
    const seen = new Promise((resolve) => {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
      const thenable = { then: () => resolve(marks.presentOwner()) }
      void marks.lendTo(one, () => new Promise((adopt) => adopt(thenable)))
    })
    expect(await seen).toBe(one)
  })

  test('of the runtime itself are nobody’s, whoever’s code asks for them', async () => {
    const seen = new Promise((resolve) => {
      marks.lendTo(one, () => {
        marks.reactUnmarked(Promise.resolve(), () => resolve(marks.presentOwner()))
        expect(marks.presentOwner()).toBe(one)
      })
    })
    expect(await seen).toBeUndefined()
  })
})

describe('a promise', () => {
  test('belongs to whoever had the register when it was made', () => {
    const early = Promise.resolve()
    const [mine, nobodys] = marks.lendTo(one, () => [
      Promise.resolve(),
      marks.lendTo(undefined, () => Promise.resolve()),
    ])
    expect(marks.ownerOfPromise(mine)).toBe(one)
    expect([early, nobodys, {}].map(marks.ownerOfPromise)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('looks like any other', () => {
    const marked = marks.lendTo(one, () => Promise.resolve(1))
    expect(marks.ownerOfPromise(marked)).toBe(one)
    expect(Reflect.ownKeys(marked)).toEqual([])
    expect(inspect(marked)).toBe('Promise { 1 }')
  })
})

describe('the successor', () => {
  test('does not take over for promises, nor for what nobody or the runtime itself made', async () => {
    await marks.lendTo(one, async () => {
      await undefined
      setTimeout(() => undefined)
      marks.spendNumber()
    })
    setTimeout(() => undefined)
    await turn()
    expect(marks.told).toEqual([])
  })

  const things = {
    'a timer': (done: () => void) => void setTimeout(done),
    'an immediate': (done: () => void) => void setImmediate(done),
    'a tick': (done: () => void) => process.nextTick(done),
    'a microtask': (done: () => void) => queueMicrotask(done),
    'a resource of its own': (done: () => void) => {
      const resource = new AsyncResource('own')
      marks.lendTo(undefined, () => setTimeout(() => resource.runInAsyncScope(done)))
    },
  }

  for (const [what, leave] of Object.entries(things)) {
    test(`takes over when ${what} was left behind, and adopts it when it is called back`, async () => {
      await new Promise<void>((done) => {
        marks.lendTo(one, () => {
          leave(done)
          expect(marks.told).toEqual([])
        })
        expect(marks.told).toEqual(['takes over'])
      })
      expect(marks.told).toEqual(['takes over', one])
    })
  }

  test('adopts what a reaction left behind', async () => {
    const fired = await marks.lendTo(one, async () => {
      await undefined
      return new Promise((resolve) => setTimeout(() => resolve('fired')))
    })
    expect(fired).toBe('fired')
    expect(marks.told.slice(0, 2)).toEqual(['takes over', one])
  })

  test('tells apart what several left behind in one run', async () => {
    await new Promise<void>((done) => {
      marks.changeOwner(one)
      setImmediate(() => undefined)
      marks.changeOwner(other)
      setImmediate(done)
      expect(marks.told).toEqual([])
      marks.changeOwner(undefined)
    })
    expect(marks.told).toEqual(['takes over', one, other])
  })

  test('waits until all that borrow the register are done', () => {
    marks.lendTo(one, () => {
      marks.lendTo(other, () => void setImmediate(() => undefined))
      marks.lendTo(undefined, () => expect(marks.told).toEqual([]))
      expect(marks.told).toEqual([])
    })
    expect(marks.told).toEqual(['takes over'])
  })

  test('is not bothered by a resource that is called back by the code that made it', async () => {
    marks.lendTo(one, () => {
      const resource = new AsyncResource('own')
      marks.lendTo(undefined, () => undefined)
      expect(resource.runInAsyncScope(marks.presentOwner)).toBe(one)
      expect(marks.told).toEqual([])
    })
    expect(marks.told).toEqual(['takes over'])
  })

  test('adopts the reactions of promises that were marked before', async () => {
    let settle: () => void = () => undefined
    const settled = new Promise<void>((resolve) => {
      settle = resolve
    })
    const waiting = marks.lendTo(other, async () => await settled)
    marks.lendTo(one, () => void setImmediate(() => undefined))
    expect(marks.told).toEqual(['takes over'])
    settle()
    await waiting
    expect(marks.told).toContain(other)
    expect(marks.told).not.toContain(one)
  })

  test('is asked no more when all that was left behind has been adopted', async () => {
    const gate = Promise.resolve()
    await new Promise<void>((done) => {
      marks.lendTo(one, () => {
        void gate.then(() => undefined)
        setImmediate(done)
      })
    })
    await turn()
    const told = marks.told.length
    expect(told).toBe(3)
    await turn()
    await gate.then(turn)
    expect(marks.told.length).toBe(told)
  })

  test('is the only one that is asked from then on: nobody has the register any more', async () => {
    await new Promise<void>((done) => {
      marks.lendTo(undefined, () => {
        marks.lendTo(one, () => void setImmediate(done))
        void marks.lendTo(other, () => Promise.resolve().then(() => undefined))
      })
    })
    expect(marks.told).toContain('takes over')
    expect(marks.presentOwner()).toBeUndefined()
    expect(marks.ownerOfPromise(marks.lendTo(one, () => Promise.resolve()))).toBeUndefined()
  })
})
