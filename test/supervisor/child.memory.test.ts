import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { child, defineServer, startNode, supervisor, uniqueRegistry } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'

// What nobody can reach any more, the garbage collector takes: so that is asked.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

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
    // Weak references keep what they lead to until the present job is over.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(held.map((each) => each.deref())).toEqual([undefined, undefined])
  })
})
