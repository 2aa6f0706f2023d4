import {
  call,
  cast,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  type FlotillaEvent,
  reply,
  startNode,
  tryCall,
  watchEvents,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isHeard } from '../../src/process/events.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { inside, puppet, type Stage, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('a crash report', () => {
  test('tells who, under which name, why, above whom and during what, as plain values [GS-083]', async () => {
    const here = await stage()
    const pid = await here.start(puppet, [], { name: here.names.via('a') })
    const error = new Error('boom')
    await tryCall(pid, 'run', () => {
      throw error
    })
    const [report, ...others] = crashReports(here)
    expect(others).toEqual([])
    expect(report).toEqual({
      node: here.node.name,
      incarnation: expect.any(Number),
      kind: 'crash_report',
      pid,
      label: 'puppet',
      name: { registry: 'names', key: 'a' },
      reason: { kind: 'crash', error },
      ancestors: ancestorsOf(pid),
      lastMessage: 'call "run"',
    })
    expect(report?.kind === 'crash_report' && report.ancestors).toHaveLength(3)
  })

  test('tells who made the call in hand, and of the last good state what format shows [GS-083]', async () => {
    const here = await stage()
    const client = await here.puppet()
    const pid = await here.start(discreet, 'hunter2')
    await inside(client, () => tryCall(pid, 'set', 'hunter3'))
    await inside(client, () => tryCall(pid, 'fail', 'hunter4'))
    expect(crashReports(here)).toMatchObject([
      { pid, client, state: { letters: 7 }, lastMessage: 'call "fail"' },
    ])
    expect(JSON.stringify(crashReports(here))).not.toContain('hunter')
  })

  test('names no client for other messages, and shows no state if format fails', async () => {
    const here = await stage()
    const broken = defineServer({
      name: 'broken',
      init: (_: undefined) => 'state',
      format: () => {
        throw new Error('no words')
      },
      casts: { fail },
    })
    const pid = await here.start(broken, undefined)
    cast(pid, 'fail', 'hunter4')
    await here.host.settle()
    const state = 'not shown, because format failed: Error: no words'
    const [report] = crashReports(here)
    expect(report).toMatchObject({ client: undefined, state, lastMessage: 'cast "fail"' })
  })

  test('comes for a failed start too, and never shows state or payload', async () => {
    const here = await stage()
    const secretive = defineServer({
      name: 'secretive',
      init: (secret: string) => {
        throw new Error(`no ${secret.length}`)
      },
    })
    await here.start(secretive, 'hunter2').catch(() => undefined)
    expect(crashReports(here)).toMatchObject([{ label: 'secretive', lastMessage: undefined }])
    expect(JSON.stringify(crashReports(here))).not.toContain('hunter2')
  })

  // None for clean ends, none for kill.
  test('does not come for normal, shutdown and kill [GS-041, GS-083]', async () => {
    const here = await stage()
    for (const reason of ['shutdown', 'kill', { kind: 'shutdown', detail: 1 }] as const) {
      exit(await here.puppet(), reason)
    }
    const pid = await here.puppet()
    await tryCall(pid, 'run', ({ self }) => exit(self, 'normal'))
    expect(crashReports(here)).toEqual([])
    expect(here.events.filter((event) => event.kind === 'process_ended')).toHaveLength(4)
  })

  test('comes once: not for those whom a link took along', async () => {
    const here = await stage()
    const [one, other, third] = [await here.puppet(), await here.puppet(), await here.puppet()]
    await call(one, 'run', (context) => [context.link(other), context.link(third)])
    await tryCall(one, 'run', () => {
      throw boom.error
    })
    const crashed = crashReports(here).map((event) => event.kind === 'crash_report' && event.pid)
    expect(crashed).toEqual([one])
    const gone = here.events.flatMap((event) => (event.kind === 'process_ended' ? event.pid : []))
    expect(new Set(gone)).toEqual(new Set([one, other, third]))
  })
})

describe('the events of a process', () => {
  test('come after the step they tell of: the name is free already', async () => {
    const here = await stage()
    const pid = await here.start(puppet, [], { name: here.names.via('a') })
    const seen: unknown[] = []
    const watching = watchEvents((event) => {
      if (event.kind === 'process_ended' && event.pid === pid) seen.push(here.names.count())
    })
    onTestFinished(() => watching.stop())
    exit(pid, boom)
    expect(seen).toEqual([0])
  })

  test('name the node of the process, also when a link of another node ended it', async () => {
    const [here, there] = [await stage(), await stage()]
    const [one, other] = [await here.puppet(), await there.puppet()]
    await call(one, 'run', (context) => context.link(other))
    exit(one, boom)
    for (const [place, pid] of [
      [here, one],
      [there, other],
    ] as const) {
      const ends = place.events.filter((event) => event.kind === 'process_ended')
      expect(ends).toMatchObject([{ node: place.node.name, pid }])
    }
  })

  test('tell of its start and its end, with its label', async () => {
    const here = await stage()
    const pid = await here.puppet()
    exit(pid, 'shutdown')
    const about = here.events.filter((event) => 'pid' in event && event.pid === pid)
    expect(about).toMatchObject([
      { kind: 'process_started', label: 'puppet' },
      { kind: 'process_ended', label: 'puppet', reason: { kind: 'shutdown' } },
    ])
  })

  test('are not built when nobody listens', async () => {
    const workers = dynamicSupervisor({ name: 'workers' })
    const node = await startNode(workers, { name: 'silent', host: virtualHost() })
    onTestFinished(() => node.stop())
    expect(isHeard()).toBe(false)
    const started = await workers.startChild(child(puppet, []))
    if (started.ok) exit(started.pid, boom)
    expect(started.ok).toBe(true)
  })
})

const fail = (_state: string, secret: string): never => {
  throw new Error(`no ${secret.length}`)
}

/** Shows of its state how long it is, and nothing else. */
const discreet = defineServer({
  name: 'discreet',
  init: (secret: string) => secret,
  format: (secret) => ({ letters: secret.length }),
  calls: { set: (_, secret: string) => reply('set', secret), fail },
})

function crashReports({ events }: Stage): FlotillaEvent[] {
  return events.filter((event) => event.kind === 'crash_report')
}

function ancestorsOf(pid: object): unknown[] {
  const ancestors: unknown[] = []
  let parent = LocalPid.processOf(pid)?.parent
  for (; parent !== undefined; parent = parent.parent) ancestors.push(parent.pid)
  return ancestors
}
