import { AsyncResource } from 'node:async_hooks'
import { describe, expect, test, vi } from 'vitest'
import { ownerOfContext, runInContext, setContext, unheard } from '../../src/process/attribution.ts'

describe('the asynchronous context', () => {
  test('belongs to nobody by itself', () => {
    expect(ownerOfContext()).toBeUndefined()
  })

  test('follows the work it was entered for: promises, timers, emitters', async () => {
    const owner = { name: 'owner' }
    const seen = runInContext(owner, () => [
      Promise.resolve().then(ownerOfContext),
      new Promise((resolve) => setImmediate(() => resolve(ownerOfContext()))),
      new Promise((resolve) => queueMicrotask(() => resolve(ownerOfContext()))),
    ])
    expect(await Promise.all(seen)).toEqual([owner, owner, owner])
  })

  test('goes back to what it was when the work returns or throws', () => {
    const [outer, inner] = [{ name: 'outer' }, { name: 'inner' }]
    runInContext(outer, () => {
      expect(runInContext(inner, ownerOfContext)).toBe(inner)
      expect(ownerOfContext()).toBe(outer)
      expect(runInContext(undefined, ownerOfContext)).toBeUndefined()
      const failing = () =>
        runInContext(inner, () => {
          throw new Error('x')
        })
      expect(failing).toThrow('x')
      expect(ownerOfContext()).toBe(outer)
    })
    expect(ownerOfContext()).toBeUndefined()
  })

  test('goes back also where the work is for whom it was for before', () => {
    const callback = new AsyncResource('callback')
    callback.runInAsyncScope(() => {
      runInContext(undefined, () => setContext({ name: 'inner' }))
      expect(ownerOfContext()).toBeUndefined()
    })
  })

  test('goes back also where the work was the first to be charged to anybody', async () => {
    vi.resetModules()
    const fresh = await import('../../src/process/attribution.ts')
    const owner = { name: 'owner' }
    fresh.runInContext(undefined, () => {
      fresh.setContext(owner)
      expect(fresh.ownerOfContext()).toBe(owner)
    })
    expect(fresh.ownerOfContext()).toBeUndefined()
  })

  test('can be changed from here to the end of the present callback', () => {
    const owner = { name: 'owner' }
    const callback = new AsyncResource('callback')
    callback.runInAsyncScope(() => {
      setContext(owner)
      expect(ownerOfContext()).toBe(owner)
    })
    expect(ownerOfContext()).toBeUndefined()
  })
})

describe('an answer that nobody hears', () => {
  // vitest fails the run for an unhandled rejection
  test('may be a failure, which does not end the OS process', async () => {
    const answer = unheard(Promise.reject(new Error('nobody cares')))
    await new Promise((resolve) => setImmediate(resolve))
    await expect(answer).rejects.toThrow('nobody cares')
  })
})
