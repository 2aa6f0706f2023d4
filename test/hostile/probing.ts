/**
 * Positions in probes.
 */
import type { Node } from 'flotilla'
import { ProbeTimeout, startProbe } from 'flotilla/testing'
import {
  type Accepts,
  aCount,
  aDuration,
  aFunction,
  anyOf,
  anything,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { disguise, type Stage } from './stage.ts'

type Probe = Awaited<ReturnType<typeof startProbe>>

function at(surface: string, argument: string, accepts: Accepts, give: Position['give']): Position {
  return { surface, argument, accepts, give }
}

const aLimit: Accepts = anyOf(aDuration, oneOf('infinity'))
const aText: Accepts = (value) => typeof value === 'string'

/** The one probe of a stage, started before it is asked for anything. */
const probes = new WeakMap<Node, Probe>()

async function prepare({ node }: Stage): Promise<void> {
  if (!probes.has(node)) probes.set(node, await startProbe(node))
}

function probeOf({ node }: Stage): Probe {
  const probe = probes.get(node)
  if (probe === undefined) throw new Error('it was not prepared')
  return probe
}

/** Nothing arrives, so what is accepted comes to its time-out. */
async function wait(
  stage: Stage,
  wanted: never,
  options: never = disguise({ timeoutMs: 5 }),
): Promise<unknown> {
  try {
    return await probeOf(stage).next(wanted, options)
  } catch (error) {
    if (error instanceof ProbeTimeout) return undefined
    throw error
  }
}

/** Positions in probes. */
export const probing: readonly Position[] = [
  at('startProbe', 'node', nothing, (_stage, v) => startProbe(v)),
  at('startProbe', 'options', optional(noOptions), ({ node }, v) => startProbe(node, v)),
  ...Object.entries({
    as: optional(nothing),
    name: optional(nothing),
    maxArrived: optional(aCount(1, 1_000_000)),
  }).map(([option, accepts]) =>
    at('startProbe', `options.${option}`, accepts, ({ node }, v) => {
      return startProbe(node, disguise({ [option]: v }))
    }),
  ),
  at('ProbeTimeout', 'message', anything, () => new ProbeTimeout('x')),
  { ...at('Probe.next', 'wanted', optional(aFunction), wait), prepare },
  ...['kind', 'name'].map((part) => ({
    ...at('Probe.next', `wanted.${part}`, part === 'kind' ? nothing : optional(aText), (stage, v) =>
      wait(stage, disguise({ kind: 'cast', [part]: v })),
    ),
    prepare,
  })),
  {
    ...at('Probe.next', 'options', optional(noOptions), (stage, v) =>
      wait(stage, disguise(undefined), v),
    ),
    prepare,
  },
  {
    ...at('Probe.next', 'options.timeoutMs', optional(aLimit), (stage, v) => {
      const waiting = wait(stage, disguise(undefined), disguise({ timeoutMs: v }))
      // What is right but long is not waited for.
      if (!aLimit(v) || aCount(0, 1000)(v)) return waiting
      waiting.catch(() => undefined)
      return undefined
    }),
    prepare,
  },
  {
    ...at('Probe.monitor', 'address', nothing, (stage, v) => probeOf(stage).monitor(v)),
    prepare,
  },
  { ...at('Probe.link', 'pid', nothing, (stage, v) => probeOf(stage).link(v)), prepare },
]
