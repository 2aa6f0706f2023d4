import {
  argumentCodes,
  call,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  extendedChild,
  type Pid,
  reply,
  supervisor,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from './running.ts'
import { startedBy, workerNames } from './worker.ts'

/** Remembers every list that it was started with. */
function makeSeen() {
  const seen: (readonly unknown[])[] = []
  const Mirror = defineServer({
    name: 'mirror',
    init: (parts: readonly [database: string, port: number, own: string]) => {
      seen.push(parts)
      return parts
    },
    calls: { parts: (state) => reply(state, state) },
  })
  return { seen, Mirror }
}

describe('the extra arguments of a dynamic supervisor', () => {
  test('come before the own argument of each child [DSUP-029]', async () => {
    const { Mirror } = makeSeen()
    const children = dynamicSupervisor({ name: 'children', extraArguments: ['db', 5432] })
    await run(children)
    const ids = ['a', 'b']
    const pids = await Promise.all(
      ids.map((id) => startedBy(children.startChild(extendedChild(Mirror, id)))),
    )
    const parts = await Promise.all(pids.map((pid) => call(pid, 'parts')))
    expect(parts).toEqual(ids.map((id) => ['db', 5432, id]))
  })

  test('come before it at every restart, too, as they are [DSUP-030, DSUP-029]', async () => {
    const { seen, Mirror } = makeSeen()
    const children = dynamicSupervisor({ name: 'children', extraArguments: ['db', 5432] })
    const { host } = await run(children)
    exit(await startedBy(children.startChild(extendedChild(Mirror, 'a'))), 'kill')
    await host.settle()
    exit(onlyChild(children.whichChildren()), 'kill')
    await host.settle()
    expect(seen).toEqual([1, 2, 3].map(() => ['db', 5432, 'a']))
    expect(children.countChildren().active).toBe(1)
  })

  test('are those there were when it was made, and no child can change them', async () => {
    const { seen, Mirror } = makeSeen()
    const extraArguments: [string, number] = ['db', 5432]
    const children = dynamicSupervisor({ name: 'children', extraArguments })
    await run(children)
    extraArguments[0] = 'other'
    await children.startChild(extendedChild(Mirror, 'a'))
    expect(seen).toEqual([['db', 5432, 'a']])
    expect(Object.isFrozen(seen[0])).toBe(true)
  })

  test('may be none, of a list made elsewhere; then both kinds of children fit', async () => {
    const Listing = defineServer({
      name: 'listing',
      init: (parts: readonly [...string[], number]) => parts,
      calls: { parts: (state) => reply(state, state) },
    })
    const extraArguments: string[] = []
    const children = dynamicSupervisor({ name: 'children', extraArguments })
    await run(children)
    const pid = await startedBy(children.startChild(extendedChild(Listing, 1)))
    expect(await call(pid, 'parts')).toEqual([1])
  })

  test('go with every other choice of a child', async () => {
    const { Mirror } = makeSeen()
    const names = workerNames()
    const children = dynamicSupervisor({
      name: 'children',
      extraArguments: ['db', 1],
      maxChildren: 1,
    })
    await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children]))
    const spec = extendedChild(Mirror, 'a', { name: names.via('x') as never, restart: 'temporary' })
    const pid: Pid = await startedBy(children.startChild(spec))
    expect(names.whereis('x')).toBe(pid)
    expect(await children.startChild(spec)).toEqual({ ok: false, reason: { kind: 'max_children' } })
  })
})

describe('a child of the wrong kind', () => {
  test('is refused at once by a supervisor with extra arguments, and by one without', async () => {
    const { seen, Mirror } = makeSeen()
    const plain = dynamicSupervisor({ name: 'plain' })
    const extending = dynamicSupervisor({ name: 'extending', extraArguments: ['db', 1] })
    await run(supervisor({ name: 'top', strategy: 'one_for_one' }, [plain, extending]))
    const extended = extendedChild(Mirror, 'a')
    const full = child(Mirror, ['db', 1, 'a'])
    expect(() => plain.startChild(extended as never)).toThrow('has no extraArguments')
    expect(() => extending.startChild(full as never)).toThrow('would not get the 2 extraArguments')
    expect(codeOf(() => plain.startChild(extended as never))).toBe(argumentCodes.invalid_child)
    expect(codeOf(() => extending.startChild(full as never))).toBe(argumentCodes.invalid_child)
    expect(seen).toEqual([])
  })

  test('is no child of a static supervisor either', () => {
    const { Mirror } = makeSeen()
    const make = () => {
      return supervisor({ name: 'top', strategy: 'one_for_one' }, [
        extendedChild(Mirror, 'a') as never,
      ])
    }
    expect(codeOf(make)).toBe(argumentCodes.invalid_child)
  })
})

describe('extendedChild', () => {
  test('refuses what child refuses', () => {
    const { Mirror } = makeSeen()
    const wrong = extendedChild as (...args: unknown[]) => unknown
    expect(codeOf(() => wrong({}, 'a'))).toBe(argumentCodes.invalid_argument)
    expect(codeOf(() => wrong(Mirror, 'a', { restart: 'never' }))).toBe(
      argumentCodes.invalid_option,
    )
    expect(codeOf(() => wrong(Mirror, 'a', { extra: 1 }))).toBe(argumentCodes.unknown_option)
  })
})

describe('extraArguments', () => {
  test.each(['db', 5, null, {}, new Set(['db'])])('refuses %j [DSUP-004]', (wrong) => {
    const make = () => dynamicSupervisor({ name: 'it', extraArguments: wrong as never })
    expect(codeOf(make)).toBe(argumentCodes.invalid_option)
  })
})

function onlyChild(children: readonly { readonly pid: Pid | 'restarting' | undefined }[]): Pid {
  const [only] = children
  if (children.length !== 1 || typeof only?.pid !== 'object') throw new Error('not one child')
  return only.pid
}
