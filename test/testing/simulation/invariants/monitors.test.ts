import { type DownNotice, endsAreToldOnce } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, gone, type Made, sent, verdict } from './feeding.ts'

const error = new Error('as planned')
const reason = { kind: 'crash', error } as const
const made: Made = {
  ...({
    kind: 'monitor_made',
    node: 'a',
    life: 1,
    monitor: 5,
    watcher: 'a/2',
    target: 'a/1',
  } as const),
}
const takenBack = (flush: boolean): Made => {
  return { kind: 'monitor_removed', node: 'a', life: 1, monitor: 5, watcher: 'a/2', flush }
}
const notice: DownNotice = { monitor: 5, process: 'a/1', reason }
const report = (down: DownNotice = notice) => sent(9, { messageKind: 'down', down })
const hears = (down: DownNotice = notice) => began(9, { messageKind: 'down', down })
const end = ended('a/1', { reason })
const linked: Made = { kind: 'link_made', node: 'a', life: 1, one: 'a/1', other: 'a/2' }
const unlinked: Made = { kind: 'link_removed', node: 'a', life: 1, one: 'a/2', other: 'a/1' }

describe('I14, monitors', () => {
  test('hold when each reports once, with the reason', () => {
    const events = [made, sent(1), end, report(), gone('a/1'), began(1), hears()]
    expect(verdict(endsAreToldOnce, events)).toBeUndefined()
  })

  test('hold when they are taken back, or their watchers end', () => {
    expect(verdict(endsAreToldOnce, [made, takenBack(false), end, gone('a/1')])).toBeUndefined()
    expect(verdict(endsAreToldOnce, [made, ended('a/2'), end, gone('a/1')])).toBeUndefined()
    const late = [made, end, report(), gone('a/1'), takenBack(false), hears()]
    expect(verdict(endsAreToldOnce, late)).toBeUndefined()
  })

  test('say who got no report', () => {
    const message = verdict(endsAreToldOnce, [made, end, gone('a/1')])
    expect(message).toBe('a/1 has ended and a/2, which monitors it, got no DOWN')
  })

  test('say who gets two reports', () => {
    const message = verdict(endsAreToldOnce, [made, end, report(), report()])
    expect(message).toBe('a/2 gets a DOWN of monitor 5, which has reported before')
    const delivered = [made, end, report(), gone('a/1'), hears(), hears()]
    expect(verdict(endsAreToldOnce, delivered)).toContain('a/2 handles a DOWN of monitor 5')
  })

  test('say who gets a report that was taken back', () => {
    const before = verdict(endsAreToldOnce, [made, takenBack(false), end, report()])
    expect(before).toBe('a/2 gets a DOWN of monitor 5, which it does not have, or not any more')
    const flushed = [made, end, report(), gone('a/1'), takenBack(true), hears()]
    expect(verdict(endsAreToldOnce, flushed)).toContain('handles a DOWN of monitor 5, which it')
  })

  test('say whose reason is not true', () => {
    const other = report({ ...notice, reason: { kind: 'normal' } })
    const message = verdict(endsAreToldOnce, [made, end, other])
    expect(message).toBe('a/2 hears that a/1 ended of normal, but it was crash')
    const strange = report({ ...notice, reason: { kind: 'crash', error: new Error('other') } })
    expect(verdict(endsAreToldOnce, [made, end, strange])).toContain('ended of crash')
    const false_ = report({ ...notice, process: 'a/8' })
    expect(verdict(endsAreToldOnce, [made, end, false_])).toContain('that names a/8')
  })

  test('say of whom there is a report while it lives', () => {
    const message = verdict(endsAreToldOnce, [made, report()])
    expect(message).toBe('a/2 gets a DOWN of a/1, which has not ended')
  })

  test('of nobody report that there is nobody', () => {
    const ofNobody: Made = { ...made, target: undefined }
    const noproc = {
      ...notice,
      process: undefined,
      reason: { kind: 'noproc', address: '' },
    } as const
    expect(verdict(endsAreToldOnce, [ofNobody, report(noproc), hears(noproc)])).toBeUndefined()
    const message = verdict(endsAreToldOnce, [ofNobody, report()])
    expect(message).toBe('a/2 monitors nobody and hears of a crash')
  })

  test('say what comes after the report of the end of its sender', () => {
    const message = verdict(endsAreToldOnce, [made, sent(1), end, report(), gone('a/1'), hears()])
    expect(message).toBe('a/2 handles the DOWN of a/1 before #1, which that sent earlier')
  })
})

describe('I14, links', () => {
  const signal = sent(8, { messageKind: 'exit', from: 'a/1' })

  test('hold when the other ends too, or is sent a signal', () => {
    const both = [linked, end, gone('a/1'), ended('a/2'), gone('a/2'), began(1)]
    expect(verdict(endsAreToldOnce, both)).toBeUndefined()
    expect(verdict(endsAreToldOnce, [linked, end, signal, gone('a/1'), began(1)])).toBeUndefined()
  })

  test('hold when nobody has to notice', () => {
    const normal = ended('a/1', { reason: { kind: 'normal' } })
    expect(verdict(endsAreToldOnce, [linked, normal, gone('a/1'), began(1)])).toBeUndefined()
    const loose = [linked, unlinked, end, gone('a/1'), began(1)]
    expect(verdict(endsAreToldOnce, loose)).toBeUndefined()
  })

  test.each(['a/1', 'a/2'])('say who does not notice the end of %s', (process) => {
    const other = process === 'a/1' ? 'a/2' : 'a/1'
    const message = verdict(endsAreToldOnce, [linked, ended(process), gone(process), began(1)])
    expect(message).toBe(
      `${process} has ended, and ${other}, which is linked to it, does not notice`,
    )
  })
})
