import { errorsStayContained } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, living, type Made, verdict } from './feeding.ts'

const reason = { kind: 'crash', error: new Error('as planned') } as const
const end = (process: string) => ended(process, { reason })
const linked = (one: string, other: string): Made => {
  return { kind: 'link_made', node: 'a', life: 1, one, other }
}
const unlinked: Made = { kind: 'link_removed', node: 'a', life: 1, one: 'a/3', other: 'a/2' }
const two = [living('a/2'), living('a/3')]

describe('I19, an error ends nobody else', () => {
  test('holds for one alone, and for those who are tied to it', () => {
    expect(verdict(errorsStayContained, [...two, end('a/2'), began(1)])).toBeUndefined()
    const child = [...living('a/2'), ...living('a/3', { parent: 'a/2' })]
    expect(verdict(errorsStayContained, [child, end('a/2'), end('a/3')])).toBeUndefined()
    expect(verdict(errorsStayContained, [child, end('a/3'), end('a/2')])).toBeUndefined()
    const row = [linked('a/2', 'a/3'), linked('a/3', 'a/4')]
    const three = [...two, living('a/4'), row, end('a/2'), end('a/3'), end('a/4')]
    expect(verdict(errorsStayContained, three)).toBeUndefined()
  })

  test('says whom an error ended that was not tied to where it was', () => {
    const message = verdict(errorsStayContained, [...two, end('a/2'), end('a/3')])
    expect(message).toBe('the error that ended a/2 ended a/3, which is not tied to it')
    const loose = [...two, linked('a/2', 'a/3'), unlinked, end('a/2'), end('a/3')]
    expect(verdict(errorsStayContained, loose)).toContain('not tied')
  })

  test('lets two make the same mistake in two steps, or two of them in one', () => {
    expect(verdict(errorsStayContained, [...two, end('a/2'), began(1), end('a/3')])).toBe(undefined)
    const own = ended('a/3', { reason: { kind: 'crash', error: new Error('another') } })
    expect(verdict(errorsStayContained, [...two, end('a/2'), own])).toBeUndefined()
  })
})
