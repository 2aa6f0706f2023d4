import { child, defineServer, startNode, supervisor, uniqueRegistry } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { countLeft } from '../collect-garbage.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const
const Idle = defineServer({ name: 'idle', init: () => 0 })

describe('a server definition', () => {
  test('keeps no registry in which children of it took names', async () => {
    const makeTree = async () => {
      const names = uniqueRegistry({ name: 'names' })
      const host = virtualHost()
      const started = child(Idle, undefined, { name: names.via('x') })
      const node = await startNode(supervisor(one, [names, started]), { host })
      await node.stop()
      return [new WeakRef(names), new WeakRef(host)]
    }
    const held = await makeTree()
    expect(held).toHaveLength(2)
    expect(await countLeft(held)).toBe(0)
  })
})
