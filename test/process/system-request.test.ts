import { cast, defineServer, exit, next } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { SystemRequest } from '../../src/process/system-request.ts'
import { gate, stage } from './stage.ts'

describe('a request of the system', () => {
  test('is carried out in its turn, between two messages and never during one', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const go = gate()
    cast(pid, 'note', 'before')
    cast(pid, 'work', () => go.opened.then(() => log.push('worked')))
    const answer = post(pid, (process) => {
      log.push({ handling: process.handling?.kind })
      return 'seen'
    })
    cast(pid, 'note', 'after')
    await host.settle()
    expect(log).toEqual(['before'])
    go.open()
    expect(await answer).toBe('seen')
    await host.settle()
    expect(log).toEqual(['before', 'worked', { handling: 'system' }, 'after'])
  })

  test('is no turn of its process: an idle time-out passes as if it had not come', async () => {
    const { start, host } = await stage()
    const log: string[] = []
    const idle = defineServer({
      name: 'idle',
      init: () => next(0, { idleTimeoutMs: 10 }),
      timeout: (state) => {
        log.push('idle')
        return next(state)
      },
    })
    const pid = await start(idle, undefined)
    await host.advance(9)
    const before = processOf(pid).turn
    await post(pid, () => 0)
    expect(processOf(pid).turn).toBe(before)
    await host.advance(1)
    expect(log).toEqual(['idle'])
  })

  test('fails with the reason of its target, in words that say what was asked', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    cast(pid, 'work', () => new Promise(() => undefined))
    const answer = post(pid, () => 0)
    exit(pid, 'kill')
    await expect(answer).rejects.toMatchObject({ reason: { kind: 'killed' } })
    await expect(answer).rejects.toThrow(/^System request "try" to puppet <.*> failed: the process/)
  })

  test('is shown as the message in hand', async () => {
    const { puppet } = await stage()
    expect(await post(await puppet(), (process) => process.lastMessage)).toBe('system "try"')
  })
})

class Try extends SystemRequest {
  readonly #work: (process: Process) => unknown

  constructor(target: Process, work: (process: Process) => unknown) {
    const content = { name: 'try', payload: undefined, asOutcome: false } as const
    super(target, undefined, { kind: 'system', timeoutMs: 'infinity', ...content })
    this.#work = work
  }

  override carryOut(process: Process): void {
    this.answer(this.#work(process))
  }
}

function post(pid: object, work: (process: Process) => unknown): Promise<unknown> {
  const target = processOf(pid)
  const request = new Try(target, work)
  expect(target.node.postSystem(target, request)).toBe(true)
  return request.promise
}

function processOf(pid: object): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('no process')
  return process
}
