import {
  type Invariant,
  type SimulationEvent,
  simulate,
  standardInvariants,
} from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { planBehind } from '../../../../src/testing/simulation/definition.ts'
import { counting } from '../counters.ts'
import { churning } from './churning.ts'

const seeds = Array.from({ length: 20 }, (_, index) => index + 1)
const short = { seed: 1, minutes: 0.02 }

describe('the standard invariants', () => {
  test('hold over 20 seeds of a system under every fault', async () => {
    const seen = new Set<string>()
    const on = (event: SimulationEvent) => {
      seen.add(event.kind === 'reported' ? `reported ${event.event.kind}` : event.kind)
      if (event.kind === 'process_ended') seen.add(`${event.kind} ${event.reason.kind}`)
    }
    const system = churning()
    const faults = new Set<string>()
    for (const seed of seeds) {
      const run = await simulate(system, { seed, minutes: 0.25 })
      expect(run.failure, `seed ${seed}`).toBeUndefined()
      for (const fault of Object.keys(run.faultCounts)) faults.add(fault)
    }
    // Whoever sees nothing finds nothing.
    await simulate(churning({ invariants: [{ id: 'X', title: 'sees', make: () => ({ on }) }] }), {
      seed: 1,
      minutes: 0.5,
      faults: { crash: 4, pause: 4, kill: 20, throw_after: 0.05, slow: 0.05, escape: 0.02 },
    })
    expect([...seen]).toEqual(expect.arrayContaining(wanted))
    const often = ['crash', 'pause', 'kill', 'throw_before', 'throw_after', 'slow', 'escape']
    expect([...faults]).toEqual(expect.arrayContaining(often))
  }, 60_000)

  test('are told apart by their ids, each with a title', () => {
    const ids = standardInvariants.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { title } of standardInvariants) expect(title).not.toBe('')
    expect(Object.isFrozen(standardInvariants)).toBe(true)
  })
})

const wanted = [
  ...['node_crashed', 'node_paused', 'node_ended', 'start_refused', 'name_taken', 'name_freed'],
  ...['message_refused', 'message_dropped', 'call_settled', 'monitor_made', 'monitor_removed'],
  ...['link_made', 'link_removed', 'process_ended crash', 'process_ended killed'],
  ...['process_ended normal', 'process_ended shutdown', 'reported supervisor_report'],
]

describe('every simulation', () => {
  const strange: Invariant = {
    id: 'mine',
    title: 'nothing ever starts',
    make: () => ({
      on: ({ kind }) => {
        if (kind === 'process_starting') throw new Error('something starts')
      },
    }),
  }

  test('checks those of its definition beside them', async () => {
    const run = await simulate(counting({ invariants: [strange], faults: 'none' }), short)
    expect(run.failure).toMatchObject({ kind: 'invariant', subject: 'mine' })
  })

  test('checks each of them unless it is left out', () => {
    const idsOf = (given: Parameters<typeof counting>[0]) => {
      return planBehind('look', counting(given)).invariants.map(({ id }) => id)
    }
    const all = standardInvariants.map(({ id }) => id)
    expect(idsOf({ invariants: [strange] })).toEqual([...all, 'mine'])
    for (const id of all) {
      expect(idsOf({ withoutInvariants: [id] })).toEqual(all.filter((other) => other !== id))
    }
    expect(idsOf({ withoutInvariants: all })).toEqual([])
  })

  test('refuses to leave out what there is not', () => {
    expect(() => counting({ withoutInvariants: ['I99'] })).toThrow('withoutInvariants')
  })
})
