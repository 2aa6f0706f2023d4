import { inspect } from 'node:util'
import { formatPid, isAlive, samePid } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import { hostileValues } from './hostile.ts'
import { stage } from './stage.ts'

describe('a pid', () => {
  test('is plain data to look at, and prints as its text', async () => {
    const { puppet, node } = await stage()
    const pid = await puppet()
    expect(Object.keys(pid)).toEqual(['node', 'serial', 'incarnation'])
    expect([`${pid}`, inspect(pid)]).toEqual([formatPid(pid), formatPid(pid)])
    expect(formatPid(pid)).toMatch(new RegExp(`^<${node.name}\\.\\d+\\.\\d+>$`))
    const { serial, incarnation } = pid
    expect(JSON.parse(JSON.stringify(pid))).toEqual({ node: node.name, serial, incarnation })
  })

  test('stays the same process when cloned, though a clone leads nowhere from outside', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const clone = structuredClone({ ...pid })
    expect(samePid(pid, clone)).toBe(true)
    expect(LocalPid.processOf(clone)).toBeUndefined()
    expect(() => isAlive(clone)).toThrow(/wanted a pid/)
  })

  test('leads to its process, dead or alive, and nothing else does', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    expect(LocalPid.processOf(pid)?.pid).toBe(pid)
    for (const [, value] of hostileValues()) {
      if (typeof value === 'object' && value !== null) {
        expect(LocalPid.processOf(value)).toBeUndefined()
      }
    }
  })

  test('is never equal to one of another life of a node with the same name', async () => {
    const [one, other] = [await stage(), await stage()]
    const [left, right] = [await one.puppet(), await other.puppet()]
    expect(samePid(left, { ...right, node: left.node, incarnation: left.incarnation + 1 })).toBe(
      false,
    )
  })
})
