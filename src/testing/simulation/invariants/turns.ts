/**
 * I17: one handler at a time.
 */
import type { ProcessReference } from '../simulation-event.ts'
import { declare, violated } from './violated.ts'

/** What a living process does: its `init`, nothing, or the message of this number. */
type Doing = 'init' | 'nothing' | number

/**
 * I17: a process runs one handler at a time, awaits included, none before its `init` has succeeded
 * and none after its end.
 */
export const oneHandlerAtATime = declare('I17', 'a process runs one handler at a time', () => {
  const doing = new Map<ProcessReference, Doing>()
  return {
    on(event) {
      switch (event.kind) {
        case 'process_starting':
          if (doing.has(event.process)) violated(`${event.process} starts a second time`)
          doing.set(event.process, 'init')
          return
        case 'process_started':
          if (doing.get(event.process) !== 'init') {
            violated(`${event.process} has started, but no init of it was under way`)
          }
          doing.set(event.process, 'nothing')
          return
        case 'handler_began': {
          const { to, message } = event
          const before = doing.get(to)
          if (before === undefined) violated(`${to} handles #${message} and does not live`)
          if (before !== 'nothing') {
            const what = before === 'init' ? 'its init' : `#${before}`
            violated(`${to} begins #${message} while ${what} is under way`)
          }
          doing.set(to, message)
          return
        }
        case 'handler_ended': {
          const { to, message } = event
          if (doing.get(to) !== message)
            violated(`${to} is done with #${message}, not in its hands`)
          doing.set(to, 'nothing')
          return
        }
        case 'process_ended':
          if (!doing.delete(event.process)) violated(`${event.process} ends a second time`)
      }
    },
  }
})
