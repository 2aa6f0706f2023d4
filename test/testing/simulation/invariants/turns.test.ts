import { oneHandlerAtATime } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, done, ended, living, started, starting, verdict } from './feeding.ts'

describe('I17, one handler at a time', () => {
  test('holds for one message after the other', () => {
    const events = [living('a/2'), began(1), done(1), began(2), done(2), ended('a/2')]
    expect(verdict(oneHandlerAtATime, events)).toBeUndefined()
  })

  test('holds for one that ends of its message', () => {
    const dying = done(1, { isProcessAlive: false })
    expect(verdict(oneHandlerAtATime, [living('a/2'), began(1), dying, ended('a/2')])).toBe(
      undefined,
    )
  })

  test('says who handles two at a time', () => {
    const message = verdict(oneHandlerAtATime, [living('a/2'), began(1), began(2)])
    expect(message).toBe('a/2 begins #2 while #1 is under way')
  })

  test('says who handles before its init is over', () => {
    const message = verdict(oneHandlerAtATime, [starting('a/2'), began(1)])
    expect(message).toBe('a/2 begins #1 while its init is under way')
  })

  test('says who handles after its end', () => {
    const message = verdict(oneHandlerAtATime, [living('a/2'), ended('a/2'), began(1)])
    expect(message).toBe('a/2 handles #1 and does not live')
  })

  test('says who is done with what it never began', () => {
    const message = verdict(oneHandlerAtATime, [living('a/2'), began(1), done(2)])
    expect(message).toBe('a/2 is done with #2, not in its hands')
  })

  test('says who starts or ends twice', () => {
    const message = verdict(oneHandlerAtATime, [living('a/2'), starting('a/2')])
    expect(message).toBe('a/2 starts a second time')
    expect(verdict(oneHandlerAtATime, [living('a/2'), started('a/2')])).toContain('no init')
    const twice = verdict(oneHandlerAtATime, [living('a/2'), ended('a/2'), ended('a/2')])
    expect(twice).toBe('a/2 ends a second time')
  })
})
