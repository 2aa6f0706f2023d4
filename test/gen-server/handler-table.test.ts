import { describe, expect, it } from 'vitest'
import { HandlerTable } from '../../src/gen-server/handler-table.ts'
import type { LooseHandler } from '../../src/gen-server/protocol.ts'

const add: LooseHandler = () => 'add'
const take: LooseHandler = () => 'take'

describe('a table of handlers', () => {
  it('gives each handler by its name, whichever was asked for before', () => {
    const table = new HandlerTable(new Map(Object.entries({ add, take })))
    for (const before of ['add', 'take', 'none']) {
      table.get(before)
      expect([before, table.get('add')]).toEqual([before, add])
      table.get(before)
      expect([before, table.get('take')]).toEqual([before, take])
      table.get(before)
      expect([before, table.get('none')]).toEqual([before, undefined])
    }
  })

  it('knows what it has, also of the name that was found last', () => {
    const table = new HandlerTable(new Map(Object.entries({ add, take })))
    expect(table.has('add')).toBe(true)
    table.get('add')
    expect([table.has('add'), table.has('take'), table.has('none')]).toEqual([true, true, false])
  })

  it('has no handler for names that every object has', () => {
    const table = new HandlerTable(new Map())
    expect(table.has('constructor')).toBe(false)
    expect(table.get('toString')).toBe(undefined)
  })

  it('lists the names in the order of the definition', () => {
    const table = new HandlerTable(new Map(Object.entries({ take, add })))
    table.get('add')
    expect([...table.keys()]).toEqual(['take', 'add'])
  })
})
