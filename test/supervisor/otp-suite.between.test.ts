/**
 * What a supervisor makes of ends and requests that come while it stops or starts somebody; each
 * journal is that of OTP 25 for the same tree.
 */
import { cast, ended, exit, type Strategy } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { runFour, runWatched } from './watched.ts'
import { gate, ok, part, pidOf, refused } from './worker.ts'

const strategies: readonly Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']

describe('a child that ends while its supervisor is at work', () => {
  // The one who waits in the queue is no longer the child when its turn comes.
  test.each<[Strategy, string]>([
    ['one_for_all', '-d -c +a +b +c +d'],
    ['rest_for_one', '-d -c +b +c +d'],
  ])(
    'by stopping others of its group: comes back with it, at no extra cost: %s',
    async (strategy) => {
      const { top, journal, host, opened } = await runFour(strategy, { maxRestarts: 1 })
      exit(pidOf(top, 'b'), 'kill')
      await host.settle()
      exit(pidOf(top, 'c'), 'kill')
      opened.release()
      await host.settle()
      const again = strategy === 'one_for_all' ? '-a +a +b +c +d' : '+b +c +d'
      expect(journal.join(' ')).toBe(`-d ${again}`)
      expect(top.countChildren().active).toBe(4)
    },
  )

  test('by stopping those behind it: costs a restart of its own, after this one', async () => {
    const { top, journal, host, opened, node } = await runFour('rest_for_one', { maxRestarts: 2 })
    exit(pidOf(top, 'b'), 'kill')
    await host.settle()
    exit(pidOf(top, 'a'), 'kill')
    opened.release()
    await host.settle()
    expect(journal.join(' ')).toBe('-d -c +b +c +d -d -c -b +a +b +c +d')
    exit(pidOf(top, 'a'), 'kill')
    expect(await node.ended).toMatchObject({ kind: 'shutdown' })
  })

  test('by starting those behind it: the group is started again, after this one', async () => {
    const opened = gate()
    let lives = 0
    const wait = () => {
      lives += 1
      return lives === 2 ? opened.wait() : undefined
    }
    const { top, journal, host } = await runWatched(
      { strategy: 'one_for_all' },
      { a: {}, b: {}, c: { init: wait } },
    )
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    exit(pidOf(top, 'b'), 'kill')
    opened.release()
    await host.settle()
    expect(journal.join(' ')).toBe('-c -b +a +b +c -c -a +a +b +c')
    expect(top.countChildren().active).toBe(3)
  })

  // sup_stop_race
  test.each(strategies)('%s, by stopping: keeps its reason and comes back no more', async (it) => {
    const { top, journal, opened, node } = await runFour(it)
    const reasons = Promise.all(['a', 'b', 'c', 'd'].map((id) => ended(pidOf(top, id))))
    const stopped = node.stop()
    await new Promise(setImmediate)
    expect(journal).toEqual(['-d'])
    cast(pidOf(top, 'c'), 'stop', { kind: 'normal' })
    exit(pidOf(top, 'b'), 'kill')
    cast(pidOf(top, 'a'), 'crash', 'boom')
    opened.release()
    await stopped
    const kinds = (await reasons).map(({ kind }) => kind)
    expect(kinds).toEqual(['crash', 'killed', 'normal', 'shutdown'])
    expect(await node.ended).toEqual({ kind: 'shutdown' })
    expect(journal.filter((line) => line.startsWith('+'))).toEqual([])
  })

  test('by stopping is shown as gone at once, like everybody who has stopped', async () => {
    const { top, opened, host, node } = await runFour('one_for_one')
    const stopped = node.stop()
    await host.settle()
    expect(top.countChildren()).toEqual({ specs: 4, active: 3, supervisors: 0, workers: 4 })
    expect(top.child('d')?.pid).toBeUndefined()
    opened.release()
    await stopped
  })
})

describe('requests to a supervisor that is at work', () => {
  test('wait for the end of a restart and then meet the new group', async () => {
    const { top, opened, host } = await runFour('one_for_all')
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    const asked = [
      top.startChild(part({ id: 'a' })),
      top.restartChild('d'),
      top.deleteChild('c'),
      top.terminateChild('b'),
    ]
    opened.release()
    const [started, ...others] = await Promise.all(asked)
    expect(started).toEqual({
      ok: false,
      reason: { kind: 'already_started', pid: pidOf(top, 'a') },
    })
    expect(others).toEqual([refused('running'), refused('running'), ok])
    expect(top.countChildren().active).toBe(3)
  })

  test('fail with its reason if it ends instead of serving them', async () => {
    const { top, opened, node } = await runFour('one_for_one')
    const stopped = node.stop({ kind: 'shutdown', detail: 'over' })
    await new Promise(setImmediate)
    const asked = [top.startChild(part({ id: 'e' })), top.terminateChild('a'), top.deleteChild('d')]
    const outcomes = Promise.allSettled(asked)
    opened.release()
    await stopped
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { reason: { kind: 'shutdown', detail: 'over' } } })
    }
  })
})
