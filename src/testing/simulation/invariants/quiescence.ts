/**
 * I20: what has ended leaves nothing behind.
 */
import type { ProcessReference } from '../simulation-event.ts'
import { tracesLeft } from './failed-start.ts'
import { declare, Groups, lifeOf, lifeOfReference, violated } from './violated.ts'

/**
 * I20: a process that has ended is in no table any more, and a node that has ended has no
 * processes, timers of the runtime, entries, aliases, open calls or listeners.
 */
export const nothingIsLeftBehind = declare('I20', 'what has ended leaves nothing behind', () => {
  /** By life of a node. */
  const living = new Groups<ProcessReference, true>()
  return {
    on(event) {
      switch (event.kind) {
        case 'process_starting':
          living.set(lifeOf(event), event.process, true)
          return
        case 'process_gone': {
          living.delete(lifeOfReference(event.process), event.process)
          const left = tracesLeft(event.traces)
          if (left !== '') violated(`${event.process} has ended and left ${left}`)
          return
        }
        case 'node_ended': {
          const life = lifeOf(event)
          for (const process of living.of(life)?.keys() ?? []) {
            violated(`the node ${life} has ended and ${process} lives`)
          }
          const residue = Object.entries(event.residue).filter(([, left]) => Number(left) !== 0)
          if (residue.length === 0) return
          const text = residue.map(([table, left]) => `${table}: ${left}`).join(', ')
          violated(`the node ${life} has ended and left ${text}`)
        }
      }
    },
    atEnd(world) {
      for (const life of living.names()) {
        for (const process of living.of(life)?.keys() ?? []) {
          violated(`everything has stopped and ${process} lives`)
        }
      }
      if (world.openCalls > 0) {
        violated(`everything has stopped and ${world.openCalls} calls have not settled`)
      }
    },
  }
})
