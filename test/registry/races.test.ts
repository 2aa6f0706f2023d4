/**
 * Races of other registries that users reported in public, each as a scenario in every order of
 * events. The name of each is that of the ticket.
 *
 * What takes several machines (a partition that heals, a claim on both of its sides) is here only
 * as far as one node can have it; a comment says what is left for the cluster.
 */
import {
  ArgumentError,
  call,
  cast,
  child,
  defineServer,
  exit,
  isAlive,
  type Pid,
  type SupervisorHandle,
  send,
  startNode,
  supervisor,
  uniqueRegistry,
  watchEvents,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { puppet as puppetServer } from '../process/stage.ts'
import { client, inEveryOrder, onStage, type PuppetNames, present } from './every-order.ts'

// discord/gen_registry issue 15; syn issue 48, pull request 83.
describe('a dead pid from a look-up', () => {
  test('is never given, however the holder ends and whichever way it is looked for', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, puppet }) => {
        const [holder, linked] = [await puppet({ name: names.via('x') }), await puppet()]
        await call(linked, 'run', (context) => {
          names.register(context, 'y')
          context.link(holder)
        })
        const look = (): void => {
          const selected = names.select({}).map(({ pid }) => pid)
          const found = ['x', 'y'].flatMap((key) => [
            ...present(names.whereis(key)),
            ...[...names.lookup(key), ...names.match(key, undefined)].map(({ pid }) => pid),
          ])
          expect([...selected, ...found].filter((pid) => !isAlive(pid))).toEqual([])
          expect(names.count()).toBe(selected.length)
        }
        cast(holder, 'work', () => {
          throw new Error('boom')
        })
        await Promise.all([
          client(host, 'looks', look, look, look),
          client(host, 'kills', () => {
            exit(holder, 'kill')
            look()
          }),
        ])
        look()
        expect([names.whereis('x'), names.whereis('y')]).toEqual([undefined, undefined])
      }),
    )
    expect(runs).toBeGreaterThan(10)
  })
})

// erlang/otp pull request 10285.
describe('a supervisor that restarts before the registry has heard of the end', () => {
  test.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'finds the name free at its first try: no cascade of already_started under %s',
    async (strategy) => {
      const runs = await inEveryOrder(async (host) => {
        const names: PuppetNames = uniqueRegistry({ name: 'names' })
        const options = { shutdownMs: 'kill' } as const
        const inner = supervisor({ name: 'inner', strategy, maxRestarts: 1 }, [
          child(puppetServer, [], { id: 'a', name: names.via('a'), ...options }),
          child(puppetServer, [], { id: 'b', name: names.via('b'), ...options }),
        ])
        const tree = supervisor({ name: 'top', strategy: 'one_for_one', maxRestarts: 0 }, [
          names,
          inner,
        ])
        const reported: string[] = []
        const watching = watchEvents((event) => {
          if (event.kind === 'supervisor_report') reported.push(event.context)
        })
        const node = await startNode(tree, { name: 'race', host })
        const before = present(names.whereis('a'), names.whereis('b'))
        const seen = (): void => {
          for (const key of ['a', 'b']) {
            expect(present(names.whereis(key)).every((pid) => isAlive(pid))).toBe(true)
          }
        }
        await Promise.all([
          client(host, 'kills', () => exit(names.whereis('a') ?? unreachable(), 'kill'), seen),
          client(host, 'looks', seen, seen),
        ])
        await host.settle()
        watching.stop()
        expect(reported).toEqual(['child_terminated'])
        const after = present(names.whereis('a'), names.whereis('b'))
        expect(after).toHaveLength(2)
        expect(after[0]).not.toBe(before[0])
        expect(after[1] === before[1]).toBe(strategy === 'one_for_one')
        await node.stop()
      })
      expect(runs).toBeGreaterThan(5)
    },
  )
})

// elixir-lang/elixir issue 8611.
describe('a registration that is refused', () => {
  test('leaves no row, whoever was refused and whichever way the name was taken', async () => {
    await inEveryOrder(
      onStage(async ({ node, names, workers, puppet }) => {
        const [holder, other] = [await puppet(), await puppet()]
        const register = (pid: typeof holder) => call(pid, 'run', (own) => names.register(own, 'x'))
        const outcomes = await Promise.all([register(holder), register(other)])
        const winner = names.whereis('x') ?? unreachable()
        const rows = node.statistics().rows
        for (let count = 0; count < 3; count += 1) {
          outcomes.push(await register(holder), await register(other))
          const started = await workers.startChild(
            child(puppetServer, [], { name: names.via('x') }),
          )
          expect(started).toEqual({ ok: false, reason: { kind: 'already_started', pid: winner } })
        }
        expect(node.statistics().rows).toEqual(rows)
        expect([names.count(), names.keys(winner)]).toEqual([1, ['x']])
        expect(names.keys(winner === holder ? other : holder)).toEqual([])
        const refusal = { ok: false, reason: { kind: 'already_registered', pid: winner } }
        expect(outcomes.filter(({ ok }: any) => ok)).toEqual([{ ok: true }])
        expect(outcomes.filter(({ ok }: any) => !ok)).toEqual(Array(7).fill(refusal))
      }),
    )
  })
})

