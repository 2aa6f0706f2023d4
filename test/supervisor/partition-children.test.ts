import { argumentCodes } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { PartitionChildren } from '../../src/supervisor/partition-children.ts'
import { codeOf } from './running.ts'
import { part } from './worker.ts'

function makeChildren() {
  const asked: number[] = []
  const children = new PartitionChildren('test', (partition) => {
    asked.push(partition)
    return part({ id: `p${partition}` })
  })
  return { asked, children }
}

describe('the children of partitions', () => {
  test('are made once, in order, when they are first needed', () => {
    const { asked, children } = makeChildren()
    expect(asked).toEqual([0])
    const first = children.first(3)
    expect(asked).toEqual([0, 1, 2])
    expect(children.first(2)).toEqual(first.slice(0, 2))
    expect(children.first(4).slice(0, 3)).toEqual(first)
    expect(asked).toEqual([0, 1, 2, 3])
  })

  test('are found by their partition, as they were given', () => {
    const { children } = makeChildren()
    const [, second] = children.first(2)
    expect(children.at(1)).toBe(second)
  })

  test.each([undefined, {}, part({ id: 'a' }, { restart: 'temporary' })])(
    'are refused if they cannot be one: %j',
    (wrong) => {
      const make = () => new PartitionChildren('test', () => wrong)
      expect(codeOf(make)).toBe(argumentCodes.invalid_child)
    },
  )

  test('may fail to be made: the error of the user goes through, and nothing is kept', () => {
    let fails = true
    const children = new PartitionChildren('test', (partition) => {
      if (partition === 1 && fails) throw new Error('not now')
      return part({ id: `p${partition}` })
    })
    expect(() => children.first(3)).toThrow('not now')
    fails = false
    expect(children.first(3)).toHaveLength(3)
  })
})
