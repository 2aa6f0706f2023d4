// Schedules, scenarios, histories and models take what fits and nothing else.

import type { Key } from 'flotilla'
import {
  checkLinearizable,
  type Exploration,
  type ExploringHost,
  explore,
  exploringHost,
  History,
  type Linearizability,
  type Model,
  type Operation,
  randomSchedule,
  type replay,
  type Schedule,
  type VirtualHost,
} from 'flotilla/testing'
import type { Fits, Proven, Same } from './proof.ts'

type Outcome = Awaited<ReturnType<typeof explore>>
type Failed = Extract<Outcome, { ok: false }>

export type Explorations = [
  Proven<Same<Outcome, Exploration>>,
  // Only a failed exploration can be replayed.
  Proven<Same<Parameters<typeof replay>[1], Failed['recording']>>,
  Proven<Same<keyof Extract<Outcome, { ok: true }>, 'ok' | 'runs' | 'complete'>>,
  Proven<Fits<ExploringHost, VirtualHost>>,
  Proven<Same<Fits<VirtualHost, ExploringHost>, false>>,
]

void explore(async (host) => host.turn('client'))
// @ts-expect-error a scenario is asynchronous
void explore(() => undefined)
// @ts-expect-error orders are of three kinds
void explore(async () => undefined, { orders: 'some' })
// @ts-expect-error a seed is a number
randomSchedule({ seed: '1' })
// @ts-expect-error a random schedule has a seed
randomSchedule({})
exploringHost({ schedule: randomSchedule({ seed: 1 }) })
// @ts-expect-error a schedule says who goes next by an index
export const named: Schedule = { choose: (_count, nameAt) => nameAt(0) }

const history = new History<string, number>()
const returned = history.invoke({ process: 'p', operation: 'read', argument: 'x' })
returned(1)
// @ts-expect-error the result is of another type
returned('1')
// @ts-expect-error the argument is of another type
history.invoke({ process: 'p', operation: 'read', argument: 1 })

const model: Model<number, Operation<string, number>> = {
  initial: 0,
  next: (state, { argument, result }) => (argument === 'x' && result === state ? [state] : []),
}
const verdict = checkLinearizable(history.operations, model)

export type Verdicts = [
  Proven<Same<typeof verdict, Linearizability<number, Operation<string, number>>>>,
  // Not known before it is looked at, and not known at all while an operation is pending.
  Proven<Same<(typeof history.operations)[number]['result'], number | undefined>>,
]

if (!verdict.ok) {
  const { operation, circumstances } = verdict.violation
  const states: readonly number[] = circumstances.flatMap((each) => each.states)
  const argument: string = operation.argument
  void [states, argument]
}
// @ts-expect-error there is no violation before it is known that there is one
void verdict.violation

// @ts-expect-error the model is of other operations
checkLinearizable(new History<number, number>().operations, model)
// @ts-expect-error states are keys: they are compared by structure
export const objects: Model<{ value: number }> = { initial: { value: 0 }, next: () => [] }
// @ts-expect-error an operation leads to a list of states
export const single: Model<number> = { initial: 0, next: () => 0 }
export const composite: Model<readonly Key[]> = { initial: ['a', [1]], next: (state) => [state] }
