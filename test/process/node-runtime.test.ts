import { call, child, dynamicSupervisor, exit, startNode, tryCall } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { currentProcess, endRun, enter, runAs } from '../../src/process/current.ts'
import { end } from '../../src/process/dying.ts'
import { type Envelope, Note } from '../../src/process/envelope.ts'
import type { Cancellable, Host } from '../../src/process/host.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { Process } from '../../src/process/process.ts'
import { bareBehaviour, bareNode, bareProcess } from './bare.ts'
import { puppet } from './stage.ts'

const normal = { kind: 'normal' } as const

describe('an inbox', () => {
  test('takes messages up to the limit, and signals beyond', async () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const taken: Envelope[] = []
    const process = bareProcess(node, {
      maxMailboxSize: 2,
      receive: (_, envelope) => void taken.push(envelope),
    })
    const [first, second, third] = [note('cast'), note('info'), note('cast')]
    expect([first, second, third].map((one) => node.post(process, one))).toEqual([
      true,
      true,
      false,
    ])
    const signals = [note('exit'), note('down'), note('cast')]
    for (const signal of signals) node.deliver(process, signal)
    expect(process.size).toBe(5)
    expect(node.counters).toMatchObject({ sent: 5, refused: 1 })
    await host.settle()
    expect(taken).toEqual([first, second, ...signals])
    expect(node.post(process, note('cast'))).toBe(true)
  })

  test('of a dead process takes no signal, which is counted', () => {
    const node = bareNode()
    const process = bareProcess(node)
    end(process, normal)
    node.deliver(process, note('down'))
    expect(process.size).toBe(0)
    expect(node.counters).toMatchObject({ sent: 0, dropped: 1 })
  })
})

describe('a message', () => {
  test('is handled in a later turn than the one in which it is sent', async () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const order: string[] = []
    const process = bareProcess(node, { receive: () => void order.push('handled') })
    node.post(process, note('cast'))
    order.push('sent')
    await host.settle()
    expect(order).toEqual(['sent', 'handled'])
  })

  test('waits while the process is busy, and is taken when it resumes', async () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const handled: string[] = []
    const process = bareProcess(node, {
      receive: (receiver, envelope) => {
        handled.push(envelope.name)
        receiver.busy = true
      },
    })
    node.post(process, new Note('cast', 'one', undefined))
    node.post(process, new Note('cast', 'two', undefined))
    await host.settle()
    expect([handled, process.lastMessage]).toEqual([['one'], 'cast "one"'])
    node.resume(process)
    expect(process.lastMessage).toBeUndefined()
    await host.settle()
    expect(handled).toEqual(['one', 'two'])
  })
})

describe('a call', () => {
  test('that is answered in the turn in which it is made never reaches the clock', async () => {
    const host = virtualHost()
    const delaysMs: number[] = []
    const after: Host['clock']['after'] = (delayMs, fire) => {
      delaysMs.push(delayMs)
      return host.clock.after(delayMs, fire)
    }
    const workers = dynamicSupervisor({ name: 'workers' })
    await using _node = await startNode(workers, {
      host: { ...bound(host), clock: { ...host.clock, after } },
    })
    const started = await workers.startChild(child(puppet, []))
    if (!started.ok) throw new Error(started.reason.kind)
    await Promise.all(Array.from({ length: 100 }, () => call(started.pid, 'run', () => 'done')))
    await host.settle()
    expect(delaysMs).toEqual([])
    const open = [1, 2].map((count) =>
      tryCall(started.pid, 'runAsync', () => new Promise(() => undefined), {
        timeoutMs: 1000 * count,
      }),
    )
    await host.settle()
    expect(delaysMs).toEqual([1000])
    exit(started.pid, 'kill')
    expect(await Promise.all(open)).toMatchObject([{ ok: false }, { ok: false }])
    expect(host.pendingTimers).toBe(0)
  })
})

describe('later', () => {
  test.each(['with', 'without'])('runs as nobody on a host %s soon', async (which) => {
    const host = virtualHost()
    const { yieldThen } = host.scheduler
    const scheduler = which === 'with' ? host.scheduler : { yieldThen }
    const node = makeNode({ ...host, ...bound(host), scheduler })
    const process = bareProcess(node)
    const seen: unknown[] = []
    runAs(process, () => {
      node.later(() => seen.push(currentProcess()))
      seen.push('present code')
    })
    await host.settle()
    expect(seen).toEqual(['present code', undefined])
  })
})

