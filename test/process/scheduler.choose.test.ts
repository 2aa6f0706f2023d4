import {
  call,
  cast,
  child,
  dynamicSupervisor,
  exit,
  type Host,
  type Pid,
  send,
  startNode,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, type Puppet, puppet } from './stage.ts'

describe('under a host that chooses', () => {
  test('each message is handled alone, by whoever is chosen in the order of getting ready', async () => {
    const { puppets, log, host, choices } = await chosen((count) => count - 1)
    const [one, other] = await puppets(log)
    for (const word of ['a', 'b']) cast(one, 'note', word)
    for (const word of ['c', 'd']) cast(other, 'note', word)
    choices.length = 0
    await host.settle()
    // The last of two each time: whoever was chosen and has more to do goes to the back.
    expect(log).toEqual(['c', 'd', 'a', 'b'])
    expect(choices).toEqual([[one, other], [one, other], [one], [one]])
  })

  test('a message keeps its place that comes to somebody whose handler then waits', async () => {
    const { puppets, log, host } = await chosen(() => 0)
    const [one, other] = await puppets(log)
    const { opened, open } = gate()
    cast(one, 'work', async ({ self }) => {
      send(self, 'first')
      await opened
    })
    cast(other, 'note', 'meanwhile')
    await host.settle()
    send(one, 'second')
    open()
    await host.settle()
    expect(log).toEqual(['meanwhile', 'first', 'second'])
  })

  test('a lost child passes nobody: its supervisor waits in the order like all others', async () => {
    const { puppets, log, host, choices } = await chosen(() => 0)
    const [watcher, dying, bystander] = await puppets(log)
    await call(watcher, 'run', (context) => {
      context.trapExits(true)
      context.link(dying)
    })
    cast(bystander, 'note', 'before')
    exit(dying, 'kill')
    choices.length = 0
    await host.settle()
    expect(log).toEqual(['before', { exit: { kind: 'killed' }, from: dying }])
    expect(choices[0]).toHaveLength(3)
  })

  test('who has ended, or has nothing to do any more, is not offered', async () => {
    const { puppets, log, host, choices } = await chosen(() => 0)
    const [one, other, third] = await puppets(log)
    for (const pid of [one, other, third]) cast(pid, 'note', pid.serial)
    exit(other, 'kill')
    choices.length = 0
    await host.settle()
    expect(log).toEqual([one.serial, third.serial])
    const offered = choices.flat()
    expect(offered.some((pid) => pid === other)).toBe(false)
  })

  test('a process that awaits is offered again when it is done', async () => {
    const { puppets, log, host } = await chosen(() => 0)
    const [one, other] = await puppets(log)
    cast(one, 'work', async () => {
      log.push('begins')
      await null
      log.push('ends')
    })
    cast(one, 'note', 'next')
    cast(other, 'note', 'other')
    await host.settle()
    // How far the work gets before the other one runs is up to the host's microtasks.
    expect(log.indexOf('ends')).toBeLessThan(log.indexOf('next'))
    expect(log.toSorted()).toEqual(['begins', 'ends', 'next', 'other'])
  })

  test('nobody runs while the host names nobody, and it is asked again', async () => {
    let refusals = 5
    const { puppets, log, host } = await chosen(() => {
      refusals -= 1
      return refusals >= 0 ? -1 : 0
    })
    refusals = 0
    const [one] = await puppets(log)
    cast(one, 'note', 'late')
    refusals = 5
    await host.settle()
    expect(log).toEqual(['late'])
    expect(refusals).toBeLessThan(0)
  })

  test('an error of the host ends the node and not the thread', async () => {
    let fails = false
    const { puppets, log, node } = await chosen(() => {
      if (fails) throw new Error('no choice')
      return 0
    })
    const [one] = await puppets(log)
    fails = true
    cast(one, 'note', 'never')
    expect(await node.ended).toMatchObject({ kind: 'crash', error: new Error('no choice') })
    expect(log).toEqual([])
  })

  test('is asked with the host as this, and looked for once', async () => {
    const plain = virtualHost()
    let asked = 0
    const scheduler: Host['scheduler'] = {
      ...plain.scheduler,
      choose() {
        expect(this).toBe(scheduler)
        asked += 1
        return 0
      },
    }
    const children = dynamicSupervisor({ name: 'children' })
    await using _node = await startNode(children, { host: { ...plain, scheduler } })
    delete scheduler.choose
    const started = await children.startChild(child(puppet, []))
    expect(started.ok).toBe(true)
    expect(asked).toBeGreaterThan(0)
  })
})

/** A node whose host decides every message; `choices` are who could go on each time. */
async function chosen(choose: (count: number) => number) {
  const host = virtualHost()
  const choices: (Pid | undefined)[][] = []
  const scheduler: Host['scheduler'] = {
    ...host.scheduler,
    choose(count, pidAt) {
      choices.push(Array.from({ length: count }, (_, index) => pidAt(index)))
      expect(pidAt(count)).toBeUndefined()
      return choose(count)
    },
  }
  const workers = dynamicSupervisor({ name: 'workers' })
  const warn = (): void => undefined
  const node = await startNode(workers, { name: 'chosen', host: { ...host, scheduler, warn } })
  onTestFinished(() => node.stop())
  const another = async (log: unknown[]): Promise<Puppet> => {
    const spec = child(puppet, log, { restart: 'temporary', shutdownMs: 'kill' })
    const started = await workers.startChild(spec)
    if (!started.ok) throw new Error(started.reason.kind)
    return started.pid
  }
  const puppets = async (log: unknown[]) => {
    return [await another(log), await another(log), await another(log)] as const
  }
  const log: unknown[] = []
  return { puppets, log, host, choices, node }
}
