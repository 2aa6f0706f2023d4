/**
 * Small parts of a simulation, for the tests of its parts.
 */
import { fifoSchedule, type Schedule } from 'flotilla/testing'
import { Engine } from '../../../src/testing/simulation/engine.ts'
import type {
  SimulationEvent,
  SimulationEventContent,
} from '../../../src/testing/simulation/simulation-event.ts'

/** An engine, with what it was told and what went wrong. */
export function engineOf(schedule: Schedule = fifoSchedule()) {
  const choices: number[] = []
  const errors: unknown[] = []
  const engine = new Engine({
    schedule,
    onChoice: (choice) => void choices.push(choice),
    onError: (error) => void errors.push(error),
    realTurn: (run) => void setImmediate(run),
  })
  return { engine, choices, errors }
}

/** An event of a log, with a place in it. */
export function eventOf(sequence: number, content: SimulationEventContent): SimulationEvent {
  return { ...content, sequence, atMs: sequence }
}
