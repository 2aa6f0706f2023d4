/**
 * A worker that holds a name by being started under it.
 */
import { defineServer, type MaybePromise, type Pid, type ProtocolOf, reply } from 'flotilla'

/** How a worker begins. */
export interface HolderPlan {
  readonly key: string
  /** Called in `init`, when the name is taken; what it throws is what `init` throws. */
  readonly began: (self: Pid) => MaybePromise<void>
}

/** Notices that it holds its name, and says who it is when asked. */
export const Holder = defineServer({
  name: 'holder',
  init: ({ began }: HolderPlan, { self }): MaybePromise<Pid> => {
    const work = began(self)
    return work instanceof Promise ? work.then(() => self) : self
  },
  calls: {
    who: (self) => reply(self.serial, self),
  },
})

/** What a holder understands. */
export type HolderProtocol = ProtocolOf<typeof Holder>
