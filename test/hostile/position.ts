/**
 * One place where a user can put a value, and what must come of it.
 */
import { ArgumentError, argumentCodes, Exit } from 'flotilla'
import type { Accepts } from './accepted.ts'
import { disguise, type Stage } from './stage.ts'

/** A place for a value in a call of something public. */
export interface Position {
  /** The export or method, such as `fleet` or `Fleet.call`. */
  readonly surface: string
  /** Which argument or option of it. */
  readonly argument: string
  /** What is right there; everything else must be refused. */
  readonly accepts: Accepts
  /** Calls it with the value there and everything else right. */
  readonly give: (stage: Stage, value: never) => unknown
  /** Readies the stage; what it changes is not the effect of the value. */
  readonly prepare?: (stage: Stage) => Promise<unknown>
  /** It runs in a handler, so one message is sent by it. */
  readonly isInside?: true
  /** It does nothing to the stage, so that nothing has to be waited for. */
  readonly isPure?: true
}

/** What became of a value. */
export type Fate =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'exit'; readonly exit: Exit }
  | { readonly kind: 'other error'; readonly error: unknown }
  | { readonly kind: 'hung' }

/** Puts a value into a place and waits for what comes of it. */
export async function tryOut(stage: Stage, position: Position, value: unknown): Promise<Fate> {
  let result: unknown
  try {
    result = position.give(stage, disguise(value))
  } catch (error) {
    return fateOf(error)
  }
  if (!(result instanceof Promise)) {
    if (position.isPure !== true) await stage.host.settle()
    return { kind: 'accepted' }
  }
  const waiting: { fate: Fate } = { fate: { kind: 'hung' } }
  result.then(
    () => {
      waiting.fate = { kind: 'accepted' }
    },
    (error: unknown) => {
      waiting.fate = fateOf(error)
    },
  )
  await stage.host.settle()
  if (waiting.fate.kind === 'hung') await stage.host.advance(10_000)
  return waiting.fate
}

function fateOf(error: unknown): Fate {
  if (ArgumentError.is(error)) return { kind: 'refused', error }
  if (error instanceof Exit) return { kind: 'exit', exit: error }
  return { kind: 'other error', error }
}

const codes: readonly string[] = Object.values(argumentCodes)
const unfit = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e]/u

/** What is wrong with a refusal, if anything. */
export function faultOf(error: unknown): string | undefined {
  if (!ArgumentError.is(error)) return 'it is no ArgumentError'
  if (!codes.includes(error.code)) return `its code is ${error.code}`
  const { message } = error
  if (!/^Cannot [^:]+: .*\S/u.test(message)) return `it does not say what was tried: ${message}`
  if (message.length > 600) return `it is ${message.length} characters long`
  if (unfit.test(message)) return `it could break a line: ${JSON.stringify(message)}`
  return undefined
}
