import type { Pid, RegistryEvent } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { Feed } from '../../../examples/under-fire/feed.ts'
import { NameGaps } from '../../../examples/under-fire/gaps.ts'
import { Violations } from '../../../examples/under-fire/oracle/invariants.ts'
import { NameLedger } from '../../../examples/under-fire/oracle/name-ledger.ts'

describe('follow', () => {
  it('tells the ledger and the gaps what happens to names', () => {
    const { say, ledger, gaps } = follow()
    say('register', 'ann', 1)
    ledger.strike('ann', 1, 'kill')
    say('unregister', 'ann', 1)
    say('register', 'ann', 2)
    expect([ledger.registrations, ledger.restarts, gaps.summary().count]).toEqual([2, 1, 1])
  })

  it('takes the end of a name that was given up for no gap', () => {
    const { say, ledger, gaps } = follow()
    say('register', 'ann', 1)
    ledger.retire('ann')
    say('unregister', 'ann', 1)
    gaps.taken('ann', Number.MAX_SAFE_INTEGER)
    expect([ledger.held, gaps.summary().count]).toEqual([0, 0])
  })

  it('hears nothing any more once it is stopped', () => {
    const { say, ledger, feed } = follow()
    feed.stop()
    say('register', 'ann', 1)
    expect(ledger.registrations).toBe(0)
  })
})

describe('until', () => {
  it('is over at once when it is so already', async () => {
    const { feed } = follow()
    expect(await feed.until(() => true, 3_600_000)).toBe(true)
  })

  it('is over when a change makes it so', async () => {
    const { feed, say, ledger } = follow()
    const waiting = feed.until(() => ledger.isHeld('ann'), 3_600_000)
    say('register', 'bob', 1)
    say('register', 'ann', 2)
    expect(await waiting).toBe(true)
  })

  it('is not over while a name is taken by a start that fails', async () => {
    const { feed, say, ledger } = follow()
    const looks: boolean[] = []
    const waiting = feed.until(() => {
      looks.push(ledger.isHeld('ann'))
      return ledger.isHeld('ann')
    }, 3_600_000)
    say('register', 'ann', 1)
    await Promise.resolve()
    ledger.strike('ann', 1, 'a failing init')
    say('unregister', 'ann', 1)
    await new Promise(setImmediate)
    expect(looks).toContain(true)
    expect(looks.at(-1)).toBe(false)
    say('register', 'ann', 2)
    expect(await waiting).toBe(true)
    expect(looks.slice(-2)).toEqual([true, true])
  })

  it('gives up when its time has passed', async () => {
    const { feed } = follow()
    expect(await feed.until(() => false, 1)).toBe(false)
  })
})

function follow() {
  const ledger = new NameLedger('users', new Violations())
  const gaps = new NameGaps()
  const feed = new Feed(gaps)
  let listener: ((event: RegistryEvent<string>) => void) | undefined
  const watch = (given: NonNullable<typeof listener>) => {
    listener = given
    return { stop: () => (listener = undefined) }
  }
  feed.follow({ watch }, ledger)
  function say(kind: RegistryEvent['kind'], key: string, serial: number): void {
    const pid: Pid = { node: 'test', serial, incarnation: 1 }
    listener?.(kind === 'register' ? { kind, key, pid, value: undefined } : { kind, key, pid })
  }
  return { ledger, gaps, feed, say }
}
