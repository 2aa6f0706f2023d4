import type { Outcome } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { end } from '../../src/process/dying.ts'
import type { Timers } from '../../src/process/timers.ts'
import { type Awaitable, type Wait, waitFor } from '../../src/task/wait.ts'
import { bareNode, bareProcess } from '../process/bare.ts'

/** A task whose end is told by the test. */
class Told implements Awaitable {
  readonly timers: Timers | undefined
  outcome: Outcome<unknown> | undefined = undefined
  wait: Wait | undefined = undefined
  isDiscarded = false

  constructor(timers?: Timers) {
    this.timers = timers
  }

  join(wait: Wait): void {
    if (this.outcome === undefined) this.wait = wait
    else wait.take(this, this.outcome)
  }

  leave(): void {
    this.wait = undefined
  }

  discard(): void {
    this.isDiscarded = true
  }

  tell(outcome: Outcome<unknown>): void {
    this.outcome = outcome
    this.wait?.take(this, outcome)
  }
}

const ok = { ok: true, value: 1 } as const
const plan = { waiter: undefined, timeoutMs: 'infinity', isAllOrNothing: false } as const

describe('a wait', () => {
  test('ends when it has the outcomes of all', async () => {
    const [first, second] = [new Told(), new Told()]
    const waiting = waitFor([first, second], plan)
    second.tell(ok)
    first.tell(ok)
    const { outcomes, isLate, failure } = await waiting
    expect([...outcomes.keys()]).toEqual([second, first])
    expect([isLate, failure]).toEqual([false, undefined])
  })

  test('takes no more than its limit, and joins nobody after that', async () => {
    const [first, second, third] = [new Told(), new Told(), new Told()]
    first.outcome = ok
    const { outcomes } = await waitFor([first, second, third], { ...plan, limit: 1 })
    expect([...outcomes.keys()]).toEqual([first])
    expect([second.wait, third.wait]).toEqual([undefined, undefined])
    expect([second.isDiscarded, third.isDiscarded]).toEqual([false, false])
  })

  test('of all or nothing ends with the first failure and discards the others', async () => {
    const [first, second] = [new Told(), new Told()]
    const waiting = waitFor([first, second], { ...plan, isAllOrNothing: true })
    const failed = { ok: false, exit: new Error('told') } as never
    second.tell(failed)
    expect(await waiting).toMatchObject({ failure: failed })
    expect([first.isDiscarded, first.wait]).toEqual([true, undefined])
    expect(second.isDiscarded).toBe(false)
  })

  test('ends at its time, which does not stay behind when it ended before', async () => {
    const node = bareNode()
    const [late, quick] = [new Told(node.timers), new Told(node.timers)]
    const waiting = [
      waitFor([late], { ...plan, timeoutMs: 10 }),
      waitFor([quick], { ...plan, timeoutMs: 10 }),
    ]
    expect(node.timers.size).toBe(2)
    quick.tell(ok)
    expect(node.timers.size).toBe(1)
    late.wait?.expire()
    expect(await Promise.all(waiting)).toMatchObject([{ isLate: true }, { isLate: false }])
    expect(node.timers.size).toBe(0)
  })

  test('with no time only looks', async () => {
    const node = bareNode()
    const told = new Told(node.timers)
    const { isLate } = await waitFor([told], { ...plan, timeoutMs: 0 })
    expect([isLate, node.timers.size, told.wait]).toEqual([true, 0, undefined])
  })

  test('ends with the process that waits, and is nothing to one that has ended', async () => {
    const node = bareNode()
    const waiter = bareProcess(node)
    const told = new Told(node.timers)
    const waiting = waitFor([told], { ...plan, waiter, timeoutMs: 10 })
    expect(waiter.extras.leases?.size).toBe(1)
    end(waiter, { kind: 'shutdown' })
    await expect(waiting).rejects.toMatchObject({ reason: { kind: 'shutdown' } })
    // Somebody else may wait for a task that has no owner.
    expect([told.isDiscarded, told.wait, node.timers.size]).toEqual([false, undefined, 0])
    const again = new Told(node.timers)
    const never = waitFor([again], { ...plan, waiter })
    await expect(never).rejects.toMatchObject({ reason: { kind: 'shutdown' } })
    expect(again.wait).toBeUndefined()
  })

  test('leaves nothing with the process that waited', async () => {
    const node = bareNode()
    const waiter = bareProcess(node)
    const told = new Told(node.timers)
    const waiting = waitFor([told], { ...plan, waiter })
    told.tell(ok)
    await waiting
    expect(waiter.extras.leases?.size).toBe(0)
  })
})
