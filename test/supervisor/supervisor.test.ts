import {
  argumentCodes,
  type ChildSpec,
  child,
  defineServer,
  dynamicSupervisor,
  Exit,
  fleet,
  ignore,
  startNode,
  supervisor,
  table,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { show } from '../../src/core/show.ts'
import { codeOf, run } from './running.ts'
import { from, part, pidOf, Worker, workerNames } from './worker.ts'

const options = { name: 'top', strategy: 'one_for_one' } as const

describe('supervisor, given options', () => {
  test('is a child specification with the life of a supervisor', () => {
    const top = supervisor(options, [])
    expect(top).toMatchObject({ id: 'top', restart: 'permanent', shutdownMs: 'infinity' })
  })

  test('is of type supervisor, under its name, with the life it is given [SUP-007]', async () => {
    const inner = { ...options, name: 'inner', restart: 'transient', shutdownMs: 7 } as const
    const below = supervisor(inner, [])
    expect(below).toMatchObject({ id: 'inner', restart: 'transient', shutdownMs: 7 })
    const top = supervisor(options, [below])
    await run(top)
    expect(top.whichChildren()).toMatchObject([{ id: 'inner', type: 'supervisor' }])
  })

  test.each([
    ['strategy', undefined],
    ['strategy', 'all_for_one'],
    ['autoShutdown', 'sometimes'],
    ['maxRestarts', -1],
    ['maxRestarts', 1.5],
    ['maxRestarts', Number.NaN],
    ['maxSeconds', 0],
    ['maxSeconds', Number.POSITIVE_INFINITY],
    ['maxSeconds', '5'],
    ['restart', 'forever'],
    ['shutdownMs', -1],
    ['shutdownMs', 'kill now'],
    ['significant', 1],
  ])('refuses %s %s [SUP-002, SUP-010]', (name, value) => {
    const wrong = { ...options, [name]: value } as typeof options
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.invalid_option)
  })

  test.each([undefined, '', 'a\nb', 7, null])('refuses the name %j', (name) => {
    const wrong = { ...options, name } as unknown as typeof options
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.invalid_argument)
  })

  test('refuses an option that does not exist, and names the nearest', () => {
    const wrong = { ...options, maxRestart: 1 } as typeof options
    expect(() => supervisor(wrong, [])).toThrow('maxRestarts')
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.unknown_option)
  })

  test('refuses a permanent child that is significant [SUP-074]', () => {
    const make = () => part({ id: 'a' }, { significant: true })
    expect(codeOf(make)).toBe(argumentCodes.invalid_option)
  })
})

describe('supervisor, given children', () => {
  test.each([undefined, null, {}, 'a', { id: 'a', restart: 'permanent', shutdownMs: 0 }, () => 1])(
    'refuses %j as a child [SUP-006, SUP-009]',
    (wrong) => {
      const make = () => supervisor(options, [part({ id: 'a' }), wrong as ChildSpec])
      expect(codeOf(make)).toBe(argumentCodes.invalid_child)
      expect(make).toThrow(`Cannot make a supervisor "top": the child is ${show(wrong)}`)
    },
  )

  test('takes no notice of what else a specification carries [SUP-009]', async () => {
    const child = Object.assign(part({ id: 'a' }), { comment: 'the first one', weight: 3 })
    const top = supervisor(options, [child])
    await run(top)
    expect(top.countChildren().active).toBe(1)
  })

  test('starts every kind of child there is, mixed [SUP-004]', async () => {
    const kinds: readonly ChildSpec[] = [
      child(Worker, { id: 'plain' }),
      child(Worker, { id: 'full' }, { id: 'x', restart: 'temporary', shutdownMs: 'kill' }),
      supervisor({ name: 'static', strategy: 'one_for_all' }, [part({ id: 'a' })]),
      dynamicSupervisor({ name: 'dynamic' }),
      workerNames('registry'),
      fleet(Worker, { name: 'fleet', key: (what) => what.id }),
      table({ name: 'table' }),
    ]
    const top = supervisor(options, kinds)
    await run(top)
    const ids = ['worker', 'x', 'static', 'dynamic', 'registry', 'fleet', 'table']
    expect(top.whichChildren().map((each) => each.id)).toEqual(ids)
    expect(top.countChildren()).toMatchObject({ specs: 7, active: 7 })
  })

  test.each([undefined, null, 'children', { length: 0 }])('refuses %j as the list', (wrong) => {
    const make = () => supervisor(options, wrong as unknown as ChildSpec[])
    expect(codeOf(make)).toBe(argumentCodes.invalid_argument)
  })

  test('refuses two children with one id and says which [SUP-011]', () => {
    const make = () => supervisor(options, [part({ id: 'twin' }), part({ id: 'twin' })])
    expect(codeOf(make)).toBe(argumentCodes.duplicate_child)
    expect(make).toThrow('"twin"')
  })

  test('refuses a significant child without autoShutdown [SUP-074]', () => {
    const significant = part({ id: 'a' }, { restart: 'transient', significant: true })
    expect(codeOf(() => supervisor(options, [significant]))).toBe(argumentCodes.invalid_child)
  })

  test('is not changed by what happens to the list afterwards', async () => {
    const children = [part({ id: 'a' })]
    const top = supervisor(options, children)
    children.push(part({ id: 'b' }))
    await run(top)
    expect(top.whichChildren().map((each) => each.id)).toEqual(['a'])
  })
})

