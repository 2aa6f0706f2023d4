import { describe, expect, it } from 'vitest'
import { SerialTable } from '../../src/core/serial-table.ts'

/** So many are in one page. */
const places = 16

interface Row {
  readonly serial: number
}

function tableOf(serials: Iterable<number>): SerialTable<Row> {
  const table = new SerialTable<Row>()
  for (const serial of serials) table.add(serial, { serial })
  return table
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index)
}

const serialsOf = (table: SerialTable<Row>): number[] =>
  Array.from(table.values(), ({ serial }) => serial)

describe('a table by serial number', () => {
  it('finds each row, in whichever page it is', () => {
    const serials = [1, 2, 15, 16, 17, 400, 2 ** 40]
    const table = tableOf(serials)
    for (const serial of serials) expect(table.get(serial)).toEqual({ serial })
    expect(table.size).toBe(serials.length)
  })

  it('finds nothing at a number that has no row, or is no serial', () => {
    const table = tableOf([1, 2])
    for (const serial of [0, 3, 16, 1.5, -1, -15, Number.NaN, Number.POSITIVE_INFINITY, -0.5]) {
      expect([serial, table.get(serial)]).toEqual([serial, undefined])
      expect([serial, table.delete(serial)]).toEqual([serial, false])
    }
    expect(table.size).toBe(2)
  })

  it('deletes a row once', () => {
    const table = tableOf(range(1, 40))
    expect([table.delete(20), table.delete(20), table.size]).toEqual([true, false, 38])
    expect([table.get(20), table.get(21)]).toEqual([undefined, { serial: 21 }])
  })

  it('lists the rows by number, those of pages in which rows are missing, too', () => {
    const table = tableOf(range(1, 100))
    for (const serial of range(1, 100)) if (serial % 3 !== 0) table.delete(serial)
    expect(serialsOf(table)).toEqual(range(1, 34).map((third) => third * 3))
  })

  it('keeps a page while there is a row in it', () => {
    const table = tableOf(range(0, 10 * places))
    for (const serial of range(0, 10 * places)) if (serial !== 5) table.delete(serial)
    // That of the row, and the newest one, where the next row goes.
    expect([table.pageCount, table.size]).toEqual([2, 1])
    expect(table.get(5)).toEqual({ serial: 5 })
  })

  it('keeps one empty page however many rows come and go', () => {
    const table = new SerialTable<Row>()
    for (const serial of range(1, 100 * places)) {
      table.add(serial, { serial })
      expect(table.get(serial)).toEqual({ serial })
      table.delete(serial)
      expect(table.pageCount).toBe(1)
    }
    expect([table.size, serialsOf(table)]).toEqual([0, []])
  })

  it('takes rows again after it has been empty', () => {
    const table = tableOf(range(1, 50))
    for (const serial of range(1, 50)) table.delete(serial)
    for (const serial of [50, 51, 1000]) table.add(serial, { serial })
    expect(serialsOf(table)).toEqual([50, 51, 1000])
    expect(table.get(49)).toBe(undefined)
  })

  it('does as a Map does, whatever the order of additions and deletions', () => {
    const seed = 20_261_122
    let state = seed
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const table = new SerialTable<Row>()
    const model = new Map<number, Row>()
    let serial = 0
    for (let step = 0; step < 5000; step += 1) {
      if (random(2) === 0) {
        serial += 1 + (random(10) === 0 ? random(50) : 0)
        const row = { serial }
        table.add(serial, row)
        model.set(serial, row)
      } else {
        const near = serial - random(random(4) === 0 ? serial + 1 : 20)
        expect([`seed ${seed}`, table.get(near)]).toEqual([`seed ${seed}`, model.get(near)])
        expect(table.delete(near)).toBe(model.delete(near))
      }
    }
    expect([...table.values()]).toEqual([...model.values()])
    expect(table.size).toBe(model.size)
  })
})
