/**
 * A server whose starts fail in every way there is, with its hands full.
 */
import {
  type DuplicateRegistry,
  defineServer,
  type ExitReason,
  ignore,
  reply,
  stop,
} from 'flotilla'
import { always } from 'flotilla/testing'
import { type Alone, enterAlone } from './alone.ts'

/** What becomes of a start. */
export type Fate = 'fine' | 'throws' | 'rejects' | 'stops' | 'ignores' | 'hangs'

/** How a fragile server is to start. */
export interface FragileStart {
  readonly fate: Fate
  /** How long its init takes; 0: it is over at once. */
  readonly initMs: number
  readonly crew: DuplicateRegistry<string, FragileProtocol>
}

/** Named apart, since the registry needs it and the server needs the registry. */
export type FragileProtocol = {
  readonly calls: {
    readonly ready: { readonly payload: undefined; readonly reply: true }
    readonly end: { readonly payload: ExitReason; readonly reply: undefined }
  }
  readonly casts: { readonly tick: { readonly payload: undefined } }
}

interface Fragile extends Alone {
  readonly isReady: true
}

const hourMs = 3_600_000

/** Every fragile server is one of these. */
export const FragileServer = defineServer({
  name: 'fragile',
  init({ fate, initMs, crew }: FragileStart, context) {
    // Whoever fails must give all of this back.
    context.after(hourMs, 'tick')
    context.alias()
    crew.register(context, 'crew', undefined)
    context.monitor(context.self)
    const state: Fragile = { isBusy: false, isReady: true }
    const end = () => {
      switch (fate) {
        case 'throws':
        case 'rejects':
          throw new Error('as asked')
        case 'stops':
          return stop({ kind: 'normal' }, state)
        case 'ignores':
          return ignore()
        default:
          return state
      }
    }
    if (initMs === 0) return end()
    const durationMs = fate === 'hangs' ? hourMs : initMs
    return context.sleep(durationMs).then(end)
  },
  calls: {
    ready(fragile, _payload: undefined) {
      enterAlone(fragile)
      // Before its init is over it has no state.
      always(fragile.isReady, 'I17: a message is handled before the init is over')
      return reply(true, fragile)
    },
    end: (fragile, reason: ExitReason) => stop(reason, fragile, undefined),
  },
  casts: {
    tick: (fragile, _payload: undefined) => stop({ kind: 'normal' }, fragile),
  },
})