describe('supervisor, looked into', () => {
  const Shy = defineServer({ name: 'shy', init: () => ignore() })

  test('lists every child with id, pid, type and what it runs, in start order [SUP-037]', async () => {
    const top = supervisor(options, [part({ id: 'a' }), supervisor({ ...options, name: 'b' }, [])])
    await run(top)
    expect(top.whichChildren()).toEqual([
      { id: 'a', pid: pidOf(top, 'a'), type: 'worker', label: 'worker' },
      { id: 'b', pid: pidOf(top, 'b'), type: 'supervisor', label: 'b' },
    ])
  })

  test('keeps a child that chose not to start, but drops a temporary one [SUP-018, SUP-038]', async () => {
    const top = supervisor(options, [
      child(Shy, undefined, { id: 'permanent' }),
      child(Shy, undefined, { id: 'temporary', restart: 'temporary' }),
      part({ id: 'a' }),
    ])
    await run(top)
    expect(top.whichChildren().map((each) => each.id)).toEqual(['permanent', 'a'])
    const shy = { id: 'permanent', pid: undefined, type: 'worker', label: 'shy' }
    expect(top.whichChildren()[0]).toEqual(shy)
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
  })

  test('says that it was never started [SUP-035]', () => {
    const top = supervisor(options, [])
    expect(codeOf(() => top.countChildren())).toBe(argumentCodes.not_started)
    expect(codeOf(() => top.whichChildren())).toBe(argumentCodes.not_started)
  })

  test('exits with noproc once it is gone [SUP-035]', async () => {
    const top = supervisor(options, [])
    const { node } = await run(top)
    await node.stop()
    expect(reasonOf(() => top.whichChildren())).toBe('noproc')
    expect(reasonOf(() => top.countChildren())).toBe('noproc')
  })
})

describe('supervisor, started more than once', () => {
  test('does not start below itself or twice in one tree', async () => {
    const twice = supervisor({ ...options, name: 'twice' }, [])
    const sides = ['left', 'right'].map((name) => supervisor({ ...options, name }, [twice]))
    const failed = startNode(supervisor(options, sides), { host: virtualHost() })
    await expect(failed).rejects.toThrow('it is running already')
    await expect(failed).rejects.toSatisfy(Exit.is)
  })

  test('does not start on a second node while the first one runs', async () => {
    const top = supervisor(options, [part({ id: 'a' })])
    const { node, host } = await run(top)
    const before = pidOf(top, 'a')
    await expect(startNode(top, { host, name: 'second' })).rejects.toThrow('running already')
    expect(pidOf(top, 'a')).toBe(before)
    await node.stop()
  })

  test('starts again after its node is over', async () => {
    const top = supervisor(options, [part({ id: 'a' })])
    const first = await run(top)
    await first.node.stop()
    await run(top, 'second')
    expect(top.countChildren().active).toBe(1)
  })

  test('a child specification may be used in many places', async () => {
    const leaf = part({ id: 'leaf' })
    const [left, right] = ['left', 'right'].map((name) => supervisor({ ...options, name }, [leaf]))
    if (left === undefined || right === undefined) throw new Error('unreachable')
    await run(supervisor(options, [left, right]))
    expect(pidOf(left, 'leaf')).not.toEqual(pidOf(right, 'leaf'))
  })
})

describe('supervisor, with very many children', () => {
  // A quadratic cost would show as a factor of 256.
  test('takes about linear time to start and stop them [SUP-082]', async () => {
    const timeOf = async (count: number) => {
      const children = from(1, count).map((id) => part({ id: String(id) }))
      const before = performance.now()
      const node = await startNode(supervisor(options, children))
      await node.stop()
      return performance.now() - before
    }
    const small = await timeOf(1000)
    expect(await timeOf(16_000)).toBeLessThan(64 * (small + 5))
  })
})

describe('supervisor, whose child has a taken name', () => {
  test('does not start, and says which child and who holds the name', async () => {
    const names = workerNames()
    const tree = supervisor(options, [
      names,
      part({ id: 'first' }, { name: names.via('x') }),
      part({ id: 'second' }, { name: names.via('x') }),
    ])
    const failed = startNode(tree, { host: virtualHost() })
    await expect(failed).rejects.toThrow(/child "second" did not start.*name is held by </)
  })
})

function reasonOf(use: () => unknown): string {
  try {
    use()
  } catch (error) {
    if (Exit.is(error)) return error.reason.kind
    throw error
  }
  return 'nothing was thrown'
}
