import {
  argumentCodes,
  type ChildSpec,
  call,
  ended,
  exit,
  ignore,
  isAlive,
  next,
  type Strategy,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { feed, run } from './running.ts'
import { gate, idsOf, ok, part, pidOf, refused } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('a supervisor whose children come from a function', () => {
  test.each<Strategy>(['one_for_one', 'one_for_all', 'rest_for_one'])(
    '%s starts, restarts and stops them as it does those of a list [SUP-021]',
    async (strategy) => {
      const journals = { made: [] as string[], listed: [] as string[] }
      const of = (journal: string[]) => {
        return ['a', 'b', 'c'].map((id) => part({ id, journal, traps: true }))
      }
      const made = supervisor({ ...one, name: 'made', strategy }, () => of(journals.made))
      const listed = supervisor({ ...one, name: 'listed', strategy }, of(journals.listed))
      const { host, node } = await run(supervisor(one, [made, listed]))
      for (const top of [made, listed]) exit(pidOf(top, 'b'), 'kill')
      await host.settle()
      expect(made.countChildren()).toEqual(listed.countChildren())
      await node.stop()
      expect(journals.made.length).toBeGreaterThan(3)
      expect(journals.made).toEqual(journals.listed)
    },
  )

  test('calls it anew at every start, inside the new process', async () => {
    let starts = 0
    const inner = supervisor({ ...one, name: 'inner' }, () => {
      starts += 1
      return Array.from({ length: starts }, (_, index) => part({ id: `${index}` }))
    })
    const top = supervisor(one, [inner])
    const { host } = await run(top)
    expect(idsOf(inner)).toEqual(['0'])
    exit(pidOf(top, 'inner'), 'kill')
    await host.settle()
    expect(idsOf(inner)).toEqual(['0', '1'])
  })

  test('waits for it, and ends after it with a parent that was killed meanwhile', async () => {
    const journal: string[] = []
    const { wait, release } = gate()
    const slow = supervisor({ ...one, name: 'slow' }, async () => {
      await wait()
      return [part({ id: 'a', journal, traps: true })]
    })
    const middle = supervisor({ ...one, name: 'middle' }, [])
    const top = supervisor(one, [middle])
    const { host } = await run(top)
    const started = middle.startChild(slow)
    await host.settle()
    expect(journal).toEqual([])
    exit(pidOf(top, 'middle'), 'kill')
    await expect(started).rejects.toMatchObject({ reason: { kind: 'killed' } })
    release()
    await host.settle()
    expect(journal).toEqual(['+a', '-a shutdown'])
    expect(() => slow.countChildren()).toThrow('noproc')
  })

  test('gives up the start, with reason normal, if that says ignore() [SUP-014]', async () => {
    const events = feed()
    const shy = supervisor({ ...one, name: 'shy' }, () => ignore())
    const later = supervisor({ ...one, name: 'later' }, async () => ignore())
    const top = supervisor(one, [shy, later])
    await run(top)
    expect(top.whichChildren()).toEqual([
      { id: 'shy', pid: undefined, type: 'supervisor', label: 'shy' },
      { id: 'later', pid: undefined, type: 'supervisor', label: 'later' },
    ])
    expect(await top.restartChild('shy')).toEqual(refused('ignored'))
    const reasons = events.filter((each) => each.kind === 'process_ended')
    expect(reasons.map(({ reason }) => reason)).toEqual([
      { kind: 'normal' },
      { kind: 'normal' },
      { kind: 'normal' },
    ])
  })

  test('can start again later, once it does not say ignore() any more [SUP-014]', async () => {
    let isReady = false
    const inner = supervisor({ ...one, name: 'inner' }, () =>
      isReady ? [part({ id: 'a' })] : ignore(),
    )
    const top = supervisor(one, [inner])
    await run(top)
    isReady = true
    expect(await top.restartChild('inner')).toMatchObject(ok)
    expect(idsOf(inner)).toEqual(['a'])
  })

  test.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'the list of children is undefined'],
    ['a number', () => 5, 'the list of children is 5'],
    ['a step that is not ignore()', () => next([]), 'the list of children'],
    ['a promise of junk', async () => 'children', 'the list of children is "children"'],
    ['a list with junk in it', () => [part({ id: 'a' }), {}], 'the child is'],
    ['two children of one id', () => [part({ id: 'a' }), part({ id: 'a' })], 'two children'],
    [
      'a significant child that means nothing',
      () => [part({ id: 'a' }, { restart: 'transient', significant: true })],
      'the child "a" is significant, which means nothing here',
    ],
  ])('fails to start if that gives %s, before any child runs [SUP-015]', async (_, make, why) => {
    const journal: string[] = []
    const events = feed()
    const odd = supervisor({ ...one, name: 'odd' }, make as () => readonly ChildSpec[])
    const top = supervisor(one, [])
    const { host } = await run(top)
    const failed = await top.startChild(odd)
    if (failed.ok || failed.reason.kind !== 'init_failed') throw new Error('it started')
    expect(failed.reason.exit.cause).toMatchObject({
      code: expect.stringMatching(/^FLOTILLA_(INVALID|DUPLICATE)/),
      message: expect.stringContaining(`Cannot make a supervisor "odd": ${why}`),
    })
    await host.settle()
    expect(journal).toEqual([])
    const end = events.findLast((each) => each.kind === 'process_ended')
    expect(end?.kind === 'process_ended' && end.reason).toEqual(failed.reason.exit.reason)
  })

  test.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('no configuration')
      },
    ],
    ['fails later', () => Promise.reject(new Error('no configuration'))],
  ])('fails to start with the error if that %s, and ends of it [SUP-015]', async (_, make) => {
    const events = feed()
    const tree = supervisor({ ...one, name: 'broken' }, make)
    const failed = startNode(tree, { host: virtualHost() })
    await expect(failed).rejects.toMatchObject({ cause: { message: 'no configuration' } })
    const end = events.find((each) => each.kind === 'process_ended' && each.label === 'broken')
    expect(end).toMatchObject({
      reason: { kind: 'crash', error: { message: 'no configuration' } },
    })
  })

  test('is tried again like any child if a restart of it fails', async () => {
    let starts = 0
    const flaky = supervisor({ ...one, name: 'flaky' }, () => {
      starts += 1
      if (starts === 2) throw new Error('no configuration')
      return [part({ id: 'a' })]
    })
    const top = supervisor(one, [flaky])
    const { host } = await run(top)
    const reason = ended(pidOf(top, 'flaky'))
    exit(pidOf(top, 'flaky'), 'kill')
    await host.settle()
    expect([starts, (await reason).kind]).toEqual([3, 'killed'])
    expect(isAlive(pidOf(flaky, 'a'))).toBe(true)
  })
})

describe('a function of children that asks the supervisor it makes', () => {
  test('is refused instead of waited for', async () => {
    const outcomes: unknown[] = []
    const top = supervisor(one, async () => {
      outcomes.push(await top.startChild(part({ id: 'b' })).catch((error) => error.reason.kind))
      return [part({ id: 'a' })]
    })
    await run(top)
    expect(outcomes).toEqual(['calling_self'])
    expect(await call(pidOf(top, 'a'), 'id')).toBe('a')
  })
})

describe('supervisor, given neither a list nor a function', () => {
  test.each([undefined, null, {}, 'children', 5])('refuses %j at once', (wrong) => {
    const make = () => supervisor(one, wrong as never)
    expect(make).toThrow('the list of children')
    expect(make).toThrow(expect.objectContaining({ code: argumentCodes.invalid_argument }))
  })
})
