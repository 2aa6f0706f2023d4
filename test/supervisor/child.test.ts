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

  test('takes over what it is given', () => {
    const spec = child(Worker, { id: 'a' }, { id: 'x', restart: 'transient', shutdownMs: 'kill' })
    expect(spec).toMatchObject({ id: 'x', restart: 'transient', shutdownMs: 'kill' })
  })

  // SUP-010, SUP-013
  test.each([0, 1, 1e12, 'kill', 'infinity'] as const)('accepts shutdownMs %s', (shutdownMs) => {
    expect(child(Worker, { id: 'a' }, { shutdownMs }).shutdownMs).toBe(shutdownMs)
  })

  // SUP-010
  test.each([
    ['shutdownMs', -1, argumentCodes.invalid_option],
    ['shutdownMs', Number.POSITIVE_INFINITY, argumentCodes.invalid_option],
    ['shutdownMs', 'soon', argumentCodes.invalid_option],
    ['restart', 'sometimes', argumentCodes.invalid_option],
    ['significant', 'yes', argumentCodes.invalid_option],
    ['id', '', argumentCodes.invalid_argument],
    ['id', 7, argumentCodes.invalid_argument],
    ['name', 'a plain name', argumentCodes.invalid_address],
    ['name', { registry: 'names', key: 'x' }, argumentCodes.invalid_address],
    ['name', null, argumentCodes.invalid_address],
    ['shutdown', 5, argumentCodes.unknown_option],
  ])('refuses %s %j', (name, value, code) => {
    const options = { [name]: value } as ChildOptions<WorkerProtocol>
    expect(codeOf(() => child(Worker, { id: 'a' }, options))).toBe(code)
  })

  // SUP-006, DSUP-066
  test.each([undefined, null, 'worker', {}, class Worker {}, { name: 'worker' }])(
    'refuses %j in the place of a server',
    (wrong) => {
      const code = codeOf(() => child(wrong as unknown as typeof Worker, { id: 'a' }))
      expect(code).toBe(argumentCodes.invalid_argument)
    },
  )

  // DSUP-034
  test('hands the very same argument to init at every start', async () => {
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

  // VIA-002, VIA-017
  test('takes its name at every start', async () => {
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
