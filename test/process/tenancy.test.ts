import { argumentCodes } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { type Holding, NodeRuntime } from '../../src/process/node-runtime.ts'
import { Tenancy } from '../../src/process/tenancy.ts'

describe('a tenancy', () => {
  test('lists its holding with the node under its kind and name', () => {
    const node = makeNode('here')
    const tenancy = new Tenancy('table', 'rows')
    const holding = makeHolding()
    expect([tenancy.node, tenancy.home]).toEqual([undefined, undefined])
    tenancy.enter(node, holding)
    expect(tenancy.node).toBe(node)
    expect([...node.holdings]).toEqual([['table rows', holding]])
  })

  test('begins only once on the same node', () => {
    const node = makeNode('here')
    const tenancy = new Tenancy('table', 'rows')
    const holding = makeHolding()
    tenancy.enter(node, holding)
    expect(() => tenancy.enter(node, holding)).not.toThrow()
    expect(node.holdings.size).toBe(1)
  })

  test('is on one node at a time', () => {
    const tenancy = new Tenancy('table', 'rows')
    const other = makeNode('there')
    tenancy.enter(makeNode('here'), makeHolding())
    expect(() => tenancy.enter(other, makeHolding())).toThrow(
      expect.objectContaining({
        code: argumentCodes.already_started,
        message: expect.stringContaining(
          'Cannot start the table "rows": it runs on the node "here"',
        ),
      }),
    )
    expect(other.holdings.size).toBe(0)
  })

  test('leaves a name to the first of its kind, and to one of every kind', () => {
    const node = makeNode('here')
    const first = makeHolding()
    new Tenancy('table', 'rows').enter(node, first)
    const second = new Tenancy('table', 'rows')
    expect(() => second.enter(node, makeHolding())).toThrow(
      expect.objectContaining({ code: argumentCodes.name_taken }),
    )
    expect([second.node, second.home]).toEqual([undefined, undefined])
    new Tenancy('registry or fleet', 'rows').enter(node, makeHolding())
    expect(node.holdings.get('table rows')).toBe(first)
  })

  test('ends without a trace, and may begin anew elsewhere', () => {
    const [here, there] = [makeNode('here'), makeNode('there')]
    const tenancy = new Tenancy('table', 'rows')
    tenancy.enter(here, makeHolding())
    tenancy.leave()
    tenancy.leave()
    expect([tenancy.node, tenancy.home, here.holdings.size]).toEqual([undefined, here, 0])
    tenancy.enter(there, makeHolding())
    expect(tenancy.node).toBe(there)
  })

  test('says whether it has not begun yet or is over', () => {
    const tenancy = new Tenancy('table', 'rows')
    expect(tenancy.notStarted('save a row')).toMatchObject({
      code: argumentCodes.not_started,
      message: expect.stringContaining('the table "rows" was never started'),
    })
    tenancy.enter(makeNode('here'), makeHolding())
    tenancy.leave()
    expect(tenancy.notStarted('save a row').message).toContain('is not running any more')
  })
})

function makeNode(name: string): NodeRuntime {
  return new NodeRuntime({ name, host: virtualHost(), chargesEscapes: false })
}

function makeHolding(): Holding {
  return { rowCount: 0, release: () => undefined }
}
