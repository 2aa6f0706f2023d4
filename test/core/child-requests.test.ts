import { describe, expect, test } from 'vitest'
import {
  decideOnStopped,
  decideStart,
  decideTerminate,
  isKeptStopped,
  type RequestedChild,
} from '../../src/core/child-requests.ts'

const restart = 'permanent'
const running: RequestedChild = { restart, running: true, restarting: false }
const restarting: RequestedChild = { restart, running: true, restarting: true }
const stopped: RequestedChild = { restart, running: false, restarting: false }

describe('decideStart', () => {
  test('lets a child with a new id in, as long as there is room', () => {
    expect(decideStart(undefined, true)).toBeUndefined()
    expect(decideStart(undefined, false)).toEqual({ kind: 'max_children' })
  })

  test('refuses an id that is taken, and says by whom if that child runs', () => {
    expect(decideStart(running, true)).toEqual({ kind: 'already_started', child: running })
    expect(decideStart(stopped, true)).toEqual({ kind: 'already_present' })
    expect(decideStart(restarting, true)).toEqual({ kind: 'already_present' })
  })

  test('says first that an id is taken, and then that there is no room', () => {
    expect(decideStart(stopped, false)).toEqual({ kind: 'already_present' })
  })
})

describe('decideTerminate', () => {
  test.each([running, restarting, stopped])('is granted for any child there is: %j', (child) => {
    expect(decideTerminate(child)).toEqual({ kind: 'granted', child })
  })

  test('finds nobody under an unknown id', () => {
    expect(decideTerminate(undefined)).toEqual({ kind: 'not_found' })
  })
})

describe('decideOnStopped', () => {
  test('is granted for a stopped child alone', () => {
    expect(decideOnStopped(stopped)).toEqual({ kind: 'granted', child: stopped })
    expect(decideOnStopped(running)).toEqual({ kind: 'running' })
    expect(decideOnStopped(restarting)).toEqual({ kind: 'restarting' })
    expect(decideOnStopped(undefined)).toEqual({ kind: 'not_found' })
  })
})

describe('isKeptStopped', () => {
  test('is not so for temporary children', () => {
    expect(isKeptStopped({ restart: 'permanent' })).toBe(true)
    expect(isKeptStopped({ restart: 'transient' })).toBe(true)
    expect(isKeptStopped({ restart: 'temporary' })).toBe(false)
  })
})
