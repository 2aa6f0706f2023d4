import { describe, expect, test } from 'vitest'
import type { Restart } from '../../src/core/child-spec.ts'
import { type ExitReason, killed, normal, shutdown } from '../../src/core/exit.ts'
import {
  type AutoShutdown,
  type ChildView,
  decide,
  isRestarted,
  type Strategy,
  type SupervisionAction,
  type SupervisionState,
} from '../../src/core/supervision.ts'

const crash: ExitReason = { kind: 'crash', error: 'boom' }

describe('isRestarted', () => {
  const detailed: ExitReason = { kind: 'shutdown', detail: 'because' }
  const noproc: ExitReason = { kind: 'noproc', address: 'nobody' }
  const clean = [normal, shutdown, detailed]
  const abnormal = [crash, killed, noproc]

  test.each([...clean, ...abnormal])(
    'brings a permanent child back after $kind [SUP-039, DSUP-033]',
    (reason) => {
      expect(isRestarted('permanent', reason)).toBe(true)
    },
  )

  test.each(clean)('leaves a transient child down after $kind [SUP-040, DSUP-032]', (reason) => {
    expect(isRestarted('transient', reason)).toBe(false)
  })

  test.each(abnormal)(
    'brings a transient child back after $kind [SUP-040, SUP-042, DSUP-032]',
    (reason) => {
      expect(isRestarted('transient', reason)).toBe(true)
    },
  )

  test.each([...clean, ...abnormal])(
    'never brings a temporary child back after $kind [SUP-041, DSUP-031]',
    (reason) => {
      expect(isRestarted('temporary', reason)).toBe(false)
    },
  )
})

describe('decide, on a child that must come back', () => {
  test('one_for_one starts it alone [SUP-044]', () => {
    const { plan } = machine('one_for_one', 'a b c')
    expect(plan('b')).toBe('start b')
  })

  test('one_for_all stops the others newest first, then starts all in order [SUP-045]', () => {
    const { plan } = machine('one_for_all', 'a b c')
    expect(plan('b')).toBe('stop c, stop a, start a, start b, start c')
  })

  test('rest_for_one stops those started after it newest first, then starts it and them [SUP-046]', () => {
    const { plan } = machine('rest_for_one', 'a b c d')
    expect(plan('b')).toBe('stop d, stop c, start b, start c, start d')
  })

  test('rest_for_one takes everybody for the first child and nobody else for the last [SUP-046]', () => {
    expect(machine('rest_for_one', 'a b').plan('a')).toBe('stop b, start a, start b')
    expect(machine('rest_for_one', 'a b').plan('b')).toBe('start b')
  })

  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s starts an only child and stops nobody',
    (strategy) => {
      expect(machine(strategy, 'a').plan('a')).toBe('start a')
    },
  )

  test('does not stop a sibling that is down, but starts it with its group [SUP-045, SUP-046]', () => {
    const { plan, child } = machine('one_for_all', 'a b c')
    child('c').running = false
    expect(plan('a')).toBe('stop b, start a, start b, start c')
  })

  test('forgets a temporary sibling that goes down with its group [SUP-047]', () => {
    const all = machine('one_for_all', 'a b c', { b: { restart: 'temporary' } })
    expect(all.plan('a')).toBe('stop c, stop b, forget b, start a, start c')
    const rest = machine('rest_for_one', 'a b c', { c: { restart: 'temporary' } })
    expect(rest.plan('b')).toBe('stop c, forget c, start b')
  })

  test('leaves a temporary sibling outside the group alone [SUP-047]', () => {
    const { plan } = machine('rest_for_one', 'a b c', { a: { restart: 'temporary' } })
    expect(plan('b')).toBe('stop c, start b, start c')
  })
})

describe('decide, on a child that stays down', () => {
  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s does nothing when a transient child ends normally [SUP-050]',
    (strategy) => {
      const { plan } = machine(strategy, 'a b', { a: { restart: 'transient' } })
      expect(plan('a', normal)).toBe('')
    },
  )

  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s only forgets a temporary child, whatever it ended of [SUP-041]',
    (strategy) => {
      const { plan } = machine(strategy, 'a b', { a: { restart: 'temporary' } })
      expect(plan('a', crash)).toBe('forget a')
    },
  )

  test('costs nothing of the budget', () => {
    const { plan, state } = machine('one_for_one', 'a', { a: { restart: 'transient' } })
    plan('a', normal)
    expect(state.restarts).toBeUndefined()
  })
})