describe('a fault of the runtime', () => {
  test('ends every process with what was thrown, and then the node', async () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const guardian = new Process(node, bareBehaviour(), undefined)
    guardian.phase = 'running'
    guardian.trapping = true
    const closed: unknown[] = []
    node.open(guardian, (reason) => closed.push(reason))
    const error = new Error('a defect')
    const receive = (): never => {
      throw error
    }
    const faulty = bareProcess(node, { receive }, guardian)
    const bystander = bareProcess(node, {}, guardian)
    node.post(faulty, note('cast'))
    await host.settle()
    const crash = { kind: 'crash', error }
    expect([faulty.exitReason, bystander.exitReason, closed]).toEqual([crash, crash, [crash]])
    expect([...node.processes]).toEqual([guardian])
  })
})

describe('an incarnation', () => {
  test('is higher in a later life, and tells lives of one millisecond apart', () => {
    const lives = [
      bareNode('bare', virtualHost({ seed: 1, wallMs: 1000 })),
      bareNode('bare', virtualHost({ seed: 2, wallMs: 1000 })),
      bareNode('bare', virtualHost({ seed: 3, wallMs: 1001 })),
    ].map((node) => node.incarnation)
    const [one = 0, other = 0, latest = 0] = lives
    expect(one).not.toBe(other)
    expect(latest).toBeGreaterThan(Math.max(one, other))
    for (const incarnation of lives) expect(Number.isSafeInteger(incarnation)).toBe(true)
  })

  test('is a safe integer for centuries', () => {
    const host = virtualHost({ seed: 5, wallMs: Date.UTC(2039, 0, 1) })
    expect(Number.isSafeInteger(bareNode('bare', host).incarnation)).toBe(true)
  })
})

describe('close', () => {
  test('releases what the node still holds and disarms its timers', () => {
    const host = virtualHost()
    const node = bareNode('bare', host)
    const released: string[] = []
    for (const name of ['one', 'two']) {
      node.holdings.set(name, { rowCount: 1, release: () => void released.push(name) })
    }
    node.timers.schedule({ dueMs: 0, sequence: 0, heapIndex: -1, expire: () => undefined }, 1000)
    expect(host.pendingTimers).toBe(1)
    node.close()
    expect([released, node.holdings.size, node.timers.size]).toEqual([['one', 'two'], 0, 0])
    expect(host.pendingTimers).toBe(0)
  })
})

describe('an escaped error', () => {
  test('is taken if it is of a process of this node, and ends it', () => {
    const { node, offer } = listening()
    const process = bareProcess(node)
    expect(runAs(process, () => offer('oops'))).toBe(true)
    expect(process.exitReason).toEqual({ kind: 'crash', error: 'oops' })
  })

  test('is taken without an effect if that process ended before', () => {
    const { node, offer } = listening()
    const process = bareProcess(node)
    end(process, normal)
    expect(runAs(process, () => offer('oops'))).toBe(true)
    expect(process.exitReason).toEqual(normal)
  })

  test('is left to others if it is of nobody, or of a process of another node', () => {
    const { offer } = listening()
    const stranger = bareProcess(bareNode())
    expect([offer('oops'), runAs(stranger, () => offer('oops'))]).toEqual([false, false])
    expect(stranger.alive).toBe(true)
  })

  test('is captured until the turn after the end of the node', async () => {
    const { node, host, captures } = listening()
    node.close()
    expect(captures).toEqual(['begun'])
    await host.settle()
    expect(captures).toEqual(['begun', 'over'])
  })

  test('is not captured if the node does not charge them', () => {
    const { captures } = listening(false)
    expect(captures).toEqual([])
  })
})

describe('a node that does not charge escaped errors', () => {
  test('leaves the asynchronous context alone', () => {
    const node = makeNode(virtualHost(), false)
    onTestFinished(endRun)
    const process = bareProcess(node)
    enter(process)
    expect(currentProcess()).toBe(process)
    endRun()
    expect(currentProcess()).toBeUndefined()
  })
})

/** A node with a host that captures escaped errors, and the door through which they come. */
function listening(chargesEscapes = true) {
  const host = virtualHost()
  const captures: string[] = []
  let offer: (error: unknown) => boolean = () => false
  const capture = (onEscape: (error: unknown) => boolean): Cancellable => {
    captures.push('begun')
    offer = onEscape
    return { cancel: () => void captures.push('over') }
  }
  const node = makeNode({ ...bound(host), escapes: { capture } }, chargesEscapes)
  return { node, host, captures, offer: (error: unknown) => offer(error) }
}

/** The parts of a virtual host as a plain object. */
function bound({ clock, random, scheduler }: Host): Host {
  return { clock, random, scheduler }
}

function makeNode(host: Host, chargesEscapes = true): NodeRuntime {
  return new NodeRuntime({ name: 'bare', host, chargesEscapes })
}

function note(kind: 'cast' | 'info' | 'exit' | 'down'): Note {
  return new Note(kind, 'note', undefined)
}
