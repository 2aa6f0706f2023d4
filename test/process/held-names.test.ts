import { describe, expect, test } from 'vitest'
import type { Key } from '../../src/core/key.ts'
import { Slot } from '../../src/core/name-table.ts'
import { end } from '../../src/process/dying.ts'
import { dropName, holdEntry, holdName, keysIn } from '../../src/process/held-names.ts'
import type { LocalPid } from '../../src/process/local-pid.ts'
import type { Naming } from '../../src/process/process.ts'
import { bareNode, bareProcess } from './bare.ts'

function table(name: string): Naming & { readonly freed: Key[] } {
  const freed: Key[] = []
  return { name, freed, holder: () => undefined, free: (key) => void freed.push(key) }
}

function slot(key: string): Slot<LocalPid> {
  return new Slot<LocalPid>(key, undefined, undefined)
}

describe('the names of a process', () => {
  test('are kept without a table while there is only one', () => {
    const process = bareProcess(bareNode())
    const users = table('users')
    expect(holdName(process, 'a', users)).toBe(true)
    expect(holdName(process, 'b', users)).toBe(false)
    expect([process.nameKey, process.nameOwner, process.extrasIfAny?.names]).toEqual([
      'a',
      users,
      undefined,
    ])
  })

  test('are all told by table, entries that name nobody included', () => {
    const process = bareProcess(bareNode())
    const [users, groups] = [table('users'), table('groups')]
    const [a, b, c, d] = [slot('a'), slot('b'), slot('c'), slot('d')]
    holdEntry(process, a, groups)
    holdName(process, 'b', users)
    holdEntry(process, c, users)
    holdEntry(process, d, groups)
    expect(process.describe()).toBe('users "b"')
    expect([keysIn(process, users), keysIn(process, groups)]).toEqual([
      ['b', 'c'],
      ['a', 'd'],
    ])
    dropName(process, b, users)
    dropName(process, d, groups)
    dropName(process, d, groups)
    expect([keysIn(process, users), keysIn(process, groups)]).toEqual([['c'], ['a']])
    expect([process.nameKey, process.nameOwner]).toEqual([undefined, undefined])
  })

  test('are each freed once by the end, what was given up before is not', () => {
    const process = bareProcess(bareNode())
    const [users, groups] = [table('users'), table('groups')]
    const [b, c, d] = [slot('b'), slot('c'), slot('d')]
    holdName(process, 'a', users)
    for (const each of [b, c]) holdEntry(process, each, users)
    holdEntry(process, d, groups)
    dropName(process, b, users)
    end(process, { kind: 'normal' })
    expect(users.freed).toEqual(['a', 'c'])
    expect(groups.freed).toEqual(['d'])
  })
})

describe('leases', () => {
  test('take the processes that live no longer than the owner along, in the step of its end', () => {
    const node = bareNode()
    const [owner, dependant, other] = [bareProcess(node), bareProcess(node), bareProcess(node)]
    dependant.trapping = true
    owner.extras.leases = new Set([{ dependants: [dependant], ownerEnded: () => undefined }])
    end(owner, { kind: 'normal' })
    expect(dependant).toMatchObject({ alive: false, exitReason: { kind: 'killed' } })
    expect(other.alive).toBe(true)
  })

  test('are ended once, in the step of the end and with its reason', () => {
    const process = bareProcess(bareNode())
    const heard: unknown[] = []
    const lease = { ownerEnded: (reason: unknown) => void heard.push(reason, process.alive) }
    process.extras.leases = new Set([lease])
    end(process, { kind: 'killed' })
    end(process, { kind: 'normal' })
    expect(heard).toEqual([{ kind: 'killed' }, false])
    expect(process.extrasIfAny?.leases).toBeUndefined()
  })
})
