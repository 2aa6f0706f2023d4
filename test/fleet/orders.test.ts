import { describe, expect, it } from 'vitest'
import { ReleaseOrder, StartOrder, StopOrder } from '../../src/fleet/orders.ts'

describe('the orders of a fleet', () => {
  it('carry what they are about, and are told apart by class', () => {
    const start = new StartOrder('a', { id: 'a' })
    const stop = new StopOrder('a', { kind: 'shutdown' })
    const release = new ReleaseOrder('a')
    expect([start.key, start.argument]).toEqual(['a', { id: 'a' }])
    expect([stop.key, stop.reason]).toEqual(['a', { kind: 'shutdown' }])
    expect(release.key).toBe('a')
    expect([start, stop, release].map((order) => order instanceof StartOrder)).toEqual([
      true,
      false,
      false,
    ])
  })
})
