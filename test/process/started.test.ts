import { Exit } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { toStarted } from '../../src/process/started.ts'

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
