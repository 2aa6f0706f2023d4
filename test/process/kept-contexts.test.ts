import { AsyncLocalStorage } from 'node:async_hooks'
import { call, defineServer, reply } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { contextsAreCopied, ownerOfContext } from '../../src/process/attribution.ts'
import { KeptContexts } from '../../src/process/kept-contexts.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { stage } from './stage.ts'

/** A process, and another one that has the same place. */
async function rivals(): Promise<[one: Process, other: Process]> {
  const { puppet } = await stage()
  const one = processAt(await puppet())
  for (;;) {
    const other = processAt(await puppet())
    if ((other.pid.serial - one.pid.serial) % places === 0) return [one, other]
  }
}

function processAt(pid: object): Process {
  const process = LocalPid.processOf(pid)
  if (process === undefined) throw new Error('a pid without a process')
  return process
}

const places = 256

describe('the contexts of busy processes', () => {
  test('are made with the second message, and the same from then on', async () => {
    const [process] = await rivals()
    const contexts = new KeptContexts()
    expect(contexts.of(process)).toBeUndefined()
    const context = contexts.of(process)
    expect(context).toBeDefined()
    expect(contexts.of(process)).toBe(context)
  })

  test('charge what is started in them to their process, and nothing that comes after', async () => {
    const [process] = await rivals()
    const contexts = new KeptContexts()
    contexts.of(process)
    const seen: unknown[] = []
    contexts.of(process)?.run((word) => seen.push(word, ownerOfContext()), 'inside')
    expect([...seen, ownerOfContext()]).toEqual(['inside', process, undefined])
  })

  test('are of the last few processes: one that takes the place of another drops its context', async () => {
    const [first, last] = await rivals()
    const contexts = new KeptContexts()
    contexts.of(first)
    const kept = contexts.of(first)
    expect(contexts.of(last)).toBeUndefined()
    expect(contexts.of(first)).toBeUndefined()
    expect(contexts.of(first)).not.toBe(kept)
  })

  test('are dropped with the process, and not with another in its place', async () => {
    const [first, last] = await rivals()
    const contexts = new KeptContexts()
    contexts.of(first)
    const kept = contexts.of(first)
    contexts.forget(last)
    expect(contexts.of(first)).toBe(kept)
    contexts.forget(first)
    expect(contexts.of(first)).toBeUndefined()
  })

  test('hold what other storages had where the node was started, not where a message came from', async () => {
    const [process] = await rivals()
    const other = new AsyncLocalStorage<string>()
    const contexts = other.run('start', () => new KeptContexts())
    contexts.of(process)
    const seen: unknown[] = []
    other.run('message', () =>
      contexts.of(process)?.run(() => seen.push(other.getStore()), undefined),
    )
    expect(seen).toEqual(['start'])
  })

  test('are kept only by nodes that charge, and where changing a context copies it', async () => {
    const kept = KeptContexts.ifWorthIt() !== undefined
    expect(kept).toBe(contextsAreCopied())
    const [charging] = await rivals()
    expect(charging.node.contexts !== undefined).toBe(kept)
  })
})

test('a busy process leaves nothing of one message in the context of the next', async () => {
  const mine = new AsyncLocalStorage<number>()
  const seen: unknown[] = []
  const Server = defineServer({
    name: 'server',
    init: () => 0,
    calls: {
      enter: (count) => {
        seen.push(mine.getStore())
        mine.enterWith(count)
        return reply(count, count + 1)
      },
    },
  })
  const { start } = await stage()
  const pid = await start(Server, undefined)
  for (let times = 0; times < 5; times += 1) await call(pid, 'enter')
  expect(seen).toEqual(Array(5).fill(undefined))
})
