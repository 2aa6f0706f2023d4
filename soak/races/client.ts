/**
 * A client that is a process: its program lies in its mailbox, one message for each step, so that
 * the schedule decides when each is done, and its end is the end of its program.
 */
import { type Context, defineServer, next, type ProtocolOf, reply } from 'flotilla'
import type { Step } from './program.ts'

/** Does one step as the process of the context. */
export type Perform = (step: Step, context: Context) => Promise<void> | undefined

/** Does its steps one after the other. */
export const Client = defineServer({
  name: 'client',
  init: (perform: Perform) => perform,
  calls: {
    who: (perform, _: undefined, { self }) => reply(self.serial, perform),
  },
  casts: {
    step: (perform, step: Step, context) => {
      if (step.kind === 'crash') throw new Error('crashes on purpose')
      const work = perform(step, context)
      return work?.then(() => next(perform)) ?? next(perform)
    },
  },
})

/** What a client understands. */
export type ClientProtocol = ProtocolOf<typeof Client>
