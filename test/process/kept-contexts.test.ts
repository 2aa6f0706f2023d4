import { AsyncLocalStorage } from 'node:async_hooks'
import { call, defineServer, reply } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { contextsAreCopied, ownerOfContext } from '../../src/process/attribution.ts'
import { KeptContexts } from '../../src/process/kept-contexts.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import type { Process } from '../../src/process/process.ts'
import { stage } from './stage.ts'

/** Two processes. */
async function rivals(): Promise<[one: Process, other: Process]> {
  const { puppet } = await stage()
  return [processAt(await puppet()), processAt(await puppet())]
}

/** As many processes as there are places. */
async function crowd(): Promise<Process[]> {
  const { puppet } = await stage()
  const pids = await Promise.all(Array.from({ length: places }, () => puppet()))
  return pids.map(processAt)
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

  test('are of the last few processes: whoever comes after them takes the oldest place', async () => {
    const [first, second] = await rivals()
    const contexts = new KeptContexts()
    contexts.of(first)
    const kept = contexts.of(first)
    const others = await crowd()
    for (const other of others.slice(1)) contexts.of(other)
    expect(contexts.of(first)).toBe(kept)
    contexts.of(second)
    expect(contexts.of(first)).toBeUndefined()
    expect(contexts.of(first)).not.toBe(kept)
  })

  test('are dropped with the process, and not with another one that had its place', async () => {
    const [first, second] = await rivals()
    const contexts = new KeptContexts()
    contexts.of(first)
    for (const other of (await crowd()).slice(1)) contexts.of(other)
    contexts.of(second)
    const kept = contexts.of(second)
    expect(first.contextPlace).toBe(second.contextPlace)
    contexts.forget(first)
    expect(contexts.of(second)).toBe(kept)
    contexts.forget(second)
    expect(contexts.of(second)).toBeUndefined()
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
