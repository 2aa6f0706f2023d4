/**
 * Positions in messages and signals.
 */
import { call, cast, ended, exit, isAlive, send, tryCall } from 'flotilla'
import {
  type Accepts,
  aDuration,
  anyOf,
  anything,
  aSignal,
  noOptions,
  nothing,
  oneOf,
  optional,
} from './accepted.ts'
import type { Position } from './position.ts'
import { type ProbeProtocol, type Stage, startProbe } from './stage.ts'

function at(surface: string, argument: string, accepts: Accepts, give: Position['give']): Position {
  return { surface, argument, accepts, give }
}

const aTimeout = optional(anyOf(aDuration, oneOf('infinity')))

/** Any text is a name that an absent server might have understood. */
const aText: Accepts = (value) => typeof value === 'string'

const calls: readonly Position[] = [['call', call] as const, ['tryCall', tryCall] as const].flatMap(
  ([surface, ask]) => [
    at(surface, 'to', nothing, (_, v) => ask<ProbeProtocol, 'plain'>(v, 'plain', 1)),
    at(surface, 'name', nothing, (stage, v) => ask(stage.probe, v)),
    at(surface, 'name, to nobody', aText, (stage, v) => ask(stage.users.via('absent'), v)),
    at(surface, 'payload', anything, (stage, v) => ask(stage.probe, 'echo', v)),
    at(surface, 'options', optional(noOptions), (stage, v) => ask(stage.probe, 'echo', 1, v)),
    at(surface, 'options.timeoutMs', aTimeout, (stage, v) => {
      return ask(stage.probe, 'echo', 1, { timeoutMs: v })
    }),
    at(surface, 'options.signal', optional(aSignal), (stage, v) => {
      return ask(stage.probe, 'echo', 1, { signal: v })
    }),
  ],
)

async function renew(stage: Stage): Promise<void> {
  if (!isAlive(stage.victim)) stage.victim = await startProbe(stage.dynamic)
}

const words = oneOf('normal', 'shutdown', 'kill')

/** Every position of messages and signals. */
export const messages: readonly Position[] = [
  ...calls,
  at('cast', 'to', nothing, (_, v) => cast<ProbeProtocol, 'take'>(v, 'take', 1)),
  at('cast', 'name', nothing, (stage, v) => cast(stage.probe, v)),
  at('cast', 'name, to nobody', aText, (stage, v) => cast(stage.users.via('absent'), v)),
  at('cast', 'payload', anything, (stage, v) => cast(stage.probe, 'take', v)),
  at('send', 'to', nothing, (_, v) => send(v, 1)),
  at('send', 'message', anything, (stage, v) => send(stage.probe, v)),
  at('exit', 'pid', nothing, (_, v) => exit(v, 'normal')),
  { ...at('exit', 'reason', words, (stage, v) => exit(stage.victim, v)), prepare: renew },
  at('isAlive', 'pid', nothing, (_, v) => isAlive(v)),
  at('ended', 'address', nothing, (_, v) => ended(v)),
]
