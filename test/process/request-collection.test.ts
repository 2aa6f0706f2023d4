import {
  type Context,
  call,
  cast,
  defineServer,
  exit,
  later,
  next,
  type Pid,
  type ProtocolOf,
  type ReplyPort,
  requestCollection,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { inside, type Puppet, type Stage, stage } from './stage.ts'

const boom = { kind: 'crash', error: 'boom' } as const

describe('a call that is not awaited at once', () => {
  test('is a request: its promise gives the reply, or the reason and the server [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const outcomes = await inside(asker, async () => {
      const requests = [call(answerer, 'ask', 'a'), call(answerer, 'ask', 'b')]
      cast(answerer, 'answer', 'a')
      const first = await requests[0]
      exit(answerer, boom)
      return [first, await requests[1]?.catch((error: Error) => error)]
    })
    expect(outcomes).toMatchObject(['a!', { reason: boom }])
    expect(String(outcomes[1])).toContain('answerer')
  })

  test('is kept by a wait that runs out, and may be waited for again [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const told: unknown[] = []
    const waiting = inside(asker, async (context) => {
      const request = call(answerer, 'ask', 'a', { timeoutMs: 'infinity' })
      told.push(await Promise.race([request, context.sleep(10).then(() => 'timeout')]))
      cast(answerer, 'answer', 'a')
      told.push(await Promise.race([request, context.sleep(10).then(() => 'timeout')]))
    })
    await place.host.advance(10)
    await waiting
    expect(told).toEqual(['timeout', 'a!'])
  })

  test('is abandoned by its time-out or its signal: a late reply is dropped [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const failures = inside(asker, async () => {
      const giveUp = new AbortController()
      const requests = [
        call(answerer, 'ask', 'a', { timeoutMs: 10 }),
        call(answerer, 'ask', 'b', { signal: giveUp.signal }),
      ]
      giveUp.abort()
      return (await Promise.allSettled(requests)).map(({ status }) => status)
    })
    await place.host.advance(10)
    expect(await failures).toEqual(['rejected', 'rejected'])
    for (const name of ['a', 'b']) cast(answerer, 'answer', name)
    await place.host.settle()
    expect(place.node.statistics()).toMatchObject({ lateReplies: 2, deferred: 0, deadlines: 0 })
  })
})

