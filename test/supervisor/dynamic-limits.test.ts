import {
  argumentCodes,
  child,
  type DynamicLimits,
  type DynamicSupervisor,
  defineServer,
  dynamicSupervisor,
  exit,
  ignore,
  next,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { feed, run } from './running.ts'
import { ok, part, pidOf, refused, startedBy } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

describe('a dynamic supervisor with an init of its own', () => {
  test('takes its limits from that, at every start anew', async () => {
    let starts = 0
    const init = () => {
      starts += 1
      return { maxChildren: starts, maxRestarts: 0 }
    }
    const children = dynamicSupervisor({ name: 'children', init, maxChildren: 50 })
    const top = supervisor(one, [children])
    const { host } = await run(top)
    await startedBy(children.startChild(part({ id: 'a' })))
    const full = { ok: false, reason: { kind: 'max_children' } }
    expect(await children.startChild(part({ id: 'b' }))).toEqual(full)
    exit(pidOf(top, 'children'), 'kill')
    await host.settle()
    for (const id of ['a', 'b']) await startedBy(children.startChild(part({ id })))
    expect(await children.startChild(part({ id: 'c' }))).toEqual(full)
    exit(await pidOfFirst(children), 'kill')
    await host.settle()
    expect(starts).toBe(3)
  })

  test('may take a while to say them', async () => {
    const children = dynamicSupervisor({ name: 'children', init: async () => ({ maxChildren: 0 }) })
    await run(children)
    expect(await children.startChild(part({ id: 'a' }))).toEqual(refused('max_children'))
  })

  test('does not start, with reason normal, if that says ignore() [DSUP-005]', async () => {
    const events = feed()
    const shy = dynamicSupervisor({ name: 'shy', init: () => ignore() })
    const top = supervisor(one, [])
    await run(top)
    expect(await top.startChild(shy)).toEqual(refused('ignored'))
    const end = events.find((each) => each.kind === 'process_ended')
    expect(end).toMatchObject({ label: 'shy', reason: { kind: 'normal' } })
  })

  test.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['a number', () => 5],
    ['a step', () => next({})],
    ['an unknown limit', () => ({ maxChild: 1 })],
    ['an impossible limit', () => ({ maxChildren: -1 })],
    ['an impossible budget', async () => ({ maxSeconds: 0 })],
  ])('fails to start if that gives %s [DSUP-005]', async (_, init) => {
    const odd = dynamicSupervisor({ name: 'odd', init: init as () => DynamicLimits })
    const top = supervisor(one, [])
    await run(top)
    const failed = await top.startChild(odd)
    if (failed.ok || failed.reason.kind !== 'init_failed') throw new Error('it started')
    expect(failed.reason.exit.cause).toMatchObject({
      code: expect.stringMatching(/^FLOTILLA_(INVALID|UNKNOWN)_/),
      message: expect.stringContaining('Cannot make a dynamic supervisor "odd"'),
    })
  })

  test('fails to start with the error if that throws [DSUP-005]', async () => {
    const init = () => {
      throw new Error('no configuration')
    }
    const top = supervisor(one, [])
    await run(top)
    const failed = await top.startChild(dynamicSupervisor({ name: 'odd', init }))
    expect(failed).toMatchObject({ ok: false, reason: { exit: { message: /no configuration/ } } })
  })

  test.each([5, 'init', null, {}])('is refused %j for it', (init) => {
    const make = () => dynamicSupervisor({ name: 'it', init: init as never })
    expect(make).toThrow(expect.objectContaining({ code: argumentCodes.invalid_option }))
  })
})

describe('a child of a dynamic supervisor', () => {
  test('hands over what its init says, at its start; a restart needs nobody to hear it [DSUP-013, DSUP-035]', async () => {
    let lives = 0
    const Listening = defineServer({
      name: 'listening',
      init: () => next(0, { startInfo: { port: 4000 + lives++ } }),
    })
    const children = dynamicSupervisor({ name: 'children' })
    const { host } = await run(children)
    const started = await children.startChild(child(Listening, undefined))
    expect(started).toMatchObject({ ...ok, info: { port: 4000 } })
    const pid = await pidOfFirst(children)
    expect(started).toMatchObject({ pid })
    exit(pid, 'kill')
    await host.settle()
    expect(children.countChildren()).toMatchObject({ specs: 1, active: 1 })
    expect(await children.terminateChild(await pidOfFirst(children))).toBe(true)
    expect(lives).toBe(2)
  })
})

async function pidOfFirst(children: DynamicSupervisor) {
  const pid = children.whichChildren()[0]?.pid
  if (typeof pid !== 'object') throw new Error('no child runs')
  return pid
}
