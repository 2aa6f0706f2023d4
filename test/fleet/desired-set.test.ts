import { virtualHost } from 'flotilla/testing'
import { describe, expect, it } from 'vitest'
import { DesiredSet, Row, type RowPhase } from '../../src/fleet/desired-set.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'

describe('a row', () => {
  it('begins as the start of a worker that never ran', () => {
    const row = new Row('a', { id: 'a' })
    expect([row.key, row.argument]).toEqual(['a', { id: 'a' }])
    expect([row.phase, row.process, row.established, row.failures]).toEqual([
      'starting',
      undefined,
      false,
      0,
    ])
  })
})

describe('the desired set', () => {
  it('finds rows by key, type and structure included, until they are removed', () => {
    const desired = new DesiredSet('crew')
    const rows = [1, '1', 1n, true, ['1'], ['1', 2]].map((key) => new Row(key, undefined))
    for (const row of rows) desired.add(row)
    expect(rows.map((row) => desired.find(row.key) === row)).toEqual(rows.map(() => true))
    expect(desired.find(['1', 2])).toBe(rows[5])
    expect(desired.rowCount).toBe(6)
    for (const row of rows) desired.remove(row)
    expect([desired.rowCount, desired.find(1), [...desired.rows()]]).toEqual([0, undefined, []])
  })

  it('removes a row once, and never the one that took its place', () => {
    const desired = new DesiredSet('crew')
    const first = new Row('a', 1)
    const second = new Row('a', 2)
    desired.add(first)
    desired.remove(first)
    desired.add(second)
    desired.remove(first)
    desired.remove(new Row('a', 3))
    expect([desired.find('a'), desired.rowCount]).toEqual([second, 1])
  })

  it('counts its rows by phase', () => {
    const desired = new DesiredSet('crew')
    const phases: RowPhase[] = ['running', 'running', 'starting', 'waiting', 'stopping', 'parked']
    for (const [key, phase] of phases.entries()) {
      const row = new Row(key, undefined)
      row.phase = phase
      desired.add(row)
    }
    expect(desired.counts()).toEqual({ desired: 6, running: 2, pending: 3, parked: 1 })
  })

  it('belongs to one node, and is empty and free when that has ended', () => {
    const desired = new DesiredSet('crew')
    const [here, there] = [makeNode('here'), makeNode('there')]
    desired.attach(here)
    desired.attach(here)
    desired.add(new Row('a', undefined))
    desired.keeperSinceMs = 5
    desired.shortLives = 3
    expect([...here.holdings.values()]).toEqual([desired])
    expect(() => desired.attach(there)).toThrow(
      expect.objectContaining({ code: 'FLOTILLA_ALREADY_STARTED' }),
    )
    here.close()
    expect([desired.rowCount, here.holdings.size]).toEqual([0, 0])
    expect([desired.keeperSinceMs, desired.shortLives]).toEqual([Number.NEGATIVE_INFINITY, 0])
    desired.attach(there)
    expect(there.holdings.size).toBe(1)
  })

  it('shares its name with no other on its node', () => {
    const node = makeNode('here')
    new DesiredSet('crew').attach(node)
    expect(() => new DesiredSet('crew').attach(node)).toThrow(
      expect.objectContaining({ code: 'FLOTILLA_NAME_TAKEN' }),
    )
  })
})

function makeNode(name: string): NodeRuntime {
  return new NodeRuntime({ name, host: virtualHost(), chargesEscapes: false })
}
