import { ended, exit, isAlive, supervisor } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { run } from './running.ts'
import { gate, part, pidOf } from './worker.ts'

describe('a supervisor that is killed while it stops its children one by one', () => {
  it('stops none of those whose turn has not come: each ends as its own code says', async () => {
    const [slow, last] = [gate(), gate()]
    const journal: string[] = []
    const inner = supervisor({ name: 'inner', strategy: 'one_for_one', restart: 'temporary' }, [
      part({ id: 'b', journal, traps: true, terminate: last.wait }, { shutdownMs: 'kill' }),
      part({ id: 'a', journal, traps: true, terminate: slow.wait }, { shutdownMs: 'infinity' }),
    ])
    const root = supervisor({ name: 'root', strategy: 'one_for_one' }, [inner])
    const { host } = await run(root)
    const [a, b, above] = [pidOf(inner, 'a'), pidOf(inner, 'b'), pidOf(root, 'inner')]
    const reason = ended(b)
    const stopping = root.terminateChild('inner')
    await host.settle()
    exit(above, 'kill')
    await stopping
    slow.release()
    await host.settle()
    // Its work would now go on with the next child, which says its last words meanwhile.
    expect([isAlive(a), isAlive(b)]).toEqual([false, true])
    last.release()
    expect(await reason).toEqual({ kind: 'killed' })
    expect(journal).toEqual(['+b', '+a', '-a shutdown', '-b killed'])
  })
})
