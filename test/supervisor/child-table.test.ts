import { child, defineServer } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { Startable } from '../../src/process/startable.ts'
import { ChildRecord } from '../../src/supervisor/child-record.ts'
import { ChildTable } from '../../src/supervisor/child-table.ts'

const Plain = defineServer({ name: 'plain', init: () => 0 })

function record(id: string): ChildRecord {
  return new ChildRecord(Startable.check('test', child(Plain, undefined, { id })))
}

function ids(table: ChildTable): string[] {
  return [...table].map(({ life }) => life.id)
}

describe('the children of a static supervisor', () => {
  test('stand in the order in which they were added', () => {
    const table = new ChildTable()
    for (const id of ['b', 'a', '10', '9']) table.add(record(id))
    expect(ids(table)).toEqual(['b', 'a', '10', '9'])
    expect(table.size).toBe(4)
  })

  test('are found by id', () => {
    const table = new ChildTable()
    const a = record('a')
    table.add(a)
    expect(table.find('a')).toBe(a)
    expect(table.find('b')).toBeUndefined()
  })

  test('come last when they come back', () => {
    const table = new ChildTable()
    const first = record('a')
    for (const each of [first, record('b')]) table.add(each)
    table.forget(first)
    table.add(record('a'))
    expect(ids(table)).toEqual(['b', 'a'])
  })

  test('are not mistaken for those that had their id before', () => {
    const table = new ChildTable()
    const [former, present] = [record('a'), record('a')]
    table.add(former)
    table.forget(former)
    table.add(present)
    expect([table.has(former), table.has(present)]).toEqual([false, true])
    table.forget(former)
    expect(table.find('a')).toBe(present)
  })
})