describe('a collection of requests', () => {
  test('gives the answers in the order of their arrival, with their labels [GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const answers = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      for (const name of ['a', 'b', 'c']) requests.add(call(answerer, 'ask', name), `about ${name}`)
      expect([requests.size, requests.labels()]).toEqual([3, ['about a', 'about b', 'about c']])
      const told: unknown[] = []
      for (const name of ['c', 'a', 'b']) {
        cast(answerer, 'answer', name)
        told.push(await requests.next(), requests.size)
      }
      return told
    })
    expect(answers).toEqual([
      ...[{ kind: 'answer', label: 'about c', outcome: { ok: true, value: 'c!' } }, 2],
      ...[{ kind: 'answer', label: 'about a', outcome: { ok: true, value: 'a!' } }, 1],
      ...[{ kind: 'answer', label: 'about b', outcome: { ok: true, value: 'b!' } }, 0],
    ])
  })

  test('keeps the order of answers that came before anybody waited [GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const labels = await inside(asker, async (context) => {
      const requests = requestCollection<number, string>(context)
      for (const index of [0, 1, 2, 3]) requests.add(call(answerer, 'ask', `${index}`), index)
      for (const index of [2, 0, 3, 1]) cast(answerer, 'answer', `${index}`)
      await place.host.settle()
      return labelsOf(requests)
    })
    expect(labels).toEqual([2, 0, 3, 1])
  })

  test('gives a failed call as an outcome with its exit [GS-038, GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const answer = await inside(asker, (context) => {
      const requests = requestCollection<string, string>(context)
      requests.add(call(answerer, 'ask', 'a'), 'doomed')
      exit(answerer, boom)
      return requests.next()
    })
    expect(answer).toMatchObject({
      label: 'doomed',
      outcome: { ok: false, exit: { reason: boom } },
    })
  })

  test('gives what fails otherwise as a crash', async () => {
    const place = await stage()
    const { asker } = await pair(place)
    const answer = await inside(asker, (context) => {
      const requests = requestCollection<string>(context)
      requests.add(Promise.reject('no call'), 'odd')
      return requests.next()
    })
    expect(answer).toMatchObject({
      outcome: { exit: { reason: { kind: 'crash', error: 'no call' } } },
    })
  })

  test('without a request says so, at once [GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const answers = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      const empty = await requests.next()
      const request = call(answerer, 'ask', 'a')
      requests.add(request, 'a')
      const waits = [requests.next(), requests.next()]
      cast(answerer, 'answer', 'a')
      return [empty, ...(await Promise.all(waits))]
    })
    expect(answers).toMatchObject([
      { kind: 'no_request' },
      { kind: 'answer', label: 'a' },
      { kind: 'no_request' },
    ])
  })

  test('refuses to take the same request twice, and what is no request [GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    await inside(asker, (context) => {
      const requests = requestCollection<string, string>(context)
      const request = call(answerer, 'ask', 'a')
      requests.add(request, 'a')
      expect(() => requests.add(request, 'again')).toThrow(/^Cannot add .*: it is in there already/)
      for (const wrong of [
        undefined,
        5,
        {},
        Object.fromEntries([['then', 1]]),
        new Proxy({}, {}),
      ]) {
        expect(() => requests.add(wrong as never, 'x')).toThrow(/^Cannot add .*: the request is/)
      }
      expect(requests.size).toBe(1)
    })
  })

  test('a wait that runs out loses no request [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const told: unknown[] = []
    const done = inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      requests.add(call(answerer, 'ask', 'a', { timeoutMs: 'infinity' }), 'a')
      told.push((await requests.next({ timeoutMs: 0 })).kind)
      told.push((await requests.next({ timeoutMs: 10 })).kind, requests.size)
      cast(answerer, 'answer', 'a')
      told.push(await requests.next({ timeoutMs: 10 }))
    })
    await place.host.advance(10)
    await done
    expect(told).toMatchObject(['timeout', 'timeout', 1, { label: 'a' }])
    expect(place.node.statistics().deadlines).toBe(0)
    expect(place.host.pendingTimers).toBe(0)
  })

  test('a wait never goes on if what is due at the same time ends its process', async () => {
    const { start, puppet, host, node } = await stage()
    let goesOn = false
    const slow = defineServer({
      name: 'slow',
      init: async (_: undefined, context) => {
        const requests = requestCollection<string>(context)
        requests.add(new Promise(() => undefined), 'never')
        await requests.next({ timeoutMs: 100 })
        goesOn = true
      },
    })
    const starting = start(slow, undefined, { startTimeoutMs: 100 })
    await Promise.all([expect(starting).rejects.toThrow('not started'), host.advance(100)])
    await puppet()
    expect([goesOn, node.statistics().deadlines]).toEqual([false, 0])
  })

  test('without time says what is there already, and waits for nothing [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const kinds = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      requests.add(call(answerer, 'ask', 'a'), 'a')
      const before = (await requests.next({ timeoutMs: 0 })).kind
      cast(answerer, 'answer', 'a')
      await place.host.settle()
      return [before, (await requests.next({ timeoutMs: 0 })).kind]
    })
    expect([kinds, place.host.nowMs]).toEqual([['timeout', 'answer'], 0])
  })

  test('keeps an answered request listed if asked to, and gives it once only [GS-039]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const told = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      const request = call(answerer, 'ask', 'a')
      requests.add(request, 'a')
      cast(answerer, 'answer', 'a')
      const kinds = [(await requests.next({ keep: true })).kind, (await requests.next()).kind]
      return [kinds, requests.size, requests.remove(request), requests.size]
    })
    expect(told).toEqual([['answer', 'no_request'], 1, true, 0])
  })

  test('forgets a request that is removed: its answer comes to nobody [GS-038]', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const told = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      const [one, other] = [call(answerer, 'ask', 'a'), call(answerer, 'ask', 'b')]
      requests.add(one, 'a')
      requests.add(other, 'b')
      const removed = [requests.remove(one), requests.remove(one)]
      for (const name of ['a', 'b']) cast(answerer, 'answer', name)
      return [removed, await labelsOf(requests)]
    })
    expect(told).toEqual([[true, false], ['b']])
  })

  test('lets everybody go when its last request is removed', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const kinds = await inside(asker, async (context) => {
      const requests = requestCollection<string, string>(context)
      const request = call(answerer, 'ask', 'a')
      requests.add(request, 'a')
      const waits = [requests.next({ timeoutMs: 10 }), requests.next()]
      requests.remove(request)
      return (await Promise.all(waits)).map(({ kind }) => kind)
    })
    expect(kinds).toEqual(['no_request', 'no_request'])
    expect(place.node.statistics().deadlines).toBe(0)
  })

  test('ends with its process: no timer is left and no code goes on', async () => {
    const place = await stage()
    const { asker, answerer } = await pair(place)
    const told: unknown[] = []
    cast(asker, 'work', async (context) => {
      const requests = requestCollection<string, string>(context)
      requests.add(call(answerer, 'ask', 'a'), 'a')
      told.push(await requests.next({ timeoutMs: 10 }))
    })
    await place.host.settle()
    exit(asker, 'kill')
    expect(place.node.statistics().deadlines).toBe(1)
    cast(answerer, 'answer', 'a')
    await place.host.advance(20)
    expect([told, place.node.statistics().deadlines]).toEqual([[], 0])
  })

  test('is refused without the context of a process, and so are wrong options', async () => {
    const place = await stage()
    expect(() => requestCollection({} as never)).toThrow(/^Cannot make a collection of requests: /)
    await inside(await place.puppet(), (context: Context) => {
      const requests = requestCollection(context)
      expect(() => requests.next({ timeoutMs: -1 })).toThrow(/option "timeoutMs" is -1/)
      expect(() => requests.next({ keep: 1 as never })).toThrow(/option "keep" is 1/)
      expect(() => requests.next({ kep: true } as never)).toThrow(/perhaps "keep" was meant/)
    })
  })
})

async function labelsOf<L>(requests: ReturnType<typeof requestCollection<L, string>>) {
  const labels: L[] = []
  for (;;) {
    const answer = await requests.next()
    if (answer.kind !== 'answer') return labels
    labels.push(answer.label)
  }
}

/** Answers each question when told to. */
const answerer = defineServer({
  name: 'answerer',
  init: (_: undefined) => new Map<string, ReplyPort<string>>(),
  calls: {
    ask: (ports, name: string, context) => {
      const port = context.replyPort<string>()
      ports.set(name, port)
      return later(port, ports)
    },
  },
  casts: {
    answer: (ports, name: string) => {
      ports.get(name)?.send(`${name}!`)
      return next(ports)
    },
  },
})

async function pair(
  place: Stage,
): Promise<{ asker: Puppet; answerer: Pid<ProtocolOf<typeof answerer>> }> {
  return { asker: await place.puppet(), answerer: await place.start(answerer, undefined) }
}
