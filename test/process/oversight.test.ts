import fc from 'fast-check'
import { cast, exit, sys } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { push, removeWhere } from '../../src/core/inbox.ts'
import { type Envelope, exitNote, Note } from '../../src/process/envelope.ts'
import { Oversight } from '../../src/process/oversight.ts'
import { SystemRequest } from '../../src/process/system-request.ts'
import { bareNode, bareProcess } from './bare.ts'
import { inside, puppet, stage } from './stage.ts'

class Marker extends SystemRequest {
  carried = 0
  override carryOut(): void {
    this.carried += 1
    this.answer('carried out')
  }
}

/** A request to a process that nobody waits for. */
function marker(target: ReturnType<typeof bareProcess>): Marker {
  const content = { kind: 'system', name: 'x', payload: undefined } as const
  return new Marker(target, undefined, { ...content, timeoutMs: 'infinity', asOutcome: false })
}

describe('a process', () => {
  test('has an oversight only while there is something to look after', async () => {
    const node = bareNode()
    const process = bareProcess(node)
    expect(process.oversight).toBeUndefined()
    const request = marker(process)
    expect(node.postSystem(process, request)).toBe(true)
    expect(process.oversight).toBeDefined()
    expect(await request.promise).toBe('carried out')
    expect([process.oversight, request.carried, process.turn]).toEqual([undefined, 1, 0])
  })

  test('keeps it for a suspension, for hooks and for requests that wait, and loses it last', () => {
    const process = bareProcess(bareNode())
    const oversight = Oversight.of(process)
    expect(Oversight.of(process)).toBe(oversight)
    oversight.suspend()
    const request = marker(process)
    oversight.admits(request)
    push(process, request)
    oversight.dropIfIdle()
    expect(oversight.take()).toBe(request)
    oversight.dropIfIdle()
    expect(process.oversight).toBe(oversight)
    oversight.resume()
    oversight.dropIfIdle()
    expect(process.oversight).toBeUndefined()
  })
})

describe('a suspended mailbox', () => {
  test('gives out requests and the order of the parent, wherever they lie', () => {
    const node = bareNode()
    const parent = bareProcess(node)
    const process = bareProcess(node, {}, parent)
    const oversight = Oversight.of(process)
    const [one, two] = [marker(process), marker(process)]
    const order = exitNote({ from: parent.pid, reason: { kind: 'shutdown' } })
    const foreign = exitNote({ from: node.outside, reason: { kind: 'shutdown' } })
    const waiting: Envelope[] = [new Note('cast', 'a', 1), foreign, new Note('info', '', 2)]
    const [first, second, third] = waiting as [Envelope, Envelope, Envelope]
    oversight.suspend()
    for (const envelope of [one, first, second, two, third, order]) push(process, envelope)
    expect([oversight.take(), oversight.take(), oversight.take(), oversight.take()]).toEqual([
      ...[one, two, order],
      undefined,
    ])
    expect(process.size).toBe(3)
    oversight.resume()
    expect([oversight.take(), oversight.take(), oversight.take()]).toEqual(waiting)
  })

  test('finds what comes after the place it has come to was taken out', () => {
    const process = bareProcess(bareNode())
    const oversight = Oversight.of(process)
    const [one, two] = [new Note('cast', 'one', 1), new Note('cast', 'two', 2)]
    const request = marker(process)
    oversight.suspend()
    for (const gone of [[two], [one, two]]) {
      for (const note of [one, two]) push(process, note)
      expect(oversight.take()).toBeUndefined()
      removeWhere(process, (envelope) => gone.includes(envelope as Note))
      push(process, request)
      expect(oversight.take()).toBe(request)
      expect(oversight.take()).toBeUndefined()
      removeWhere(process, () => true)
    }
  })

  test('is walked over once, however often it is looked into', () => {
    const process = bareProcess(bareNode())
    const oversight = Oversight.of(process)
    oversight.suspend()
    let reads = 0
    for (let count = 0; count < 1000; count += 1) {
      const note = new Note('cast', 'x', count)
      Object.defineProperty(note, 'kind', {
        get() {
          reads += 1
          return 'cast'
        },
      })
      push(process, note)
      expect(oversight.take()).toBeUndefined()
    }
    // Twice each: for a request, and for the order of the parent.
    expect(reads).toBe(2000)
  })
})

test('any mix of messages, signals and requests is served as the rules say', async () => {
  const step = fc.constantFrom('cast', 'exit', 'mark', 'suspend', 'resume', 'settle')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { start, host, node } = await stage()
      const log: unknown[] = []
      const pid = await start(puppet, log)
      await inside(pid, (context) => {
        context.trapExits(true)
      })
      const model = new Model()
      for (const [index, kind] of steps.entries()) {
        if (kind === 'settle') {
          await host.settle()
          model.run()
          expect(log.map(wordOf)).toEqual(model.log)
          expect(node.statistics().queued).toBe(model.mailbox.length)
          continue
        }
        model.mailbox.push([kind, index])
        if (kind === 'cast') cast(pid, 'note', index)
        if (kind === 'exit') exit(pid, { kind: 'shutdown', detail: index })
        if (kind === 'suspend') void sys.suspend(pid)
        if (kind === 'resume') void sys.resume(pid)
        if (kind === 'mark') void sys.replaceState(pid, () => [log.push(`mark ${index}`), log][1])
      }
      await sys.resume(pid)
      await host.settle()
      model.mailbox.push(['resume', steps.length])
      model.run()
      expect(log.map(wordOf)).toEqual(model.log)
      await node.stop()
    }),
    { numRuns: 150 },
  )
})

function wordOf(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || !('exit' in entry)) return entry
  return `exit ${String(Object(entry.exit).detail)}`
}

/** What must come of it, in the plainest way. */
class Model {
  readonly mailbox: [kind: string, index: number][] = []
  readonly log: unknown[] = []
  #suspended = false

  run(): void {
    for (;;) {
      const at = this.#suspended
        ? this.mailbox.findIndex(([kind]) => kind !== 'cast' && kind !== 'exit')
        : 0
      const [taken] = at < 0 ? [] : this.mailbox.splice(at, 1)
      if (taken === undefined) return
      const [kind, index] = taken
      if (kind === 'suspend') this.#suspended = true
      if (kind === 'resume') this.#suspended = false
      if (kind === 'cast') this.log.push(index)
      if (kind === 'exit' || kind === 'mark') this.log.push(`${kind} ${index}`)
    }
  }
}
