import { channel } from 'node:diagnostics_channel'
import {
  ArgumentError,
  call,
  ended,
  eventChannel,
  exit,
  type FlotillaEvent,
  isAlive,
  watchEvents,
} from 'flotilla'
import { describe, expect, onTestFinished, test } from 'vitest'
import { currentProcess } from '../../src/process/current.ts'
import { isHeard } from '../../src/process/events.ts'
import { bareNode, bareProcess } from './bare.ts'
import { puppet, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('an event', () => {
  test('is plain data that can be copied and written out', async () => {
    const { start, events, names } = await stage()
    const named = await start(puppet, [], { name: names.via('named') })
    await call(named, 'run', crash).catch(() => undefined)
    const kinds = events.map((event) => event.kind)
    expect(kinds).toEqual(expect.arrayContaining(['node_started', 'crash_report', 'process_ended']))
    for (const event of events) {
      expect(structuredClone(event)).toEqual(event)
      expect(JSON.parse(JSON.stringify(event))).toMatchObject({ kind: event.kind })
    }
  })

  test('shows the kind and name of the message in hand, never its payload', async () => {
    const { start, events, names } = await stage()
    const named = await start(puppet, [], { name: names.via('named') })
    const secret = Object.assign(() => crash(), { secret: 'password' })
    await call(named, 'run', secret).catch(() => undefined)
    const report = events.find((event) => event.kind === 'crash_report')
    expect(report).toMatchObject({
      lastMessage: 'call "run"',
      label: 'puppet',
      name: { registry: 'names', key: 'named' },
      ancestors: [{}, {}, {}],
    })
    expect(JSON.stringify(report)).not.toContain('password')
  })

  test('tells of a step that is complete', async () => {
    const { start, names, node } = await stage()
    const named = await start(puppet, [], { name: names.via('named') })
    const seen: unknown[] = []
    listen((event) => {
      if (event.node !== node.name || event.kind !== 'process_ended') return
      seen.push([isAlive(event.pid), names.lookup('named')])
    })
    exit(named, 'kill')
    expect(seen).toEqual([[false, []]])
  })

  test('is heard as nobody, also when a process causes it', async () => {
    const { puppet, node } = await stage()
    const [one, other] = [await puppet(), await puppet()]
    const seen: unknown[] = []
    listen((event) => {
      if (event.node === node.name && event.kind === 'process_ended') {
        seen.push([event.kind, currentProcess()])
      }
    })
    await call(one, 'run', (context) => {
      exit(other, 'kill')
      seen.push(['back again', currentProcess()?.pid === context.self])
    })
    expect(seen).toEqual([
      ['process_ended', undefined],
      ['back again', true],
    ])
  })
})

describe('the feed', () => {
  test('builds nothing while nobody listens', () => {
    const node = bareNode()
    let looks = 0
    const looked = (): string => {
      looks += 1
      return 'looked at'
    }
    const process = bareProcess(node)
    const behaviour = Object.defineProperty({ ...process.behaviour }, 'label', { get: looked })
    Object.defineProperty(process, 'behaviour', { value: behaviour })
    Object.defineProperty(process, 'exitReason', { value: boom })
    const reportAll = (): void => {
      node.reports.started(process)
      node.reports.overload(process, 'cast')
      node.reports.ended(process, 'itself')
    }
    expect(isHeard()).toBe(false)
    reportAll()
    expect(looks).toBe(0)
    const heard: string[] = []
    listen((event) => heard.push(event.kind))
    reportAll()
    expect(looks).toBeGreaterThan(0)
    expect(heard).toEqual(['process_started', 'overload', 'crash_report', 'process_ended'])
  })

  test('is the channel flotilla of node:diagnostics_channel', async () => {
    const heard: unknown[] = []
    const hear = (message: unknown): void => void heard.push(message)
    channel(eventChannel).subscribe(hear)
    onTestFinished(() => void channel(eventChannel).unsubscribe(hear))
    const watched: unknown[] = []
    listen((event) => watched.push(event))
    const { puppet } = await stage()
    exit(await puppet(), 'kill')
    expect(watched.length).toBeGreaterThan(0)
    expect(heard).toEqual(watched)
  })

  test('names the node of each event', async () => {
    const [left, right] = [await stage(), await stage()]
    const heard: FlotillaEvent[] = []
    listen((event) => heard.push(event))
    const pids = [await left.puppet(), await right.puppet()]
    expect(heard).toMatchObject(
      pids.map((pid) => ({
        kind: 'process_started',
        node: pid.node,
        incarnation: pid.incarnation,
        pid,
      })),
    )
  })

  test('tells each process that starts and ends, once and in order', async () => {
    const { puppet, events } = await stage()
    const pid = await puppet()
    const last = ended(pid)
    exit(pid, 'shutdown')
    await last
    const ofIt = events.filter((event) => 'pid' in event && event.pid === pid)
    expect(ofIt).toMatchObject([
      { kind: 'process_started', label: 'puppet' },
      { kind: 'process_ended', label: 'puppet', reason: { kind: 'shutdown' } },
    ])
  })
})

describe('watchEvents', () => {
  test('ends with stop', async () => {
    const { puppet } = await stage()
    const heard: FlotillaEvent[] = []
    const watching = watchEvents((event) => heard.push(event))
    watching.stop()
    watching.stop()
    exit(await puppet(), 'kill')
    expect(heard).toEqual([])
  })

  test('refuses anything but a function', () => {
    expect(() => watchEvents({} as never)).toThrow(expect.any(ArgumentError))
    expect(isHeard()).toBe(false)
  })

  test('tells the others of a listener that throws, and spares who caused the event', async () => {
    const { puppet, events } = await stage()
    const failure = new Error('a bad listener')
    listen(() => {
      throw failure
    })
    const [one, other] = [await puppet(), await puppet()]
    events.length = 0
    expect(await call(one, 'run', () => exit(other, 'kill'))).toBeUndefined()
    expect(events.slice(0, 2)).toMatchObject([
      { kind: 'process_ended', pid: other },
      { kind: 'listener_failed', listener: 'watchEvents', error: failure },
    ])
    expect(isAlive(one)).toBe(true)
  })
})

function crash(): never {
  throw new Error('as asked')
}

function listen(listener: (event: FlotillaEvent) => void): void {
  const watching = watchEvents(listener)
  onTestFinished(() => watching.stop())
}
