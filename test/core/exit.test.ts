import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/core/argument-error.ts'
import {
  CallExit,
  ChildFailure,
  checkReason,
  crash,
  describeError,
  describeReason,
  Exit,
  type ExitReason,
  endingOf,
  exitCodes,
  isAbnormal,
  isExitReason,
  killed,
  normal,
  OwnExit,
  reasonOf,
  sameReason,
  shutdown,
} from '../../src/core/exit.ts'
import { hostileValues, throwingProxy } from '../process/hostile.ts'

/** One of each kind, with what is said of it. */
const everyKind: [ExitReason, string][] = [
  [{ kind: 'normal' }, 'the process ended normally (normal)'],
  [{ kind: 'shutdown', detail: 'deploy' }, 'the process was shut down (shutdown)'],
  [{ kind: 'killed' }, 'the process was killed (killed)'],
  [{ kind: 'noproc', address: 'users "u1"' }, 'no process at users "u1" (noproc)'],
  [{ kind: 'timeout', afterMs: 7 }, 'no reply within 7 ms (timeout)'],
  [{ kind: 'calling_self' }, 'a process cannot call itself (calling_self)'],
  [{ kind: 'overload', mailboxSize: 3 }, 'the mailbox is full with 3 messages (overload)'],
  [{ kind: 'max_children', maxChildren: 2 }, 'the limit of 2 children is reached (max_children)'],
  [{ kind: 'parked', reason: killed }, 'the key is parked until it is released; before, '],
  [{ kind: 'aborted', error: 1 }, 'the caller gave up waiting (aborted)'],
  [{ kind: 'callback_failed', error: new Error('no') }, 'the given function threw: Error: no ('],
  [{ kind: 'nodedown', node: 'eu' }, 'the node eu is not running (nodedown)'],
  [{ kind: 'not_owner', shard: 4 }, 'shard 4 has another owner (not_owner)'],
  [crash(new RangeError('too far')), 'the process crashed: RangeError: too far (crash)'],
]

const failedCall = { name: 'get', to: 'users "u1"', timeoutMs: 7 } as const

describe('exitCodes', () => {
  test('has one code for each kind, made of its name', () => {
    expect(everyKind.map(([{ kind }]) => kind).toSorted()).toEqual(
      Object.keys(exitCodes).toSorted(),
    )
    for (const [kind, code] of Object.entries(exitCodes)) {
      expect(code).toBe(`FLOTILLA_EXIT_${kind.toUpperCase()}`)
    }
  })
})

describe('Exit', () => {
  test.each(everyKind)('has the code, the reason and the words of $kind', (reason, words) => {
    const exit = new Exit(reason)
    expect(exit.code).toBe(exitCodes[reason.kind])
    expect(exit.reason).toEqual(reason)
    expect(exit.message).toContain(`Process exit: ${words}`)
    expect(describeReason(reason)).toContain(words)
    expect(new Exit(reason, 'Call "x"').message).toContain(`Call "x" failed: ${words}`)
  })

  test('is an Error by name and stack, whose cause is what was thrown', () => {
    const error = new Error('boom')
    const exit = new Exit(crash(error))
    expect(exit).toBeInstanceOf(Error)
    expect([exit.name, exit.cause, new Exit(normal).cause]).toEqual(['Exit', error, undefined])
    expect(inspect(exit)).toContain('boom')
    expect(new Exit({ kind: 'aborted', error }).cause).toBe(error)
  })

  test('names the whole path to a child that failed, with its error as the cause', () => {
    const error = new Error('no database')
    const leaf = new ChildFailure('failed_to_start_child', 'leaf', crash(error))
    const middle = new ChildFailure('failed_to_start_child', 'middle', {
      kind: 'shutdown',
      detail: leaf,
    })
    const exit = new Exit({ kind: 'shutdown', detail: middle })
    expect(exit.message).toMatch(/"middle" did not start: .*"leaf" did not start: .*no database/)
    expect(exit.cause).toBe(error)
    const detail = new ChildFailure('reached_max_restart_intensity', 'leaf', crash(error))
    expect(new Exit({ kind: 'shutdown', detail }).message).toContain(
      'it gave up on its child "leaf" after too many restarts: ',
    )
  })

  test('takes a detail that only looks like a failed child for what it is', () => {
    const detail = { kind: 'failed_to_start_child', id: 'x', reason: normal }
    expect(new Exit({ kind: 'shutdown', detail }).message).toBe(
      'Process exit: the process was shut down (shutdown)',
    )
  })

  test('shows a cycle of calls in order', () => {
    expect(describeReason({ kind: 'calling_self', cycle: ['a', 'b', 'a'] })).toBe(
      'the calls form a cycle: a → b → a (calling_self)',
    )
  })
})