// uwiger/gproc issue 47.
describe('a name whose holder is not watched', () => {
  test('cannot be: it is freed also after others were given up, and after a failed init', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, workers, puppet }) => {
        const holder = await puppet()
        const failing = child(Failing, names, { name: names.via('w') })
        cast(holder, 'work', (context) => {
          for (const key of ['a', 'b', 'c']) names.register(context, key)
          names.unregister(context, 'a')
          names.unregister(context, 'b')
          names.register(context, 'a')
        })
        await Promise.all([
          client(host, 'starts', () => workers.startChild(failing)),
          client(host, 'kills', () => exit(holder, 'kill')),
        ])
        await host.settle()
        expect([...'abcwz'].map((key) => names.whereis(key))).toEqual(Array(5).fill(undefined))
        expect(names.count()).toBe(0)
      }),
    )
    expect(runs).toBeGreaterThan(2)
  })

  test('nor can it be taken by what a process left behind when it ended', async () => {
    await inEveryOrder(
      onStage(async ({ host, names, puppet }) => {
        const holder = await puppet()
        cast(holder, 'work', async (context) => {
          await host.turn('work')
          names.register(context, 'late')
        })
        await client(host, 'kills', () => exit(holder, 'kill'))
        await host.settle()
        expect([names.whereis('late'), names.count()]).toEqual([undefined, 0])
      }),
      { reactions: 'chosen' },
    )
  })
})

// uwiger/gproc issue 161.
describe('a bad call', () => {
  test('is the fault of its caller: the registry and its process go on', async () => {
    const bad: unknown[] = [undefined, null, Number.NaN, {}, Symbol('x'), () => 1, [[[]], {}]]
    await inEveryOrder(
      onStage(async ({ host, names, top, puppet }) => {
        const holder = await puppet({ name: names.via('x') })
        const any: any = names
        const misuse = async (): Promise<void> => {
          for (const key of bad) {
            const calls = [
              () => any.whereis(key),
              () => any.via(key),
              () => any.lookup(key),
              () => any.register(key, 'k'),
              () => any.unregister(undefined, key),
              () => any.keys(key),
              () => any.values('x', key),
              () => any.lock(key, () => 1),
              () => any.lock('l', key === undefined ? 1 : bad),
              () => any.dispatch('x', 7),
            ]
            for (const misuse of calls) expect(isRefused(misuse)).toBe(true)
          }
        }
        const anchor = anchorOf(top)
        await Promise.all([
          client(host, 'misuses', misuse),
          client(
            host,
            'writes to its process',
            () => send(anchor, 'garbage'),
            () => exit(anchor, { kind: 'shutdown', detail: 'of a stranger' }),
          ),
          client(host, 'looks', () => expect(names.whereis('x')).toBe(holder)),
        ])
        await host.settle()
        expect([isAlive(anchor), names.whereis('x'), names.count()]).toEqual([true, holder, 1])
      }),
    )
  })
})

// uwiger/gproc issue 20.
describe('two ways to look a name up', () => {
  test('agree at every moment', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, puppet }) => {
        const [one, other] = [await puppet({ name: names.via('a') }), await puppet()]
        const compare = (): void => {
          const rows = names.select({})
          expect(names.count()).toBe(rows.length)
          for (const key of ['a', 'b', 'c']) {
            const holder = names.whereis(key)
            const [entry, ...more] = names.lookup(key)
            expect([entry?.pid, more]).toEqual([holder, []])
            expect(rows.find((row) => row.key === key)?.pid).toBe(holder)
            for (const pid of [one, other]) {
              expect(names.keys(pid).includes(key)).toBe(pid === holder)
              expect(names.values(key, pid)).toHaveLength(pid === holder ? 1 : 0)
            }
          }
        }
        cast(other, 'work', (context) => {
          names.register(context, 'b')
          names.register(context, 'c')
        })
        cast(other, 'work', (context) => names.unregister(context, 'b'))
        await Promise.all([
          client(host, 'kills', () => exit(one, 'kill')),
          client(host, 'compares', compare, compare),
        ])
        await host.settle()
        compare()
      }),
    )
    expect(runs).toBeGreaterThan(50)
  })
})

