/**
 * The workers: a counter each, with every way to end that the workload knows.
 *
 * Why a fleet and not a registry with dynamic supervisors: the workload loses supervisors (an extra
 * fault of the levels above S0), and what was wanted must come back. A fleet does that; a dynamic
 * supervisor comes back empty, here as in OTP.
 *
 * Invariant: an operation is counted in the table before it is acknowledged, so what was
 * acknowledged outlives its worker.
 */
import {
  defineServer,
  later,
  next,
  type Pid,
  type ProtocolOf,
  reply,
  stop,
  type Table,
} from 'flotilla'
import type { Answer } from './oracle.ts'

/** Which worker to start. */
export interface WorkerStart {
  readonly key: number
}

/** What outlives a worker. */
export interface Row {
  readonly life: number
  readonly operations: number
}

/** What the workers are given. */
export interface WorkerPlan {
  readonly rows: Table<number, Row>
  readonly lingerMs: number
  /** Whether the start of this key is to fail now; asked once for each start. */
  readonly takesFailure: (key: number) => boolean
  /** A worker has its name and goes on to live. */
  readonly begun: (answer: Answer) => void
  /** Whether the reply of this operation is to be swallowed: a planted defect. */
  readonly swallows: () => boolean
}

interface State extends Answer {
  readonly lingers: boolean
}

/** The error that workers are made to fail with. */
class Struck extends Error {
  override readonly name = 'Struck'
}

/** Defines the server of a worker. */
export function workerServer({ rows, lingerMs, takesFailure, begun, swallows }: WorkerPlan) {
  return defineServer({
    name: 'worker',
    init: ({ key }: WorkerStart, { self }): State => {
      if (takesFailure(key)) throw new Struck(`the init of ${key} is made to fail`)
      const row = rows.load(key)
      const life = (row?.life ?? 0) + 1
      const operations = row?.operations ?? 0
      rows.save(key, { life, operations })
      const state = { key, life, serial: self.serial, index: 0, operations, lingers: false }
      begun(state)
      return state
    },
    calls: {
      add(state, _payload: void, context) {
        const counted = count(state)
        if (swallows()) return later(context.replyPort<Answer>(), counted)
        return reply<Answer, State>(counted, counted)
      },
    },
    casts: {
      add: (state) => next(count(state)),
      throw: (state) => {
        throw new Struck(`${state.key} throws in a handler`)
      },
      stop: (state) => stop({ kind: 'normal' }, state),
      /** An error that escapes from what the handler has left behind. */
      escape(state, how: 'rejection' | 'timer') {
        const error = new Struck(`${state.key} has work that fails later`)
        if (how === 'rejection') void Promise.reject(error)
        else setImmediate(() => fail(error))
        return next(state)
      },
      slowEnd(state) {
        const error = new Struck(`${state.key} ends slowly`)
        return stop({ kind: 'crash', error }, { ...state, lingers: true })
      },
      /** Does not return for so long, as a handler with a long computation in it. */
      stall(state, durationMs: number) {
        const endMs = performance.now() + durationMs
        while (performance.now() < endMs);
        return next(state)
      },
    },
    terminate: (state, _reason, context) => {
      return state.lingers ? context.sleep(lingerMs) : undefined
    },
  })

  function count(state: State): State {
    const { key, life, serial, lingers } = state
    const operations = state.operations + 1
    rows.save(key, { life, operations })
    return { key, life, serial, index: state.index + 1, operations, lingers }
  }
}

function fail(error: Error): never {
  throw error
}

/** What a worker understands. */
export type WorkerProtocol = ProtocolOf<ReturnType<typeof workerServer>>
/** The pid of a worker. */
export type WorkerPid = Pid<WorkerProtocol>
