import { Exit } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { failureOf, maxChildrenReached, toStarted } from '../../src/supervisor/started.ts'

const pid = { node: 'local', serial: 7, incarnation: 1 }

describe('toStarted', () => {
  test('gives the holder of a taken name', () => {
    const started = toStarted({ kind: 'already_started', pid }, 'a')
    expect(started).toEqual({ ok: false, reason: { kind: 'already_started', pid } })
  })

  test('wraps a failure into an Exit that names the child', () => {
    const error = new Error('no')
    const started = toStarted({ kind: 'failed', reason: { kind: 'crash', error } }, 'a')
    if (started.ok || started.reason.kind !== 'init_failed') throw new Error('it started')
    expect(started.reason.exit).toSatisfy(Exit.is)
    expect(started.reason.exit.cause).toBe(error)
    expect(started.reason.exit.message).toContain('"a"')
  })

  test('tells a refusal of init from a failure', () => {
    const started = toStarted({ kind: 'ignored' }, 'a')
    expect(started).toEqual({ ok: false, reason: { kind: 'ignored' } })
  })
})

describe('failureOf', () => {
  test('is nothing for a start that did not fail', () => {
    expect(failureOf({ kind: 'ignored' }, 'a')).toBeUndefined()
  })

  test('is the reason of one that did', () => {
    const reason = { kind: 'killed' } as const
    expect(failureOf({ kind: 'failed', reason }, 'a')).toBe(reason)
  })

  test('says who holds the name', () => {
    expect(failureOf({ kind: 'already_started', pid }, 'a')).toMatchObject({
      kind: 'crash',
      error: { code: 'FLOTILLA_NAME_TAKEN', message: expect.stringContaining('<local.7.1>') },
    })
  })
})

describe('maxChildrenReached', () => {
  test('is a refusal', () => {
    expect(maxChildrenReached).toEqual({ ok: false, reason: { kind: 'max_children' } })
  })
})