describe('Exit.is', () => {
  test('knows an Exit, also one made by another copy of the package', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('flotilla.Exit'), {
      value: true,
    })
    expect([Exit.is(new Exit(normal)), Exit.is(foreign)]).toEqual([true, true])
  })

  test('knows nothing else', () => {
    expect(Exit.is(new Error('x'))).toBe(false)
    for (const [, value] of hostileValues()) expect(Exit.is(value)).toBe(false)
  })
})

describe('checkReason', () => {
  test.each(everyKind)('gives back an equal reason that nobody can change', (reason) => {
    const checked = checkReason('stop', reason)
    expect(checked).toEqual(reason)
    expect(Object.isFrozen(checked)).toBe(true)
  })

  test('keeps what a reason carries, by identity [PROC-004]', () => {
    const error = { deep: [new Map()] }
    const checked = checkReason('stop', { kind: 'crash', error })
    expect(checked.kind === 'crash' && checked.error).toBe(error)
  })

  test('refuses what is none, and a kind without its parts', () => {
    const halves: unknown[] = [
      { kind: 'noproc' },
      { kind: 'timeout', afterMs: '5' },
      { kind: 'calling_self', cycle: 'a' },
      { kind: 'calling_self', cycle: [1] },
      { kind: 'overload' },
      { kind: 'max_children' },
      { kind: 'parked' },
      { kind: 'nodedown', node: 5 },
      { kind: 'not_owner' },
      { kind: '__proto__' },
      throwingProxy({ kind: 'normal' }),
    ]
    for (const value of [...halves, ...hostileValues().map(([, hostile]) => hostile)]) {
      expect(isExitReason(value) && isWhole(value)).toBe(false)
      expect(() => checkReason('stop a server', value)).toThrow(ArgumentError)
      expect(() => checkReason('stop a server', value)).toThrow(
        /^Cannot stop a server: the reason is/,
      )
    }
  })
})

