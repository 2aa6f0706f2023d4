import { describe, expect, test } from 'vitest'
import { failureOf, maxChildrenReached } from '../../src/supervisor/started.ts'

const pid = { node: 'local', serial: 7, incarnation: 1 }

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
