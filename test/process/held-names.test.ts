import { describe, expect, test } from 'vitest'
import type { Slot } from '../../src/core/name-table.ts'
import { end } from '../../src/process/dying.ts'
import { dropName, heldIn, holdEntry, holdName } from '../../src/process/held-names.ts'
import type { NameOwner, Process } from '../../src/process/process.ts'
import { bareNode, bareProcess } from './bare.ts'

function table(name: string): NameOwner & { readonly freed: Slot<Process>[] } {
  const freed: Slot<Process>[] = []
  return { name, freed, free: (slot) => void freed.push(slot) }
}

function slot(key: string): Slot<Process> {
  return { key, holder: undefined, value: undefined, listed: false }
}

describe('the names of a process', () => {
  test('are kept without a table while there is only one', () => {
    const process = bareProcess(bareNode())
    const users = table('users')
    holdName(process, slot('a'), users)
    expect([process.slot?.key, process.slotOwner, process.extrasIfAny?.names]).toEqual([
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
    holdName(process, b, users)
    holdName(process, c, users)
    holdEntry(process, d, groups)
    expect(process.describe()).toBe('users "b"')
    expect([heldIn(process, users), heldIn(process, groups)]).toEqual([
      [b, c],
      [a, d],
    ])
    dropName(process, b)
    dropName(process, d)
    dropName(process, d)
    expect([heldIn(process, users), heldIn(process, groups)]).toEqual([[c], [a]])
    expect([process.slot, process.slotOwner]).toEqual([undefined, undefined])
  })

  test('are each freed once by the end, what was given up before is not', () => {
    const process = bareProcess(bareNode())
    const [users, groups] = [table('users'), table('groups')]
    const slots = ['a', 'b', 'c', 'd'].map(slot)
    for (const each of slots.slice(0, 3)) holdName(process, each, users)
    for (const each of slots.slice(3)) holdEntry(process, each, groups)
    for (const each of slots.slice(1, 2)) dropName(process, each)
    end(process, { kind: 'normal' })
    expect(users.freed.map(({ key }) => key)).toEqual(['a', 'c'])
    expect(groups.freed.map(({ key }) => key)).toEqual(['d'])
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