// derekkraan/horde issue 250. For the cluster: two claims on both sides of a partition that heals.
describe('a conflict of two claimants', () => {
  test('has one winner, and the loser lives on with a refusal', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, workers, puppet }) => {
        const [one, other] = [await puppet(), await puppet()]
        const inits: number[] = []
        const outcomes: unknown[] = []
        for (const pid of [one, other]) {
          cast(pid, 'work', (context) => outcomes.push(names.register(context, 'x')))
        }
        await client(host, 'starts', async () => {
          const spec = child(Counting, inits, { name: names.via('x'), shutdownMs: 'kill' })
          outcomes.push(await workers.startChild(spec))
        })
        await host.settle()
        const winner = names.whereis('x') ?? unreachable()
        expect(isAlive(winner)).toBe(true)
        expect([isAlive(one), isAlive(other)]).toEqual([true, true])
        expect(outcomes.filter((outcome: any) => outcome.ok)).toHaveLength(1)
        for (const outcome of outcomes as any[]) {
          if (!outcome.ok) expect(outcome.reason.pid).toBe(winner)
        }
        // Whoever loses by a start never runs its init.
        expect(inits).toHaveLength(winner === one || winner === other ? 0 : 1)
      }),
    )
    expect(runs).toBeGreaterThan(5)
  })
})

// sasa1977/elixir_in_action issue 23.
describe('the restart of the registry', () => {
  test('takes neither names nor holders nor the rest of the tree along', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, top, puppet }) => {
        const holder = await puppet({ name: names.via('x') })
        const other = await puppet()
        const anchor = anchorOf(top)
        const seen = (): void => expect(names.whereis('x')).toBe(holder)
        cast(other, 'work', (context) => expect(names.register(context, 'y')).toEqual({ ok: true }))
        await Promise.all([
          client(host, 'kills', () => exit(anchor, 'kill'), seen),
          client(host, 'looks', seen, seen),
          client(host, 'calls', async () => {
            expect(await call(names.via('x'), 'run', () => 1)).toBe(1)
          }),
        ])
        await host.settle()
        expect(isAlive(anchor)).toBe(false)
        expect(isAlive(anchorOf(top))).toBe(true)
        expect([names.whereis('x'), names.whereis('y')]).toEqual([holder, other])
        expect([isAlive(holder), isAlive(other), names.count()]).toEqual([true, true, 2])
      }),
    )
    expect(runs).toBeGreaterThan(20)
  })
})

// Erlang/OTP OTP-6428. For the cluster: a partition that still has the name, and heals.
describe('a name that was given up', () => {
  test('does not come back, neither by what its old holder does nor by its end', async () => {
    const runs = await inEveryOrder(
      onStage(async ({ host, names, puppet }) => {
        const [old, successor] = [await puppet(), await puppet()]
        await call(old, 'run', (context) => names.register(context, 'x'))
        let isGivenUp = false
        cast(old, 'work', (context) => {
          names.unregister(context, 'x')
          isGivenUp = true
        })
        cast(successor, 'work', (context) => names.register(context, 'x'))
        cast(successor, 'work', (context) => names.register(context, 'x'))
        const look = (): void => {
          const holder = names.whereis('x')
          if (isGivenUp) expect([undefined, successor]).toContain(holder)
          if (holder !== undefined) expect(isAlive(holder)).toBe(true)
        }
        await Promise.all([
          client(host, 'kills', () => exit(old, 'kill'), look),
          client(host, 'looks', look, look),
        ])
        await host.settle()
        // One of its tries came after the release, or none did; the old one never has it.
        expect([undefined, successor]).toContain(names.whereis('x'))
        expect(names.keys(successor)).toEqual(names.whereis('x') === undefined ? [] : ['x'])
      }),
    )
    expect(runs).toBeGreaterThan(50)
  })
})

function isRefused(misuse: () => unknown): boolean {
  try {
    misuse()
    return false
  } catch (error) {
    return ArgumentError.is(error)
  }
}

/** Takes a name by hand in its init, and fails. */
const Failing = defineServer({
  name: 'failing',
  init: (names: PuppetNames, context): number => {
    expect(names.register(context, 'z')).toEqual({ ok: true })
    throw new Error('fails on purpose')
  },
})

/** Counts its starts. */
const Counting = defineServer({
  name: 'counting',
  init: (inits: number[]) => inits.push(1),
})

/** The process that stands for a registry: the one of the tree that has its name. */
function anchorOf(top: SupervisorHandle): Pid {
  const pid = top.whichChildren().find(({ id }) => id === 'names')?.pid
  return pid === undefined || pid === 'restarting' ? unreachable() : pid
}

function unreachable(): never {
  throw new Error('unreachable')
}
