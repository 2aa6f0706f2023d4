import { describe, expect, test } from 'vitest'
import { end } from '../../src/process/dying.ts'
import { keysIn } from '../../src/process/held-names.ts'
import type { NodeRuntime } from '../../src/process/node-runtime.ts'
import { DuplicateService } from '../../src/registry/duplicate-service.ts'
import type { EntryService } from '../../src/registry/entry-service.ts'
import { NameService } from '../../src/registry/name-service.ts'
import { bareNode, bareProcess } from '../process/bare.ts'

const options = { name: 'names', maxNames: 3 }
const makers: readonly [string, () => EntryService][] = [
  ['names', () => new NameService(options)],
  ['duplicates', () => new DuplicateService(options)],
]

describe.each(makers)('a table of %s', (_, make) => {
  function start(node: NodeRuntime = bareNode()) {
    const root = bareProcess(node)
    const anchor = bareProcess(node, {}, root)
    const service = make()
    service.attach(anchor)
    return { node, root, anchor, service }
  }

  test('belongs to its node and not to the process that stands for it', () => {
    const { node, anchor, service } = start()
    const process = bareProcess(node)
    expect(service.register(process, 'x', 1)).toBeUndefined()
    end(anchor, { kind: 'killed' })
    expect([service.node, service.rowCount]).toEqual([node, 1])
    expect(node.holdings.get('registry or fleet names')).toBe(service)
  })

  test('says who stands for it as long as that process does', () => {
    const { node, root, anchor, service } = start()
    expect(service.occupant(node)).toBe(anchor)
    expect(service.occupant(bareNode())).toBeUndefined()
    const other = make()
    expect(other.occupant(node)).toBe(anchor)
    expect(() => other.attach(bareProcess(node))).toThrow('has the same name')
    root.phase = 'dead'
    expect(service.occupant(node)).toBeUndefined()
    root.phase = 'running'
    end(anchor, { kind: 'killed' })
    expect([service.occupant(node), other.occupant(node)]).toEqual([undefined, undefined])
  })

  test('that is closed has no entry and serves nobody, and keeps its place until it moves out', () => {
    const { node, service } = start()
    const process = bareProcess(node)
    let released = 0
    service.onRelease = () => {
      released += 1
    }
    for (const key of ['x', 'y']) service.register(process, key, 1)
    service.close()
    expect([service.node, service.rowCount, released]).toEqual([undefined, 0, 1])
    expect(keysIn(process, service)).toEqual([])
    expect([process.nameKey, process.extrasIfAny?.names?.size ?? 0]).toEqual([undefined, 0])
    expect([node.holdings.size, node.resolvers.size]).toEqual([1, 0])
    expect(() => service.running('look')).toThrow(/^Cannot look: .* is not running any more/)
    service.moveOut()
    expect(node.holdings.size).toBe(0)
    end(process, { kind: 'normal' })
    expect(service.rowCount).toBe(0)
  })

  test('refuses a process of another node', () => {
    const { node, service } = start()
    expect(() => service.checkIsHere('register', bareProcess(node))).not.toThrow()
    expect(() => service.checkIsHere('register', bareProcess(bareNode()))).toThrow(
      'does not run on the node of the process',
    )
    expect(() => make().checkIsHere('register', bareProcess(node))).toThrow('was never started')
  })

  test('has a limit, and room again when an entry is gone', () => {
    const { node, service } = start()
    const process = bareProcess(node)
    for (const key of ['a', 'b', 'c']) expect(service.register(process, key, key)).toBeUndefined()
    expect(service.register(process, 'd', 0)).toEqual({ kind: 'limit', maxNames: 3 })
    const [slot] = service.slotsOf('a')
    expect(slot !== undefined && service.drop(slot, process)).toBe(true)
    expect(slot !== undefined && service.drop(slot, process)).toBe(false)
    expect(service.register(process, 'd', 0)).toBeUndefined()
    const keys = (slots: Iterable<{ readonly key: unknown }>) => [...slots].map(({ key }) => key)
    expect(keys(service.slots())).toEqual(['b', 'c', 'd'])
    expect(service.keysHeldBy(process).toSorted()).toEqual(['b', 'c', 'd'])
    expect(keys(service.slotsOfHolder('b', process))).toEqual(['b'])
    expect(keys(service.slotsOfHolder('b', bareProcess(node)))).toEqual([])
  })

  test('has nothing of a process that has ended, whoever asks', () => {
    const { node, service } = start()
    const process = bareProcess(node)
    service.register(process, 'x', 1)
    end(process, { kind: 'killed' })
    expect([service.rowCount, service.keysHeldBy(process), service.slotsOf('x')]).toEqual([
      0,
      [],
      [],
    ])
    expect(service.keysHeldBy(undefined)).toEqual([])
  })
})
