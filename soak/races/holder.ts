/**
 * A worker that holds a name by being started under it.
 */
import { defineServer, type MaybePromise, type Pid, type ProtocolOf, reply } from 'flotilla'

/** How a worker begins and ends. */
export interface HolderPlan {
  readonly key: string
  /** Called in `init`, when the name is taken; what it throws is what `init` throws. */
  readonly began: (self: Pid) => MaybePromise<void>
  /** Given: it traps exits, and does this before it ends in order. */
  readonly last?: (() => Promise<void>) | undefined
}

interface Holding {
  readonly self: Pid
  readonly last: HolderPlan['last']
}

/** Notices that it holds its name, and says who it is when asked. */
export const Holder = defineServer({
  name: 'holder',
  init: ({ began, last }: HolderPlan, context): MaybePromise<Holding> => {
    if (last !== undefined) context.trapExits(true)
    const { self } = context
    const work = began(self)
    return work instanceof Promise ? work.then(() => ({ self, last })) : { self, last }
  },
  calls: {
    who: (holding) => reply(holding.self.serial, holding),
  },
  terminate: ({ last }) => last?.(),
})

/** What a holder understands. */
export type HolderProtocol = ProtocolOf<typeof Holder>
