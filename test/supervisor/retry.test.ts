/**
 * What a supervisor does between two tries to start a child: it lets the others run.
 */
import { exit, supervisor, uniqueRegistry } from 'flotilla'
import { expect, test } from 'vitest'
import { run } from './running.ts'
import { part, pidOf } from './worker.ts'

test('a name whose holder still says its last words costs one try, and not the supervisor', async () => {
  const names = uniqueRegistry<string, any>({ name: 'names' })
  const named = part({ id: 'named', traps: true }, { name: names.via('n') })
  const inner = supervisor({ name: 'inner', strategy: 'one_for_one', shutdownMs: 'kill' }, [named])
  const top = supervisor({ name: 'top', strategy: 'one_for_all', maxRestarts: 2 }, [
    inner,
    part({ id: 'crashing' }),
  ])
  const root = supervisor({ name: 'root', strategy: 'one_for_one', maxRestarts: 0 }, [names, top])
  const { host } = await run(root)
  const before = names.whereis('n')
  exit(pidOf(top, 'crashing'), 'kill')
  await host.settle()
  const after = names.whereis('n')
  expect(after).toBeDefined()
  expect(after).not.toBe(before)
})
