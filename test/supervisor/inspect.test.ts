import {
  argumentCodes,
  type ChildInfo,
  countChildren,
  dynamicSupervisor,
  exit,
  fleet,
  type Pid,
  supervisor,
  whichChildren,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, feed, run, startedPid } from './running.ts'
import { part, pidOf, startedBy, Worker, workerNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const

async function runOneOfEach() {
  const events = feed()
  const names = workerNames()
  const dynamic = dynamicSupervisor({ name: 'dynamic' })
  const crew = fleet(Worker, { name: 'crew', key: (what) => what.id })
  const inner = supervisor({ ...one, name: 'inner' }, [part({ id: 'leaf' })])
  const top = supervisor(one, [names, dynamic, crew, inner])
  const running = await run(top)
  await startedBy(dynamic.startChild(part({ id: 'child' })))
  await crew.start({ id: 'worker' })
  return { ...running, names, dynamic, crew, inner, top, root: startedPid(events, 'top') }
}

describe('whichChildren', () => {
  test('says of any supervisor what its handle says', async () => {
    const { top, dynamic, inner, root } = await runOneOfEach()
    expect(whichChildren(root)).toEqual(top.whichChildren())
    expect(whichChildren(pidOf(top, 'dynamic'))).toEqual(dynamic.whichChildren())
    expect(whichChildren(pidOf(top, 'inner'))).toEqual(inner.whichChildren())
  })

  test('shows the workers of a fleet, and nobody under a registry', async () => {
    const { top, crew } = await runOneOfEach()
    const pid = crew.whereis('worker')
    const worker = { id: undefined, pid, type: 'worker', label: 'worker' }
    expect(whichChildren(pidOf(top, 'crew'))).toEqual([worker])
    expect(whichChildren(pidOf(top, 'names'))).toEqual([])
  })

  test('leads through a whole tree', async () => {
    const { root } = await runOneOfEach()
    const walk = (pid: Pid): (ChildInfo | undefined)[] => {
      return whichChildren(pid).flatMap((each) => {
        const below = each.type === 'supervisor' && typeof each.pid === 'object'
        return [each, ...(below ? walk(each.pid) : [])]
      })
    }
    const all = walk(root)
    expect(all.filter((each) => each?.type === 'worker')).toHaveLength(3)
    expect(all).toHaveLength(7)
  })
})

describe('countChildren', () => {
  test('says of any supervisor what its handle says', async () => {
    const { top, root } = await runOneOfEach()
    expect(countChildren(root)).toEqual(top.countChildren())
    expect(countChildren(root)).toEqual({ specs: 4, active: 4, supervisors: 4, workers: 0 })
    expect(countChildren(pidOf(top, 'crew'))).toMatchObject({ specs: 1, active: 1, workers: 1 })
  })
})

describe.each([
  ['whichChildren', whichChildren],
  ['countChildren', countChildren],
])('%s, of an address that is wrong', (_, ask) => {
  test('exits with noproc if nobody is there', async () => {
    const { top, host } = await runOneOfEach()
    const gone = pidOf(top, 'inner')
    exit(gone, 'kill')
    await host.settle()
    expect(() => ask(gone)).toThrow('noproc')
  })

  test('refuses a process that is no supervisor, and what is no address', async () => {
    const { inner } = await runOneOfEach()
    expect(codeOf(() => ask(pidOf(inner, 'leaf')))).toBe(argumentCodes.invalid_address)
    expect(() => ask(pidOf(inner, 'leaf'))).toThrow('is no supervisor but worker <')
    expect(codeOf(() => ask('top' as never))).toBe(argumentCodes.invalid_address)
  })
})
