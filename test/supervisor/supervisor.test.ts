import {
  argumentCodes,
  type ChildSpec,
  child,
  defineServer,
  Exit,
  ignore,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from './running.ts'
import { from, part, pidOf, workerNames } from './worker.ts'

const options = { name: 'top', strategy: 'one_for_one' } as const

describe('supervisor, given options', () => {
  test('is a child specification with the life of a supervisor', () => {
    const top = supervisor(options, [])
    expect(top).toMatchObject({ id: 'top', restart: 'permanent', shutdownMs: 'infinity' })
  })

  // SUP-007
  test('takes over the life it is given', () => {
    const top = supervisor({ ...options, restart: 'transient', shutdownMs: 7 }, [])
    expect(top).toMatchObject({ restart: 'transient', shutdownMs: 7 })
  })

  // SUP-002, SUP-010
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
  ])('refuses %s %s', (name, value) => {
    const wrong = { ...options, [name]: value } as typeof options
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.invalid_option)
  })

  test.each([undefined, '', 'a\nb', 7, null])('refuses the name %j', (name) => {
    const wrong = { ...options, name } as unknown as typeof options
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.invalid_argument)
  })

  // SUP-005
  test('refuses an option that does not exist, and names the nearest', () => {
    const wrong = { ...options, maxRestart: 1 } as typeof options
    expect(() => supervisor(wrong, [])).toThrow('maxRestarts')
    expect(codeOf(() => supervisor(wrong, []))).toBe(argumentCodes.unknown_option)
  })

  // SUP-074
  test('refuses a permanent child that is significant', () => {
    const make = () => part({ id: 'a' }, { significant: true })
    expect(codeOf(make)).toBe(argumentCodes.invalid_option)
  })
})

describe('supervisor, given children', () => {
  // SUP-006, SUP-009
  test.each([undefined, null, {}, 'a', { id: 'a', restart: 'permanent', shutdownMs: 0 }, () => 1])(
    'refuses %j as a child',
    (wrong) => {
      const make = () => supervisor(options, [wrong as ChildSpec])
      expect(codeOf(make)).toBe(argumentCodes.invalid_child)
    },
  )

  test.each([undefined, null, 'children', { length: 0 }])('refuses %j as the list', (wrong) => {
    const make = () => supervisor(options, wrong as unknown as ChildSpec[])
    expect(codeOf(make)).toBe(argumentCodes.invalid_argument)
  })

  // SUP-011
  test('refuses two children with one id and says which', () => {
    const make = () => supervisor(options, [part({ id: 'twin' }), part({ id: 'twin' })])
    expect(codeOf(make)).toBe(argumentCodes.duplicate_child)
    expect(make).toThrow('"twin"')
  })

  // SUP-074
  test('refuses a significant child without autoShutdown', () => {
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

  // SUP-037
  test('lists every child with id, pid and type, in start order', async () => {
    const top = supervisor(options, [part({ id: 'a' }), supervisor({ ...options, name: 'b' }, [])])
    await run(top)
    expect(top.whichChildren()).toEqual([
      { id: 'a', pid: pidOf(top, 'a'), type: 'worker' },
      { id: 'b', pid: pidOf(top, 'b'), type: 'supervisor' },
    ])
  })

  // SUP-018, SUP-038
  test('keeps a child that chose not to start, but drops a temporary one', async () => {
    const top = supervisor(options, [
      child(Shy, undefined, { id: 'permanent' }),
      child(Shy, undefined, { id: 'temporary', restart: 'temporary' }),
      part({ id: 'a' }),
    ])
    await run(top)
    expect(top.whichChildren().map((each) => each.id)).toEqual(['permanent', 'a'])
    expect(top.whichChildren()[0]).toEqual({ id: 'permanent', pid: undefined, type: 'worker' })
    expect(top.countChildren()).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 })
  })

  // SUP-035
  test('says that it was never started', () => {
    const top = supervisor(options, [])
    expect(codeOf(() => top.countChildren())).toBe(argumentCodes.not_started)
    expect(codeOf(() => top.whichChildren())).toBe(argumentCodes.not_started)
  })

  // SUP-035
  test('exits with noproc once it is gone', async () => {
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
  // SUP-082: a quadratic cost would show as a factor of 256.
  test('takes about linear time to start and stop them', async () => {
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