describe('decide, on the budget', () => {
  test('gives up at the restart that is one too many [SUP-003, SUP-053, DSUP-041]', () => {
    const { plan } = machine('one_for_one', 'a')
    expect([1, 2, 3].map(() => plan('a'))).toEqual(['start a', 'start a', 'start a'])
    expect(plan('a')).toBe('shut down: intensity')
  })

  test('gives up at the first restart with maxRestarts 0 [DSUP-042]', () => {
    const { plan } = machine('one_for_one', 'a', {}, { maxRestarts: 0 })
    expect(plan('a')).toBe('shut down: intensity')
  })

  test('charges one unit for a group, however many children it has [SUP-051]', () => {
    const { plan } = machine('one_for_all', 'a b c d e')
    for (let count = 0; count < 3; count += 1) expect(plan('a')).toContain('start a')
    expect(plan('a')).toBe('shut down: intensity')
  })

  test('forgets restarts that are older than the window [SUP-054, DSUP-044]', () => {
    const { plan, at } = machine('one_for_one', 'a', {}, { maxRestarts: 1, maxSeconds: 1 })
    for (let count = 0; count < 20; count += 1) {
      at(count * 2100)
      expect(plan('a')).toBe('start a')
    }
  })

  test('charges a failed try as well, and tries only what is missing [SUP-055]', () => {
    const { retry } = machine('rest_for_one', 'a b c')
    expect(retry('b')).toBe('stop c, start b, start c')
    retry('b')
    retry('b')
    expect(retry('b')).toBe('shut down: intensity')
  })

  test('is one for all children [DSUP-046]', () => {
    const { plan } = machine('one_for_one', 'a b c d')
    for (const name of ['a', 'b', 'c']) plan(name)
    expect(plan('d')).toBe('shut down: intensity')
  })
})

describe('decide, on significant children', () => {
  const temporary = { restart: 'temporary', significant: true } as const
  const transient = { restart: 'transient', significant: true } as const

  test('any_significant ends with a temporary one, whatever it ended of [SUP-075]', () => {
    for (const reason of [normal, crash]) {
      const { plan } = machine('one_for_one', 'a b', { a: temporary }, {}, 'any_significant')
      expect(plan('a', reason)).toBe('forget a, shut down: significant')
    }
  })

  test('any_significant ends with a transient one that ended cleanly, and restarts a crash [SUP-076]', () => {
    const { plan } = machine('one_for_one', 'a b', { a: transient }, {}, 'any_significant')
    expect(plan('a', crash)).toBe('start a')
    expect(plan('a', normal)).toBe('shut down: significant')
  })

  test('all_significant waits for the last one that runs', () => {
    const kinds = { a: transient, b: temporary }
    const { plan, child } = machine('one_for_one', 'a b c', kinds, {}, 'all_significant')
    expect(plan('a', normal)).toBe('')
    child('a').running = false
    expect(plan('b', normal)).toBe('forget b, shut down: significant')
  })

  test.each<AutoShutdown>(['never', 'any_significant', 'all_significant'])(
    '%s does not care for the end of other children [SUP-078]',
    (autoShutdown) => {
      const kinds = { a: { restart: 'transient' }, b: { restart: 'temporary' } } as const
      const { plan } = machine('one_for_one', 'a b', kinds, {}, autoShutdown)
      expect(plan('a', normal)).toBe('')
      expect(plan('b', crash)).toBe('forget b')
    },
  )

  test('never does not care for significant ones either', () => {
    const { plan } = machine('one_for_one', 'a', { a: transient })
    expect(plan('a', normal)).toBe('')
  })
})

interface Child extends ChildView {
  readonly name: string
  running: boolean
}

type Kind = { readonly restart?: Restart; readonly significant?: boolean }

/** A supervisor without a shell: children by name, decisions as text. */
function machine(
  strategy: Strategy,
  names: string,
  kinds: Readonly<Record<string, Kind>> = {},
  limits: { readonly maxRestarts?: number; readonly maxSeconds?: number } = {},
  autoShutdown: AutoShutdown = 'never',
) {
  let nowMs = 0
  const children = names.split(' ').map((name): Child => {
    return { name, restart: 'permanent', significant: false, running: true, ...kinds[name] }
  })
  const state: SupervisionState<Child> = {
    policy: { strategy, autoShutdown, limits: { maxRestarts: 3, maxSeconds: 5, ...limits } },
    children,
    restarts: undefined,
  }
  const child = (name: string): Child => {
    const found = children.find((each) => each.name === name)
    if (found === undefined) throw new Error(`no child ${name}`)
    return found
  }
  const happen = (kind: 'ended' | 'retry', name: string, reason: ExitReason): string => {
    const one = child(name)
    one.running = false
    const actions = decide(state, { kind, child: one, reason, nowMs })
    one.running = true
    return actions.map(text).join(', ')
  }
  return {
    state,
    child,
    at: (ms: number) => {
      nowMs = ms
    },
    plan: (name: string, reason = crash) => happen('ended', name, reason),
    retry: (name: string) => happen('retry', name, crash),
  }
}

function text(action: SupervisionAction<Child>): string {
  return action.kind === 'shut_down'
    ? `shut down: ${action.because}`
    : `${action.kind} ${action.child.name}`
}
