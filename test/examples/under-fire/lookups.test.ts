import {
  child,
  defineServer,
  ended,
  exit,
  type ProtocolOf,
  startNode,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { expect, it } from 'vitest'
import { Lookups } from '../../../examples/under-fire/lookups.ts'
import { Violations } from '../../../examples/under-fire/oracle/invariants.ts'
import { Tally } from '../../../examples/under-fire/tally.ts'

it('has nothing against nobody and against somebody who lives', async () => {
  await using world = await start()
  const { lookups, tally, violations, pid } = world
  expect(lookups.check('ann', undefined)).toBeUndefined()
  expect(lookups.check('ann', pid)).toBe(pid)
  lookups.checkFree('ann', undefined)
  expect([tally.lookups, violations.total]).toEqual([3, 0])
})

it('books a look-up that led to a dead process', async () => {
  await using world = await start()
  const { lookups, violations, pid } = world
  const end = ended(pid)
  exit(pid, 'kill')
  await end
  lookups.check('ann', pid)
  expect(violations.inWords()).toEqual([expect.stringMatching(/"ann" led to .*, which is dead/)])
})

it('books anybody who is found in the turn of an end', async () => {
  await using world = await start()
  world.lookups.checkFree('ann', world.pid)
  expect(world.violations.counts().deadLookups).toBe(1)
})

const idleServer = defineServer({ name: 'idle', init: () => 0 })

async function start() {
  const tally = new Tally()
  const violations = new Violations()
  const names = uniqueRegistry<string, ProtocolOf<typeof idleServer>>({ name: 'names' })
  const idle = child(idleServer, undefined, { name: names.via('ann'), restart: 'temporary' })
  const tree = supervisor({ name: 'look-ups', strategy: 'one_for_one' }, [names, idle])
  const node = await startNode(tree)
  const pid = names.whereis('ann')
  if (pid === undefined) throw new Error('Nobody was started')
  const lookups = new Lookups(tally, violations)
  return { tally, violations, lookups, pid, [Symbol.asyncDispose]: () => node.stop() }
}