describe('isAbnormal', () => {
  test('is true for all but normal and shutdown', () => {
    const clean = everyKind.filter(([reason]) => !isAbnormal(reason)).map(([{ kind }]) => kind)
    expect(clean).toEqual(['normal', 'shutdown'])
    expect([isAbnormal(normal), isAbnormal(shutdown), isAbnormal(killed)]).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('sameReason', () => {
  const error = new Error('x')
  const detail = { at: 1 }
  const pairs: readonly [ExitReason, ExitReason, boolean][] = [
    [{ kind: 'normal' }, { kind: 'normal' }, true],
    [{ kind: 'normal' }, { kind: 'shutdown' }, false],
    [{ kind: 'shutdown' }, { kind: 'shutdown', detail: undefined }, true],
    [{ kind: 'shutdown', detail }, { kind: 'shutdown', detail }, true],
    [{ kind: 'shutdown', detail }, { kind: 'shutdown' }, false],
    [{ kind: 'shutdown' }, { kind: 'shutdown', detail }, false],
    [{ kind: 'shutdown', detail }, { kind: 'shutdown', detail: { at: 1 } }, false],
    [{ kind: 'crash', error }, { kind: 'crash', error }, true],
    [{ kind: 'crash', error }, { kind: 'crash', error: new Error('x') }, false],
    [{ kind: 'crash', error: Number.NaN }, { kind: 'crash', error: Number.NaN }, true],
    [{ kind: 'timeout', afterMs: 1 }, { kind: 'timeout', afterMs: 2 }, false],
    [
      { kind: 'parked', reason: { kind: 'crash', error } },
      { kind: 'parked', reason: { kind: 'crash', error } },
      true,
    ],
    [
      { kind: 'parked', reason: { kind: 'killed' } },
      { kind: 'parked', reason: { kind: 'normal' } },
      false,
    ],
  ]
  test.each(pairs)('compares kinds and parts: %j and %j', (one, other, isSame) => {
    expect([sameReason(one, other), sameReason(other, one), sameReason(one, one)]).toEqual([
      isSame,
      isSame,
      true,
    ])
  })
})

describe('reasonOf', () => {
  test('is the reason of an Exit, and a crash for anything else', () => {
    const error = new Error('x')
    expect(reasonOf(new Exit({ kind: 'timeout', afterMs: 5 }))).toEqual({
      kind: 'timeout',
      afterMs: 5,
    })
    expect(reasonOf(error)).toEqual({ kind: 'crash', error })
    for (const [, value] of hostileValues()) {
      const reason = reasonOf(value)
      expect(reason.kind === 'crash' && Object.is(reason.error, value)).toBe(true)
    }
  })
})

describe('what a process ends with when its code throws', () => {
  test('is the reason of an exit of its own, and a crash for anything else', () => {
    for (const [reason] of everyKind) {
      expect(endingOf(new OwnExit(reason))).toEqual(reason)
      for (const failed of [new Exit(reason), new CallExit(reason, failedCall)]) {
        expect(endingOf(failed)).toEqual({ kind: 'crash', error: failed })
      }
    }
    for (const [, value] of hostileValues()) {
      const ending = endingOf(value)
      expect(ending.kind === 'crash' && Object.is(ending.error, value)).toBe(true)
    }
  })

  test('takes nothing else for an exit of its own, runs nothing of it, and shows as an Exit', () => {
    const own = new OwnExit(shutdown)
    expect([OwnExit.is(own), Exit.is(own), own.reason, own.call]).toEqual([
      true,
      true,
      shutdown,
      undefined,
    ])
    for (const other of [new Exit(shutdown), { ...own }, Object.create(own), throwingProxy()]) {
      expect(OwnExit.is(other)).toBe(false)
    }
    expect(() => new OwnExit('shutdown' as never)).toThrow(ArgumentError)
  })
})

describe('the exit of a failed call', () => {
  test('says which call failed, in words and as data', () => {
    const exit = new CallExit({ kind: 'timeout', afterMs: 7 }, failedCall)
    expect(exit.call).toEqual(failedCall)
    expect(exit.message).toBe('Call "get" to users "u1" failed: no reply within 7 ms (timeout)')
    expect([Exit.is(exit), exit.code, new Exit(normal).call]).toEqual([
      true,
      'FLOTILLA_EXIT_TIMEOUT',
      undefined,
    ])
  })
})

describe('describeError', () => {
  test('is name and message of an error, and a safe word for anything else', () => {
    expect(describeError(new TypeError('no'))).toBe('TypeError: no')
    expect(describeError('just a text')).toBe('"just a text"')
    expect(describeError(undefined)).toBe('undefined')
  })

  test('is of bounded length and never throws [SUP-083]', () => {
    const huge = new Error('x'.repeat(1_000_000))
    const faked = Object.assign(new Error('x'), { name: throwingProxy() })
    for (const error of [huge, faked, ...hostileValues().map(([, value]) => value)]) {
      expect(describeError(error).length).toBeLessThan(2000)
    }
    fc.assert(fc.property(fc.anything(), (value) => typeof describeError(value) === 'string'))
  })
})

function isWhole(value: unknown): boolean {
  try {
    checkReason('x', value)
    return true
  } catch {
    return false
  }
}
