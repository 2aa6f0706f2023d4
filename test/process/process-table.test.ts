import fc from 'fast-check'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { Process } from '../../src/process/process.ts'
import { ProcessTable } from '../../src/process/process-table.ts'
import { bareBehaviour } from './bare.ts'

const behaviour = bareBehaviour()

describe('the table of processes', () => {
  test('has whoever was added until it is taken out, whatever the order', () => {
    const actions = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat() }), { maxLength: 200 })
    fc.assert(
      fc.property(actions, fc.nat(200), (steps, indexedFrom) => {
        const node = new NodeRuntime({ name: 'local', host: virtualHost(), chargesEscapes: false })
        const table = new ProcessTable()
        const model: Process[] = []
        for (const [number, { adds, at }] of steps.entries()) {
          if (number === indexedFrom) table.get(1)
          if (adds || model.length === 0) {
            const process = new Process(node, behaviour, undefined)
            table.add(process)
            model.push(process)
          } else {
            const [gone] = model.splice(at % model.length, 1)
            if (gone === undefined) throw new RangeError('unreachable: one was taken out')
            table.delete(gone)
            table.delete(gone)
            expect(number >= indexedFrom ? table.get(gone.pid.serial) : undefined).toBeUndefined()
          }
          expect([table.size, new Set(table)]).toEqual([model.length, new Set(model)])
        }
        expect(table.inOrder()).toEqual(model)
        for (const process of model) expect(table.get(process.pid.serial)).toBe(process)
      }),
    )
  })

  test('knows by number those that came before anybody asked, and those that come after', () => {
    const node = new NodeRuntime({ name: 'local', host: virtualHost(), chargesEscapes: false })
    const table = new ProcessTable()
    const [one, other] = [node, node].map((each) => new Process(each, behaviour, undefined))
    if (one === undefined || other === undefined) throw new RangeError('unreachable: two were made')
    table.add(one)
    expect(table.get(one.pid.serial)).toBe(one)
    table.add(other)
    table.delete(one)
    expect([one, other].map(({ pid }) => table.get(pid.serial))).toEqual([undefined, other])
  })
})
