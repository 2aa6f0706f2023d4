import { childrenFollowSupervisors } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { began, ended, living, reported, started, starting, verdict } from './feeding.ts'

const top = { parent: 'a/0', label: 'top', behaviour: 'supervisor' } as const
const under = (label: string) => ({ parent: 'a/1', label })
/** `a/1` supervises `a/2` and `a/3`, which it began with. */
const tree = [
  ...[...living('a/0'), starting('a/1', top), ...living('a/2', under('one'))],
  ...[...living('a/3', under('two')), started('a/1')],
]
const shutdown = { kind: 'shutdown' } as const
const stopped = (process: string, label: string) => ended(process, { label, reason: shutdown })
/** Its parent tells it to stop. */
const asked = began(9, { to: 'a/1', from: 'a/0', messageKind: 'exit' })

describe('I15, the order of supervisors', () => {
  test('holds when the newest child stops first, and its supervisor last', () => {
    const events = [tree, asked, stopped('a/3', 'two'), stopped('a/2', 'one')]
    expect(verdict(childrenFollowSupervisors, [...events, stopped('a/1', 'top')])).toBe(undefined)
  })

  test('holds for a child that was restarted: it keeps its place', () => {
    const anew = [ended('a/2', { label: 'one' }), living('a/4', under('one'))]
    const stop = [asked, stopped('a/3', 'two'), stopped('a/4', 'one')]
    expect(verdict(childrenFollowSupervisors, [tree, ...anew, ...stop])).toBeUndefined()
  })

  test('holds for children that end by themselves, and before it is told to stop', () => {
    const killed = ended('a/2', { label: 'one', reason: { kind: 'killed' } })
    expect(verdict(childrenFollowSupervisors, [tree, asked, killed, stopped('a/3', 'two')])).toBe(
      undefined,
    )
    const early = [tree, stopped('a/2', 'one'), stopped('a/3', 'two')]
    expect(verdict(childrenFollowSupervisors, early)).toBeUndefined()
  })

  test('says which child stops too late', () => {
    const events = [tree, asked, stopped('a/2', 'one'), stopped('a/3', 'two')]
    const message = verdict(childrenFollowSupervisors, events)
    expect(message).toBe('a/1 stops a/3 (two) after a child that is older')
  })

  test('does not judge children that look alike, or were added later', () => {
    const twins = [
      ...[...living('a/0'), starting('a/1', top), ...living('a/2', under('one'))],
      ...[...living('a/3', under('one')), started('a/1'), ...living('a/4', under('late'))],
    ]
    const events = [asked, stopped('a/2', 'one'), stopped('a/3', 'one'), stopped('a/4', 'late')]
    expect(verdict(childrenFollowSupervisors, [twins, ...events])).toBeUndefined()
  })

  test('says which child lives when its supervisor has ended in order', () => {
    const message = verdict(childrenFollowSupervisors, [tree, stopped('a/1', 'top')])
    expect(message).toBe('the supervisor a/1 ended in order and its child a/2 lives')
    const killed = ended('a/1', { label: 'top', reason: { kind: 'killed' } })
    expect(verdict(childrenFollowSupervisors, [tree, killed])).toBeUndefined()
  })

  test('says who is started under a parent that has ended', () => {
    const killed = ended('a/1', { label: 'top', reason: { kind: 'killed' } })
    const message = verdict(childrenFollowSupervisors, [tree, killed, starting('a/4', under('x'))])
    expect(message).toBe('a/4 is started under a/1, which has ended')
  })

  test('says whose end is reported while it lives', () => {
    const report = reported(1, 'child_terminated', 2)
    const message = verdict(childrenFollowSupervisors, [tree, report])
    expect(message).toBe('top reports the end of its child a/2, which lives')
    const true_ = [tree, ended('a/2', { label: 'one' }), report]
    expect(verdict(childrenFollowSupervisors, true_)).toBeUndefined()
  })
})
