import { child, defineServer, dynamicSupervisor, exit, type Restart, supervisor } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { countLeft } from '../collect-garbage.ts'
import { run } from './running.ts'

const Forgetful = defineServer({ name: 'forgetful', init: (_argument: object) => 0 })
const Patient = defineServer({ name: 'patient', init: async (_argument: object) => 0 })
const one = { name: 'top', strategy: 'one_for_one' } as const

describe.each<[string, boolean]>([
  ['static', true],
  ['dynamic', false],
])('a %s supervisor', (_, isStatic) => {
  test.each<[Restart, 'at once' | 'later', boolean]>([
    ['temporary', 'at once', false],
    ['temporary', 'later', false],
    ['transient', 'at once', true],
    ['permanent', 'later', true],
  ])(
    'keeps the start argument of a %s child that is ready %s for its next start: %s [SUP-081]',
    async (restart, ready, isKept) => {
      const server = ready === 'later' ? Patient : Forgetful
      const children = isStatic ? supervisor(one, []) : dynamicSupervisor({ name: 'top' })
      const { host } = await run(children)
      const startOne = async (): Promise<WeakRef<object>> => {
        const argument = { large: true }
        const started = await children.startChild(child(server, argument, { restart }))
        expect(started.ok).toBe(true)
        return new WeakRef(argument)
      }
      const argument = await startOne()
      await host.settle()
      const wanted = isKept ? 1 : 0
      expect(await countLeft([argument], wanted)).toBe(wanted)
      expect(children.countChildren().active).toBe(1)
    },
  )

  test('has it no longer than the child once that is gone for good', async () => {
    const children = isStatic ? supervisor(one, []) : dynamicSupervisor({ name: 'top' })
    const { host } = await run(children)
    const startOne = async (): Promise<WeakRef<object>> => {
      const argument = { large: true }
      const spec = child(Forgetful, argument, { restart: 'transient', id: 'gone' })
      const started = await children.startChild(spec)
      if (!started.ok) throw new Error('it did not start')
      exit(started.pid, 'shutdown')
      return new WeakRef(argument)
    }
    const argument = await startOne()
    await host.settle()
    if ('deleteChild' in children) await children.deleteChild('gone')
    await host.settle()
    expect(await countLeft([argument])).toBe(0)
  })
})

describe('a static supervisor with a function of children', () => {
  test('keeps no start argument of the temporary ones, since the next list is a new one [SUP-081]', async () => {
    const held: WeakRef<object>[] = []
    const top = supervisor(one, () => {
      const argument = { large: true }
      held.push(new WeakRef(argument))
      return [child(Forgetful, argument, { restart: 'temporary' })]
    })
    const { host } = await run(top)
    await host.settle()
    expect(held).toHaveLength(1)
    expect(await countLeft(held)).toBe(0)
    expect(top.countChildren().active).toBe(1)
  })
})
