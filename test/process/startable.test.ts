import {
  ArgumentError,
  child,
  dynamicSupervisor,
  supervisor,
  table,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { Startable } from '../../src/process/startable.ts'
import { hostileValues } from './hostile.ts'
import { puppet } from './stage.ts'

const specs = () => [
  child(puppet, []),
  supervisor({ name: 'supervisor', strategy: 'one_for_one' }, []),
  dynamicSupervisor({ name: 'dynamic' }),
  uniqueRegistry({ name: 'names' }),
  table({ name: 'rows' }),
]

describe('a child specification', () => {
  test('is anything with a life, and shows how it lives', () => {
    for (const spec of specs()) expect(Startable.check('start', spec)).toBe(spec)
    expect(specs().map(({ id, restart, shutdownMs }) => [id, restart, shutdownMs])).toEqual([
      ['puppet', 'permanent', 5000],
      ['supervisor', 'permanent', 'infinity'],
      ['dynamic', 'permanent', 'infinity'],
      ['names', 'permanent', 'infinity'],
      ['rows', 'permanent', 5000],
    ])
  })

  test('cannot be made by hand: what only looks like one is refused', () => {
    for (const spec of specs()) {
      for (const imitation of [{ ...spec }, Object.create(spec), new Proxy(spec, {})]) {
        expect(() => Startable.check('start a node', imitation)).toThrow(
          /^Cannot start a node: the child is .*, wanted a child specification; make it with child/,
        )
      }
    }
  })

  test.each(hostileValues())('is not %s', (_, value) => {
    expect(() => Startable.check('start', value)).toThrow(
      expect.toSatisfy(
        (error) => ArgumentError.is(error) && error.code === 'FLOTILLA_INVALID_CHILD',
      ),
    )
  })
})
