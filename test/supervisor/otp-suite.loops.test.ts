/**
 * Cases of supervisor_SUITE that no line of the catalogue names, each with the case it is of:
 * restart loops, what they cost, and what is asked of a supervisor meanwhile.
 */
import { exit, isAlive, type Restart, type Strategy, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { run } from './running.ts'
import { runLoop, runWatched } from './watched.ts'
import { endings, failingAt, idsOf, looking, ok, part, pidOf, refused } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const
const groups: readonly Strategy[] = ['one_for_all', 'rest_for_one']

describe('a restart loop', () => {
  // hanging_restart_loop_rest_for_one
  test('of rest_for_one leaves those behind it stopped, and each can be seen to', async () => {
    const { top, b, host } = await runLoop('rest_for_one')
    const first = pidOf(top, 'a')
    const seen: unknown[] = []
    exit(pidOf(top, 'b'), 'kill')
    const look = () =>
      seen.push(
        top.whichChildren().map((each) => each.pid),
        top.countChildren(),
      )
    const asked = [
      top.startChild(looking(look)),
      top.startChild(part({ id: 'b' })),
      top.restartChild('b'),
      top.deleteChild('b'),
      top.startChild(part({ id: 'c' })),
      top.terminateChild('b'),
    ]
    expect(await Promise.all(asked)).toEqual([
      refused('ignored'),
      refused('already_present'),
      refused('restarting'),
      refused('restarting'),
      refused('already_present'),
      ok,
    ])
    expect(seen).toEqual([
      [first, 'restarting', undefined],
      { specs: 3, active: 1, supervisors: 0, workers: 3 },
    ])
    await host.settle()
    expect(top.whichChildren().map((each) => each.pid)).toEqual([first, undefined, undefined])
    b.mend()
    expect((await top.restartChild('b')).ok).toBe(true)
    expect(top.countChildren().active).toBe(2)
    expect(pidOf(top, 'a')).toBe(first)
  })

  test.each(groups)('of %s tries without a child that is deleted meanwhile', async (strategy) => {
    const { top, b, journal, host } = await runLoop(strategy)
    exit(pidOf(top, 'b'), 'kill')
    const asked = [top.deleteChild('c'), top.startChild(looking(() => b.mend()))]
    expect(await Promise.all(asked)).toEqual([ok, refused('ignored')])
    await host.settle()
    expect(idsOf(top).join('')).toBe('ab')
    expect(top.countChildren().active).toBe(2)
    expect(journal.includes('+c')).toBe(false)
  })

  test.each(groups)('of %s takes along who was started by hand meanwhile', async (strategy) => {
    const { top, b, journal, host, watched } = await runLoop(strategy)
    exit(pidOf(top, 'b'), 'kill')
    const asked = [
      top.restartChild('c'),
      top.startChild(watched('d')),
      top.startChild(looking(() => b.mend())),
    ]
    const [restarted, started] = await Promise.all(asked)
    expect([restarted?.ok, started?.ok]).toEqual([true, true])
    await host.settle()
    expect(top.countChildren().active).toBe(4)
    const again = strategy === 'one_for_all' ? '-a +a +b +c +d' : '+b +c +d'
    expect(journal.join(' ').endsWith(`+c +d -d -c ${again}`)).toBe(true)
  })

  test('that is ended by hand leaves the rest of its group as it is', async () => {
    const { top, host } = await runLoop('one_for_all')
    exit(pidOf(top, 'a'), 'kill')
    expect(await top.terminateChild('b')).toEqual(ok)
    await host.settle()
    const pids = top.whichChildren().map((each) => typeof each.pid)
    expect(pids).toEqual(['object', 'undefined', 'undefined'])
  })

  // A second group restart that fails at the same child leaves two tries behind.
  test.each(groups)('of %s starts nobody twice', async (strategy) => {
    const { top, b, host, node } = await runLoop(strategy)
    const { processes } = node.statistics()
    exit(pidOf(top, 'b'), 'kill')
    const asked = [
      top.startChild(looking(() => exit(pidOf(top, 'a'), 'kill'))),
      top.startChild(looking(() => undefined)),
    ]
    await Promise.all(asked)
    await top.startChild(looking(() => b.mend()))
    await host.settle()
    expect(top.countChildren().active).toBe(3)
    expect(node.statistics().processes).toBe(processes)
  })

  // one_for_one_escalation and the like
  test.each<[Strategy, string]>([
    ['one_for_one', '-c -a'],
    ['one_for_all', '-c -a +a -a +a -a +a -a +a -a'],
    ['rest_for_one', '-c -a'],
  ])('of %s that uses up the budget stops whoever runs by then: %s', async (strategy, expected) => {
    const { top, journal, node } = await runLoop(strategy, { maxRestarts: 4 })
    exit(pidOf(top, 'b'), 'kill')
    expect(await node.ended).toMatchObject({ kind: 'shutdown' })
    expect(journal.join(' ')).toBe(expected)
  })

  // one_for_all_other_child_fails_restart, rest_for_one_other_child_fails_restart
  test.each<[Strategy, string]>([
    ['one_for_all', '-c -b +a +b -b -a +a +b +c'],
    ['rest_for_one', '-c -b +a +b +c'],
  ])('of %s, begun by a sibling of the child that fails: %s', async (strategy, expected) => {
    const { journal, host, top } = await runWatched(
      { strategy },
      { a: {}, b: {}, c: { init: failingAt(2).init } },
    )
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(journal.join(' ')).toBe(expected)
  })
})

describe('the restart intensity', () => {
  // restarts in the same instant; the window of OTP holds its both ends
  test.each([
    [0, 3, true],
    [0, 4, false],
    [1666, 4, false],
    [1667, 4, true],
  ])(
    '3 in 5 s, with a crash every %i ms: after %i of them it runs: %s',
    async (gap, many, runs) => {
      const top = supervisor(one, [part({ id: 'a' })])
      const { host, node } = await run(top)
      for (let count = 0; count < many; count += 1) {
        if (count > 0) await host.advance(gap)
        exit(pidOf(top, 'a'), 'kill')
        await host.settle()
      }
      if (runs) expect(top.countChildren().active).toBe(1)
      else expect(await node.ended).toMatchObject({ kind: 'shutdown' })
    },
  )

  // permanent_normal under a group strategy; transient_abnormal
  test.each<[Restart, string, boolean]>([
    ['permanent', 'normal', true],
    ['permanent', 'shutdown', true],
    ['transient', 'crash', true],
    ['transient', 'shutdown', false],
    ['temporary', 'crash', false],
  ])('is charged for a %s child that ends by %s: %s', async (restart, ending, isCharged) => {
    const options = { ...one, strategy: 'one_for_all', maxRestarts: 0 } as const
    const top = supervisor(options, [part({ id: 'a' }), part({ id: 'b' }, { restart })])
    const { host, node } = await run(top)
    endings[ending]?.(pidOf(top, 'b'))
    await host.settle()
    if (isCharged) expect(await node.ended).toMatchObject({ kind: 'shutdown' })
    else expect(isAlive(pidOf(top, 'a'))).toBe(true)
  })

  test('costs one unit for each group in which somebody else fails', async () => {
    const { top, host, node } = await runWatched(
      { strategy: 'one_for_all', maxRestarts: 3 },
      { a: {}, b: {}, c: { init: failingAt(2, 3).init } },
    )
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(top.countChildren().active).toBe(3)
    exit(pidOf(top, 'a'), 'kill')
    expect(await node.ended).toMatchObject({ kind: 'shutdown' })
  })
})
