import {
  freedBeforeTaken,
  type HeldName,
  namesFollowChanges,
  noNameOfTheDead,
  oneHolderPerName,
} from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, freed, gone, living, type Made, taken, verdict, worldOf } from './feeding.ts'

const held: HeldName = {
  ...({ registry: 'users', key: 'u1', process: 'a/2', isAlive: true, isUnique: true } as const),
}
const restart: Made = { kind: 'node_starting', node: 'a', life: 2 }

describe('I1, one holder for each name', () => {
  test('holds while names change hands', () => {
    const elsewhere = taken('b/2', { node: 'b' })
    const events = [taken('a/2'), elsewhere, freed('a/2'), taken('a/3'), freed('a/3')]
    expect(verdict(oneHolderPerName, events)).toBeUndefined()
  })

  test('holds where several may have a key, and when a node begins anew', () => {
    const shared = { isUnique: false }
    const bag = [taken('a/2', shared), taken('a/3', shared), freed('a/2', shared)]
    expect(verdict(oneHolderPerName, bag)).toBeUndefined()
    const anew = [taken('a/2'), restart, taken('a~2/2', { life: 2 })]
    expect(verdict(oneHolderPerName, anew)).toBeUndefined()
  })

  test('says who took the name of whom', () => {
    const message = verdict(oneHolderPerName, [taken('a/2'), taken('a/3')])
    expect(message).toBe('a/3 took the name users "u1" while a/2 held it')
  })

  test('says who gave back what was not its own', () => {
    const message = verdict(oneHolderPerName, [taken('a/2'), freed('a/3')])
    expect(message).toBe('a/3 gave back users "u1", held by a/2')
  })
})

describe('I2, no name of the dead', () => {
  test('holds for names that end with their holders', () => {
    const life = [taken('a/2'), living('a/2'), ended('a/2'), freed('a/2'), gone('a/2'), began(1)]
    expect(verdict(noNameOfTheDead, life)).toBeUndefined()
  })

  test('says who has ended and holds a name', () => {
    const message = verdict(noNameOfTheDead, [
      living('a/2'),
      ended('a/2'),
      gone('a/2', { names: 2 }),
    ])
    expect(message).toBe('a/2 has ended and holds names')
  })

  test('says who takes a name after its end', () => {
    const message = verdict(noNameOfTheDead, [living('a/2'), ended('a/2'), taken('a/2'), began(1)])
    expect(message).toBe('a/2 took a name and does not live')
  })

  test('finds the dead in a table, now and then', () => {
    const world = worldOf({}, { names: () => [{ ...held, isAlive: false }] })
    const message = verdict(noNameOfTheDead, [living('a/2'), began(1)], world)
    expect(message).toBe('a/2 is dead: users "u1"')
  })
})

describe('I3, freed before taken', () => {
  const refused = (given: object = {}): Made => ({
    ...({
      node: 'a',
      life: 1,
      kind: 'start_refused',
      parent: 'a/1',
      registry: 'users',
      key: 'u1',
    } as const),
    ...({ holder: 'a/2', isHolderAlive: true } as const),
    ...given,
  })

  test('holds when a successor follows the end, and when a living holder keeps its name', () => {
    const events = [taken('a/2'), refused(), freed('a/2'), taken('a/3'), freed('a/3')]
    expect(verdict(freedBeforeTaken, events)).toBeUndefined()
    const full = refused({ holder: undefined, isHolderAlive: false })
    expect(verdict(freedBeforeTaken, [full])).toBeUndefined()
  })

  test('says who begins too early', () => {
    const message = verdict(freedBeforeTaken, [taken('a/2'), ended('a/2'), taken('a/3')])
    expect(message).toBe('a/3 begins as users "u1" before a/2 gave it back')
  })

  test('says which dead holder refused a start', () => {
    const message = verdict(freedBeforeTaken, [taken('a/2'), refused({ isHolderAlive: false })])
    expect(message).toBe('a start found users "u1" held by dead a/2')
  })

  test('says which holder of a refusal was none', () => {
    const message = verdict(freedBeforeTaken, [taken('a/3'), refused()])
    expect(message).toBe('a start found users "u1" held by a/2, not a/3')
  })

  test('says who gives a name back twice', () => {
    const message = verdict(freedBeforeTaken, [taken('a/2'), freed('a/2'), freed('a/2')])
    expect(message).toBe('a/2 gave back users "u1" a second time')
  })
})

describe('I4, the names are what their changes come to', () => {
  const bag = { ...held, process: 'a/3', isUnique: false }

  test('holds when tables and changes agree, duplicates included', () => {
    const world = worldOf({}, { names: () => [held, bag, bag] })
    const shared = { isUnique: false }
    const twice = [taken('a/3', shared), taken('a/3', shared)]
    const passing = [taken('a/4', { key: 'u4' }), freed('a/4', { key: 'u4' })]
    const events = [taken('a/2'), twice, passing, began(1)]
    expect(verdict(namesFollowChanges, events, world)).toBeUndefined()
  })

  test('says what is in a table without a change', () => {
    const world = worldOf({}, { names: () => [held] })
    const message = verdict(namesFollowChanges, [began(1)], world)
    expect(message).toContain('a/2 is in a table without a change')
  })

  test('says what is gone without a change', () => {
    const message = verdict(namesFollowChanges, [taken('a/2'), began(1)])
    expect(message).toContain('an entry is gone without a change: a/2 unique users')
  })

  test('looks again after a while, and not at every message', () => {
    let looks = 0
    const names = () => {
      looks += 1
      return []
    }
    const times = [0, 10, 999, 1001, 1002].map((atMs) => began(1, { atMs }))
    expect(verdict(namesFollowChanges, times, worldOf({}, { names }))).toBeUndefined()
    expect(looks).toBe(2)
  })

  test('says what was taken away and was not there', () => {
    const message = verdict(namesFollowChanges, [freed('a/2')])
    expect(message).toBe('an entry that was not there was taken away: users "u1"')
  })
})
