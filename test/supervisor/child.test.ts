import {
  argumentCodes,
  type ChildOptions,
  child,
  defineServer,
  exit,
  next,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from './running.ts'
import { part, pidOf, Worker, type WorkerProtocol, workerNames } from './worker.ts'

describe('child', () => {
  test('has the id of its server and the defaults of OTP', () => {
    const spec = child(Worker, { id: 'a' })
    expect(spec).toMatchObject({ id: 'worker', restart: 'permanent', shutdownMs: 5000 })
  })

  test('takes over what it is given, and refuses what it does not know [SUP-005]', () => {
    const spec = child(Worker, { id: 'a' }, { id: 'x', restart: 'transient', shutdownMs: 'kill' })
    expect(spec).toMatchObject({ id: 'x', restart: 'transient', shutdownMs: 'kill' })
    const wrong = { id: 'x', restarts: 'transient' } as ChildOptions<WorkerProtocol>
    expect(() => child(Worker, { id: 'a' }, wrong)).toThrow(/"restarts".* "restart"/)
  })

  test.each([0, 1, 1e12, 'kill', 'infinity'] as const)(
    'accepts shutdownMs %s [SUP-010, SUP-013]',
    (shutdownMs) => {
      expect(child(Worker, { id: 'a' }, { shutdownMs }).shutdownMs).toBe(shutdownMs)
    },
  )

  test.each([
    ['shutdownMs', -1, argumentCodes.invalid_option],
    ['shutdownMs', Number.POSITIVE_INFINITY, argumentCodes.invalid_option],
    ['shutdownMs', 'soon', argumentCodes.invalid_option],
    ['restart', 'sometimes', argumentCodes.invalid_option],
    ['significant', 'yes', argumentCodes.invalid_option],
    ['id', '', argumentCodes.invalid_argument],
    ['id', 7, argumentCodes.invalid_argument],
    ['shutdown', 5, argumentCodes.unknown_option],
  ])('refuses %s %j [SUP-010]', (name, value, code) => {
    const options = { [name]: value } as ChildOptions<WorkerProtocol>
    expect(codeOf(() => child(Worker, { id: 'a' }, options))).toBe(code)
  })

  test('is made like the last one only where it is given alike', () => {
    const given: ChildOptions<WorkerProtocol>[] = [
      {},
      {},
      { id: 'x' },
      { restart: 'transient' },
      { restart: 'transient', significant: true },
      { restart: 'transient', significant: true, shutdownMs: 7 },
      {},
    ]
    const plain = { id: 'worker', restart: 'permanent', shutdownMs: 5000, significant: false }
    for (const options of given) {
      expect(child(Worker, { id: 'a' }, options)).toMatchObject({ ...plain, ...options })
    }
    const wrong = { restart: 'permanent', significant: true } as const
    child(Worker, { id: 'a' }, { restart: 'permanent' })
    expect(codeOf(() => child(Worker, { id: 'a' }, wrong))).toBe(argumentCodes.invalid_option)
    const timeout = { restart: 'permanent', startTimeoutMs: -1 } as const
    expect(codeOf(() => child(Worker, { id: 'a' }, timeout))).toBe(argumentCodes.invalid_option)
  })

  // A name is a via: whoever holds it is looked up in the one registry that made it.
  test.each([
    'a plain name',
    Symbol('x'),
    5,
    null,
    ['names', 'x'],
    { global: 'x' },
    { via: 'names', key: 'x' },
    { registry: 'names', key: 'x' },
    { registry: class Names {}, key: 'x' },
  ])('refuses %o as a name, and says so [VIA-024] [differs: GS-003, VIA-029]', (wrong) => {
    const make = () => child(Worker, { id: 'a' }, { name: wrong as never })
    expect(codeOf(make)).toBe(argumentCodes.invalid_address)
    expect(make).toThrow(/^Cannot make a child: (the name is .*, wanted a via|nothing here knows)/)
  })

  test('needs no name, and goes by the one it is given [differs: GS-003]', async () => {
    const names = workerNames()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      names,
      part({ id: 'nameless' }),
      part({ id: 'named' }, { name: names.via('x') }),
    ])
    await run(top)
    expect(names.keys(pidOf(top, 'nameless'))).toEqual([])
    expect(names.keys(pidOf(top, 'named'))).toEqual(['x'])
  })

  test.each([undefined, null, 'worker', {}, class Worker {}, { name: 'worker' }])(
    'refuses %j in the place of a server [SUP-006, DSUP-066]',
    (wrong) => {
      const code = codeOf(() => child(wrong as unknown as typeof Worker, { id: 'a' }))
      expect(code).toBe(argumentCodes.invalid_argument)
    },
  )

  test('hands the very same argument to init at every start [DSUP-034]', async () => {
    const seen: unknown[] = []
    const Mirror = defineServer({
      name: 'mirror',
      init: (argument: object) => {
        seen.push(argument)
        return next(argument)
      },
    })
    const argument = {}
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [child(Mirror, argument)])
    const { host } = await run(top)
    exit(pidOf(top, 'mirror'), 'kill')
    await host.settle()
    expect(seen.map((each) => each === argument)).toEqual([true, true])
  })

  test('takes its name at every start [VIA-002, VIA-017]', async () => {
    const names = workerNames()
    const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [
      names,
      part({ id: 'a' }, { name: names.via('x') }),
    ])
    const { host } = await run(top)
    const before = names.whereis('x')
    exit(pidOf(top, 'a'), 'kill')
    await host.settle()
    expect(names.whereis('x')).toBe(pidOf(top, 'a'))
    expect(names.whereis('x')).not.toBe(before)
  })
})
