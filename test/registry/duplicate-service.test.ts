import { describe, expect, test } from 'vitest'
import { end } from '../../src/process/dying.ts'
import { DuplicateService } from '../../src/registry/duplicate-service.ts'
import { bareNode, bareProcess } from '../process/bare.ts'

describe('a table of duplicates', () => {
  test('has every entry of a key, and loses them with their holders', () => {
    const node = bareNode()
    const [anchor, one, other] = [bareProcess(node), bareProcess(node), bareProcess(node)]
    const service = new DuplicateService({ name: 'groups', maxNames: 10 })
    service.attach(anchor)
    const events: unknown[] = []
    service.watch(({ kind, pid }) => events.push([kind, pid]))
    for (const process of [one, other, one]) service.register(process, 'x', process.pid.serial)
    expect(service.slotsOf('x').map(({ holder }) => holder)).toEqual([one.pid, one.pid, other.pid])
    end(one, { kind: 'normal' })
    expect(service.slotsOf('x').map(({ holder }) => holder)).toEqual([other.pid])
    expect(service.rowCount).toBe(1)
    end(other, { kind: 'normal' })
    expect([service.rowCount, [...service.slots()]]).toEqual([0, []])
  })

  test('is no address: its keys name nobody', () => {
    const node = bareNode()
    const process = bareProcess(node)
    const service = new DuplicateService({ name: 'groups', maxNames: 10 })
    service.attach(bareProcess(node))
    service.register(process, 'x', undefined)
    expect(node.resolvers.get('groups')).toBe('duplicates')
    expect([process.nameKey, process.nameOwner]).toEqual([undefined, undefined])
    service.release()
    expect(node.resolvers.size).toBe(0)
  })
})
