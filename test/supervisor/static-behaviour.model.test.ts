import fc from 'fast-check'
import { call, exit, type Restart, type Strategy, startNode, supervisor } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { expectNothingLeft } from './running.ts'
import { part, pidOf } from './worker.ts'

// A script of deaths, played on a supervisor and on a model that knows OTP's rules and nothing
// of ours. Both write the same trace: starts, last words, and what the supervisor ended of.

interface Script {
  readonly strategy: Strategy
  readonly maxRestarts: number
  readonly restarts: readonly Restart[]
  readonly deaths: readonly { readonly how: Death; readonly child: number }[]
}
type Death = 'normal' | 'shutdown' | 'crash' | 'kill'

const script: fc.Arbitrary<Script> = fc.record({
  strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
  maxRestarts: fc.constantFrom(0, 1, 3, 10),
  restarts: fc.array(fc.constantFrom<Restart>('permanent', 'transient', 'temporary'), {
    minLength: 1,
    maxLength: 5,
  }),
  deaths: fc.array(
    fc.record({
      how: fc.constantFrom<Death>('normal', 'shutdown', 'crash', 'kill'),
      child: fc.nat(4),
    }),
    { maxLength: 12 },
  ),
})

describe('the trace of a static supervisor', () => {
  test('is that of OTP for the same script', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (what) => {
        expect(await played(what)).toEqual(predicted(what))
      }),
      { numRuns: 1000 },
    )
  }, 60_000)
})

async function played({ strategy, maxRestarts, restarts, deaths }: Script): Promise<string[]> {
  const trace: string[] = []
  const children = restarts.map((restart, index) => {
    return part({ id: String(index), journal: trace, traps: true }, { restart })
  })
  const top = supervisor({ name: 'top', strategy, maxRestarts }, children)
  const host = virtualHost()
  const node = await startNode(top, { host })
  let isOver = false
  void node.ended.then(() => {
    isOver = true
  })
  for (const { how, child } of deaths) {
    const id = String(child)
    if (isOver) break
    const info = top.whichChildren().find((each) => each.id === id)
    if (typeof info?.pid !== 'object') continue
    if (how === 'kill') exit(info.pid, 'kill')
    else {
      const reason = how === 'crash' ? ({ kind: 'crash', error: 'boom' } as const) : { kind: how }
      await call(pidOf(top, id), 'stop', reason)
    }
    await host.settle()
  }
  if (!isOver) trace.push('stopped from outside')
  await node.stop()
  expectNothingLeft(node, host)
  return trace
}

/** OTP's rules for the same script. */
function predicted({ strategy, maxRestarts, restarts, deaths }: Script): string[] {
  const trace: string[] = []
  let children = restarts.map((restart, index) => ({ id: String(index), restart, runs: true }))
  let budget = maxRestarts
  const stop = (group: typeof children): void => {
    for (const each of group.toReversed()) {
      if (each.runs) trace.push(`-${each.id} shutdown`)
      each.runs = false
    }
  }
  const start = (group: typeof children): void => {
    for (const each of group) {
      trace.push(`+${each.id}`)
      each.runs = true
    }
  }
  start(children)
  for (const { how, child } of deaths) {
    const dead = children.find((each) => each.id === String(child) && each.runs)
    if (dead === undefined) continue
    dead.runs = false
    if (how !== 'kill') trace.push(`-${dead.id} ${how}`)
    if (dead.restart === 'temporary') children = children.filter((each) => each !== dead)
    const isClean = how === 'normal' || how === 'shutdown'
    if (dead.restart === 'temporary' || (dead.restart === 'transient' && isClean)) continue
    if (budget === 0) {
      stop(children)
      return trace
    }
    budget -= 1
    const from = strategy === 'one_for_all' ? 0 : children.indexOf(dead)
    const group = strategy === 'one_for_one' ? [dead] : children.slice(from)
    stop(group)
    children = children.filter((each) => !group.includes(each) || each.restart !== 'temporary')
    start(group.filter((each) => each.restart !== 'temporary'))
  }
  trace.push('stopped from outside')
  stop(children)
  return trace
}
