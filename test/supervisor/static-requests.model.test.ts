import fc from 'fast-check'
import {
  call,
  exit,
  type Restart,
  type StaticSupervisor,
  type Strategy,
  startNode,
  supervisor,
} from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { expectNothingLeft } from './running.ts'
import { part, pidOf } from './worker.ts'

// A script of requests and deaths, played on a supervisor and on a model that knows OTP's rules for
// requests and nothing of ours. Both write the same trace: starts, last words, answers, children.

type Step =
  | {
      readonly do: 'start'
      readonly id: string
      readonly restart: Restart
      readonly fails: boolean
    }
  | { readonly do: 'terminate' | 'restart' | 'delete'; readonly id: string }
  | { readonly do: 'die'; readonly id: string; readonly how: 'normal' | 'crash' | 'kill' }

interface Script {
  readonly strategy: Strategy
  readonly steps: readonly Step[]
}

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const start = fc.record({
  do: fc.constant('start' as const),
  id,
  restart: fc.constantFrom<Restart>('permanent', 'transient', 'temporary'),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
})
const order = fc.record({ do: fc.constantFrom('terminate', 'restart', 'delete'), id })
const die = fc.record({
  do: fc.constant('die' as const),
  id,
  how: fc.constantFrom('normal', 'crash', 'kill'),
})
const script: fc.Arbitrary<Script> = fc.record({
  strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
  steps: fc.array(fc.oneof(start, order, die), { maxLength: 30 }),
})

describe('requests to a static supervisor, among deaths', () => {
  test('have the outcome that they have in OTP', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (what) => {
        expect(await played(what)).toEqual(predicted(what))
      }),
      { numRuns: 1000 },
    )
  }, 60_000)
})

async function played({ strategy, steps }: Script): Promise<string[]> {
  const trace: string[] = []
  const top = supervisor({ name: 'top', strategy, maxRestarts: 1000 }, [])
  const host = virtualHost()
  const node = await startNode(top, { host })
  for (const step of steps) {
    if (step.do === 'die') await end(top, step.id, step.how)
    else {
      const answer = await ask(top, step, trace)
      trace.push(`${step.do} ${step.id}: ${answer.ok ? 'ok' : answer.reason.kind}`)
    }
    await host.settle()
    trace.push(shown(top))
  }
  await node.stop()
  expectNothingLeft(node, host)
  return trace
}

function ask(top: StaticSupervisor, step: Exclude<Step, { do: 'die' }>, trace: string[]) {
  if (step.do !== 'start') return top[`${step.do}Child`](step.id)
  const init = (): void => {
    if (step.fails) throw new Error('poisoned')
  }
  const { restart } = step
  return top.startChild(part({ id: step.id, journal: trace, traps: true, init }, { restart }))
}

async function end(top: StaticSupervisor, child: string, how: string): Promise<void> {
  if (typeof top.child(child)?.pid !== 'object') return
  const pid = pidOf(top, child)
  if (how === 'kill') exit(pid, 'kill')
  else if (how === 'normal') await call(pid, 'stop', { kind: 'normal' })
  else await call(pid, 'stop', { kind: 'crash', error: 'boom' })
}

function shown(top: StaticSupervisor): string {
  return top
    .whichChildren()
    .map((each) => `${each.id}${each.pid === undefined ? '-' : '+'}`)
    .join(' ')
}

interface Known {
  readonly id: string
  readonly restart: Restart
  runs: boolean
}

/** OTP's rules for the same script. */
function predicted({ strategy, steps }: Script): string[] {
  const trace: string[] = []
  let children: Known[] = []
  const stop = (child: Known): void => {
    if (child.runs) trace.push(`-${child.id} shutdown`)
    child.runs = false
  }
  const begin = (child: Known): void => {
    trace.push(`+${child.id}`)
    child.runs = true
  }
  const forget = (child: Known): void => {
    children = children.filter((other) => other !== child)
  }
  const answers = {
    start(step: Extract<Step, { do: 'start' }>, present: Known | undefined): string {
      if (present !== undefined) return present.runs ? 'already_started' : 'already_present'
      const child = { id: step.id, restart: step.restart, runs: false }
      begin(child)
      if (step.fails) return 'init_failed'
      children.push(child)
      return 'ok'
    },
    terminate(child: Known): string {
      stop(child)
      if (child.restart === 'temporary') forget(child)
      return 'ok'
    },
    restart(child: Known): string {
      if (child.runs) return 'running'
      begin(child)
      return 'ok'
    },
    delete(child: Known): string {
      if (child.runs) return 'running'
      forget(child)
      return 'ok'
    },
  }
  const dies = (dead: Known, how: string): void => {
    dead.runs = false
    if (how !== 'kill') trace.push(`-${dead.id} ${how}`)
    const stays = dead.restart === 'transient' && how === 'normal'
    if (dead.restart === 'temporary') forget(dead)
    if (dead.restart === 'temporary' || stays) return
    const first = strategy === 'one_for_all' ? 0 : children.indexOf(dead)
    const group = strategy === 'one_for_one' ? [dead] : children.slice(first)
    for (const each of group.toReversed()) stop(each)
    for (const each of group) each.restart === 'temporary' ? forget(each) : begin(each)
  }
  for (const step of steps) {
    const child = children.find((each) => each.id === step.id)
    if (step.do === 'die') {
      if (child?.runs) dies(child, step.how)
    } else {
      let answer = 'not_found'
      if (step.do === 'start') answer = answers.start(step, child)
      else if (child !== undefined) answer = answers[step.do](child)
      trace.push(`${step.do} ${step.id}: ${answer}`)
    }
    trace.push(children.map((each) => `${each.id}${each.runs ? '+' : '-'}`).join(' '))
  }
  for (const each of children.toReversed()) stop(each)
  return trace
}
